//! One paper that somebody signed: the scan, and the forms by which another confirms or refuses it; and one signature,
//! with the form by which it is withdrawn.

use super::{list::signed_file, signature_id};
use crate::{
    Area, Shell,
    components::{Field, TimeText},
    entry::split,
    people::{day_text, typed},
    serve::{Done, Form, Looker, PageProblem, Path, done, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    agreements::{self, Bound},
    people,
};
use closedset_core::{
    Action,
    id::{Id, Paper, Person},
};
use closedset_store::{agreements::SignatureRow, papers::PaperRow};

/// A paper, or a signature.
#[derive(Debug, Clone, Template)]
#[template(path = "agreements/paper.html")]
pub struct PaperPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose: id and name.
    pub person: (String, String),
    /// Which agreement: id and what it is called.
    pub agreement: (String, String),
    /// Of a paper.
    pub paper: Option<PaperLine>,
    /// Of a signature.
    pub signature: Option<SignatureLine>,
    /// What spoke against it, and what to do.
    pub problem: Option<String>,
    /// Why it is refused or withdrawn.
    pub reason: Field,
    /// Whether this person may judge and withdraw.
    pub may_write: bool,
}

/// A paper, in a list or alone.
#[derive(Debug, Clone)]
pub struct PaperLine {
    /// Its id.
    pub id: String,
    /// As which version it counts.
    pub number: i64,
    /// The day that stands on it.
    pub signed_on: TimeText,
    /// Its words are earlier ones.
    pub is_earlier_wording: bool,
    /// What kind of file the scan is.
    pub form: String,
    /// Who uploaded it.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: TimeText,
    /// Who looked at it, and when; none while it waits.
    pub judged: Option<(String, TimeText)>,
    /// Nobody else than the uploader confirmed it.
    pub is_alone: bool,
    /// Why it was refused.
    pub refused_because: Option<String>,
}

/// A signature, in a list or alone.
#[derive(Debug, Clone)]
pub struct SignatureLine {
    /// Its id.
    pub id: String,
    /// Beneath which version.
    pub number: i64,
    /// When it was given; of one on paper, when it was confirmed.
    pub at: TimeText,
    /// It was given on paper.
    pub is_on_paper: bool,
    /// Who withdrew it, when and why.
    pub withdrawn: Option<(String, TimeText, String)>,
}

/// A paper as it is shown.
pub(crate) fn paper_line(row: &PaperRow, looker: &Looker) -> PaperLine {
    let judged = row.judged.as_ref();
    let refused_because = judged.and_then(|judged| judged.refused_because.clone());
    PaperLine {
        id: row.id.to_string(),
        number: row.number,
        signed_on: day_text(row.signed_on),
        is_earlier_wording: row.is_earlier_wording,
        form: row.form.to_uppercase(),
        uploaded_by: row.uploaded_by.clone(),
        uploaded_at: moment(row.uploaded_at, &looker.zone),
        judged: judged.map(|judged| (judged.by.clone(), moment(judged.at, &looker.zone))),
        is_alone: refused_because.is_none()
            && judged.is_some_and(|judged| !judged.has_second_person),
        refused_because,
    }
}

/// A signature as it is shown.
pub(crate) fn signature_line(row: &SignatureRow, looker: &Looker) -> SignatureLine {
    let withdrawn = row.withdrawn.as_ref();
    SignatureLine {
        id: row.id.to_string(),
        number: row.number,
        at: moment(row.signed_at, &looker.zone),
        is_on_paper: row.paper.is_some(),
        withdrawn: withdrawn
            .map(|one| (one.by.clone(), moment(one.at, &looker.zone), one.because.clone())),
    }
}

fn paper_id(text: &str) -> Result<Id<Paper>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("paper"))
}

/// The page of what is one of somebody's, by what they signed.
async fn page(
    app: &App,
    looker: &Looker,
    person: Id<Person>,
    of: impl Fn(&Bound) -> bool,
) -> Result<PaperPage, PageProblem> {
    let caller = &looker.caller;
    let who = people::person_detail(app, caller, person).await?.registered.person;
    let bound = agreements::bound_by(app, caller, person).await?;
    let agreement = bound.into_iter().find(of).ok_or(Problem::NotFound("agreement"))?.agreement;
    Ok(PaperPage {
        shell: looker.shell(Area::People),
        person: (who.id.to_string(), who.name),
        agreement: (agreement.id.to_string(), agreement.name),
        paper: None,
        signature: None,
        problem: None,
        reason: Field::default(),
        may_write: caller.may(Action::PeopleWrite),
    })
}

async fn of_paper(app: &App, looker: &Looker, id: Id<Paper>) -> Result<PaperPage, PageProblem> {
    let row = agreements::paper_one(app, &looker.caller, id).await?;
    let page = page(app, looker, row.person, |one| one.agreement.id == row.agreement).await?;
    Ok(PaperPage { paper: Some(paper_line(&row, looker)), ..page })
}

async fn of_signature(app: &App, looker: &Looker, text: &str) -> Result<PaperPage, PageProblem> {
    let row = agreements::signature_one(app, &looker.caller, signature_id(text)?).await?;
    let page = page(app, looker, row.person, |one| one.agreement.id == row.agreement).await?;
    Ok(PaperPage { signature: Some(signature_line(&row, looker)), ..page })
}

pub(super) async fn paper(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&of_paper(&app, &looker, paper_id(&id)?).await?))
}

pub(super) async fn paper_file(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(signed_file(agreements::paper_file(&app, &looker.caller, paper_id(&id)?).await?))
}

/// The page again, with what spoke against what was asked.
fn again(mut page: PaperPage, reason: &str, problem: Problem) -> Result<Response, PageProblem> {
    let (fields, problem): (Vec<FieldProblem>, _) = split(problem)?;
    (page.reason, page.problem) = (typed("reason", reason, &fields), problem);
    Ok(refused(&page))
}

pub(super) async fn confirm(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let id = paper_id(&text)?;
    let page = of_paper(&app, &looker, id).await?;
    match agreements::paper_confirm(&app, &looker.caller, id).await {
        Ok(_) => Ok(done(&format!("/people/{}", page.person.0), Done::Signed)),
        Err(problem) => again(page, "", problem),
    }
}

pub(super) async fn refuse(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let (id, reason) = (paper_id(&text)?, form.text("reason"));
    let page = of_paper(&app, &looker, id).await?;
    match agreements::paper_refuse(&app, &looker.caller, id, reason).await {
        Ok(()) => Ok(done(&format!("/people/{}", page.person.0), Done::PaperRefused)),
        Err(problem) => again(page, reason, problem),
    }
}

pub(super) async fn signature(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&of_signature(&app, &looker, &id).await?))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    let reason = form.text("reason");
    let page = of_signature(&app, &looker, &id).await?;
    match agreements::signature_withdraw(&app, &looker.caller, signature_id(&id)?, reason).await {
        Ok(person) => Ok(done(&format!("/people/{person}"), Done::Withdrawn)),
        Err(problem) => again(page, reason, problem),
    }
}
