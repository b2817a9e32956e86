//! On which day somebody wants their weekly mail, or never; and the link in every mail that says never
//! without signing in.

use super::{
    server::in_use,
    weekly::{USUAL_DAY, has_work},
};
use crate::{App, Caller, Problem, demonstration};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use closedset_core::{
    Action, Actor, Time,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    mail::{self, MailRow},
    organisations, people,
};
use serde_json::json;

/// What the link in a mail is sealed for.
const PURPOSE: &str = "mail-unsubscribe";

/// On which day of the week a mail comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyDay(i64);

impl WeeklyDay {
    /// Never.
    pub const NEVER: Self = Self(0);

    /// Monday is 1, Sunday 7, never 0.
    pub fn from_number(number: i64) -> Option<Self> {
        (0..=7).contains(&number).then_some(Self(number))
    }

    /// Monday is 1, Sunday 7, never 0.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// What somebody is reminded of, and how.
#[derive(Debug, Clone)]
pub struct Reminders {
    /// On which day their weekly mail comes.
    pub day: WeeklyDay,
    /// Whether their role gives them anything to do here; without they get no mail.
    pub has_work: bool,
    /// Mail goes out from this installation.
    pub is_sending: bool,
    /// Their last mail.
    pub last: Option<MailRow>,
    /// The address that it goes to.
    pub email: String,
}

/// What whoever asks is reminded of; none for programs and operators.
pub async fn reminders(app: &App, caller: &Caller) -> Result<Option<Reminders>, Problem> {
    caller.require(Action::TaskRead)?;
    let is_sending = in_use(app).await?.is_some() && !demonstration::is_demonstration(app).await?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let Some(account) = caller.account() else { return Ok(None) };
            let organisation = caller.organisation;
            let Some(own) = people::membership_of(tx, account, organisation)? else {
                return Ok(None);
            };
            let wish = mail::mail_wish(tx, organisation, own.person)?;
            let member = people::member_by_person(tx, organisation, own.person)?;
            let held = mail::mail_course(tx)?.is_some_and(|course| course.held_at.is_some());
            Ok(Some(Reminders {
                day: WeeklyDay(wish.map_or(USUAL_DAY, |(day, _)| day)),
                has_work: has_work(own.role),
                is_sending: is_sending && !held,
                last: mail::mail_last_of(tx, organisation, own.person)?,
                email: member.map(|member| member.email).unwrap_or_default(),
            }))
        })
        .await
}

/// Whoever asks wants their mail on this day from now on.
pub async fn weekly_day_set(app: &App, caller: &Caller, day: WeeklyDay) -> Result<(), Problem> {
    caller.require(Action::TaskWrite)?;
    app.write_for(caller, Action::TaskWrite, move |tx, caller| {
        let own = match (caller.account(), caller.person) {
            (Some(_), Some(person)) => person,
            _ => return Err(Problem::Forbidden),
        };
        change(tx, &caller.actor, caller.organisation, own, day)
    })
    .await
}

/// Writes a wish down, if it is another than before.
fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: Id<Organisation>,
    person: Id<Person>,
    day: WeeklyDay,
) -> Result<(), Problem> {
    let was = mail::mail_wish(tx, organisation, person)?.map_or(USUAL_DAY, |(day, _)| day);
    if was == day.0 {
        return Ok(());
    }
    mail::mail_wish_put(tx, organisation, person, day.0)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: format!("person:{person}"),
            kind: "mail.day_changed",
            body: json!({
                "person": person,
                "day": {"was": was, "is": day.0},
                "by_link": matches!(actor, Actor::Closedset),
            }),
        },
    )?;
    Ok(())
}

/// The address by which no more mails come, for this person alone. It is sealed, so that it stands
/// nowhere and nobody makes another's.
pub(super) fn unsubscribe_url(
    app: &App,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<String, Problem> {
    let plain = format!("{organisation} {person}");
    let sealed = app.master_key().seal(PURPOSE, plain.as_bytes(), app.randomness())?;
    Ok(format!("{}/mail/stop/{}", app.public_url(), URL_SAFE_NO_PAD.encode(sealed)))
}

/// Whose link it is.
fn opened(app: &App, token: &str) -> Option<(Id<Organisation>, Id<Person>)> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let plain = String::from_utf8(app.master_key().open(PURPOSE, &sealed).ok()?).ok()?;
    let (organisation, person) = plain.split_once(' ')?;
    Some((organisation.parse().ok()?, person.parse().ok()?))
}

/// The organisation whose weekly mails a link stops; not found where it stops none.
pub async fn unsubscribe_offer(app: &App, token: &str) -> Result<String, Problem> {
    let (organisation, person) = opened(app, token).ok_or(Problem::NotFound("link"))?;
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            require_member(tx, organisation, person)?;
            let row = organisations::organisation_by_id(tx, organisation)?;
            Ok(row.ok_or(Problem::NotFound("link"))?.name)
        })
        .await
}

/// No more weekly mails for whoever's link it is.
pub async fn unsubscribe(app: &App, token: &str) -> Result<(), Problem> {
    let (organisation, person) = opened(app, token).ok_or(Problem::NotFound("link"))?;
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            require_member(tx, organisation, person)?;
            change(tx, &Actor::Closedset, organisation, person, WeeklyDay::NEVER)
        })
        .await
}

fn require_member(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Time, Problem> {
    let now = tx.now();
    let member = people::member_by_person(tx, organisation, person)?;
    let member = member.filter(|member| member.ends_at.is_none_or(|end| now < end));
    Ok(member.ok_or(Problem::NotFound("link"))?.since)
}
