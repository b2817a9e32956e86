//! The register of audits and penetration tests: all of them, one of them, what one found.

pub mod audit;
pub mod finding;
pub mod form;
pub mod list;

pub use audit::{AuditPage, FindingLine, ReportFile};
pub use finding::{Decision, FindingForm, FindingNew, FindingPage};
pub use form::{AuditForm, AuditNew};
pub use list::{AuditLine, RegisterPage};

use crate::components::{Field, TimeText};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    audits::{AuditShown, WhoseAudit},
};
use closedset_core::{
    audit::Severity,
    id::{Audit, Finding, Id},
};
use jiff::civil::Date;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/audits", get(list::register))
        .route("/audits/list", post(list::hand_out))
        .route("/audits/new", get(form::new).post(form::add))
        .route("/audits/{id}", get(audit::audit).post(form::change))
        .route("/audits/{id}/change", get(form::ask))
        .route("/audits/{id}/report", post(audit::report).layer(DefaultBodyLimit::disable()))
        .route("/audits/{id}/remove", post(audit::remove))
        .route("/audits/{id}/findings", get(finding::new).post(finding::add))
        .route("/findings/{id}", get(finding::finding).post(finding::change))
        .route("/findings/{id}/close", post(finding::close))
        .route("/findings/{id}/accept", post(finding::accept))
        .route("/findings/{id}/reopen", post(finding::reopen))
        .route("/findings/{id}/remove", post(finding::remove))
}

fn audit_id(text: &str) -> Result<Id<Audit>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("audit"))
}

fn finding_id(text: &str) -> Result<Id<Finding>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("finding"))
}

/// A day in words.
fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// What was typed into a field, with what is wrong with it.
fn typed(name: &str, value: impl Into<String>, problems: &[FieldProblem]) -> Field {
    let problem = problems.iter().find(|problem| problem.field == name);
    Field { value: value.into(), error: problem.map(|problem| problem.message.clone()) }
}

/// Whose own an audit was, in words; empty where it was nobody's.
fn whose(audit: &AuditShown) -> String {
    match &audit.whose {
        WhoseAudit::Nobodys => String::new(),
        WhoseAudit::Client(_, name, false) => format!("of {name}"),
        WhoseAudit::Client(_, name, true) => format!("of {name}, whose name is confidential"),
        WhoseAudit::Undisclosed => "of a client".to_owned(),
    }
}

/// A severity, as it stands on a page.
const fn severity_words(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Informational => "Informational",
    }
}
