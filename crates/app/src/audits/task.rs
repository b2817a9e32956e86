//! The task of a finding: opened with it, closed with it. Its check is the finding's own id, so that no verdict
//! closes it, nor a framework that is no longer chosen.

use crate::{Caller, Problem, people::today, tasks::can_have};
use closedset_core::{
    Duration, Subject, Time,
    audit::{AuditKind, FindingState},
    id::{Id, Organisation, Task},
};
use closedset_store::{
    Tx,
    audits::{AuditRow, FindingRow},
    people,
    tasks::{self, Owner, Plan, TaskRow},
};

use super::terms::by_itself;
use crate::days::{end_of, zone_of};

/// How much of what was found stands in its task.
const WORDS_LIMIT: usize = 150;

/// What a task says, and under which control it stands: that of the finding, or that of the audit.
pub(super) fn words(row: &FindingRow, kind: AuditKind) -> (String, String) {
    let mut words: String = row.words.chars().take(WORDS_LIMIT).collect();
    if words.chars().count() < row.words.chars().count() {
        words.push('…');
    }
    let title = format!("Mend: {words} ({}, {})", row.severity.as_str(), row.reference);
    let control = if row.control.is_empty() { kind.control() } else { &row.control };
    (title, control.to_owned())
}

/// Opens the task of a finding, for whose it is and by when it is due; its id stands in the row then.
pub(super) fn open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &mut FindingRow,
    audit: &AuditRow,
) -> Result<(), Problem> {
    let (title, control) = words(row, audit.kind);
    let id: Id<Task> = tx.new_id();
    let task = TaskRow {
        id,
        title,
        control,
        check: row.id.to_string(),
        subject: Subject::control(audit.kind.control()),
        due_at: row.due_at,
        created_at: tx.now(),
        done_at: None,
        done_by: None,
        note: String::new(),
        plan: Plan::default(),
    };
    if !tasks::task_open(tx, organisation, &task)? {
        return Err(Problem::Fault("a finding that has no open task has one".into()));
    }
    if row.owner.is_some() {
        let plan = Plan { owner: row.owner.clone(), ..Plan::default() };
        tasks::task_plan(tx, organisation, id, &plan, row.due_at)?;
    }
    row.task = id;
    row.left_by = None;
    Ok(())
}

/// Closes the task of a finding, if it is open.
pub(super) fn close(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &FindingRow,
    note: &str,
) -> Result<(), Problem> {
    tasks::task_done(tx, caller.organisation, row.task, &caller.name, note)?;
    Ok(())
}

/// Opens a finding again, for whoever had it, if they can have it still, and by the day that its severity gives.
pub(super) fn again(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    before: &FindingRow,
    audit: &AuditRow,
) -> Result<FindingRow, Problem> {
    let mut row = FindingRow {
        state: FindingState::Open,
        proof: None,
        decided_by: None,
        decided_at: None,
        accepted_until: None,
        lapses_at: None,
        changes: before.changes + 1,
        owner: still(tx, organisation, before.owner.clone())?,
        due_at: due(tx, organisation, before)?,
        ..before.clone()
    };
    open(tx, organisation, &mut row, audit)?;
    Ok(row)
}

fn still(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    owner: Option<Owner>,
) -> Result<Option<Owner>, Problem> {
    let Some(owner) = owner else { return Ok(None) };
    let now = tx.now();
    let member = people::member_by_person(tx, organisation, owner.person)?;
    Ok(member
        .filter(|member| can_have(member, now))
        .map(|member| Owner { person: owner.person, name: member.name }))
}

fn due(tx: &mut Tx<'_>, organisation: Id<Organisation>, row: &FindingRow) -> Result<Time, Problem> {
    let day = by_itself(today(tx, organisation)?, row.severity);
    Ok(end_of(day, &zone_of(tx, organisation)?)? - Duration::from_millis(1))
}
