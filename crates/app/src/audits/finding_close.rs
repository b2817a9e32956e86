//! Closing a finding: it was mended.

use super::{finding_here, task, terms::said};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    audit::FindingState,
    entry::Log,
    id::{Document, Finding, Id},
};
use closedset_store::{
    NewEntry,
    audits::{FindingRow, finding_update},
    evidence,
};
use serde_json::json;

/// What is said of a finding that was mended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closing {
    /// What was done.
    pub said: String,
    /// A document that shows it.
    pub proof: Option<Id<Document>>,
}

/// Closes a finding that is open, or whose risk was accepted, and its task.
pub async fn finding_close(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
    closing: Closing,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let words = said("said", &closing.said, "Say what was done, in a few words.")?;
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let (before, _) = finding_here(tx, organisation, id)?;
        if before.state == FindingState::Closed {
            return Err(Problem::Conflict {
                code: "finding.closed",
                sentence: "This finding was closed before.",
                remedy: "Nothing more is needed. If it is there again, open it again.",
            });
        }
        if let Some(proof) = closing.proof
            && evidence::document_by_id(tx, organisation, proof)?
                .is_none_or(|document| document.withdrawn_at.is_some())
        {
            let message = "Choose a document that is here and was not taken back, or none.";
            return Err(Problem::field("proof", message));
        }
        let row = FindingRow {
            state: FindingState::Closed,
            said: words.clone(),
            proof: closing.proof,
            decided_by: Some(caller.name.clone()),
            decided_at: Some(tx.now()),
            accepted_until: None,
            lapses_at: None,
            changes: before.changes + 1,
            ..before
        };
        task::close(tx, caller, &row, &words)?;
        finding_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("finding:{id}"),
                kind: "finding.closed",
                body: json!({
                    "finding": id,
                    "audit": row.audit,
                    "said": words,
                    "proof": closing.proof,
                    "task": row.task,
                }),
            },
        )?;
        Ok(())
    })
    .await
}
