//! The weekly mail: who gets one now, and what it says. It is thought of once for each person and week,
//! and laid into the outbox in the unit that says so in the ledger.

use super::{course, letter::Content, letter::Thing, schedule, server};
use crate::{App, Problem, board, days::zone_of, demonstration, sweep::of_one};
use closedset_core::{
    Action, Actor, Duration, Role, Status, Time,
    entry::Log,
    id::{Id, Mail, Organisation, Person},
};
use closedset_store::{
    NewEntry, Scope, Tx, mail,
    mail::NewMail,
    organisations,
    people::{self, MemberRow},
    tasks::{self, TaskRow, Whose},
};
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;

/// The kind of these mails.
pub(super) const WEEKLY: &str = "weekly";
/// The day of whoever said nothing: Monday.
pub(super) const USUAL_DAY: i64 = 1;
/// How many things a mail names.
const THINGS: usize = 3;
/// How many tasks are looked through.
const LOOKED_THROUGH: i64 = 500;
/// How many members are looked at together.
const PAGE: i64 = 200;
/// The longest time until it is looked again who gets a mail, whatever the clock of the facility says.
const LOOK_AGAIN: Duration = Duration::from_hours(1);

/// Writes every weekly mail that is due and was not thought of yet.
pub(crate) async fn write_due(app: &App) -> Result<(), Problem> {
    if demonstration::is_demonstration(app).await? {
        return Ok(());
    }
    let Some(since) = course::under_way(app).await? else { return Ok(()) };
    let Some(server) = server::in_use(app).await? else { return Ok(()) };
    let domain = server.sender.address.domain().to_owned();
    let now = app.now();
    let here = app
        .store()
        .read(|tx| -> Result<_, Problem> { Ok(organisations::organisation_list(tx)?) })
        .await?;
    for row in here.into_iter().filter(|row| app.is_mail_day(row.id, now)) {
        let done = write_of(app, row.id, Going { since, domain: domain.clone() }).await;
        of_one(done, &row.id)?;
    }
    Ok(())
}

/// How mails go out.
#[derive(Debug, Clone)]
struct Going {
    /// Nothing that was due before is written.
    since: Time,
    /// What stands behind the `@` of their ids.
    domain: String,
}

async fn write_of(app: &App, organisation: Id<Organisation>, going: Going) -> Result<(), Problem> {
    let now = app.now();
    let zone = app.store().read(move |tx| zone_of(tx, organisation)).await?;
    let (mut after, mut is_whole) = (None, true);
    loop {
        let members = app
            .store()
            .read(move |tx| -> Result<_, Problem> {
                Ok(people::member_list(tx, organisation, after, PAGE)?)
            })
            .await?;
        let Some(last) = members.last() else { break };
        after = Some(last.person);
        for member in members {
            let (person, zone, since) = (member.person, zone.clone(), going.since);
            let is_due = app
                .store()
                .read(move |tx| -> Result<_, Problem> {
                    Ok(due(tx, organisation, &member, &zone, since)?.is_some())
                })
                .await?;
            if is_due {
                let done = write_one(app, organisation, person, going.clone()).await;
                is_whole &= of_one(done, &person)?;
            }
        }
    }
    let next = schedule::next(now, &zone).unwrap_or(now).min(now + LOOK_AGAIN);
    if is_whole {
        app.remember_mail_look(organisation, next);
    }
    Ok(())
}

/// Whether somebody in this role has anything to do here.
pub(super) fn has_work(role: Role) -> bool {
    role.may(Action::TaskWrite)
}

/// The Monday of the week whose mail is due to this member and was not thought of yet.
fn due(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    member: &MemberRow,
    zone: &TimeZone,
    since: Time,
) -> Result<Option<String>, Problem> {
    let now = tx.now();
    let signs_in = member.has_second_factor || member.has_identity;
    let belongs = signs_in && member.ends_at.is_none_or(|end| now < end);
    if !belongs || !has_work(member.role) {
        return Ok(None);
    }
    let wish = mail::mail_wish(tx, organisation, member.person)?;
    let day = wish.map_or(USUAL_DAY, |(day, _)| day);
    let Some(last) = schedule::last(now, zone, day) else { return Ok(None) };
    let wished = wish.map_or(member.since, |(_, changed_at)| changed_at.max(member.since));
    if last.at < wished.max(since) || now.since(last.at) > schedule::LATE {
        return Ok(None);
    }
    let week = last.week.to_string();
    let thought_of = mail::mail_week(tx, organisation, member.person)?;
    Ok(Some(week).filter(|week| thought_of.is_none_or(|before| before < *week)))
}

async fn write_one(
    app: &App,
    organisation: Id<Organisation>,
    person: Id<Person>,
    going: Going,
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            let Some(member) = people::member_by_person(tx, organisation, person)? else {
                return Ok(());
            };
            let zone = zone_of(tx, organisation)?;
            let Some(week) = due(tx, organisation, &member, &zone, going.since)? else {
                return Ok(());
            };
            mail::mail_week_put(tx, organisation, person, &week)?;
            let content = content(tx, &unit_app, organisation, &member, &zone)?;
            if content.things.is_empty() && !member.role.may(Action::BoardRead) {
                return Ok(());
            }
            let id: Id<Mail> = tx.new_id();
            let said = serde_json::to_string(&content)
                .map_err(|error| Problem::fault("a mail could not be kept", error))?;
            let message_id = format!("{id}@{}", going.domain);
            let new = NewMail {
                id,
                person,
                kind: WEEKLY,
                week: &week,
                content: &said,
                message_id: &message_id,
            };
            mail::mail_insert(tx, organisation, &new)?;
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &Actor::Closedset,
                    subject: format!("person:{person}"),
                    kind: "mail.written",
                    body: json!({"mail": id, "person": person, "kind": WEEKLY, "week": week}),
                },
            )?;
            Ok(())
        })
        .await
}

/// What the mail says: what requirements are called, and counts.
fn content(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    member: &MemberRow,
    zone: &TimeZone,
) -> Result<Content, Problem> {
    let sees_board = member.role.may(Action::BoardRead);
    let own =
        tasks::task_list_open(tx, organisation, Whose::Of(member.person), None, LOOKED_THROUGH)?;
    let nobodys = tasks::task_list_open(tx, organisation, Whose::Nobodys, None, LOOKED_THROUGH)?;
    let (open, late) = tasks::task_counts(tx, organisation)?;
    let mut things = Things { app, now: tx.now(), zone, sees_board, found: Vec::new() };
    things.of_tasks(&own, "yours", "/tasks?of=me");
    things.of_tasks(&nobodys, "nobody’s yet", "/tasks?of=nobody");
    let turned = match sees_board {
        true => {
            let controls = board::statuses(tx, app, organisation)?;
            for (wanted, words) in
                [(Status::Fail, "not met"), (Status::Unknown, "not known to be met")]
            {
                for one in controls.iter().filter(|one| one.status.status == wanted) {
                    things.add(&one.id, words.to_owned(), "/board");
                }
            }
            turned(tx, app, organisation, &controls)?
        }
        false => {
            let since = tx.now() - Duration::from_days(7);
            match tasks::task_count_done(tx, organisation, since)? {
                0 => "In the last seven days no task was done.".to_owned(),
                1 => "In the last seven days one task was done.".to_owned(),
                count => format!("In the last seven days {count} tasks were done."),
            }
        }
    };
    let found = things.found;
    Ok(Content { things: found, turned, open, late, own: count(&own) })
}

fn count(rows: &[TaskRow]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

/// What a requirement is called to whoever is outside. What a facility calls its own stays in the facility.
pub(crate) fn control_words(app: &App, control: &str) -> String {
    let mut controls =
        app.catalogue().frameworks().iter().flat_map(|framework| &framework.controls);
    match controls.find(|one| one.id == control) {
        // The only tasks that serve no requirement.
        _ if control.is_empty() => "The server’s certificate".to_owned(),
        Some(known) => format!("{} ({})", known.title, known.id),
        None => "A requirement of your own".to_owned(),
    }
}

/// The things to do, as they are found.
struct Things<'t> {
    app: &'t App,
    now: Time,
    zone: &'t TimeZone,
    sees_board: bool,
    found: Vec<(String, Thing)>,
}

impl Things<'_> {
    /// Adds a control, unless it is named already or enough are.
    fn add(&mut self, control: &str, note: String, path: &str) {
        if self.found.len() >= THINGS || self.found.iter().any(|(known, _)| known == control) {
            return;
        }
        let path = match self.sees_board && !control.is_empty() {
            true => format!("/controls/{control}"),
            false => path.to_owned(),
        };
        let words = control_words(self.app, control);
        self.found.push((control.to_owned(), Thing { words, note, path }));
    }

    /// Adds the controls that tasks serve, the most urgent first.
    fn of_tasks(&mut self, rows: &[TaskRow], whose: &str, path: &str) {
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for row in rows {
            *counts.entry(row.control.as_str()).or_default() += 1;
        }
        for row in rows {
            let day = |time: Time| time.timestamp().to_zoned(self.zone.clone()).date();
            let (due, today) = (day(row.due_at), day(self.now));
            let when = match row.due_at < self.now {
                true => format!("late since {}", due.strftime("%-d %B")),
                false if due == today => "due today".to_owned(),
                false => format!("due {}", due.strftime("%A, %-d %B")),
            };
            let note = match counts.get(row.control.as_str()) {
                Some(count) if *count > 1 => {
                    format!("{count} tasks, {whose}, the first {when}")
                }
                _ => format!("{whose}, {when}"),
            };
            self.add(&row.control, note, path);
        }
    }
}

/// How many controls came to be met and ceased to be in the last seven days, in a line.
fn turned(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    controls: &[board::ControlOnBoard],
) -> Result<String, Problem> {
    let at = tx.now() - Duration::from_days(7);
    let is_met = |status: Status| match status {
        Status::Pass | Status::NotApplicable | Status::Excepted => true,
        Status::Fail | Status::Unknown => false,
    };
    let met = controls.iter().filter(|one| is_met(one.status.status)).count();
    let all = controls.len();
    let row = organisations::organisation_by_id(tx, organisation)?;
    if row.is_none_or(|row| row.created_at > at) {
        return Ok(format!("{met} of {all} requirements are met."));
    }
    let before: BTreeMap<String, Status> = board::statuses_as_of(tx, app, organisation, at)?
        .into_iter()
        .map(|one| (one.id, one.status.status))
        .collect();
    let (mut better, mut worse) = (0, 0);
    for one in controls {
        // That a framework was chosen since is no turn.
        let Some(was) = before.get(&one.id) else { continue };
        match (is_met(*was), is_met(one.status.status)) {
            (false, true) => better += 1,
            (true, false) => worse += 1,
            (true, true) | (false, false) => {}
        }
    }
    let turned = match (better, worse) {
        (0, 0) => "none turned in the last seven days".to_owned(),
        (better, 0) => format!("{better} came to be in the last seven days"),
        (0, worse) => format!("{worse} ceased to be in the last seven days"),
        (better, worse) => {
            format!("in the last seven days {better} came to be and {worse} ceased to be")
        }
    };
    Ok(format!("{met} of {all} requirements are met; {turned}."))
}
