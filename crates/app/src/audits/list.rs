//! Audits, tests and findings as pages and the API show them: whose own an audit was, by whom and of what, to
//! whoever sees clients.

use super::{audit_here, finding_here};
use crate::{App, Caller, Problem, evidence::page, own_checks::catalogue_in_force, people::today};
use closedset_core::{
    Action, Time,
    audit::{AuditKind, FindingState, Severity},
    exception::ExceptionForm,
    id::{Audit, Client, Document, Finding, Id},
};
use closedset_store::{
    Tx,
    audits::{self, AuditRow, FindingCount, FindingRow, Proof},
    evidence, exceptions, titles,
};
use jiff::civil::Date;

/// Whose own an audit was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhoseAudit {
    /// No client's.
    Nobodys,
    /// A client's: its id and its name, and whether that may not be told to other clients.
    Client(Id<Client>, String, bool),
    /// A client's, and whoever asks may not see which.
    Undisclosed,
}

/// How many findings stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// The open ones by severity, the worst first.
    pub open: [i64; 5],
    /// How many of them are past their day.
    pub late: i64,
    /// Those whose risk is accepted.
    pub accepted: i64,
    /// Those that were mended.
    pub closed: i64,
}

impl FindingCounts {
    /// How many are open.
    pub fn open_count(&self) -> i64 {
        self.open.iter().sum()
    }

    /// How many there are.
    pub fn count(&self) -> i64 {
        self.open_count() + self.accepted + self.closed
    }

    fn add(&mut self, counted: &FindingCount) {
        match counted.state {
            FindingState::Open => {
                let place = Severity::ALL.iter().position(|one| *one == counted.severity);
                if let Some(open) = place.and_then(|place| self.open.get_mut(place)) {
                    *open += counted.count;
                }
                self.late += counted.late;
            }
            FindingState::Accepted => self.accepted += counted.count,
            FindingState::Closed => self.closed += counted.count,
        }
    }
}

/// The report of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportShown {
    /// The document.
    pub document: Id<Document>,
    /// What its file is called.
    pub file_name: String,
    /// How large that is, in bytes.
    pub size_bytes: i64,
    /// It was taken back, and counts no more.
    pub is_withdrawn: bool,
    /// Until when it counts.
    pub valid_to: Time,
}

/// An audit or a test as whoever asks may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditShown {
    /// Its id.
    pub id: Id<Audit>,
    /// What it was.
    pub kind: AuditKind,
    /// Whose own it was.
    pub whose: WhoseAudit,
    /// The firm that carried it out; none where whoever asks may not see whose it was.
    pub firm: Option<String>,
    /// Who did, by name; none likewise.
    pub assessors: Option<String>,
    /// What was looked at; none likewise.
    pub scope: Option<String>,
    /// The first day.
    pub begins_on: Date,
    /// The last one.
    pub ends_on: Date,
    /// The day of the report.
    pub report_on: Option<Date>,
    /// By when the next one is due.
    pub due_on: Date,
    /// How often it was changed.
    pub changes: i64,
    /// Since when it is known.
    pub created_at: Time,
    /// Its report, where it is kept here.
    pub report: Option<ReportShown>,
    /// Its findings.
    pub findings: FindingCounts,
}

/// The register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Audits, the latest first.
    pub audits: Vec<AuditShown>,
    /// Penetration tests, the latest first.
    pub tests: Vec<AuditShown>,
    /// The findings of all of them.
    pub findings: FindingCounts,
    /// The day that it is.
    pub today: Date,
    /// Controls of which somebody signed that there is nothing, though something stands here.
    pub signed_none: Vec<&'static str>,
}

/// Which findings of an audit are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingsOf {
    /// Those that stand so; none for all.
    pub state: Option<FindingState>,
    /// How many are passed over.
    pub skip: usize,
    /// How many at most, 200 in any case.
    pub limit: usize,
}

/// One audit with some of its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDetail {
    /// The audit.
    pub audit: AuditShown,
    /// Those of its findings that are wanted: open ones first, the worst first.
    pub findings: Vec<FindingRow>,
    /// Whether more follow.
    pub more: bool,
    /// The day that it is.
    pub today: Date,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingDetail {
    /// The finding.
    pub finding: FindingRow,
    /// The audit that found it.
    pub audit: AuditShown,
    /// The document that shows that it was mended: id and title.
    pub proof: Option<(Id<Document>, String)>,
}

/// An audit as a caller may see it.
fn shown(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: AuditRow,
    counts: &[FindingCount],
) -> Result<AuditShown, Problem> {
    let organisation = caller.organisation;
    let sees_clients = caller.may(Action::TitleRead);
    let whose = match row.client {
        None => WhoseAudit::Nobodys,
        Some(_) if !sees_clients => WhoseAudit::Undisclosed,
        Some(id) => match titles::client_by_id(tx, organisation, id)? {
            Some(client) => WhoseAudit::Client(id, client.name, client.is_confidential),
            None => WhoseAudit::Undisclosed,
        },
    };
    let document = match row.document {
        Some(id) => evidence::document_by_id(tx, organisation, id)?,
        None => None,
    };
    let mut findings = FindingCounts::default();
    for counted in counts.iter().filter(|counted| counted.audit == row.id) {
        findings.add(counted);
    }
    let told = |text: String| (whose != WhoseAudit::Undisclosed).then_some(text);
    Ok(AuditShown {
        id: row.id,
        kind: row.kind,
        firm: told(row.firm),
        assessors: told(row.assessors),
        scope: told(row.scope),
        whose,
        begins_on: row.begins_on,
        ends_on: row.ends_on,
        report_on: row.report_on,
        due_on: row.due_on,
        changes: row.changes,
        created_at: row.created_at,
        report: document.map(|document| ReportShown {
            document: document.id,
            file_name: document.newest.file_name,
            size_bytes: document.newest.size_bytes,
            is_withdrawn: document.withdrawn_at.is_some(),
            valid_to: document.newest.valid_to,
        }),
        findings,
    })
}

/// All audits and tests, the latest first.
pub(super) fn listed(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<AuditShown>, Problem> {
    let counts = audits::finding_counts(tx, caller.organisation)?;
    let rows = audits::audit_list(tx, caller.organisation)?;
    rows.into_iter().map(|row| shown(tx, caller, row, &counts)).collect()
}

/// The register whole: it has at most 500 audits and tests.
pub async fn audit_list(app: &App, caller: &Caller) -> Result<Register, Problem> {
    caller.require(Action::EvidenceRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let mut findings = FindingCounts::default();
            for counted in audits::finding_counts(tx, organisation)? {
                findings.add(&counted);
            }
            let (tests, audits): (Vec<_>, Vec<_>) =
                listed(tx, &caller)?.into_iter().partition(|one| one.kind.is_test());
            let mut signed_none = Vec::new();
            for (control, rows) in [("AD-8", &audits), ("AD-9", &tests)] {
                if !rows.is_empty() && is_none_signed(tx, &caller, control)? {
                    signed_none.push(control);
                }
            }
            let today = today(tx, organisation)?;
            Ok(Register { audits, tests, findings, today, signed_none })
        })
        .await
}

/// Whether somebody signed that there is nothing to show for a control, and that is in force.
fn is_none_signed(tx: &mut Tx<'_>, caller: &Caller, control: &str) -> Result<bool, Problem> {
    let now = tx.now();
    let rows = exceptions::exception_list_of_control(tx, caller.organisation, control)?;
    Ok(rows.iter().any(|row| {
        row.terms.form == ExceptionForm::NoneExists
            && row.granted.is_some()
            && row.withdrawn_at.is_none()
            && now < row.terms.valid_to
    }))
}

/// The audits and tests after `after`, oldest first, and whether there are more.
pub async fn audit_page(
    app: &App,
    caller: &Caller,
    (after, limit): (Option<Id<Audit>>, i64),
) -> Result<(Vec<AuditShown>, bool), Problem> {
    caller.require(Action::EvidenceRead)?;
    let (caller, limit) = (caller.clone(), limit.clamp(1, 200));
    let mut rows = app.store().read(move |tx| listed(tx, &caller)).await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    rows.sort_by_key(|row| row.id);
    Ok(page(rows, limit))
}

/// One audit, with those of its findings that are wanted.
pub async fn audit_one(
    app: &App,
    caller: &Caller,
    id: Id<Audit>,
    wanted: FindingsOf,
) -> Result<AuditDetail, Problem> {
    caller.require(Action::EvidenceRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let row = audit_here(tx, organisation, id)?;
            let counts = audits::finding_counts(tx, organisation)?;
            let mut findings = audits::finding_list(tx, organisation, id)?;
            findings.retain(|row| wanted.state.is_none_or(|state| row.state == state));
            findings.sort_by_cached_key(|row| {
                (row.state, row.severity, in_order(&row.reference), row.id)
            });
            let mut rest = findings.into_iter().skip(wanted.skip);
            let findings: Vec<_> = rest.by_ref().take(wanted.limit.clamp(1, 200)).collect();
            Ok(AuditDetail {
                audit: shown(tx, &caller, row, &counts)?,
                findings,
                more: rest.next().is_some(),
                today: today(tx, organisation)?,
            })
        })
        .await
}

/// A piece of a reference; numbers sort before words, and as numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Number(u64),
    Words(String),
}

/// A reference in the order in which people count: 3.2 before 3.10.
fn in_order(reference: &str) -> Vec<Piece> {
    let mut pieces: Vec<String> = Vec::new();
    let mut was_digit = None;
    for letter in reference.chars() {
        let is_digit = letter.is_ascii_digit();
        match pieces.last_mut().filter(|_| was_digit == Some(is_digit)) {
            Some(piece) => piece.push(letter),
            None => pieces.push(letter.to_string()),
        }
        was_digit = Some(is_digit);
    }
    let read = |piece: String| match piece.parse() {
        Ok(number) => Piece::Number(number),
        Err(_) => Piece::Words(piece),
    };
    pieces.into_iter().map(read).collect()
}

/// The findings of an audit after `after`, oldest first, and whether there are more.
pub async fn finding_page(
    app: &App,
    caller: &Caller,
    audit: Id<Audit>,
    (after, limit): (Option<Id<Finding>>, i64),
) -> Result<(Vec<FindingRow>, bool), Problem> {
    caller.require(Action::EvidenceRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    let mut rows = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            audit_here(tx, organisation, audit)?;
            Ok(audits::finding_list(tx, organisation, audit)?)
        })
        .await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    Ok(page(rows, limit))
}

/// One finding with the audit that found it.
pub async fn finding_one(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
) -> Result<FindingDetail, Problem> {
    caller.require(Action::EvidenceRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let (finding, audit) = finding_here(tx, organisation, id)?;
            let counts = audits::finding_counts(tx, organisation)?;
            let proof = match finding.proof {
                Some(id) => evidence::document_by_id(tx, organisation, id)?,
                None => None,
            };
            let proof = proof.map(|document| (document.id, document.title));
            Ok(FindingDetail { audit: shown(tx, &caller, audit, &counts)?, finding, proof })
        })
        .await
}

/// Documents that may show that something was mended: the latest 200 that were not taken back, with their controls.
pub async fn proof_list(app: &App, caller: &Caller) -> Result<Vec<Proof>, Problem> {
    caller.require(Action::EvidenceRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| -> Result<_, Problem> { Ok(audits::proof_list(tx, organisation, 200)?) })
        .await
}

/// The controls that a finding can concern: those that are answered here, by id and title.
pub async fn control_list(app: &App, caller: &Caller) -> Result<Vec<(String, String)>, Problem> {
    caller.require(Action::EvidenceRead)?;
    let catalogue = catalogue_in_force(app, caller).await?;
    let controls = catalogue.chosen().flat_map(|framework| &framework.controls);
    Ok(controls.map(|control| (control.id.clone(), control.title.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn references_sort_as_people_count() {
        let mut references = ["3.10", "F-2", "3.2", "10", "3", "F-10", "99999999999999999999"];
        references.sort_by_key(|reference| in_order(reference));
        assert_eq!(references, ["3", "3.2", "3.10", "10", "99999999999999999999", "F-2", "F-10"]);
    }
}
