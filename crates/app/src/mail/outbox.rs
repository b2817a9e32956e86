//! The outbox: mails that wait are handed to the mail server, one after the other.
//!
//! A mail is leased in a unit that asks once more whether its recipient belongs, so that two servers do
//! not send it both; then it is handed over, outside of any unit; then it is said what became of it.
//! Whoever dies in between leaves it to be sent again, under the same id: at least once.

use super::{
    course,
    letter::{Around, Content},
    personal::{self, PERSONAL},
    server::{in_use, own_name},
    unsubscribe::unsubscribe_url,
    weekly::has_work,
};
use crate::{App, Problem, demonstration};
use closedset_core::{
    Actor, Duration,
    entry::Log,
    id::{Id, Mail, Organisation},
};
use closedset_outbound::{Address, Failure, Letter, MailServer, Session};
use closedset_store::{
    NewEntry, Scope, Tx,
    mail::{self, MailRow},
    organisations, people,
};
use serde_json::json;

/// A mail that was not taken for so long is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_days(4);
/// A server that is at a mail has so long until another may take it: longer than any server's patience.
const LEASE: Duration = Duration::from_minutes(5);
/// How many mails are handed over in one go.
const BATCH: i64 = 100;

/// How long a mail waits after so many attempts.
fn pause(attempts: i64) -> Duration {
    Duration::from_minutes(match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 60,
        _ => 240,
    })
}

/// A mail that is ready to be handed over.
struct Outgoing {
    id: Id<Mail>,
    organisation: Id<Organisation>,
    letter: Letter,
}

/// Hands over every mail that is to be tried now.
pub async fn deliver(app: &App) -> Result<(), Problem> {
    if demonstration::is_demonstration(app).await? || course::under_way(app).await?.is_none() {
        return Ok(());
    }
    let now = app.now();
    let due = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(mail::mail_due(tx, now, BATCH)?) })
        .await?;
    if due.is_empty() {
        return Ok(());
    }
    let Some(server) = in_use(app).await? else { return Ok(()) };
    let mut session = None;
    for (organisation, id) in due {
        let Some(outgoing) = claim(app, organisation, id).await? else { continue };
        let handed = hand_over(app, &server, &mut session, &outgoing.letter).await;
        let is_over = handed.as_ref().is_err_and(Failure::is_the_servers);
        conclude(app, outgoing, handed).await?;
        if is_over {
            break;
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
    Ok(())
}

async fn hand_over<'s>(
    app: &App,
    server: &'s MailServer,
    session: &mut Option<Session<'s>>,
    letter: &Letter,
) -> Result<(), Failure> {
    let options = app.mail_options();
    let mut open = match session.take() {
        Some(open) => open,
        None => Session::open(server, own_name(app), &options.trust, options.patience).await?,
    };
    open.hand_over(letter).await?;
    // After a failure nobody knows where the conversation stands: the next mail begins one anew.
    *session = Some(open);
    Ok(())
}

/// Takes a mail, unless another server did, or its recipient is not to get it any more.
async fn claim(
    app: &App,
    organisation: Id<Organisation>,
    id: Id<Mail>,
) -> Result<Option<Outgoing>, Problem> {
    let unit_app = app.clone();
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            let now = tx.now();
            let Some(row) = mail::mail_by_id(tx, id)? else { return Ok(None) };
            let is_free = row.leased_until.is_none_or(|until| until <= now);
            if !is_free || row.next_at.is_none_or(|next| next > now) {
                return Ok(None);
            }
            if now.since(row.written_at) > GIVEN_UP_AFTER {
                let answer = row.answer.clone();
                end(tx, &row, "mail.given_up", "no mail server took it in time", &answer)?;
                return Ok(None);
            }
            match letter(tx, &unit_app, &row)? {
                Ok(letter) => {
                    mail::mail_lease(tx, id, now + LEASE)?;
                    Ok(Some(Outgoing { id, organisation, letter }))
                }
                Err(why) => {
                    end(tx, &row, "mail.withdrawn", why, "")?;
                    Ok(None)
                }
            }
        })
        .await
}

/// The letter as it is now; why not, if it is not to go any more.
fn letter(
    tx: &mut Tx<'_>,
    app: &App,
    row: &MailRow,
) -> Result<Result<Letter, &'static str>, Problem> {
    let (organisation, now) = (row.organisation, tx.now());
    let name = organisations::organisation_by_id(tx, organisation)?
        .map(|organisation| organisation.name)
        .unwrap_or_default();
    if row.kind == PERSONAL {
        let (person, written) = match personal::letter(tx, app, row, &name)? {
            Ok(written) => written,
            Err(why) => return Ok(Err(why)),
        };
        let Ok(to) = Address::parse(&person.address()) else {
            return Ok(Err("no mail can be sent to the recipient’s address"));
        };
        return Ok(Ok(Letter {
            id: row.message_id.clone(),
            date: row.written_at,
            name: person.name,
            to,
            subject: written.subject,
            text: written.text,
            html: written.html,
            unsubscribe: None,
        }));
    }
    let member = people::member_by_person(tx, organisation, row.person)?
        .filter(|member| member.ends_at.is_none_or(|end| now < end) && has_work(member.role));
    let Some(member) = member else { return Ok(Err("the recipient does not belong any more")) };
    // Whoever came back since is not who it was written to.
    if member.since > row.written_at {
        return Ok(Err("the recipient does not belong any more"));
    }
    if mail::mail_wish(tx, organisation, row.person)?.is_some_and(|(day, _)| day == 0) {
        return Ok(Err("the recipient wants none any more"));
    }
    let Ok(to) = Address::parse(&member.email) else {
        return Ok(Err("no mail can be sent to the recipient’s address"));
    };
    // One that another version wrote otherwise stands in no other's way.
    let Ok(content) = serde_json::from_str::<Content>(&row.content) else {
        return Ok(Err("what it says cannot be read any more"));
    };
    let memberships = people::membership_list(tx, member.account)?;
    let has_several = memberships.iter().filter(|one| one.is_in_force(now)).count() > 1;
    let unsubscribe = unsubscribe_url(app, organisation, row.person)?;
    let written = content.write(&Around {
        name: &member.name,
        organisation: &name,
        url: app.public_url(),
        unsubscribe: &unsubscribe,
        has_several,
    });
    Ok(Ok(Letter {
        id: row.message_id.clone(),
        date: row.written_at,
        name: member.name,
        to,
        subject: written.subject,
        text: written.text,
        html: written.html,
        unsubscribe: Some(unsubscribe),
    }))
}

/// Says what became of it.
async fn conclude(
    app: &App,
    outgoing: Outgoing,
    handed: Result<(), Failure>,
) -> Result<(), Problem> {
    let Outgoing { id, organisation, letter } = outgoing;
    let to = letter.to.to_string();
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            let Some(row) = mail::mail_by_id(tx, id)? else { return Ok(()) };
            if row.sent_at.is_some() || row.ended_at.is_some() {
                return Ok(());
            }
            let failure = match &handed {
                Ok(()) => {
                    if row.kind == PERSONAL {
                        personal::taken(tx, &row, &to)?;
                    }
                    return Ok(mail::mail_sent(tx, id)?);
                }
                Err(failure) => failure,
            };
            // The address stays where it can be forgotten, however the server spells it.
            let answer = format!("{} {}", failure.sentence(), failure.lasting());
            let answer = answer.trim_end().to_owned();
            tracing::warn!(mail = %id, %answer, "a mail was not taken");
            if failure.is_hopeless() {
                return end(tx, &row, "mail.given_up", failure.sentence(), &answer);
            }
            let next_at = tx.now() + pause(row.attempts);
            mail::mail_put_off(tx, id, next_at, &answer)?;
            if failure.is_the_servers() {
                let now = tx.now();
                mail::mail_put_off_all(tx, organisation, now, next_at, &answer)?;
            }
            Ok(())
        })
        .await
}

/// It is not tried any more, and an entry says so.
fn end(
    tx: &mut Tx<'_>,
    row: &MailRow,
    kind: &'static str,
    why: &str,
    answer: &str,
) -> Result<(), Problem> {
    mail::mail_end(tx, row.id, why, answer)?;
    tx.record(
        Log::Organisation(row.organisation),
        NewEntry {
            actor: &Actor::Closedset,
            subject: format!("person:{}", row.person),
            kind,
            body: json!({"mail": row.id, "person": row.person, "why": why}),
        },
    )?;
    Ok(())
}

/// Takes a mail that waits back.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Mail>,
    why: &str,
) -> Result<(), Problem> {
    match mail::mail_by_id(tx, id)? {
        Some(row) if row.organisation == organisation && row.next_at.is_some() => {
            end(tx, &row, "mail.withdrawn", why, "")
        }
        _ => Ok(()),
    }
}
