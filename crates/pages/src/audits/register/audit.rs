//! One audit or test: its facts, its report, what it found.

use super::{AuditLine, audit_id, day_text, list::open, severity_words};
use crate::{
    Area, Shell,
    audits::{last_day, upload},
    components::{Field, Paging, TimeText},
    devices::size,
    serve::{Done, Form, Looker, Multipart, PageProblem, Path, Query, day, done, refused, show},
    tasks::Owner,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, Problem,
    audits::{self, FindingsOf, ReportShown, WhoseAudit},
};
use closedset_core::{Action, audit::FindingState};
use closedset_store::{audits::FindingRow, tasks::Plan};
use serde::Deserialize;

/// How many findings one page lists.
const PAGE: usize = 100;

/// An audit.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/audit.html")]
pub struct AuditPage {
    /// The frame around the page.
    pub shell: Shell,
    /// How it stands in the list.
    pub line: AuditLine,
    /// The control that its report is evidence for.
    pub control: &'static str,
    /// Who carried it out; empty where it is not told.
    pub assessors: String,
    /// What was looked at; empty where it is not told.
    pub scope: String,
    /// Whose it was is not told to whoever looks.
    pub is_withheld: bool,
    /// The day of the report.
    pub report_on: Option<TimeText>,
    /// Its report.
    pub report: Option<ReportFile>,
    /// What is wrong with the one that was to be given.
    pub file: Field,
    /// Open findings by severity, the worst first.
    pub open: Vec<(&'static str, i64)>,
    /// How many risks are accepted.
    pub accepted: i64,
    /// How many findings were mended.
    pub closed: i64,
    /// Which findings are shown: how they stand, or empty for all.
    pub state: &'static str,
    /// The findings, or some of them.
    pub findings: Vec<FindingLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Why it is to be taken out, as typed.
    pub reason: Field,
    /// Whether this person may change it.
    pub may_write: bool,
}

impl AuditPage {
    /// How many findings there are.
    pub fn count(&self) -> i64 {
        self.line.open + self.accepted + self.closed
    }
}

/// A report that is kept.
#[derive(Debug, Clone)]
pub struct ReportFile {
    /// The document.
    pub document: String,
    /// The file's name.
    pub name: String,
    /// How large it is.
    pub size: String,
    /// It was taken back.
    pub is_withdrawn: bool,
    /// The last day on which it counts.
    pub last_day: TimeText,
    /// That day is over.
    pub is_over: bool,
}

/// A finding in a list.
#[derive(Debug, Clone)]
pub struct FindingLine {
    /// Its id.
    pub id: String,
    /// How the report calls it.
    pub reference: String,
    /// What was found.
    pub what: String,
    /// How bad it is.
    pub severity: &'static str,
    /// The control that it concerns; empty for none.
    pub control: String,
    /// How it stands.
    pub state: &'static str,
    /// Whose it is.
    pub owner: Owner,
    /// By when it is due, or until when the risk is accepted; none where it was mended.
    pub due: Option<TimeText>,
    /// It is past its day.
    pub is_late: bool,
}

impl FindingLine {
    pub(super) fn of(row: &FindingRow, looker: &Looker) -> Self {
        let is_open = row.state == FindingState::Open;
        Self {
            id: row.id.to_string(),
            reference: row.reference.clone(),
            what: row.words.clone(),
            severity: severity_words(row.severity),
            control: row.control.clone(),
            state: row.state.as_str(),
            owner: owner(row, looker),
            due: match row.state {
                FindingState::Open => Some(day(row.due_at, &looker.zone)),
                FindingState::Accepted => row.accepted_until.map(day_text),
                FindingState::Closed => None,
            },
            is_late: is_open && row.due_at < looker.present,
        }
    }
}

/// Whose a finding is.
pub(super) fn owner(row: &FindingRow, looker: &Looker) -> Owner {
    let plan = Plan { owner: row.owner.clone(), left_by: row.left_by.clone(), ..Plan::default() };
    Owner::of(&plan, looker.person())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FindingsQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    from: usize,
}

async fn view(
    app: &App,
    looker: &Looker,
    text: &str,
    query: FindingsQuery,
) -> Result<AuditPage, PageProblem> {
    let state = FindingState::from_word(&query.state);
    let skip = query.from.min(1_000);
    let wanted = FindingsOf { state, skip, limit: PAGE };
    let detail = audits::audit_one(app, &looker.caller, audit_id(text)?, wanted).await?;
    let (audit, counts) = (&detail.audit, detail.audit.findings);
    let word = state.map_or("", FindingState::as_str);
    let address = |from: usize| format!("/audits/{}?state={word}&from={from}", audit.id);
    let total = match state {
        None => counts.count(),
        Some(FindingState::Open) => counts.open_count(),
        Some(FindingState::Accepted) => counts.accepted,
        Some(FindingState::Closed) => counts.closed,
    };
    Ok(AuditPage {
        shell: looker.shell(Area::Documents),
        line: AuditLine::of(audit, detail.today),
        control: audit.kind.control(),
        assessors: audit.assessors.clone().unwrap_or_default(),
        scope: audit.scope.clone().unwrap_or_default(),
        is_withheld: audit.whose == WhoseAudit::Undisclosed,
        report_on: audit.report_on.map(day_text),
        report: audit.report.as_ref().map(|report| report_file(report, looker)),
        file: Field::default(),
        open: open(&counts),
        accepted: counts.accepted,
        closed: counts.closed,
        state: word,
        paging: Paging {
            shown: i64::try_from(detail.findings.len()).unwrap_or(0),
            total: Some(total),
            first: (skip > 0).then(|| address(0)),
            next: detail.more.then(|| address(skip + PAGE)),
        },
        findings: detail.findings.iter().map(|row| FindingLine::of(row, looker)).collect(),
        reason: Field::default(),
        may_write: looker.caller.may(Action::EvidenceWrite)
            && audit.whose != WhoseAudit::Undisclosed,
    })
}

fn report_file(report: &ReportShown, looker: &Looker) -> ReportFile {
    ReportFile {
        document: report.document.to_string(),
        name: report.file_name.clone(),
        size: size(report.size_bytes),
        is_withdrawn: report.is_withdrawn,
        last_day: last_day(report.valid_to, &looker.zone),
        is_over: report.valid_to <= looker.present,
    }
}

pub(super) async fn audit(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    Query(query): Query<FindingsQuery>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, &id, query).await?))
}

/// Takes the report, or another in its place.
pub(super) async fn report(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    Path(text): Path<String>,
    uri: Uri,
    Multipart(multipart): Multipart,
) -> Result<Response, PageProblem> {
    let id = audit_id(&text)?;
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(upload::lost(problem, &uri, multipart).await),
    };
    let refusal = match upload::receive_report(&app, &looker, multipart, id, &uri).await? {
        Ok(()) => return Ok(done(&format!("/audits/{id}"), Done::Uploaded)),
        Err(refusal) => refusal,
    };
    let mut page = view(&app, &looker, &text, FindingsQuery::default()).await?;
    let words: Vec<&str> =
        refusal.problems.iter().map(|problem| problem.message.as_str()).collect();
    page.file = Field::default().with_error(words.join(" "));
    Ok(refused(&page))
}

pub(super) async fn remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let reason = form.text("reason");
    match audits::audit_remove(&app, &looker.caller, audit_id(&text)?, reason).await {
        Ok(()) => Ok(done("/audits", Done::TakenOut)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, &text, FindingsQuery::default()).await?;
            page.reason = super::typed("reason", reason, &problems);
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}
