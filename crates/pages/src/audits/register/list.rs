//! All audits and penetration tests, and what they found in figures.

use super::{day_text, severity_words, whose};
use crate::{
    Area, Shell,
    components::{Choice, TimeText},
    serve::{Form, Looker, PageProblem, file, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    audits::{self, AuditShown, FindingCounts},
    titles,
};
use closedset_core::{Action, audit::Severity};
use jiff::civil::Date;

/// The register.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/register.html")]
pub struct RegisterPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which of the tabs this is.
    pub tab: &'static str,
    /// Audits, the latest first.
    pub audits: Vec<AuditLine>,
    /// Penetration tests, the latest first.
    pub tests: Vec<AuditLine>,
    /// Open findings by severity, the worst first.
    pub open: Vec<(&'static str, i64)>,
    /// How many of them are past their day.
    pub late: i64,
    /// How many risks are accepted.
    pub accepted: i64,
    /// How many findings were mended.
    pub closed: i64,
    /// Controls of which somebody signed that there is nothing, though something stands here.
    pub signed_none: Vec<&'static str>,
    /// For whom a list can be drawn up.
    pub owners: Vec<Choice>,
    /// Whether this person may enter audits.
    pub may_write: bool,
}

impl RegisterPage {
    /// How many findings are open.
    pub fn open_count(&self) -> i64 {
        self.open.iter().map(|(_, count)| count).sum()
    }

    /// How many findings there are.
    pub fn count(&self) -> i64 {
        self.open_count() + self.accepted + self.closed
    }
}

/// An audit in the list.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// Its id.
    pub id: String,
    /// What it was.
    pub kind: &'static str,
    /// Whose own it was, in words; empty where it was nobody's.
    pub whose: String,
    /// The firm; empty where it is not told.
    pub firm: String,
    /// The first day.
    pub first: TimeText,
    /// The last day, where that is another.
    pub last: Option<TimeText>,
    /// By when the next one is due.
    pub due: TimeText,
    /// That day is over.
    pub is_overdue: bool,
    /// What is kept of its report.
    pub report: &'static str,
    /// How many of its findings are open.
    pub open: i64,
    /// How many of those are critical or high.
    pub grave: i64,
    /// How many are past their day.
    pub late: i64,
}

impl AuditLine {
    pub(super) fn of(audit: &AuditShown, today: Date) -> Self {
        let [critical, high, ..] = audit.findings.open;
        Self {
            id: audit.id.to_string(),
            kind: audit.kind.title(),
            whose: whose(audit),
            firm: audit.firm.clone().unwrap_or_default(),
            first: day_text(audit.begins_on),
            last: (audit.ends_on != audit.begins_on).then(|| day_text(audit.ends_on)),
            due: day_text(audit.due_on),
            is_overdue: audit.due_on < today,
            report: match &audit.report {
                None => "no report here",
                Some(report) if report.is_withdrawn => "report taken back",
                Some(_) => "report kept here",
            },
            open: audit.findings.open_count(),
            grave: critical + high,
            late: audit.findings.late,
        }
    }
}

/// Open findings by severity.
pub(super) fn open(counts: &FindingCounts) -> Vec<(&'static str, i64)> {
    let words = Severity::ALL.iter().map(|severity| severity_words(*severity));
    words.zip(counts.open).collect()
}

pub(super) async fn register(
    State(app): State<App>,
    looker: Looker,
) -> Result<Response, PageProblem> {
    let register = audits::audit_list(&app, &looker.caller).await?;
    let may_write = looker.caller.may(Action::EvidenceWrite);
    let owners = match may_write && looker.caller.may(Action::TitleRead) {
        true => titles::client_list(&app, &looker.caller).await?,
        false => Vec::new(),
    };
    let lines = |rows: &[AuditShown]| {
        rows.iter().map(|row| AuditLine::of(row, register.today)).collect::<Vec<_>>()
    };
    Ok(show(&RegisterPage {
        shell: looker.shell(Area::Documents),
        tab: "audits",
        audits: lines(&register.audits),
        tests: lines(&register.tests),
        open: open(&register.findings),
        late: register.findings.late,
        accepted: register.findings.accepted,
        closed: register.findings.closed,
        signed_none: register.signed_none,
        owners: owners
            .into_iter()
            .map(|one| Choice::new(one.client.id.to_string(), one.client.name))
            .collect(),
        may_write,
    }))
}

pub(super) async fn hand_out(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let for_client = match form.text("for") {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::NotFound("client"))?),
    };
    let made = audits::audit_list_hand_out(&app, &looker.caller, for_client).await?;
    Ok(file(&made.file_name, "text/csv; charset=utf-8", made.bytes))
}
