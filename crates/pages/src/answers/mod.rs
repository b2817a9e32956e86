//! The answers to an owner's questionnaire about the house itself, for one owner and one day, to be read and handed out.

use crate::{
    Area, Shell,
    components::{Choice, Field, Status, TimeText},
    serve::{Form, Looker, PageProblem, Query, file, refused, show, status},
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, Problem,
    answers::{
        self, Answer, AnswerEvidence, AnswersForm, AnswersOf, needs_to_hand_out, needs_to_read,
    },
    titles,
};
use jiff::civil::Date;
use serde::Deserialize;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/answers", get(answers_page)).route("/answers/file", post(hand_out))
}

/// The choice of an owner and a day, and the answers.
#[derive(Debug, Clone, Template)]
#[template(path = "answers/answers.html")]
pub struct AnswersPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The owners that can be chosen.
    pub owners: Vec<Choice>,
    /// The field for the owner.
    pub owner: Field,
    /// The field for the day.
    pub on: Field,
    /// Why there are no answers.
    pub problem: Option<String>,
    /// The answers; none before an owner was chosen.
    pub shown: Option<AnswersShown>,
    /// Whether this person may hand them out.
    pub may_hand_out: bool,
}

/// The answers for one owner and day.
#[derive(Debug, Clone)]
pub struct AnswersShown {
    /// The owner's id.
    pub owner: String,
    /// Their name.
    pub owner_name: String,
    /// The day.
    pub day: TimeText,
    /// It is today.
    pub is_today: bool,
    /// The first day of the record, where the day lies before it.
    pub begins: Option<TimeText>,
    /// The answers.
    pub answers: Vec<AnswerLine>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct AnswerLine {
    /// The control.
    pub control: String,
    /// Its name.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// How it stood.
    pub status: Status,
    /// What decides that.
    pub because: String,
    /// What the registers say.
    pub words: Vec<String>,
    /// The evidence in force.
    pub evidence: Vec<AnswerEvidenceLine>,
}

/// Evidence that was in force.
#[derive(Debug, Clone)]
pub struct AnswerEvidenceLine {
    /// Its title.
    pub title: String,
    /// What it is.
    pub form: &'static str,
    /// The first day.
    pub from: TimeText,
    /// The last one.
    pub until: TimeText,
}

#[derive(Debug, Default, Deserialize)]
struct AnswersQuery {
    #[serde(default)]
    on: String,
    #[serde(default, rename = "for")]
    owner: String,
}

fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

fn line(one: Answer) -> AnswerLine {
    let evidence = |item: AnswerEvidence| AnswerEvidenceLine {
        title: item.title,
        form: if item.is_statement { "signed statement" } else { "document" },
        from: day_text(item.from),
        until: day_text(item.until),
    };
    AnswerLine {
        control: one.control,
        title: one.title,
        question: one.question,
        status: status(one.status),
        because: one.because,
        words: one.words,
        evidence: one.evidence.into_iter().map(evidence).collect(),
    }
}

fn wanted(owner: &str, on: &str) -> Result<AnswersOf, Problem> {
    let client = owner.parse().map_err(|_| Problem::NotFound("client"))?;
    Ok(AnswersOf { client, on: on.to_owned() })
}

async fn answers_page(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<AnswersQuery>,
) -> Result<Response, PageProblem> {
    if !needs_to_read().without(looker.caller.allowed).is_empty() {
        return Err(Problem::Forbidden.into());
    }
    let clients = titles::client_list(&app, &looker.caller).await?;
    let choice = |one: titles::ClientShown| Choice::new(one.client.id.to_string(), one.client.name);
    let mut page = AnswersPage {
        shell: looker.shell(Area::Titles),
        owners: clients.into_iter().map(choice).collect(),
        owner: Field::new(&query.owner),
        on: Field::new(&query.on),
        problem: None,
        shown: None,
        may_hand_out: needs_to_hand_out().without(looker.caller.allowed).is_empty(),
    };
    if query.owner.is_empty() {
        return Ok(show(&page));
    }
    match answers::answers(&app, &looker.caller, wanted(&query.owner, &query.on)?).await {
        Ok(answers) => {
            page.on = Field::new(answers.day.to_string());
            page.shown = Some(AnswersShown {
                owner: answers.owner.0.to_string(),
                owner_name: answers.owner.1,
                day: day_text(answers.day),
                is_today: answers.is_today,
                begins: answers.begins.map(day_text),
                answers: answers.answers.into_iter().map(line).collect(),
            });
            Ok(show(&page))
        }
        Err(Problem::Invalid(problems)) => {
            let message = problems.into_iter().next().map(|problem| problem.message);
            page.on = page.on.with_error(message.unwrap_or_default());
            Ok(refused(&page))
        }
        Err(problem @ Problem::Conflict { .. }) => {
            page.problem = Some(format!("{} {}", problem.sentence(), problem.remedy()));
            Ok(refused(&page))
        }
        Err(other) => Err(other.into()),
    }
}

async fn hand_out(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    if !needs_to_hand_out().without(looker.caller.allowed).is_empty() {
        return Err(Problem::Forbidden.into());
    }
    let of = wanted(form.text("for"), form.text("on"))?;
    let word = AnswersForm::from_word(form.text("form"));
    let word = word.ok_or_else(|| Problem::field("form", "Choose PDF, XLSX or DOCX."))?;
    let made = answers::answers_file(&app, &looker.caller, of, word).await?;
    Ok(file(&made.file_name, made.media_type, made.bytes))
}
