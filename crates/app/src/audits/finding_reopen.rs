//! Opening a finding again: it was not mended, or is there once more.

use super::{finding_here, task, told_finding};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action, Actor,
    audit::FindingState,
    entry::Log,
    id::{Finding, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx,
    audits::{AuditRow, FindingRow, finding_update},
};

/// Opens a finding again, with a new task. Why, in at most 500 characters, stands in the ledger.
pub async fn finding_reopen(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let why = reason(why)?;
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let (before, audit) = finding_here(tx, organisation, id)?;
        if before.state == FindingState::Open {
            return Err(Problem::Conflict {
                code: "finding.open",
                sentence: "This finding is open.",
                remedy: "Nothing more is needed.",
            });
        }
        reopen(tx, (&caller.actor, organisation), (before, &audit), &why)
    })
    .await
}

/// The same by whoever it is, with its entry.
pub(super) fn reopen(
    tx: &mut Tx<'_>,
    (actor, organisation): (&Actor, Id<Organisation>),
    (before, audit): (FindingRow, &AuditRow),
    why: &str,
) -> Result<(), Problem> {
    let row = FindingRow { said: why.to_owned(), ..task::again(tx, organisation, &before, audit)? };
    finding_update(tx, organisation, &row)?;
    let mut body = told_finding(&row);
    body.insert("reason".to_owned(), why.into());
    body.insert("was_state".to_owned(), before.state.as_str().into());
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: format!("finding:{}", row.id),
            kind: "finding.reopened",
            body: body.into(),
        },
    )?;
    Ok(())
}
