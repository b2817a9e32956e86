//! The task to look at a risk again: opened when that is due, closed by a review and in no other way. Its check is the
//! risk's own id, so that no verdict closes it, nor a framework that is no longer chosen.

use crate::{Caller, Problem, tasks::can_have};
use closedset_core::{
    Duration, Subject,
    id::{Id, Organisation, Task},
};
use closedset_store::{
    Tx, people,
    risks::RiskRow,
    tasks::{self, Owner, Plan, TaskRow},
};

use crate::days::{end_of, zone_of};

/// What it says, and under which control it stands: the first that treats the risk.
fn words(row: &RiskRow) -> (String, String) {
    (format!("Review the risk: {}", row.title), row.controls.first().cloned().unwrap_or_default())
}

/// Whoever looks after a risk, if they can have tasks still.
pub(super) fn still(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    owner: Option<&Owner>,
) -> Result<Option<Owner>, Problem> {
    let Some(owner) = owner else { return Ok(None) };
    let now = tx.now();
    let member = people::member_by_person(tx, organisation, owner.person)?;
    Ok(member
        .filter(|member| can_have(member, now))
        .map(|member| Owner { person: owner.person, name: member.name }))
}

/// Opens it for whoever looks after the risk, unless it is open; due at the end of the day of the review, or in a week
/// where that day is no reason.
pub(super) fn opened(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &RiskRow,
    is_for_review: bool,
) -> Result<Id<Task>, Problem> {
    if let Some(task) = row.task {
        return Ok(task);
    }
    let (title, control) = words(row);
    let end = end_of(row.review_on, &zone_of(tx, organisation)?)? - Duration::from_millis(1);
    let now = tx.now();
    let due_at = if is_for_review { end } else { end.min(now + Duration::from_days(7)) };
    let id: Id<Task> = tx.new_id();
    let task = TaskRow {
        id,
        title,
        control,
        check: row.id.to_string(),
        subject: Subject::organisation(organisation),
        due_at,
        created_at: now,
        done_at: None,
        done_by: None,
        note: String::new(),
        plan: Plan::default(),
    };
    if !tasks::task_open(tx, organisation, &task)? {
        return Err(Problem::Fault("a risk that has no open task has one".into()));
    }
    let owner = still(tx, organisation, row.owner.as_ref())?;
    if owner.is_some() {
        let plan = Plan { owner, ..Plan::default() };
        tasks::task_plan(tx, organisation, id, &plan, due_at)?;
    }
    Ok(id)
}

/// Has the open task say what the risk says now, and be whose that is.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (before, row): (&RiskRow, &RiskRow),
) -> Result<(), Problem> {
    let Some(id) = row.task else { return Ok(()) };
    let Some(task) = tasks::task_by_id(tx, organisation, id)? else { return Ok(()) };
    if words(before) != words(row) {
        let (title, control) = words(row);
        tasks::task_reword(tx, organisation, id, (&title, &control))?;
    }
    let person = |row: &RiskRow| row.owner.as_ref().map(|owner| owner.person);
    if person(before) != person(row) {
        let plan = Plan { owner: row.owner.clone(), left_by: None, ..task.plan };
        tasks::task_plan(tx, organisation, id, &plan, task.due_at)?;
    }
    Ok(())
}

/// Closes the open task of a risk, and yields which it was.
pub(super) fn close(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &RiskRow,
    note: &str,
) -> Result<Option<Id<Task>>, Problem> {
    if let Some(id) = row.task {
        tasks::task_done(tx, caller.organisation, id, &caller.name, note)?;
    }
    Ok(row.task)
}
