//! Exceptions: a risk is accepted, or it is signed that something does not apply or that there is none.
//!
//! Somebody asks, another person approves: one use case a file. From the grant on, the assessment reads
//! an exception beside the facts, and its end takes effect at its own instant as an expiry does;
//! `lapse` only writes it down and sees to the tasks.

mod approve;
mod ask;
mod lapse;
mod list;
mod withdraw;

pub use approve::exception_approve;
pub use ask::{AskedException, NewException, exception_ask};
pub(crate) use lapse::{asked_again, take_effect};
pub use list::{exception_list, exception_one};
pub use withdraw::exception_withdraw;

use crate::{App, Problem, admitted::Admitted, assessment, evidence, frameworks, tasks};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Duration, Subject, SubjectKind, Time,
    entry::Log,
    exception::Terms,
    id::{Device, Id, Organisation, Task},
};
use closedset_store::{
    NewEntry, Tx, devices,
    exceptions::{self, ExceptionRow, Granted, InvitedBy},
    tasks::{Plan, TaskRow, task_open},
};
use serde_json::json;

/// How long before its end somebody is reminded of an exception; half of its term if that is shorter.
const NOTICE: Duration = Duration::from_days(14);
/// Of how many devices the verdicts turn before the answer; of more, within seconds after it.
const AT_ONCE: u64 = 200;

/// Whose word an approval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Approval {
    /// One person's, as far as anybody can tell.
    OnePerson,
    /// Two accounts', of which one may have invited the other.
    TwoAccounts(Option<InvitedBy>),
}

/// What an entry about an exception is about: what it names, or its control.
fn about(terms: &Terms) -> Subject {
    terms.subject.clone().unwrap_or_else(|| Subject::control(&terms.control))
}

/// The device that an exception names.
fn device(terms: &Terms) -> Option<Id<Device>> {
    let subject = terms.subject.as_ref().filter(|one| one.kind == SubjectKind::Device)?;
    subject.id.parse().ok()
}

/// What the exception is for, in words.
fn title(catalogue: &Catalogue, terms: &Terms) -> String {
    match &terms.check {
        Some(id) => catalogue.check(id).map(|check| check.title.clone()),
        None => catalogue.control(&terms.control).map(|control| control.title.clone()),
    }
    .unwrap_or_else(|| terms.control.clone())
}

/// Lets whatever fell due of what the terms name take effect, before something is signed about it.
fn catch_up(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    terms: &Terms,
) -> Result<(), Problem> {
    let (catalogue, now) = (&*app.catalogue_of(tx, organisation)?, tx.now());
    match (device(terms), &terms.check, &terms.subject) {
        (Some(device), ..) => assessment::catch_up(tx, catalogue, organisation, device, now),
        (None, Some(_), None) => Ok(()),
        (None, ..) => evidence::catch_up(tx, catalogue, organisation, &terms.control, now),
    }
}

/// Assesses what the terms name; of all devices, lets those fall due that it may turn, and says how many.
fn assess(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    terms: &Terms,
) -> Result<u64, Problem> {
    let (catalogue, now) = (&*app.catalogue_of(tx, organisation)?, tx.now());
    if let Some(id) = device(terms) {
        let is_here = devices::device_by_id(tx, id)?.is_some_and(|row| row.revoked_at.is_none());
        if is_here {
            let subject = Subject::device(id);
            assessment::assess(tx, catalogue, organisation, &subject, now, Vec::new())?;
        }
        return Ok(0);
    }
    match (&terms.check, &terms.subject) {
        (Some(check), None) => {
            Ok(devices::device_state_set_stale_by_check(tx, organisation, check, now)?)
        }
        _ => {
            evidence::derive_control(tx, catalogue, organisation, &terms.control, now)?;
            Ok(0)
        }
    }
}

/// After a unit that let devices fall due: assesses them unless they are many, which the sweeper does.
async fn assess_due(
    app: &App,
    organisation: Id<Organisation>,
    devices: u64,
) -> Result<(), Problem> {
    if (1..=AT_ONCE).contains(&devices) {
        crate::packs::catch_up(app, organisation).await?;
    }
    Ok(())
}

/// Grants what was asked for: the unit has made sure that the caller may.
fn grant(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Admitted,
    row: &ExceptionRow,
    approval: Approval,
) -> Result<u64, Problem> {
    let (has_second_person, invited_by) = match approval {
        Approval::OnePerson => (false, None),
        Approval::TwoAccounts(invited_by) => (true, invited_by),
    };
    let (organisation, terms, now) = (caller.organisation, &row.terms, tx.now());
    catch_up(tx, app, organisation, terms)?;
    let mut body = json!({
        "exception": row.id,
        "asked": row.asked_entry,
        "asked_by": row.asked_by,
        "approved_by": caller.name,
        "approved_by_person": caller.person,
        "has_second_person": has_second_person,
    });
    terms.put_in(&mut body);
    if let Some(invited_by) = invited_by {
        body["invited_by"] = invited_by.as_str().into();
    }
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: about(terms).to_string(),
            kind: "exception.granted",
            body,
        },
    )?;
    let granted = Granted {
        by: caller.name.clone(),
        at: now,
        entry: entry.index,
        has_second_person,
        invited_by,
    };
    exceptions::exception_grant(tx, row.id, &granted, remind_at(terms, now))?;
    close_task(tx, organisation, row, "it was approved")?;
    // What it renews needs no renewal any more, unless that goes on for longer.
    for other in exceptions::exception_list_of_control(tx, organisation, &terms.control)? {
        let is_outlasted = other.granted.is_some() && other.terms.valid_to <= terms.valid_to;
        if is_same(&other, row) && is_outlasted {
            exceptions::exception_remind(tx, other.id)?;
            close_task(tx, organisation, &other, "it was renewed")?;
        }
    }
    assess(tx, app, organisation, terms)
}

/// When somebody is reminded of the end of what was granted then.
fn remind_at(terms: &Terms, granted_at: Time) -> Time {
    let term = terms.valid_to.since(granted_at);
    terms.valid_to - NOTICE.min(Duration::from_millis(term.millis() / 2))
}

/// Whether it is another one about the same.
fn is_same(other: &ExceptionRow, row: &ExceptionRow) -> bool {
    let (one, two) = (&other.terms, &row.terms);
    other.id != row.id
        && (one.form, &one.check, &one.subject) == (two.form, &two.check, &two.subject)
}

/// Whether it is in force for the same at least as long, so that the end of `row` is no news.
fn outlasts(other: &ExceptionRow, row: &ExceptionRow) -> bool {
    let is_in_force = other.granted.is_some() && other.withdrawn_at.is_none();
    let is_later = (other.terms.valid_to, other.id) > (row.terms.valid_to, row.id);
    is_same(other, row) && is_in_force && is_later
}

/// The task about an exception itself: there is at most one at a time.
fn open_task(
    tx: &mut Tx<'_>,
    (catalogue, organisation): (&Catalogue, Id<Organisation>),
    row: &ExceptionRow,
    title: String,
    due_at: Time,
) -> Result<(), Problem> {
    let task = TaskRow {
        id: tx.new_id::<Task>(),
        title,
        control: frameworks::control_of(catalogue, &row.terms).to_owned(),
        check: row.id.to_string(),
        subject: about(&row.terms),
        due_at,
        created_at: tx.now(),
        done_at: None,
        done_by: None,
        note: String::new(),
        plan: Plan::default(),
    };
    task_open(tx, organisation, &task)?;
    Ok(())
}

pub(crate) fn close_task(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ExceptionRow,
    note: &str,
) -> Result<(), Problem> {
    tasks::close(tx, organisation, &row.id.to_string(), &about(&row.terms), note)?;
    Ok(())
}
