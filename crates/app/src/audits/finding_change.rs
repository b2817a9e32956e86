//! Correcting a finding: what it says, how bad it is, whose it is and by when.

use super::{CHANGED, NewFinding, Seen, finding_here, task, terms, told_finding};
use crate::{App, Caller, Problem, titles::changed};
use closedset_core::{
    Action,
    audit::FindingState,
    entry::Log,
    id::{Finding, Id},
};
use closedset_store::{
    NewEntry,
    audits::{FindingRow, finding_update},
    tasks,
};

/// Says what a finding is from now on, whole; an open one also whose it is and by when it is due, which its task
/// says then too. The same again changes nothing and leaves no entry.
pub async fn finding_change(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
    (new, seen): (NewFinding, Seen),
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let (before, audit) = finding_here(tx, organisation, id)?;
        if seen.is_some_and(|seen| seen != before.changes) {
            return Err(CHANGED);
        }
        let read = terms::finding(tx, (caller, &catalogue), &audit, &new, Some(&before))?;
        let mut row = FindingRow {
            reference: read.reference,
            words: read.words,
            severity: read.severity,
            control: read.control,
            owner: read.owner,
            due_at: read.due_at,
            ..before.clone()
        };
        if row == before {
            return Ok(());
        }
        if row.state == FindingState::Open {
            let (title, control) = task::words(&row, audit.kind);
            tasks::task_reword(tx, organisation, row.task, (&title, &control))?;
            if (&row.owner, row.due_at) != (&before.owner, before.due_at) {
                plan(tx, organisation, (&before, &row))?;
            }
        }
        row.changes += 1;
        finding_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("finding:{id}"),
                kind: "finding.changed",
                body: changed(told_finding(&before), told_finding(&row)),
            },
        )?;
        Ok(())
    })
    .await
}

/// Has the task say whose the finding is and by when, and keeps what people remarked on it.
fn plan(
    tx: &mut closedset_store::Tx<'_>,
    organisation: Id<closedset_core::id::Organisation>,
    (before, row): (&FindingRow, &FindingRow),
) -> Result<(), Problem> {
    let Some(task) = tasks::task_by_id(tx, organisation, row.task)? else { return Ok(()) };
    let is_owner_told = row.owner == before.owner;
    let plan = tasks::Plan {
        owner: row.owner.clone(),
        left_by: task.plan.left_by.clone().filter(|_| is_owner_told),
        due_was: None,
        ..task.plan
    };
    Ok(tasks::task_plan(tx, organisation, row.task, &plan, row.due_at)?)
}
