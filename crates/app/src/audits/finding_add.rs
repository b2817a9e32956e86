//! A new finding of an audit.

use super::{FINDINGS, NewFinding, audit_here, task, terms, told_finding};
use crate::{App, Caller, Problem};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action,
    audit::FindingState,
    entry::Log,
    id::{Audit, Finding, Id},
};
use closedset_store::{
    NewEntry, Tx,
    audits::{AuditRow, FindingRow, finding_insert, finding_list},
};

/// Enters a finding, and opens its task.
pub async fn finding_add(
    app: &App,
    caller: &Caller,
    audit: Id<Audit>,
    new: NewFinding,
) -> Result<Id<Finding>, Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let audit = audit_here(tx, organisation, audit)?;
        if finding_list(tx, organisation, audit.id)?.len() >= FINDINGS {
            return Err(Problem::Conflict {
                code: "finding.too_many",
                sentence: "This audit has 1,000 findings.",
                remedy: "Take out those that were entered by mistake, or enter several as one.",
            });
        }
        add(tx, (caller, &catalogue), &audit, &new)
    })
    .await
}

/// The same within a unit that adds more.
fn add(
    tx: &mut Tx<'_>,
    (caller, catalogue): (&Caller, &Catalogue),
    audit: &AuditRow,
    new: &NewFinding,
) -> Result<Id<Finding>, Problem> {
    let organisation = caller.organisation;
    let read = terms::finding(tx, (caller, catalogue), audit, new, None)?;
    let mut row = FindingRow {
        id: tx.new_id(),
        audit: audit.id,
        reference: read.reference,
        words: read.words,
        severity: read.severity,
        control: read.control,
        state: FindingState::Open,
        // The one that is opened next.
        task: tx.new_id(),
        said: String::new(),
        proof: None,
        decided_by: None,
        decided_at: None,
        accepted_until: None,
        lapses_at: None,
        changes: 0,
        created_at: tx.now(),
        removed_at: None,
        due_at: read.due_at,
        owner: read.owner,
        left_by: None,
    };
    task::open(tx, organisation, &mut row, audit)?;
    finding_insert(tx, organisation, &row)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("finding:{}", row.id),
            kind: "finding.added",
            body: told_finding(&row).into(),
        },
    )?;
    Ok(row.id)
}
