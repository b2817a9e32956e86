//! One risk: how bad it is today, what holds it and what lets it through, and the forms by which somebody reviews,
//! bears or closes it.

use super::{RiskLine, day_text, risk_id};
use crate::{
    Area, Shell,
    components::{Field, Status, TimeText},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, done, moment, refused, show, status},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    risks::{self, Review, Treatment},
};
use closedset_core::{
    Action,
    risk::{impact_words, likelihood_words},
};
use closedset_store::risks::RiskSaid;

/// A risk.
#[derive(Debug, Clone, Template)]
#[template(path = "risks/risk.html")]
pub struct RiskPage {
    /// The frame around the page.
    pub shell: Shell,
    /// How it stands in the list.
    pub line: RiskLine,
    /// What can happen.
    pub words: String,
    /// What its likelihood with nothing done, its likelihood today and its impact are called.
    pub called: (&'static str, &'static str, &'static str),
    /// The controls that treat it and are met.
    pub holding: Vec<TreatmentLine>,
    /// Those that are not.
    pub open: Vec<TreatmentLine>,
    /// When it was looked at last.
    pub reviewed: Option<SaidLine>,
    /// The open task to look at it again.
    pub task: Option<String>,
    /// That what is left is borne.
    pub borne: Option<Borne>,
    /// That it is followed no more.
    pub closed: Option<SaidLine>,
    /// How often it had been changed when it was drawn.
    pub changes: i64,
    /// What was looked at, as typed.
    pub said: Field,
    /// The next review, as typed.
    pub review_on: Field,
    /// Why it can be borne, as typed.
    pub why: Field,
    /// Until when, as typed.
    pub until: Field,
    /// Why that is taken back, as typed.
    pub back: Field,
    /// Why it is closed, as typed.
    pub reason: Field,
    /// What spoke against what was asked for, and what to do.
    pub problem: Option<String>,
    /// Whether this person may change it.
    pub may_write: bool,
    /// Whether this person may decide to bear it.
    pub may_accept: bool,
}

/// A control that treats it.
#[derive(Debug, Clone)]
pub struct TreatmentLine {
    /// The control.
    pub control: String,
    /// What it asks for.
    pub title: String,
    /// How it stands; none where nobody answers its framework.
    pub status: Option<Status>,
}

/// What somebody said.
#[derive(Debug, Clone)]
pub struct SaidLine {
    /// In these words.
    pub words: String,
    /// Who.
    pub by: String,
    /// When.
    pub when: TimeText,
}

/// That what is left is borne.
#[derive(Debug, Clone)]
pub struct Borne {
    /// Who decided, when, and why.
    pub said: SaidLine,
    /// The last day of it.
    pub until: TimeText,
}

fn treatment(one: &Treatment) -> TreatmentLine {
    TreatmentLine {
        control: one.control.clone(),
        title: one.title.clone(),
        status: one.status.map(status),
    }
}

async fn view(app: &App, looker: &Looker, text: &str) -> Result<RiskPage, PageProblem> {
    let caller = &looker.caller;
    let detail = risks::risk_one(app, caller, risk_id(text)?).await?;
    let (shown, risk) = (&detail.shown, &detail.shown.risk);
    let (holding, open): (Vec<_>, Vec<_>) = shown.treatments.iter().partition(|one| one.holds());
    let said = |said: &RiskSaid| SaidLine {
        words: said.words.clone(),
        by: said.by.clone(),
        when: moment(said.at, &looker.zone),
    };
    let may_write = risk.closed.is_none() && caller.may(Action::EvidenceWrite);
    Ok(RiskPage {
        shell: looker.shell(Area::Documents),
        line: RiskLine::of(0, shown, detail.today),
        words: risk.words.clone(),
        called: (
            likelihood_words(risk.likelihood),
            likelihood_words(shown.residual_likelihood()),
            impact_words(risk.impact),
        ),
        holding: holding.into_iter().map(treatment).collect(),
        open: open.into_iter().map(treatment).collect(),
        reviewed: risk.reviewed.as_ref().map(said),
        task: risk.task.filter(|_| caller.may(Action::TaskRead)).map(|task| task.to_string()),
        borne: risk
            .accepted
            .as_ref()
            .map(|accepted| Borne { said: said(&accepted.said), until: day_text(accepted.until) }),
        closed: risk.closed.as_ref().map(said),
        changes: risk.changes,
        said: Field::default(),
        review_on: Field::default(),
        why: Field::default(),
        until: Field::default(),
        back: Field::default(),
        reason: Field::default(),
        problem: None,
        may_write,
        may_accept: may_write && caller.may(Action::ExceptionGrant),
    })
}

pub(super) async fn risk(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, &id).await?))
}

pub(super) async fn review(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let id = risk_id(&text)?;
    let (said, review_on) = (form.text("said").to_owned(), form.text("review_on").to_owned());
    let review = Review { said: said.clone(), review_on: review_on.clone() };
    let seen = form.text("changes").parse().ok();
    let problem = match risks::risk_review(&app, &looker.caller, id, (review, seen)).await {
        Ok(()) => return Ok(done(&format!("/risks/{id}"), Done::RiskReviewed)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let mut page = view(&app, &looker, &text).await?;
    page.said = field(&said, &problems, "said");
    page.review_on = field(&review_on, &problems, "review_on");
    Ok(refused(&RiskPage { problem, ..page }))
}

pub(super) async fn accept(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    looker.caller.require(Action::ExceptionGrant)?;
    let id = risk_id(&text)?;
    let said = (form.text("reason").to_owned(), form.text("until").to_owned());
    let problem = match risks::risk_accept(&app, &looker.caller, id, said.clone()).await {
        Ok(()) => return Ok(done(&format!("/risks/{id}"), Done::RiskAccepted)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let mut page = view(&app, &looker, &text).await?;
    page.why = field(&said.0, &problems, "reason");
    page.until = field(&said.1, &problems, "until");
    Ok(refused(&RiskPage { problem, ..page }))
}

/// What a form with a reason alone asks for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Withdraw,
    Close,
}

async fn with_reason(
    (app, looker): (&App, &Looker),
    text: &str,
    form: &Form,
    asked: Asked,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let (id, reason) = (risk_id(text)?, form.text("reason"));
    let (outcome, words): (Result<(), Problem>, _) = match asked {
        Asked::Withdraw => {
            (risks::risk_accept_withdraw(app, &looker.caller, id, reason).await, Done::Withdrawn)
        }
        Asked::Close => {
            (risks::risk_close(app, &looker.caller, id, reason).await, Done::RiskClosed)
        }
    };
    let problem = match outcome {
        Ok(()) => return Ok(done(&format!("/risks/{id}"), words)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let mut page = view(app, looker, text).await?;
    let typed = field(reason, &problems, "reason");
    match asked {
        Asked::Withdraw => page.back = typed,
        Asked::Close => page.reason = typed,
    }
    Ok(refused(&RiskPage { problem, ..page }))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    with_reason((&app, &looker), &text, &form, Asked::Withdraw).await
}

pub(super) async fn close(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    with_reason((&app, &looker), &text, &form, Asked::Close).await
}
