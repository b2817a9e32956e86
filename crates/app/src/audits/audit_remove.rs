//! Taking out an audit that was entered by mistake, with what it found.

use super::{audit_here, task};
use crate::{
    App, Caller, Problem,
    evidence::{document_take_back, reason},
};
use closedset_core::{
    Action,
    entry::Log,
    id::{Audit, Id},
};
use closedset_store::{
    NewEntry,
    audits::{AuditRow, FindingRow, audit_update, finding_list, finding_update},
    evidence,
};
use serde_json::json;

/// Takes an audit out: its report counts no more, the tasks of its findings are closed. Why, in at most 500
/// characters, stands in the ledger.
pub async fn audit_remove(
    app: &App,
    caller: &Caller,
    id: Id<Audit>,
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let why = reason(why)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = audit_here(tx, organisation, id)?;
        if row.client.is_some() {
            caller.require(Action::TitleRead)?;
        }
        let mut taken_back = None;
        if let Some(document) = row.document
            && evidence::document_by_id(tx, organisation, document)?
                .is_some_and(|document| document.withdrawn_at.is_none())
        {
            let catalogue = unit_app.catalogue_of(tx, organisation)?;
            let by = (&caller.actor, organisation);
            document_take_back(tx, &catalogue, by, document, &why)?;
            taken_back = Some(document);
        }
        let findings = finding_list(tx, organisation, id)?;
        for finding in &findings {
            task::close(tx, caller, finding, "the audit was taken out")?;
            if finding.lapses_at.is_some() {
                let row = FindingRow { lapses_at: None, ..finding.clone() };
                finding_update(tx, organisation, &row)?;
            }
        }
        let gone = AuditRow { removed_at: Some(tx.now()), changes: row.changes + 1, ..row };
        audit_update(tx, organisation, &gone)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("audit:{id}"),
                kind: "audit.removed",
                body: json!({
                    "audit": id,
                    "reason": why,
                    "document": taken_back,
                    "findings": findings.len(),
                }),
            },
        )?;
        Ok(())
    })
    .await
}
