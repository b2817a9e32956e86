//! The form of an audit: a new one, and one that is corrected.

use super::{audit_id, typed};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    serve::{Done, Form, Looker, PageProblem, Path, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    audits::{self, FindingsOf, NewAudit, WhoseAudit},
    titles,
};
use closedset_core::{Action, audit::AuditKind};

/// The page with the form.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/audit_form.html")]
pub struct AuditNew {
    /// The frame around the page.
    pub shell: Shell,
    /// Which is corrected; none where one is entered.
    pub id: Option<String>,
    /// What the one that is corrected is called.
    pub name: String,
    /// The form.
    pub form: AuditForm,
    /// What it can be.
    pub kinds: Vec<Choice>,
    /// Whose own it can be.
    pub clients: Vec<Choice>,
}

/// The form of an audit. Posts `kind`, `client`, `firm`, `assessors`, `scope`, `begins_on`, `ends_on`, `report_on`,
/// `due_on` and `changes`.
#[derive(Debug, Clone, Default)]
pub struct AuditForm {
    /// What it was.
    pub kind: Field,
    /// Whose own it was.
    pub client: Field,
    /// The firm.
    pub firm: Field,
    /// Who did it.
    pub assessors: Field,
    /// What was looked at.
    pub scope: Field,
    /// The first day.
    pub begins_on: Field,
    /// The last day.
    pub ends_on: Field,
    /// The day of the report.
    pub report_on: Field,
    /// By when the next one is due.
    pub due_on: Field,
    /// How often it had been changed when it was drawn.
    pub changes: String,
}

fn form_of(new: &NewAudit, client: &str, changes: String, problems: &[FieldProblem]) -> AuditForm {
    AuditForm {
        kind: typed("kind", &new.kind, problems),
        client: typed("client", client, problems),
        firm: typed("firm", &new.firm, problems),
        assessors: typed("assessors", &new.assessors, problems),
        scope: typed("scope", &new.scope, problems),
        begins_on: typed("begins_on", &new.begins_on, problems),
        ends_on: typed("ends_on", &new.ends_on, problems),
        report_on: typed("report_on", &new.report_on, problems),
        due_on: typed("due_on", &new.due_on, problems),
        changes,
    }
}

fn entered(form: &Form) -> Result<NewAudit, Problem> {
    let client = match form.text("client") {
        "" => None,
        text => {
            let read =
                text.parse().map_err(|_| Problem::field("client", "Choose one of the list."));
            Some(read?)
        }
    };
    let text = |name| form.text(name).to_owned();
    Ok(NewAudit {
        kind: text("kind"),
        client,
        firm: text("firm"),
        assessors: text("assessors"),
        scope: text("scope"),
        begins_on: text("begins_on"),
        ends_on: text("ends_on"),
        report_on: text("report_on"),
        due_on: text("due_on"),
    })
}

/// What was typed, though it cannot be taken.
fn typed_again(form: &Form, problems: &[FieldProblem]) -> AuditForm {
    let new = entered(form).unwrap_or_else(|_| NewAudit::default());
    form_of(&new, form.text("client"), form.text("changes").to_owned(), problems)
}

/// How often it had been changed when the form was drawn.
pub(super) fn seen(form: &Form) -> Option<i64> {
    form.text("changes").parse().ok()
}

async fn page(
    app: &App,
    looker: &Looker,
    (id, name): (Option<String>, String),
    form: AuditForm,
) -> Result<AuditNew, PageProblem> {
    let clients = match looker.caller.may(Action::TitleRead) {
        true => titles::client_list(app, &looker.caller).await?,
        false => Vec::new(),
    };
    let kind = |kind: &AuditKind| {
        let of = if kind.is_test() { "Test" } else { "Audit" };
        let words = match kind {
            AuditKind::OtherAudit | AuditKind::OtherTest => "another kind",
            other => other.title(),
        };
        Choice::new(kind.as_str(), format!("{of}: {words}"))
    };
    Ok(AuditNew {
        shell: looker.shell(Area::Documents),
        id,
        name,
        form,
        kinds: AuditKind::ALL.iter().map(kind).collect(),
        clients: clients
            .into_iter()
            .map(|one| Choice::new(one.client.id.to_string(), one.client.name))
            .collect(),
    })
}

pub(super) async fn new(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let blank = (None, String::new());
    Ok(show(&page(&app, &looker, blank, AuditForm::default()).await?))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let added = match entered(&form) {
        Ok(new) => audits::audit_add(&app, &looker.caller, new, None).await,
        Err(problem) => Err(problem),
    };
    match added {
        Ok(id) => Ok(done(&format!("/audits/{id}"), Done::AuditEntered)),
        Err(Problem::Invalid(problems)) => {
            let form = typed_again(&form, &problems);
            Ok(refused(&page(&app, &looker, (None, String::new()), form).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// The form with what stands there, or with what was typed.
async fn again(
    app: &App,
    looker: &Looker,
    text: &str,
    form: Option<AuditForm>,
) -> Result<AuditNew, PageProblem> {
    let one = FindingsOf { state: None, skip: 0, limit: 1 };
    let audit = audits::audit_one(app, &looker.caller, audit_id(text)?, one).await?.audit;
    if audit.whose != WhoseAudit::Nobodys {
        looker.caller.require(Action::TitleRead)?;
    }
    let client = match &audit.whose {
        WhoseAudit::Client(id, name, _) => Some((id.to_string(), name.clone())),
        WhoseAudit::Nobodys | WhoseAudit::Undisclosed => None,
    };
    let standing = NewAudit {
        kind: audit.kind.as_str().to_owned(),
        client: None,
        firm: audit.firm.clone().unwrap_or_default(),
        assessors: audit.assessors.clone().unwrap_or_default(),
        scope: audit.scope.clone().unwrap_or_default(),
        begins_on: audit.begins_on.to_string(),
        ends_on: audit.ends_on.to_string(),
        report_on: audit.report_on.map(|day| day.to_string()).unwrap_or_default(),
        due_on: audit.due_on.to_string(),
    };
    let id = client.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();
    let form = form.unwrap_or_else(|| form_of(&standing, &id, audit.changes.to_string(), &[]));
    let named = (Some(audit.id.to_string()), audit.kind.title().to_owned());
    let mut page = page(app, looker, named, form).await?;
    // One that was taken out since can be kept.
    if let Some((id, name)) = client
        && page.clients.iter().all(|choice| choice.value != id)
    {
        page.clients.push(Choice::new(id, name));
    }
    Ok(page)
}

pub(super) async fn ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    Ok(show(&again(&app, &looker, &id, None).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = audit_id(&text)?;
    let changed = match entered(&form) {
        Ok(new) => audits::audit_change(&app, &looker.caller, id, (new, seen(&form)), None).await,
        Err(problem) => Err(problem),
    };
    match changed {
        Ok(()) => Ok(done(&format!("/audits/{id}"), Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let form = typed_again(&form, &problems);
            Ok(refused(&again(&app, &looker, &text, Some(form)).await?))
        }
        Err(other) => Err(other.into()),
    }
}
