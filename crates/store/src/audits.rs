//! Audits and penetration tests, and what they found.

use crate::{Row, StoreError, Tx, params, tasks::Owner};
use closedset_core::{
    Time,
    audit::{AuditKind, FindingState, Severity},
    id::{Audit, Client, Document, Finding, Id, Organisation, Task},
};
use jiff::civil::Date;

/// An audit or a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: Id<Audit>,
    /// What it was.
    pub kind: AuditKind,
    /// Whose own it was; none for all others.
    pub client: Option<Id<Client>>,
    /// The firm that carried it out.
    pub firm: String,
    /// Who did, by name.
    pub assessors: String,
    /// What was looked at.
    pub scope: String,
    /// The first day of it.
    pub begins_on: Date,
    /// The last one.
    pub ends_on: Date,
    /// The day of the report.
    pub report_on: Option<Date>,
    /// By when the next one is due.
    pub due_on: Date,
    /// The report, where it is kept here.
    pub document: Option<Id<Document>>,
    /// How often it was changed.
    pub changes: i64,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was taken out.
    pub removed_at: Option<Time>,
}

const AUDIT: &str = "SELECT id, kind, client, firm, assessors, covers, begins_on, ends_on, report_on, due_on, document, \
    changes, created_at, removed_at FROM audit WHERE organisation = $1";

fn audit(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    let kind = row.text(1)?;
    Ok(AuditRow {
        id: row.id(0)?,
        kind: AuditKind::from_word(&kind)
            .ok_or_else(|| StoreError::corrupt("a kind of audit", &kind))?,
        client: row.id_opt(2)?,
        firm: row.text(3)?,
        assessors: row.text(4)?,
        scope: row.text(5)?,
        begins_on: row.day(6)?,
        ends_on: row.day(7)?,
        report_on: row.day_opt(8)?,
        due_on: row.day(9)?,
        document: row.id_opt(10)?,
        changes: row.int(11)?,
        created_at: row.time(12)?,
        removed_at: row.time_opt(13)?,
    })
}

/// Adds an audit.
pub fn audit_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    audit: &AuditRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO audit (id, organisation, kind, client, firm, assessors, covers, begins_on, ends_on, report_on, due_on, \
         document, changes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            audit.id,
            organisation,
            audit.kind.as_str(),
            audit.client,
            audit.firm.as_str(),
            audit.assessors.as_str(),
            audit.scope.as_str(),
            audit.begins_on,
            audit.ends_on,
            audit.report_on,
            audit.due_on,
            audit.document,
            audit.changes,
            audit.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what an audit is now.
pub fn audit_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    audit: &AuditRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE audit SET kind = $3, client = $4, firm = $5, assessors = $6, covers = $7, begins_on = $8, ends_on = $9, \
         report_on = $10, due_on = $11, document = $12, changes = $13, removed_at = $14 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            audit.id,
            audit.kind.as_str(),
            audit.client,
            audit.firm.as_str(),
            audit.assessors.as_str(),
            audit.scope.as_str(),
            audit.begins_on,
            audit.ends_on,
            audit.report_on,
            audit.due_on,
            audit.document,
            audit.changes,
            audit.removed_at
        ],
    )?;
    Ok(())
}

/// The audits and tests that were not taken out, the latest first.
pub fn audit_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<AuditRow>, StoreError> {
    tx.query(
        &format!("{AUDIT} AND removed_at IS NULL ORDER BY ends_on DESC, id DESC"),
        params![organisation],
        audit,
    )
}

/// One audit, taken out or not.
pub fn audit_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Audit>,
) -> Result<Option<AuditRow>, StoreError> {
    tx.query_opt(&format!("{AUDIT} AND id = $2"), params![organisation, id], audit)
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// Its id.
    pub id: Id<Finding>,
    /// The audit that found it.
    pub audit: Id<Audit>,
    /// How the report calls it.
    pub reference: String,
    /// What was found.
    pub words: String,
    /// How bad it is.
    pub severity: Severity,
    /// The control that it concerns; empty for none.
    pub control: String,
    /// How it stands.
    pub state: FindingState,
    /// Its task, the newest.
    pub task: Id<Task>,
    /// What was done, or why the risk is accepted.
    pub said: String,
    /// A document that shows it.
    pub proof: Option<Id<Document>>,
    /// Who closed it or accepted the risk.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Time>,
    /// The last day on which the risk is accepted.
    pub accepted_until: Option<Date>,
    /// The first moment after that day.
    pub lapses_at: Option<Time>,
    /// How often it was changed.
    pub changes: i64,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was taken out.
    pub removed_at: Option<Time>,
    /// Of its task: by when it is to be done.
    pub due_at: Time,
    /// Of its task: whose it is.
    pub owner: Option<Owner>,
    /// Of its task: whose it was until they could not do it any more.
    pub left_by: Option<Owner>,
}

const FINDING: &str = "SELECT f.id, f.audit, f.reference, f.words, f.severity, f.control, f.state, f.task, f.said, f.proof, \
    f.decided_by, f.decided_at, f.accepted_until, f.lapses_at, f.changes, f.created_at, f.removed_at, \
    t.due_at, t.owner, o.name, t.left_by, l.name \
    FROM finding f JOIN task t ON t.id = f.task LEFT JOIN person o ON o.id = t.owner LEFT JOIN person l ON l.id = t.left_by";

fn finding(row: &Row<'_>) -> Result<FindingRow, StoreError> {
    let (severity, state) = (row.text(4)?, row.text(6)?);
    let owner = |column: usize| -> Result<Option<Owner>, StoreError> {
        let (person, name) = (row.id_opt(column)?, row.text_opt(column + 1)?);
        Ok(person.map(|person| Owner { person, name: name.unwrap_or_default() }))
    };
    Ok(FindingRow {
        id: row.id(0)?,
        audit: row.id(1)?,
        reference: row.text(2)?,
        words: row.text(3)?,
        severity: Severity::from_word(&severity)
            .ok_or_else(|| StoreError::corrupt("a severity", &severity))?,
        control: row.text(5)?,
        state: FindingState::from_word(&state)
            .ok_or_else(|| StoreError::corrupt("a state of a finding", &state))?,
        task: row.id(7)?,
        said: row.text(8)?,
        proof: row.id_opt(9)?,
        decided_by: row.text_opt(10)?,
        decided_at: row.time_opt(11)?,
        accepted_until: row.day_opt(12)?,
        lapses_at: row.time_opt(13)?,
        changes: row.int(14)?,
        created_at: row.time(15)?,
        removed_at: row.time_opt(16)?,
        due_at: row.time(17)?,
        owner: owner(18)?,
        left_by: owner(20)?,
    })
}

/// Adds a finding, whose task is there.
pub fn finding_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    finding: &FindingRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO finding (id, organisation, audit, reference, words, severity, control, state, task, said, changes, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            finding.id,
            organisation,
            finding.audit,
            finding.reference.as_str(),
            finding.words.as_str(),
            finding.severity.as_str(),
            finding.control.as_str(),
            finding.state.as_str(),
            finding.task,
            finding.said.as_str(),
            finding.changes,
            finding.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what a finding is now; whose it is and by when stands in its task.
pub fn finding_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    finding: &FindingRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE finding SET reference = $3, words = $4, severity = $5, control = $6, state = $7, task = $8, said = $9, \
         proof = $10, decided_by = $11, decided_at = $12, accepted_until = $13, lapses_at = $14, changes = $15, \
         removed_at = $16 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            finding.id,
            finding.reference.as_str(),
            finding.words.as_str(),
            finding.severity.as_str(),
            finding.control.as_str(),
            finding.state.as_str(),
            finding.task,
            finding.said.as_str(),
            finding.proof,
            finding.decided_by.as_deref(),
            finding.decided_at,
            finding.accepted_until,
            finding.lapses_at,
            finding.changes,
            finding.removed_at
        ],
    )?;
    Ok(())
}

/// The findings of an audit that were not taken out, oldest first.
pub fn finding_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    audit: Id<Audit>,
) -> Result<Vec<FindingRow>, StoreError> {
    tx.query(
        &format!(
            "{FINDING} WHERE f.organisation = $1 AND f.audit = $2 AND f.removed_at IS NULL ORDER BY f.id"
        ),
        params![organisation, audit],
        finding,
    )
}

/// One finding, taken out or not.
pub fn finding_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Finding>,
) -> Result<Option<FindingRow>, StoreError> {
    tx.query_opt(
        &format!("{FINDING} WHERE f.organisation = $1 AND f.id = $2"),
        params![organisation, id],
        finding,
    )
}

/// How many findings of an audit stand so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCount {
    /// The audit.
    pub audit: Id<Audit>,
    /// How bad they are.
    pub severity: Severity,
    /// How they stand.
    pub state: FindingState,
    /// How many.
    pub count: i64,
    /// How many of them are past the day by which they were to be mended.
    pub late: i64,
}

/// The findings of all audits that were not taken out, counted.
pub fn finding_counts(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<FindingCount>, StoreError> {
    let now = tx.now();
    tx.query(
        "SELECT f.audit, f.severity, f.state, COUNT(*), \
         CAST(COALESCE(SUM(CASE WHEN f.state = 'open' AND t.due_at < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM finding f JOIN task t ON t.id = f.task JOIN audit a ON a.id = f.audit \
         WHERE f.organisation = $1 AND f.removed_at IS NULL AND a.removed_at IS NULL \
         GROUP BY f.audit, f.severity, f.state ORDER BY f.audit, f.severity, f.state",
        params![organisation, now],
        |row| {
            let (severity, state) = (row.text(1)?, row.text(2)?);
            Ok(FindingCount {
                audit: row.id(0)?,
                severity: Severity::from_word(&severity)
                    .ok_or_else(|| StoreError::corrupt("a severity", &severity))?,
                state: FindingState::from_word(&state)
                    .ok_or_else(|| StoreError::corrupt("a state of a finding", &state))?,
                count: row.int(3)?,
                late: row.int(4)?,
            })
        },
    )
}

/// A finding and whose it is.
pub type FindingOf = (Id<Organisation>, Id<Finding>);

/// Accepted risks whose last day is over, of any organisation.
pub fn finding_lapsing(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<FindingOf>, StoreError> {
    tx.query(
        "SELECT organisation, id FROM finding WHERE lapses_at IS NOT NULL AND lapses_at <= $1 ORDER BY lapses_at, id LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// A document that can show that something was mended: its id, title and control.
pub type Proof = (Id<Document>, String, String);

/// Documents that can show that something was mended: those that were not withdrawn, the latest first.
pub fn proof_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<Proof>, StoreError> {
    tx.query(
        "SELECT id, title, control FROM document WHERE organisation = $1 AND withdrawn_at IS NULL ORDER BY id DESC LIMIT $2",
        params![organisation, limit],
        |row| Ok((row.id(0)?, row.text(1)?, row.text(2)?)),
    )
}
