//! One finding: what it is, what became of it, and the forms by which that changes.

use super::{FindingLine, audit::owner, audit_id, finding_id, form::seen, severity_words, typed};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    serve::{Done, Form, Looker, PageProblem, Path, date, day, done, moment, refused, show},
    tasks::Owner,
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    audits::{self, Closing, FindingDetail, FindingsOf, NewFinding},
    tasks,
};
use closedset_core::{
    Action,
    audit::{FindingState, Severity},
};

/// The page on which a finding is entered.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/finding_new.html")]
pub struct FindingNew {
    /// The frame around the page.
    pub shell: Shell,
    /// The audit: its id and what it was.
    pub audit: (String, String),
    /// The form.
    pub form: FindingForm,
}

/// The form of a finding. Posts `reference`, `what`, `severity`, `control`, `owner`, `due_on` and `changes`.
#[derive(Debug, Clone, Default)]
pub struct FindingForm {
    /// How the report calls it.
    pub reference: Field,
    /// What was found.
    pub what: Field,
    /// How bad it is.
    pub severity: Field,
    /// What that can be.
    pub severities: Vec<Choice>,
    /// The control that it concerns.
    pub control: Field,
    /// Which there are.
    pub controls: Vec<Choice>,
    /// Who mends it.
    pub owner: Field,
    /// Who can.
    pub owners: Vec<Choice>,
    /// By when.
    pub due_on: Field,
    /// Whether it is somebody's, by a day.
    pub is_open: bool,
    /// How often it had been changed when it was drawn.
    pub changes: String,
}

/// A finding.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/finding.html")]
pub struct FindingPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The audit: its id and what it was.
    pub audit: (String, String),
    /// How it stands.
    pub line: FindingLine,
    /// Whose it is.
    pub owner: Owner,
    /// By when it is to be mended, or was.
    pub due: TimeText,
    /// Its task.
    pub task: String,
    /// What became of it; none as long as it is open and always was.
    pub decision: Option<Decision>,
    /// The form that corrects it.
    pub form: FindingForm,
    /// What was done, as typed.
    pub said: Field,
    /// The document that shows it, as chosen.
    pub proof: Field,
    /// Which documents there are.
    pub proofs: Vec<Choice>,
    /// Why the risk can be borne, as typed.
    pub why: Field,
    /// Until when, as typed.
    pub until: Field,
    /// Why it is opened again, as typed.
    pub again: Field,
    /// Why it is taken out, as typed.
    pub reason: Field,
    /// Whether this person may change it.
    pub may_write: bool,
    /// Whether this person may accept its risk.
    pub may_accept: bool,
}

/// What became of a finding.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What was done, or why.
    pub said: String,
    /// Who said so; empty where it happened by itself.
    pub by: String,
    /// When.
    pub when: Option<TimeText>,
    /// The document that shows it: id and title.
    pub proof: Option<(String, String)>,
}

fn entered(form: &Form) -> Result<NewFinding, Problem> {
    let owner = match form.text("owner") {
        "" => None,
        text => Some(
            text.parse().map_err(|_| Problem::field("owner", "Choose somebody of the list."))?,
        ),
    };
    let text = |name| form.text(name).to_owned();
    Ok(NewFinding {
        reference: text("reference"),
        what: text("what"),
        severity: text("severity"),
        control: text("control"),
        owner,
        due_on: text("due_on"),
    })
}

/// The form with these texts, and what can be chosen.
async fn form_of(
    app: &App,
    looker: &Looker,
    texts: impl Fn(&'static str) -> String,
    problems: &[FieldProblem],
) -> Result<FindingForm, PageProblem> {
    let owners = tasks::task_owners(app, &looker.caller).await?;
    let controls = audits::control_list(app, &looker.caller).await?;
    let field = |name: &'static str| typed(name, texts(name), problems);
    Ok(FindingForm {
        reference: field("reference"),
        what: field("what"),
        severity: field("severity"),
        severities: Severity::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), severity_words(*one)))
            .collect(),
        control: field("control"),
        controls: controls
            .into_iter()
            .map(|(id, title)| Choice::new(id.clone(), format!("{id} {title}")))
            .collect(),
        owner: field("owner"),
        owners: owners
            .into_iter()
            .map(|one| Choice::new(one.person.to_string(), one.name))
            .collect(),
        due_on: field("due_on"),
        is_open: true,
        changes: texts("changes"),
    })
}

async fn blank(
    app: &App,
    looker: &Looker,
    text: &str,
    form: Option<(&Form, &[FieldProblem])>,
) -> Result<FindingNew, PageProblem> {
    let one = FindingsOf { state: None, skip: 0, limit: 1 };
    let audit = audits::audit_one(app, &looker.caller, audit_id(text)?, one).await?.audit;
    let form = match form {
        Some((form, problems)) => {
            form_of(app, looker, |name| form.text(name).to_owned(), problems).await?
        }
        None => form_of(app, looker, |_| String::new(), &[]).await?,
    };
    Ok(FindingNew {
        shell: looker.shell(Area::Documents),
        audit: (audit.id.to_string(), audit.kind.title().to_owned()),
        form,
    })
}

pub(super) async fn new(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    Ok(show(&blank(&app, &looker, &id, None).await?))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = audit_id(&text)?;
    let added = match entered(&form) {
        Ok(new) => audits::finding_add(&app, &looker.caller, id, new).await,
        Err(problem) => Err(problem),
    };
    match added {
        Ok(_) => Ok(done(&format!("/audits/{id}"), Done::FindingEntered)),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&blank(&app, &looker, &text, Some((&form, &problems))).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// A form that was posted, and what is wrong with it.
type Posted<'f> = Option<(&'f Form, &'f [FieldProblem])>;

/// The page; `change` is the form that corrects the finding where that was posted.
async fn view(
    app: &App,
    looker: &Looker,
    text: &str,
    change: Posted<'_>,
) -> Result<FindingPage, PageProblem> {
    let caller = &looker.caller;
    let detail = audits::finding_one(app, caller, finding_id(text)?).await?;
    let row = &detail.finding;
    let is_open = row.state == FindingState::Open;
    let standing = |name: &'static str| match name {
        "reference" => row.reference.clone(),
        "what" => row.words.clone(),
        "severity" => row.severity.as_str().to_owned(),
        "control" => row.control.clone(),
        "owner" => row.owner.as_ref().map(|one| one.person.to_string()).unwrap_or_default(),
        "due_on" => date(row.due_at, &looker.zone).to_string(),
        "changes" => row.changes.to_string(),
        _ => String::new(),
    };
    let mut form = match change {
        Some((form, problems)) => {
            form_of(app, looker, |name| form.text(name).to_owned(), problems).await?
        }
        None => form_of(app, looker, standing, &[]).await?,
    };
    form.is_open = is_open;
    // Whoever has it, and what it concerns, can be kept.
    if let Some(owner) = &row.owner
        && form.owners.iter().all(|one| one.value != owner.person.to_string())
    {
        form.owners.push(Choice::new(owner.person.to_string(), owner.name.clone()));
    }
    if !row.control.is_empty() && form.controls.iter().all(|one| one.value != row.control) {
        form.controls.push(Choice::new(row.control.clone(), row.control.clone()));
    }
    let may_write = caller.may(Action::EvidenceWrite);
    let proofs = match may_write && row.state != FindingState::Closed {
        true => audits::proof_list(app, caller).await?,
        false => Vec::new(),
    };
    Ok(FindingPage {
        shell: looker.shell(Area::Documents),
        audit: (detail.audit.id.to_string(), detail.audit.kind.title().to_owned()),
        line: FindingLine::of(row, looker),
        owner: owner(row, looker),
        due: day(row.due_at, &looker.zone),
        task: row.task.to_string(),
        decision: decision(&detail, looker),
        form,
        said: Field::default(),
        proof: Field::default(),
        proofs: proofs
            .into_iter()
            .map(|(id, title, control)| Choice::new(id.to_string(), format!("{control}: {title}")))
            .collect(),
        why: Field::default(),
        until: Field::default(),
        again: Field::default(),
        reason: Field::default(),
        may_write,
        may_accept: may_write && caller.may(Action::ExceptionGrant),
    })
}

fn decision(detail: &FindingDetail, looker: &Looker) -> Option<Decision> {
    let row = &detail.finding;
    (!row.said.is_empty()).then(|| Decision {
        said: row.said.clone(),
        by: row.decided_by.clone().unwrap_or_default(),
        when: row.decided_at.map(|at| moment(at, &looker.zone)),
        proof: detail.proof.as_ref().map(|(id, title)| (id.to_string(), title.clone())),
    })
}

pub(super) async fn finding(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, &id, None).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = finding_id(&text)?;
    let changed = match entered(&form) {
        Ok(new) => audits::finding_change(&app, &looker.caller, id, (new, seen(&form))).await,
        Err(problem) => Err(problem),
    };
    match changed {
        Ok(()) => Ok(done(&format!("/findings/{id}"), Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&view(&app, &looker, &text, Some((&form, &problems))).await?))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn close(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = finding_id(&text)?;
    let (said, proof) = (form.text("said"), form.text("proof"));
    let chosen = match proof {
        "" => Ok(None),
        text => {
            text.parse().map(Some).map_err(|_| Problem::field("proof", "Choose one of the list."))
        }
    };
    let closed = match chosen {
        Ok(proof) => {
            let closing = Closing { said: said.to_owned(), proof };
            audits::finding_close(&app, &looker.caller, id, closing).await
        }
        Err(problem) => Err(problem),
    };
    match closed {
        Ok(()) => Ok(done(&format!("/findings/{id}"), Done::FindingClosed)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, &text, None).await?;
            page.said = typed("said", said, &problems);
            page.proof = typed("proof", proof, &problems);
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn accept(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    looker.caller.require(Action::ExceptionGrant)?;
    let id = finding_id(&text)?;
    let said = (form.text("reason").to_owned(), form.text("until").to_owned());
    match audits::finding_accept(&app, &looker.caller, id, said.clone()).await {
        Ok(()) => Ok(done(&format!("/findings/{id}"), Done::FindingAccepted)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, &text, None).await?;
            page.why = typed("reason", said.0, &problems);
            page.until = typed("until", said.1, &problems);
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn reopen(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let (id, reason) = (finding_id(&text)?, form.text("reason"));
    match audits::finding_reopen(&app, &looker.caller, id, reason).await {
        Ok(()) => Ok(done(&format!("/findings/{id}"), Done::FindingReopened)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, &text, None).await?;
            page.again = typed("reason", reason, &problems);
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let reason = form.text("reason");
    match audits::finding_remove(&app, &looker.caller, finding_id(&text)?, reason).await {
        Ok(audit) => Ok(done(&format!("/audits/{audit}"), Done::TakenOut)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, &text, None).await?;
            page.reason = typed("reason", reason, &problems);
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}
