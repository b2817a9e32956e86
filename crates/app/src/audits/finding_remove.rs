//! Taking out a finding that was entered by mistake.

use super::{finding_here, task};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    entry::Log,
    id::{Audit, Finding, Id},
};
use closedset_store::{
    NewEntry,
    audits::{FindingRow, finding_update},
};
use serde_json::json;

/// Takes a finding out, and closes its task; says of which audit it was. Why, in at most 500 characters, stands in the ledger.
pub async fn finding_remove(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
    why: &str,
) -> Result<Id<Audit>, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let why = reason(why)?;
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let (before, audit) = finding_here(tx, organisation, id)?;
        task::close(tx, caller, &before, "the finding was taken out")?;
        let now = tx.now();
        let row = FindingRow {
            lapses_at: None,
            removed_at: Some(now),
            changes: before.changes + 1,
            ..before
        };
        finding_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("finding:{id}"),
                kind: "finding.removed",
                body: json!({"finding": id, "audit": audit.id, "reason": why}),
            },
        )?;
        Ok(audit.id)
    })
    .await
}
