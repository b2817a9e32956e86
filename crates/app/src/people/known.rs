//! People of the register as the use cases need them, and the entries about them.

use super::name::refuse_same_name;
use crate::{
    Problem,
    admitted::Admitted,
    days::zone_of,
    leaving::{Ending, follow},
};
use closedset_core::{
    engagement::{Days, EngagementForm},
    entry::Log,
    id::{Assignment, Engagement, Id, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx,
    engagements::{self, AssignmentRow, EngagementRow},
    ledger,
    people::{self, PersonRow},
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// More engagements of one person are not kept.
pub(super) const ENGAGEMENTS: usize = 200;
/// More assignments of one person are not kept.
pub(super) const ASSIGNMENTS: usize = 2_000;

/// Entries looked at in one go.
const BATCH: i64 = 200;

/// The day that it is where the facility is.
pub(crate) fn today(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<Date, Problem> {
    let zone = zone_of(tx, organisation)?;
    Ok(tx.now().timestamp().to_zoned(zone).date())
}

/// Somebody who was not forgotten.
pub(crate) fn person(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<PersonRow, Problem> {
    people::person_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("person"))
}

/// An engagement that was not removed, of somebody who was not forgotten.
pub(super) fn engagement(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Engagement>,
) -> Result<EngagementRow, Problem> {
    let row = engagements::engagement_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("engagement"))?;
    person(tx, organisation, row.person)?;
    Ok(row)
}

/// An assignment that was not removed, of somebody who was not forgotten.
pub(super) fn assignment(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Assignment>,
) -> Result<AssignmentRow, Problem> {
    let row = engagements::assignment_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("assignment"))?;
    person(tx, organisation, row.person)?;
    Ok(row)
}

/// Whether somebody had an account here that was removed: what they signed stays.
pub(super) fn was_member(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<bool, Problem> {
    let (log, name, mut before) = (Log::Organisation(organisation), format!("person:{id}"), None);
    loop {
        let page = ledger::entries_of_subject(tx, log, &name, before, BATCH)?;
        if page.iter().any(|entry| entry.kind == "person.removed") {
            return Ok(true);
        }
        let Some(last) = page.last() else { return Ok(false) };
        before = Some(last.index);
    }
}

/// Refuses an address that another has.
pub(super) fn refuse_same_email(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    email: Option<&str>,
    own: Option<Id<Person>>,
) -> Result<(), Problem> {
    let Some(email) = email else { return Ok(()) };
    match people::person_by_email(tx, organisation, email)? {
        Some(known) if Some(known) != own => Err(Problem::Conflict {
            code: "person.same_email",
            sentence: "Somebody who is known here has this address.",
            remedy: "Look for the address under People, All: whoever returns is engaged again on their own page.",
        }),
        _ => Ok(()),
    }
}

/// Adds an engagement, unless it overlaps another of the same form.
pub(super) fn engage(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: &PersonRow,
    (form, job, days): (EngagementForm, &str, Days),
) -> Result<Id<Engagement>, Problem> {
    let organisation = caller.organisation;
    refuse_same_name(tx, organisation, &person.name, &person.address())?;
    let row = EngagementRow {
        id: tx.new_id(),
        person: person.id,
        form,
        job: job.to_owned(),
        days,
        created_at: tx.now(),
        removed_at: None,
    };
    refuse_overlap(tx, organisation, &row)?;
    engagements::engagement_insert(tx, organisation, &row)?;
    tell(tx, caller, person.id, "engagement.began", told(&row))?;
    ended(tx, caller, person.id, None)?;
    Ok(row.id)
}

/// Brings somebody's leavings in line with what was just changed of their engagements; `ended` is one that got its last day.
pub(super) fn ended(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: Id<Person>,
    ended: Option<Id<Engagement>>,
) -> Result<i64, Problem> {
    let by = Ending { actor: &caller.actor, owner: caller.person };
    follow(tx, caller.organisation, &by, (person, ended))
}

/// Refuses an engagement beside another of the same form.
pub(super) fn refuse_overlap(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &EngagementRow,
) -> Result<(), Problem> {
    let mut others = engagements::engagement_list_of(tx, organisation, row.person)?;
    others.retain(|other| other.id != row.id);
    if others.len() >= ENGAGEMENTS {
        return Err(Problem::Conflict {
            code: "engagement.too_many",
            sentence: "This person has 200 engagements, and more are not kept.",
            remedy: "Remove those that were entered by mistake, or let one go on where nothing lies between two.",
        });
    }
    let is_beside = |other: &EngagementRow| other.form == row.form && other.days.overlap(row.days);
    if others.iter().any(is_beside) {
        return Err(Problem::Conflict {
            code: "engagement.overlaps",
            sentence: "This person is engaged in the same form on some of these days already.",
            remedy: "Change that engagement, or end it before the first of these days.",
        });
    }
    Ok(())
}

/// Refuses an assignment beside another on the same title.
pub(super) fn refuse_second(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &AssignmentRow,
) -> Result<(), Problem> {
    let mut others = engagements::assignment_list_of(tx, organisation, row.person)?;
    others.retain(|other| other.id != row.id);
    if others.len() >= ASSIGNMENTS {
        return Err(Problem::Conflict {
            code: "assignment.too_many",
            sentence: "This person has 2,000 assignments, and more are not kept.",
            remedy: "Remove those that were entered by mistake.",
        });
    }
    let is_beside =
        |other: &AssignmentRow| other.title == row.title && other.days.overlap(row.days);
    if others.iter().any(is_beside) {
        return Err(Problem::Conflict {
            code: "assignment.overlaps",
            sentence: "This person works on this title on some of these days already.",
            remedy: "Change that assignment: its job may name several things.",
        });
    }
    Ok(())
}

/// What the entry of an engagement says, each thing in a field of its own.
pub(super) fn told(row: &EngagementRow) -> Value {
    json!({
        "engagement": row.id,
        "person": row.person,
        "form": row.form,
        "job": row.job,
        "begins_on": row.days.first,
        "ends_on": row.days.last,
    })
}

/// What the entry of an assignment says.
pub(crate) fn told_assignment(row: &AssignmentRow) -> Value {
    json!({
        "assignment": row.id,
        "person": row.person,
        "title": row.title,
        "job": row.job,
        "begins_on": row.days.first,
        "ends_on": row.days.last,
    })
}

/// Writes an entry. Whatever is told of somebody's work is about them, so that it is found with them.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: Id<Person>,
    kind: &'static str,
    body: Value,
) -> Result<(), Problem> {
    tx.record(
        Log::Organisation(caller.organisation),
        NewEntry { actor: &caller.actor, subject: format!("person:{person}"), kind, body },
    )?;
    Ok(())
}
