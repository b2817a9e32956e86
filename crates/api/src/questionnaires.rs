//! Questionnaires of owners: taken in from a file, answered, and drawn up to go back.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    answers::AnswerBody,
    body::{self, Created},
    file,
    page::{Limit, Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::Response,
};
use closedset_app::{
    App, Problem,
    questionnaires::{self, NewAnswer, NewQuestionnaire, Proposal, QuestionShown, QuestionsOf},
};
use closedset_core::{
    Action, Time,
    id::{Client, Id, Questionnaire},
};
use closedset_store::questionnaires::{QuestionnaireCounted, QuestionnaireRow};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where files are sent.
pub(crate) const UPLOAD: &str = "/api/v1/questionnaires";
/// The largest file, in bytes.
const FILE_LIMIT: usize = 20 << 20;

pub(crate) fn routes() -> OpenApiRouter<App> {
    let streamed = OpenApiRouter::new()
        .routes(routes!(questionnaire_list, questionnaire_take_in))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(streamed)
        .routes(routes!(questionnaire))
        .routes(routes!(question_list))
        .routes(routes!(question_answer))
        .routes(routes!(questionnaire_fill))
        .routes(routes!(questionnaire_file))
        .routes(routes!(questionnaire_remove))
}

/// A questionnaire and how far it is.
#[derive(Serialize, ToSchema)]
struct QuestionnaireBody {
    id: String,
    /// Whose it is.
    client: String,
    name: String,
    /// The last day on which its owner takes the answers.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<String>,
    file_name: String,
    /// SHA-256 of the file it was read from.
    digest: String,
    questions: i64,
    answered: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When the answers were drawn up last.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_out_at: Option<Time>,
}

impl QuestionnaireBody {
    fn of(row: QuestionnaireRow, (questions, answered): (i64, i64)) -> Self {
        Self {
            id: row.id.to_string(),
            client: row.client.to_string(),
            name: row.name,
            due_on: row.due_on.map(|day| day.to_string()),
            file_name: row.file_name,
            digest: row.digest.to_string(),
            questions,
            answered,
            created_at: row.created_at,
            handed_out_at: row.handed_out_at,
        }
    }
}

impl From<QuestionnaireCounted> for QuestionnaireBody {
    fn from(one: QuestionnaireCounted) -> Self {
        Self::of(one.row, (one.questions, one.answered))
    }
}

/// The questionnaires, oldest first.
#[utoipa::path(get, path = "/api/v1/questionnaires", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^qst_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<QuestionnaireBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn questionnaire_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<QuestionnaireBody>>, ApiProblem> {
    let after: Option<Id<Questionnaire>> = after(page.after.as_deref())?;
    let (mut rows, _) = questionnaires::questionnaire_list(&app, &caller).await?;
    rows.reverse();
    rows.retain(|one| after.is_none_or(|after| one.row.id > after));
    let limit = usize::try_from(page.limit.0).unwrap_or(1);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.row.id.to_string());
    Ok(Json(Page { items: rows.into_iter().map(QuestionnaireBody::from).collect(), next }))
}

/// What is said of the file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct QuestionnaireQuery {
    /// Whose it is.
    #[param(value_type = String)]
    client: Id<Client>,
    /// What the file is called.
    file_name: String,
    /// What the questionnaire is called; as the file, if absent.
    #[serde(default)]
    name: String,
    /// The last day on which its owner takes the answers: `2026-09-30`.
    #[serde(default)]
    #[param(format = Date)]
    due_on: String,
}

/// Takes in a questionnaire. The body is the file itself: a workbook (.xlsx), of which every sheet with questions is
/// read, or CSV; at most 20 MiB and 1,000 questions. What is answered there already is kept.
#[utoipa::path(post, path = "/api/v1/questionnaires", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), params(QuestionnaireQuery),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Created),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 20 MiB", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not a list with questions", body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn questionnaire_take_in(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(said): Query<QuestionnaireQuery>,
    mut sent: Body,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    questionnaires::needs_to_write().iter().try_for_each(|action| caller.require(action))?;
    let mut bytes = Vec::new();
    while let Some(frame) = sent.frame().await {
        let cut = |_| Problem::field("file", "The upload was cut short; send the file again.");
        let Ok(data) = frame.map_err(cut)?.into_data() else { continue };
        if bytes.len() + data.len() > FILE_LIMIT {
            return Err(Problem::TooLarge.into());
        }
        bytes.extend_from_slice(&data);
    }
    let new = NewQuestionnaire { client: said.client, name: said.name, due_on: said.due_on };
    let file = (said.file_name.as_str(), bytes);
    let id = questionnaires::questionnaire_take_in(&app, &caller, new, file).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One questionnaire.
#[utoipa::path(get, path = "/api/v1/questionnaires/{id}", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = QuestionnaireBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn questionnaire(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<QuestionnaireBody>, ApiProblem> {
    let of = QuestionsOf { is_open: false, after: 0, limit: 1 };
    let id = id(&text, "questionnaire")?;
    let shown = questionnaires::questionnaire_one(&app, &caller, id, of).await?;
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let counts = (count(shown.questions), count(shown.answered));
    Ok(Json(QuestionnaireBody::of(shown.row, counts)))
}

/// A question.
#[derive(Serialize, ToSchema)]
struct QuestionBody {
    /// Where it stands, from 1.
    position: i64,
    /// Under which heading.
    part: String,
    /// As the owner counts it.
    number: String,
    /// What is asked.
    question: String,
    /// What is answered; empty while nothing is.
    answer: String,
    /// The control that shows it, as its owner may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown_by: Option<AnswerBody>,
    /// Whether the answer is proposed where another questionnaire asks the same.
    is_reusable: bool,
    /// The answer names another client's work: nothing is drawn up until that is mended.
    names_others: bool,
    /// An answer to what was asked in the same or in like words before.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<Time>,
    /// How often the answer was changed.
    changes: i64,
}

/// An answer to what was asked in the same or in like words before.
#[derive(Serialize, ToSchema)]
struct ProposalBody {
    questionnaire: String,
    position: i64,
    question: String,
    answer: String,
    /// How like the questions are, of 100: then they are the same.
    likeness: usize,
}

impl From<Proposal> for ProposalBody {
    fn from(one: Proposal) -> Self {
        Self {
            questionnaire: one.saved.questionnaire.to_string(),
            position: one.saved.question.position,
            question: one.saved.question.words,
            answer: one.saved.question.answer,
            likeness: one.likeness,
        }
    }
}

impl From<QuestionShown> for QuestionBody {
    fn from(one: QuestionShown) -> Self {
        let question = one.question;
        Self {
            position: question.position,
            part: question.part,
            number: question.number,
            question: question.words,
            answer: question.answer,
            shown_by: one.told.map(AnswerBody::from),
            is_reusable: question.is_reusable,
            names_others: one.names_others,
            proposal: one.proposal.map(ProposalBody::from),
            answered_by: question.answered_by.map(|by| by.name),
            answered_at: question.answered_at,
            changes: question.changes,
        }
    }
}

/// Which questions are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct QuestionsQuery {
    /// The place after which to go on: `next` of the page before.
    #[serde(default)]
    #[param(minimum = 0)]
    after: i64,
    /// How many at most; 50 if nothing is said.
    #[serde(default)]
    #[param(value_type = i64, minimum = 1, maximum = 200)]
    limit: Limit,
    /// Those alone that are not answered.
    #[serde(default)]
    is_open: bool,
}

/// The questions of one, in their order.
#[utoipa::path(get, path = "/api/v1/questionnaires/{id}/questions", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead])), params(("id" = String, Path), QuestionsQuery), responses(
    (status = 200, body = Page<QuestionBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn question_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Query(query): Query<QuestionsQuery>,
) -> Result<Json<Page<QuestionBody>>, ApiProblem> {
    let of = QuestionsOf { is_open: query.is_open, after: query.after, limit: query.limit.0 };
    let id = id(&text, "questionnaire")?;
    let shown = questionnaires::questionnaire_one(&app, &caller, id, of).await?;
    let last = shown.shown.last().filter(|_| shown.more);
    let next = last.map(|last| last.question.position.to_string());
    Ok(Json(Page { items: shown.shown.into_iter().map(QuestionBody::from).collect(), next }))
}

/// What is answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnswerBody {
    /// The words; none take an answer back.
    #[schema(max_length = 4000)]
    answer: String,
    /// The control that shows it, of a framework that is answered here.
    control: Option<String>,
    /// Whether it is proposed where another questionnaire asks the same.
    #[serde(default)]
    is_reusable: bool,
    /// How often the answer had been changed when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

/// Answers a question, or takes the answer back.
#[utoipa::path(put, path = "/api/v1/questionnaires/{id}/questions/{position}", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), params(("id" = String, Path), ("position" = String, Path)), request_body = NewAnswerBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn question_answer(
    State(app): State<App>,
    Asker(caller): Asker,
    Path((text, position)): Path<(String, String)>,
    body::Body(said): body::Body<NewAnswerBody>,
) -> Result<StatusCode, ApiProblem> {
    let position = position.parse().map_err(|_| Problem::NotFound("question"))?;
    let new = NewAnswer {
        answer: said.answer,
        control: said.control.unwrap_or_default(),
        is_reusable: said.is_reusable,
    };
    let of = (id(&text, "questionnaire")?, position);
    questionnaires::question_answer(&app, &caller, of, (new, said.changes)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How much was taken over.
#[derive(Serialize, ToSchema)]
struct FilledBody {
    /// How many questions were answered.
    filled: usize,
}

/// Answers each open question that was asked in the same words before, with the latest answer that may serve again.
#[utoipa::path(post, path = "/api/v1/questionnaires/{id}/fill", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), params(("id" = String, Path)), responses(
    (status = 200, body = FilledBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn questionnaire_fill(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<FilledBody>, ApiProblem> {
    let id = id(&text, "questionnaire")?;
    let filled = questionnaires::questionnaire_fill(&app, &caller, id).await?;
    Ok(Json(FilledBody { filled }))
}

/// The answers as a workbook, to go back to whoever asked. An entry keeps for whom, how much is answered, and the file's
/// digest.
#[utoipa::path(post, path = "/api/v1/questionnaires/{id}/file", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), params(("id" = String, Path)), responses(
    (status = 200, body = String, content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "An answer names another client's work", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn questionnaire_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Response, ApiProblem> {
    let id = id(&text, "questionnaire")?;
    let made = questionnaires::questionnaire_file(&app, &caller, id).await?;
    Ok(file::drawn(&made.file_name, made.media_type, made.bytes))
}

/// Why it is taken out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemovedBody {
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes a questionnaire out for good, with its questions and answers.
#[utoipa::path(post, path = "/api/v1/questionnaires/{id}/remove", tag = "titles", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::PeopleRead, Action::TitleRead, Action::TitleWrite])), params(("id" = String, Path)), request_body = RemovedBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn questionnaire_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    body::Body(said): body::Body<RemovedBody>,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "questionnaire")?;
    questionnaires::questionnaire_remove(&app, &caller, id, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
