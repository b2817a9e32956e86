//! A question and the form that answers it.

use super::{day_text, may_read, may_write, questionnaire_id, writes};
use crate::{
    Area, Shell,
    components::{Choice, Field, Status, TimeText},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, date, done, moment, refused, show, status},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    answers::Answer,
    questionnaires::{self, NewAnswer, QuestionsOf},
    risks,
};

/// A question.
#[derive(Debug, Clone, Template)]
#[template(path = "questionnaires/question.html")]
pub struct QuestionPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The questionnaire's id and name.
    pub questionnaire: (String, String),
    /// Whose it is.
    pub client: String,
    /// Its place.
    pub position: i64,
    /// The heading and the number, as far as there are some.
    pub heading: String,
    /// What is asked.
    pub words: String,
    /// The answer, as it stands, as proposed, or as typed.
    pub answer: Field,
    /// The control, likewise.
    pub control: Field,
    /// The controls that can be chosen.
    pub controls: Vec<Choice>,
    /// The answer is proposed elsewhere.
    pub is_reusable: bool,
    /// Where what stands in the field comes from, while it is not saved.
    pub proposed: Option<ProposedLine>,
    /// Who answered, and when.
    pub answered: Option<(String, TimeText)>,
    /// How the control stands that was saved.
    pub told: Option<ToldLine>,
    /// The answer names another client's work.
    pub names_others: bool,
    /// How often it had been changed when it was drawn.
    pub changes: String,
    /// What spoke against saving it, and what to do.
    pub problem: Option<String>,
    /// Whether this person may answer.
    pub may_write: bool,
}

/// Where a proposed answer comes from.
#[derive(Debug, Clone)]
pub struct ProposedLine {
    /// It was asked in the same words.
    pub is_same: bool,
    /// What was asked.
    pub question: String,
    /// The questionnaire's name.
    pub name: String,
    /// For whom it was answered.
    pub client: String,
    /// When.
    pub when: Option<TimeText>,
}

/// How a control stands.
#[derive(Debug, Clone)]
pub struct ToldLine {
    /// The control.
    pub control: String,
    /// Its name.
    pub title: String,
    /// How it stands.
    pub status: Status,
    /// What decides that, and what the registers say.
    pub words: Vec<String>,
    /// The evidence in force, each with its last day.
    pub evidence: Vec<(String, TimeText)>,
}

fn told(told: Answer) -> ToldLine {
    let because = format!("{}.", told.because.trim_end_matches('.'));
    ToldLine {
        control: told.control,
        title: told.title,
        status: status(told.status),
        words: std::iter::once(because).chain(told.words).collect(),
        evidence: told
            .evidence
            .into_iter()
            .map(|item| (item.title, day_text(item.until)))
            .collect(),
    }
}

/// What was posted, and what of it cannot be taken.
type Posted<'f> = Option<(&'f Form, &'f [FieldProblem])>;

async fn page(
    app: &App,
    looker: &Looker,
    (text, position): (&str, i64),
    posted: Posted<'_>,
) -> Result<QuestionPage, PageProblem> {
    may_read(&looker.caller)?;
    let of = (questionnaire_id(text)?, position);
    let (row, shown) = questionnaires::question_one(app, &looker.caller, of).await?;
    let may_write = may_write(&looker.caller);
    let question = shown.question;
    let proposal = shown.proposal.filter(|_| may_write && posted.is_none());
    let standing = proposal.as_ref().map_or(&question, |proposal| &proposal.saved.question);
    let (answer, control, is_reusable) = match posted {
        Some((form, problems)) => (
            field(form.text("answer"), problems, "answer"),
            field(form.text("control"), problems, "control"),
            form.is_yes("is_reusable"),
        ),
        None => (
            Field::new(&standing.answer),
            Field::new(&standing.control),
            question.answer.is_empty() || question.is_reusable,
        ),
    };
    let mut controls: Vec<Choice> = risks::control_groups(app, &looker.caller)
        .await?
        .into_iter()
        .flat_map(|group| group.controls)
        .map(|(id, title)| Choice::new(id.clone(), format!("{id} {title}")))
        .collect();
    // What nobody answers here any more can be kept.
    let own = &question.control;
    if !own.is_empty() && controls.iter().all(|one| one.value != *own) {
        controls.push(Choice::new(own.clone(), own.clone()));
    }
    let answered = question.answered_at.map(|at| {
        let by = question.answered_by.as_ref().map(|by| by.name.clone());
        (by.unwrap_or_else(|| "a program".to_owned()), moment(at, &looker.zone))
    });
    let heading = [question.part.as_str(), question.number.as_str()];
    let heading: Vec<&str> = heading.into_iter().filter(|text| !text.is_empty()).collect();
    Ok(QuestionPage {
        shell: looker.shell(Area::Titles),
        questionnaire: (row.id.to_string(), row.name),
        client: row.client_name,
        position,
        heading: heading.join(", "),
        answer,
        control,
        controls,
        is_reusable,
        proposed: proposal.map(|proposal| ProposedLine {
            is_same: proposal.is_same(),
            question: proposal.saved.question.words,
            name: proposal.saved.name,
            client: proposal.saved.client_name,
            when: proposal.saved.question.answered_at.map(|at| day_text(date(at, &looker.zone))),
        }),
        answered,
        told: shown.told.map(told),
        names_others: shown.names_others,
        changes: match posted {
            Some((form, _)) => form.text("changes").to_owned(),
            None => question.changes.to_string(),
        },
        words: question.words,
        problem: None,
        may_write,
    })
}

fn place(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::NotFound("question"))
}

pub(super) async fn question(
    State(app): State<App>,
    looker: Looker,
    Path((id, position)): Path<(String, String)>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, (&id, place(&position)?), None).await?))
}

/// Saves the answer, and goes on to the next open question, or back.
pub(super) async fn answer(
    State(app): State<App>,
    looker: Looker,
    Path((text, position)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageProblem> {
    writes(&looker.caller)?;
    let (id, position) = (questionnaire_id(&text)?, place(&position)?);
    let new = NewAnswer {
        answer: form.text("answer").to_owned(),
        control: form.text("control").to_owned(),
        is_reusable: form.is_yes("is_reusable"),
    };
    let seen = form.text("changes").parse().ok();
    let caller = &looker.caller;
    let answered = questionnaires::question_answer(&app, caller, (id, position), (new, seen)).await;
    if let Err(problem) = answered {
        let (problems, problem) = split(problem)?;
        let posted = Some((&form, problems.as_slice()));
        let page = page(&app, &looker, (&text, position), posted).await?;
        return Ok(refused(&QuestionPage { problem, ..page }));
    }
    if form.text("then") == "next" {
        let of = QuestionsOf { is_open: true, after: position, limit: 1 };
        let shown = questionnaires::questionnaire_one(&app, caller, id, of).await?;
        if let Some(next) = shown.shown.first() {
            let path = format!("/questionnaires/{id}/questions/{}", next.question.position);
            return Ok(done(&path, Done::Saved));
        }
    }
    Ok(done(&format!("/questionnaires/{id}"), Done::Saved))
}
