//! The link by which somebody without an account sees what they owe, and signs it: handed on by whoever makes it, or
//! mailed to the address known of them.

use super::owing;
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    mail::{self, PERSONAL, Way},
    people::known_person,
};
use closedset_core::{
    Action, Digest, Duration, Secret, Time,
    entry::Log,
    id::{Agreement, Id, Mail, Person},
};
use closedset_store::{
    NewEntry, Tx,
    agreements::{self, PersonalLinkRow},
    mail::mail_count_since,
    people::PersonRow,
};
use serde_json::json;

/// For how many days a link opens.
pub const LINK_DAYS: i64 = 14;
/// So many mails with a link go to one person within a day.
const MOST: i64 = 5;
/// Whoever got one within so long is not reminded with others.
const LATELY: Duration = Duration::from_hours(20);
/// How many are reminded in one go.
pub const REMINDED: i64 = 500;

/// Makes somebody's link, in the place of the one before, which opens nothing any more. It is shown now and never
/// again, and is handed on by whoever asked for it.
pub async fn personal_link_make(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
) -> Result<(String, Time), Problem> {
    caller.require(Action::PeopleWrite)?;
    let secret = Secret::<32>::random(app.randomness());
    let digest = Digest::of(secret.expose());
    let until = app
        .write_for(caller, Action::PeopleWrite, move |tx, caller| {
            let person = known_person(tx, caller.organisation, id)?;
            put(tx, caller, (person.id, digest), None)
        })
        .await?;
    Ok((format!("{}/mine?token={}", app.public_url(), secret.to_token()), until))
}

fn put(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    (person, digest): (Id<Person>, Digest),
    mail: Option<Id<Mail>>,
) -> Result<Time, Problem> {
    let (organisation, made_at) = (caller.organisation, tx.now());
    let row = PersonalLinkRow {
        organisation,
        person,
        made_at,
        expires_at: made_at + Duration::from_days(LINK_DAYS),
        mail,
        mailed: None,
    };
    agreements::personal_link_put(tx, &row, digest)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("person:{person}"),
            kind: "person.link_made",
            body: json!({"person": person, "expires_at": row.expires_at, "mail": mail}),
        },
    )?;
    Ok(row.expires_at)
}

/// Mails somebody a new link; the one before opens nothing any more. It is seen by nobody else.
pub async fn personal_link_mail(app: &App, caller: &Caller, id: Id<Person>) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let (way, unit_app) = (mail::way(app).await?, app.clone());
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let person = known_person(tx, caller.organisation, id)?;
        way.domain()?;
        if person.email.is_none() {
            return Err(Problem::Conflict {
                code: "personal_link.no_address",
                sentence: "No address of theirs is known.",
                remedy: "Enter it on their page, then mail the link.",
            });
        }
        let since = tx.now() - Duration::from_days(1);
        let whose = (id, PERSONAL);
        if mail_count_since(tx, caller.organisation, whose, since)? >= MOST {
            return Err(Problem::Conflict {
                code: "personal_link.mailed_often",
                sentence: "Five mails with a link went to them within a day.",
                remedy: "Ask whether they look at this address, or hand the link to them yourself.",
            });
        }
        mail_one(tx, &unit_app, (caller, &way), &person)
    })
    .await
}

fn mail_one(
    tx: &mut Tx<'_>,
    app: &App,
    (caller, way): (&Admitted, &Way),
    person: &PersonRow,
) -> Result<(), Problem> {
    let secret = Secret::<32>::random(app.randomness());
    let whose = (caller.organisation, person.id, &secret);
    let mail = mail::write_personal(tx, app, (&caller.actor, way), whose)?;
    put(tx, caller, (person.id, Digest::of(secret.expose())), Some(mail))?;
    Ok(())
}

/// Who was reminded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reminded {
    /// To so many a mail goes.
    pub mailed: usize,
    /// Of so many no address is known.
    pub without_address: usize,
    /// So many got one lately.
    pub lately: usize,
}

/// Mails a link to everybody who must sign an agreement and did not, at most [`REMINDED`] in one go.
pub async fn agreement_remind(
    app: &App,
    caller: &Caller,
    id: Id<Agreement>,
) -> Result<Reminded, Problem> {
    caller.require(Action::PeopleWrite)?;
    let (way, unit_app) = (mail::way(app).await?, app.clone());
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let owing = owing(tx, caller.organisation, id, REMINDED)?;
        remind(tx, &unit_app, (caller, &way), owing)
    })
    .await
}

/// Mails a link to each of these, but for whoever got one lately.
pub(crate) fn remind(
    tx: &mut Tx<'_>,
    app: &App,
    (caller, way): (&Admitted, &Way),
    owing: Vec<(Id<Person>, String)>,
) -> Result<Reminded, Problem> {
    way.domain()?;
    let (organisation, since) = (caller.organisation, tx.now() - LATELY);
    let mut reminded = Reminded::default();
    for (id, _) in owing {
        let person = known_person(tx, organisation, id)?;
        if person.email.is_none() {
            reminded.without_address += 1;
        } else if mail_count_since(tx, organisation, (id, PERSONAL), since)? > 0 {
            reminded.lately += 1;
        } else {
            mail_one(tx, app, (caller, way), &person)?;
            reminded.mailed += 1;
        }
    }
    Ok(reminded)
}
