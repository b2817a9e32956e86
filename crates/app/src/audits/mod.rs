//! Audits and penetration tests: who looked, when and at what; their reports, which are evidence for AD-8 and AD-9;
//! and what they found, until it is mended or the risk is accepted.
//!
//! One use case a file. A report is given as a document is, and by that alone it counts. Each finding has a task,
//! which is closed with it and in no other way. Whose own an audit was, and by whom it was made, is told to whoever
//! sees clients; nothing that others see names a client.

mod audit_add;
mod audit_change;
mod audit_remove;
mod finding_accept;
mod finding_add;
mod finding_change;
mod finding_close;
mod finding_remove;
mod finding_reopen;
mod hand_out;
mod lapse;
mod list;
mod report;
mod task;
mod terms;

pub use audit_add::audit_add;
pub use audit_change::{Seen, audit_change, audit_report};
pub use audit_remove::audit_remove;
pub use finding_accept::finding_accept;
pub use finding_add::finding_add;
pub use finding_change::finding_change;
pub use finding_close::{Closing, finding_close};
pub use finding_remove::finding_remove;
pub use finding_reopen::finding_reopen;
pub use hand_out::{HandedOut, audit_list_hand_out};
pub(crate) use lapse::{lapsing, take_effect};
pub use list::{
    AuditDetail, AuditShown, FindingCounts, FindingDetail, FindingsOf, Register, ReportShown,
    WhoseAudit, audit_list, audit_one, audit_page, control_list, finding_one, finding_page,
    proof_list,
};
pub use report::Report;
pub use terms::{NewAudit, NewFinding};
pub(crate) use terms::{lines, said};

use crate::Problem;
use closedset_core::id::{Audit, Finding, Id, Organisation};
use closedset_store::{
    Tx,
    audits::{self, AuditRow, FindingRow},
};
use serde_json::{Map, Value, json};

use crate::titles::fields;

/// How many audits and tests an organisation has at most.
const AUDITS: usize = 500;
/// How many findings one of them has.
const FINDINGS: usize = 1_000;

/// The kinds of entry that say by whom a client's own audit was made, in the fields [`SECRET_FIELDS`].
pub(crate) const SECRET_KINDS: [&str; 2] = ["audit.added", "audit.changed"];
/// Which of their fields are shown to nobody who may not see clients.
pub(crate) const SECRET_FIELDS: [&str; 6] =
    ["firm", "was_firm", "assessors", "was_assessors", "scope", "was_scope"];

/// An audit that was not taken out.
fn audit_here(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Audit>,
) -> Result<AuditRow, Problem> {
    audits::audit_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("audit"))
}

/// A finding that was not taken out, with its audit.
fn finding_here(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Finding>,
) -> Result<(FindingRow, AuditRow), Problem> {
    let row = audits::finding_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("finding"))?;
    match audit_here(tx, organisation, row.audit) {
        Ok(audit) => Ok((row, audit)),
        Err(Problem::NotFound(_)) => Err(Problem::NotFound("finding")),
        Err(other) => Err(other),
    }
}

/// An audit as an entry tells it.
fn told_audit(row: &AuditRow) -> Map<String, Value> {
    fields(json!({
        "audit": row.id,
        "kind": row.kind,
        "client": row.client,
        "firm": row.firm,
        "assessors": row.assessors,
        "scope": row.scope,
        "begins_on": row.begins_on,
        "ends_on": row.ends_on,
        "report_on": row.report_on,
        "due_on": row.due_on,
        "document": row.document,
    }))
}

/// A finding as an entry tells it.
fn told_finding(row: &FindingRow) -> Map<String, Value> {
    fields(json!({
        "finding": row.id,
        "audit": row.audit,
        "reference": row.reference,
        "what": row.words,
        "severity": row.severity,
        "control": row.control,
        "owner": row.owner.as_ref().map(|owner| owner.person),
        "due_at": row.due_at,
        "task": row.task,
    }))
}

/// Somebody else changed it since.
const CHANGED: Problem = Problem::Conflict {
    code: "audit.changed",
    sentence: "Somebody changed this since you looked.",
    remedy: "Look at how it stands now, and enter your change again.",
};
