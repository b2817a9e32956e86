//! The answers to an owner's questionnaire about the house itself.

use crate::{
    ApiProblem, Asker,
    address::{Query, id},
    body::Body,
    file,
    problem::ProblemBody,
};
use axum::{Json, extract::State, response::Response};
use closedset_app::{
    App, Problem,
    answers::{self, Answer, AnswersForm, AnswersOf},
};
use closedset_core::{Action, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(answers_for)).routes(routes!(answers_file))
}

/// For whom, and for which day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AnswersQuery {
    /// The id of the owner whom they are for.
    #[serde(rename = "for")]
    client: String,
    /// The day, today or past: `2026-09-30`; today, if absent.
    #[param(format = Date)]
    on: Option<String>,
}

/// The answers for one owner and day.
#[derive(Serialize, ToSchema)]
struct AnswersBody {
    #[serde(rename = "for")]
    client: String,
    #[schema(format = Date)]
    on: String,
    /// The first day of the record, where the day lies before it; else absent.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    begins_on: Option<String>,
    answers: Vec<AnswerBody>,
}

/// What is answered to one control.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    control: String,
    title: String,
    /// What it asks.
    question: String,
    /// How it stood at the end of the day, or stands now.
    #[schema(value_type = String)]
    status: Status,
    /// What decides that.
    because: String,
    /// What the registers say, each a paragraph.
    words: Vec<String>,
    evidence: Vec<AnswerEvidenceBody>,
}

/// A document or statement that was in force.
#[derive(Serialize, ToSchema)]
struct AnswerEvidenceBody {
    title: String,
    is_statement: bool,
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    until: String,
}

impl From<Answer> for AnswerBody {
    fn from(one: Answer) -> Self {
        Self {
            control: one.control,
            title: one.title,
            question: one.question,
            status: one.status,
            because: one.because,
            words: one.words,
            evidence: one
                .evidence
                .into_iter()
                .map(|item| AnswerEvidenceBody {
                    title: item.title,
                    is_statement: item.is_statement,
                    from: item.from.to_string(),
                    until: item.until.to_string(),
                })
                .collect(),
        }
    }
}

fn of(client: &str, on: Option<String>) -> Result<AnswersOf, Problem> {
    Ok(AnswersOf { client: id(client, "client")?, on: on.unwrap_or_default() })
}

/// What an owner's questionnaire asks of the house itself, answered for one owner and a day: each administrative control with its
/// status, what the registers say, and the evidence in force. No title is named; of other clients no more than the name,
/// and not that of confidential ones.
#[utoipa::path(get, path = "/api/v1/answers", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead])), params(AnswersQuery), responses(
    (status = 200, body = AnswersBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The framework with these questions is not answered on this day", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn answers_for(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<AnswersQuery>,
) -> Result<Json<AnswersBody>, ApiProblem> {
    let answers = answers::answers(&app, &caller, of(&query.client, query.on)?).await?;
    Ok(Json(AnswersBody {
        client: answers.owner.0.to_string(),
        on: answers.day.to_string(),
        begins_on: answers.begins.map(|day| day.to_string()),
        answers: answers.answers.into_iter().map(AnswerBody::from).collect(),
    }))
}

/// As what the answers are handed out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AnswersFormWord {
    Pdf,
    Xlsx,
    Docx,
}

/// Which answers are to be handed out, and as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswersFileBody {
    /// The id of the owner whom they are for.
    #[serde(rename = "for")]
    client: String,
    /// The day, today or past: `2026-09-30`; today, if absent.
    #[schema(format = Date)]
    on: Option<String>,
    form: AnswersFormWord,
}

/// The same answers as a PDF, a workbook or a text document, to be handed out. An entry keeps for whom they were drawn up, for
/// which day, and the file's digest.
#[utoipa::path(post, path = "/api/v1/answers/file", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), request_body = AnswersFileBody, responses(
    (status = 200, body = String, content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "The framework with these questions is not answered on this day", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn answers_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<AnswersFileBody>,
) -> Result<Response, ApiProblem> {
    let form = match said.form {
        AnswersFormWord::Pdf => AnswersForm::Pdf,
        AnswersFormWord::Xlsx => AnswersForm::Xlsx,
        AnswersFormWord::Docx => AnswersForm::Docx,
    };
    let of = of(&said.client, said.on)?;
    let made = answers::answers_file(&app, &caller, of, form).await?;
    Ok(file::drawn(&made.file_name, made.media_type, made.bytes))
}
