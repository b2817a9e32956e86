//! A questionnaire: how far it is, its questions from part to part, and what is done with all of it.

use super::{beginning, day_text, may_read, may_write, questionnaire_id, writes};
use crate::{
    Area, Shell,
    components::{DigestText, Field, Status, TimeText},
    entry::{field, split},
    serve::{
        Done, Form, Looker, PageProblem, Path, Query, done, file, moment, refused, show, status,
    },
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App,
    questionnaires::{self, QuestionShown, QuestionsOf},
};
use serde::Deserialize;

/// So many questions are shown.
const SHOWN: i64 = 20;

/// A questionnaire.
#[derive(Debug, Clone, Template)]
#[template(path = "questionnaires/one.html")]
pub struct QuestionnairePage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is: the client's id and name.
    pub client: (String, String),
    /// The last day on which its owner takes the answers.
    pub due: Option<TimeText>,
    /// That day is over, and no answers were drawn up.
    pub is_overdue: bool,
    /// The file it came from.
    pub file_name: String,
    /// That file's digest.
    pub digest: DigestText,
    /// When it was taken in.
    pub taken_in: TimeText,
    /// When the answers were drawn up last.
    pub handed_out: Option<TimeText>,
    /// How many questions are answered, of how many.
    pub answered: (usize, usize),
    /// How many open ones were answered before in the same words.
    pub same: usize,
    /// The places of those whose answers name another client's work.
    pub naming: Vec<i64>,
    /// Only open questions are shown.
    pub is_open: bool,
    /// The questions of this part.
    pub questions: Vec<QuestionLine>,
    /// The query of the part before this one.
    pub previous: Option<i64>,
    /// After which place the next part begins.
    pub next: Option<i64>,
    /// Why it is removed, as typed.
    pub reason: Field,
    /// What spoke against what was asked for, and what to do.
    pub problem: Option<String>,
    /// Whether this person may answer.
    pub may_write: bool,
}

/// A question in a list.
#[derive(Debug, Clone)]
pub struct QuestionLine {
    /// Its place.
    pub position: i64,
    /// The heading, where it is another than that of the question above.
    pub part: Option<String>,
    /// As the owner counts it; empty where they do not.
    pub number: String,
    /// What is asked.
    pub words: String,
    /// What is answered; empty while nothing is.
    pub answer: String,
    /// Its control and how that stands.
    pub control: Option<(String, Status)>,
    /// An answer to the same, or to the like, is there to be taken over.
    pub proposed: Option<&'static str>,
    /// The answer names another client's work.
    pub names_others: bool,
}

fn lines(shown: Vec<QuestionShown>) -> Vec<QuestionLine> {
    let mut above = String::new();
    let mut lines = Vec::new();
    for one in shown {
        let question = one.question;
        let part = Some(question.part.clone()).filter(|part| *part != above && !part.is_empty());
        above = question.part;
        lines.push(QuestionLine {
            position: question.position,
            part,
            number: question.number,
            words: question.words,
            answer: beginning(&question.answer),
            control: one.told.map(|told| (told.control, status(told.status))),
            proposed: one.proposal.map(|proposal| match proposal.is_same() {
                true => "answered before in the same words",
                false => "something like it was answered before",
            }),
            names_others: one.names_others,
        });
    }
    lines
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: i64,
}

async fn page(
    app: &App,
    looker: &Looker,
    text: &str,
    part: &Part,
) -> Result<QuestionnairePage, PageProblem> {
    may_read(&looker.caller)?;
    let is_open = part.show == "open";
    let of = QuestionsOf { is_open, after: part.after.max(0), limit: SHOWN };
    let id = questionnaire_id(text)?;
    let shown = questionnaires::questionnaire_one(app, &looker.caller, id, of).await?;
    let row = shown.row;
    let last = shown.shown.last().map(|one| one.question.position);
    Ok(QuestionnairePage {
        shell: looker.shell(Area::Titles),
        id: row.id.to_string(),
        name: row.name,
        client: (row.client.to_string(), row.client_name),
        due: row.due_on.map(day_text),
        is_overdue: row.handed_out_at.is_none() && row.due_on.is_some_and(|due| due < shown.today),
        file_name: row.file_name,
        digest: DigestText::new(row.digest.to_string()),
        taken_in: moment(row.created_at, &looker.zone),
        handed_out: row.handed_out_at.map(|at| moment(at, &looker.zone)),
        answered: (shown.answered, shown.questions),
        same: shown.same,
        naming: shown.naming,
        is_open,
        questions: lines(shown.shown),
        previous: shown.before,
        next: last.filter(|_| shown.more),
        reason: Field::default(),
        problem: None,
        may_write: may_write(&looker.caller),
    })
}

pub(super) async fn questionnaire(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id, &part).await?))
}

/// Takes over what was answered before to the same words.
pub(super) async fn fill(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    writes(&looker.caller)?;
    let id = questionnaire_id(&text)?;
    let words = match questionnaires::questionnaire_fill(&app, &looker.caller, id).await? {
        0 => Done::NothingTakenOver,
        _ => Done::AnswersTakenOver,
    };
    Ok(done(&format!("/questionnaires/{id}"), words))
}

pub(super) async fn hand_out(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    writes(&looker.caller)?;
    let id = questionnaire_id(&text)?;
    let problem = match questionnaires::questionnaire_file(&app, &looker.caller, id).await {
        Ok(made) => return Ok(file(&made.file_name, made.media_type, made.bytes)),
        Err(problem) => problem,
    };
    let (_, problem) = split(problem)?;
    let page = page(&app, &looker, &text, &Part::default()).await?;
    Ok(refused(&QuestionnairePage { problem, ..page }))
}

pub(super) async fn remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    writes(&looker.caller)?;
    let (id, reason) = (questionnaire_id(&text)?, form.text("reason"));
    let problem = match questionnaires::questionnaire_remove(&app, &looker.caller, id, reason).await
    {
        Ok(()) => return Ok(done("/questionnaires", Done::TakenOut)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let page = page(&app, &looker, &text, &Part::default()).await?;
    let reason = field(reason, &problems, "reason");
    Ok(refused(&QuestionnairePage { problem, reason, ..page }))
}
