//! The calendar of one person: their tasks and nobody's, and what ends by itself, as days. It is read by
//! programs that cannot sign in, at an address that is its own secret; as a mail, it says what
//! requirements are called and nothing that a facility wrote.

use crate::{App, Caller, Problem, days::zone_of, frameworks};
use closedset_core::{
    Action, Digest, Duration, Secret, Time,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_outbound::{Occasion, calendar};
use closedset_store::{
    NewEntry, Tx, calendars, evidence, exceptions, organisations,
    people::{self, MemberRow},
    tasks::{self, TaskRow, Whose},
};
use jiff::tz::TimeZone;
use serde_json::json;

/// How many things of a kind a calendar holds: the next ones.
const HELD: i64 = 5_000;

/// One calendar is not read more often in [`PACE_S`] seconds.
pub(crate) const PACE: u32 = 20;
/// See [`PACE`].
pub(crate) const PACE_S: i64 = 60;

/// A calendar as it is served.
#[derive(Debug, Clone)]
pub struct CalendarText {
    /// The text.
    pub text: String,
    /// What tells it from what was served before.
    pub digest: Digest,
}

/// Since when whoever asks has a calendar address; none if they have none.
pub async fn calendar_since(app: &App, caller: &Caller) -> Result<Option<Time>, Problem> {
    caller.require(Action::TaskRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let Some(account) = caller.account() else { return Ok(None) };
            let organisation = caller.organisation;
            let Some(own) = people::membership_of(tx, account, organisation)? else {
                return Ok(None);
            };
            Ok(calendars::calendar_since(tx, organisation, own.person)?)
        })
        .await
}

fn own(caller: &crate::admitted::Admitted) -> Result<Id<Person>, Problem> {
    match (caller.account(), caller.person) {
        (Some(_), Some(person)) => Ok(person),
        _ => Err(Problem::Forbidden),
    }
}

/// Makes a new address for whoever asks, and the one before useless. It is shown once, to whoever shows
/// the second factor: it opens without one.
pub async fn calendar_make(app: &App, caller: &Caller) -> Result<String, Problem> {
    caller.require(Action::TaskWrite)?;
    caller.require_fresh_factor(app.now())?;
    let secret = Secret::<32>::random(app.randomness());
    let digest = Digest::of(secret.expose());
    app.write_for(caller, Action::TaskWrite, move |tx, caller| {
        let person = own(caller)?;
        calendars::calendar_put(tx, caller.organisation, person, digest)?;
        note(tx, caller, person, "calendar.made")
    })
    .await?;
    Ok(format!("{}/calendar/{}.ics", app.public_url(), secret.to_token()))
}

/// Withdraws the address of whoever asks.
pub async fn calendar_withdraw(app: &App, caller: &Caller) -> Result<(), Problem> {
    app.write_for(caller, Action::TaskWrite, |tx, caller| {
        let person = own(caller)?;
        match calendars::calendar_delete(tx, caller.organisation, person)? {
            true => note(tx, caller, person, "calendar.withdrawn"),
            false => Ok(()),
        }
    })
    .await
}

fn note(
    tx: &mut Tx<'_>,
    caller: &Caller,
    person: Id<Person>,
    kind: &'static str,
) -> Result<(), Problem> {
    tx.record(
        Log::Organisation(caller.organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("person:{person}"),
            kind,
            body: json!({"person": person}),
        },
    )?;
    Ok(())
}

/// The calendar at an address, as long as its owner belongs; not found otherwise, whatever the reason.
pub async fn calendar_text(app: &App, token: &str) -> Result<CalendarText, Problem> {
    const NONE: Problem = Problem::NotFound("calendar");
    let secret = Secret::<32>::from_token(token).ok_or(NONE)?;
    let digest = Digest::of(secret.expose());
    // What opens nothing costs one look and is not remembered.
    let known = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(calendars::calendar_by_digest(tx, digest)?) })
        .await?;
    if known.is_some() && !app.calendar_pace(digest) {
        return Err(Problem::Limited { retry_after_s: PACE_S });
    }
    let unit_app = app.clone();
    app.store()
        .read(move |tx| {
            let (organisation, person, made_at) =
                calendars::calendar_by_digest(tx, digest)?.ok_or(NONE)?;
            let now = tx.now();
            let member = people::member_by_person(tx, organisation, person)?
                .filter(|one| one.ends_at.is_none_or(|end| now < end) && one.since <= made_at)
                .filter(|one| one.role.may(Action::TaskRead))
                .ok_or(NONE)?;
            let text = text(tx, &unit_app, organisation, &member)?;
            let digest = Digest::of(text.as_bytes());
            Ok(CalendarText { text, digest })
        })
        .await
}

fn text(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    member: &MemberRow,
) -> Result<String, Problem> {
    let name = organisations::organisation_by_id(tx, organisation)?
        .map(|row| row.name)
        .unwrap_or_default();
    let zone = zone_of(tx, organisation)?;
    let mut days = Days { app, zone, found: Vec::new() };
    let own = tasks::task_list_open(tx, organisation, Whose::Of(member.person), None, HELD)?;
    days.of_tasks(&own, "Yours.", "/tasks?of=me");
    let nobodys = tasks::task_list_open(tx, organisation, Whose::Nobodys, None, HELD)?;
    days.of_tasks(&nobodys, "Nobody’s yet.", "/tasks?of=nobody");
    if member.role.may(Action::EvidenceRead) {
        let (now, asked) = (tx.now(), app.catalogue_of(tx, organisation)?);
        for row in evidence::document_list_ending(tx, organisation, now, HELD)? {
            if !asked.answers(&row.control) {
                continue;
            }
            let newest = &row.newest;
            let (id, end) = (newest.id.to_string(), newest.valid_to);
            days.end(&id, "A document ends", &row.control, end, newest.uploaded_at);
        }
        for row in evidence::attestation_list_ending(tx, organisation, now, HELD)? {
            if !asked.answers(&row.control) {
                continue;
            }
            let id = row.id.to_string();
            days.end(&id, "An attestation ends", &row.control, row.valid_to, row.signed_at);
        }
        for row in exceptions::exception_list_ending(tx, organisation, now, HELD)? {
            let is_asked = frameworks::wants(&asked, &row.terms);
            if let Some(granted) = row.granted.as_ref().filter(|_| is_asked) {
                let (id, terms) = (row.id.to_string(), &row.terms);
                days.end(&id, "An exception ends", &terms.control, terms.valid_to, granted.at);
            }
        }
    }
    Ok(calendar(&name, &days.found))
}

/// What a calendar holds, as it is found.
struct Days<'d> {
    app: &'d App,
    zone: TimeZone,
    found: Vec<Occasion>,
}

impl Days<'_> {
    fn words(&self, control: &str) -> String {
        crate::mail::control_words(self.app, control)
    }

    fn day(&self, last_moment: Time) -> String {
        last_moment.timestamp().to_zoned(self.zone.clone()).strftime("%Y%m%d").to_string()
    }

    fn of_tasks(&mut self, rows: &[TaskRow], whose: &str, path: &str) {
        for row in rows {
            let occasion = Occasion {
                uid: self.uid(&row.id.to_string()),
                summary: self.words(&row.control),
                description: whose.to_owned(),
                url: format!("{}{path}", self.app.public_url()),
                day: self.day(row.due_at),
                changes: row.plan.changes,
                changed_at: row.plan.changed_at.unwrap_or(row.created_at),
            };
            self.found.push(occasion);
        }
    }

    /// Something that counts until `end`: its last day is the one before.
    fn end(&mut self, id: &str, what: &str, control: &str, end: Time, changed_at: Time) {
        let occasion = Occasion {
            uid: self.uid(id),
            summary: format!("{what}: {}", self.words(control)),
            description: "It ends by itself at the end of this day.".into(),
            url: format!("{}/controls/{control}", self.app.public_url()),
            day: self.day(end - Duration::from_millis(1)),
            changes: 0,
            changed_at,
        };
        self.found.push(occasion);
    }

    fn uid(&self, id: &str) -> String {
        let host = self.app.public_url().strip_prefix("https://").unwrap_or_default();
        format!("{id}@{}", host.split([':', '/']).next().unwrap_or_default())
    }
}
