//! Risks: what can happen, how bad it is with nothing done and how bad today, and what becomes of it.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body, Created},
    file,
    page::{Page, PageQuery},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use closedset_app::{
    App, Problem,
    risks::{self, NewRisk, Review, RiskFileForm, RiskShown, Treatment},
};
use closedset_catalogue::Scenario;
use closedset_core::{
    Action, Status, Time,
    id::{Id, Person, Risk},
};
use closedset_store::risks::{RiskAcceptance, RiskSaid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(risk_list, risk_add))
        .routes(routes!(scenario_list))
        .routes(routes!(risk_list_file))
        .routes(routes!(risk, risk_change))
        .routes(routes!(risk_review))
        .routes(routes!(risk_accept))
        .routes(routes!(risk_withdraw))
        .routes(routes!(risk_close))
}

/// A control that treats a risk, as it stands now.
#[derive(Serialize, ToSchema)]
struct RiskTreatmentBody {
    control: String,
    /// Absent where nobody answers its framework here any more.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// Whether it takes one off the likelihood: it is met.
    holds: bool,
}

impl From<&Treatment> for RiskTreatmentBody {
    fn from(one: &Treatment) -> Self {
        Self { control: one.control.clone(), status: one.status, holds: one.holds() }
    }
}

/// What somebody said of a risk.
#[derive(Serialize, ToSchema)]
struct RiskSaidBody {
    words: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

impl From<RiskSaid> for RiskSaidBody {
    fn from(said: RiskSaid) -> Self {
        Self { words: said.words, by: said.by, at: said.at }
    }
}

/// A decision to bear what is left of a risk.
#[derive(Serialize, ToSchema)]
struct RiskAcceptanceBody {
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// The last day of it.
    #[schema(format = Date)]
    until: String,
}

impl From<RiskAcceptance> for RiskAcceptanceBody {
    fn from(accepted: RiskAcceptance) -> Self {
        let RiskSaid { words, by, at } = accepted.said;
        Self { reason: words, by, at, until: accepted.until.to_string() }
    }
}

/// Whose a risk is.
#[derive(Serialize, ToSchema)]
struct RiskOwnerBody {
    person: String,
    name: String,
    /// Whether they cannot look after it any more.
    has_left: bool,
}

/// A risk as it stands now.
#[derive(Serialize, ToSchema)]
struct RiskBody {
    id: String,
    title: String,
    /// What can happen: cause and effect.
    words: String,
    /// The scenario that it began from; absent for one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    begun_from: Option<String>,
    /// How likely it is with nothing done about it, from 1 to 5.
    likelihood: i64,
    /// How bad it would be, from 1 to 5.
    impact: i64,
    /// Likelihood times impact, with nothing done about it.
    inherent: i64,
    /// How likely it is today: one less for each control that holds it, and never below 1.
    residual_likelihood: i64,
    /// How bad it is today.
    residual: i64,
    /// The same in a word: `low`, `medium`, `high` or `severe`.
    level: &'static str,
    controls: Vec<RiskTreatmentBody>,
    /// Who looks after it; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<RiskOwnerBody>,
    /// The day by which somebody looks at it again.
    #[schema(format = Date)]
    review_on: String,
    /// The open task for that; absent while none is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    /// When somebody looked at it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed: Option<RiskSaidBody>,
    /// That what is left is borne. It lowers nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<RiskAcceptanceBody>,
    /// That it is followed no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<RiskSaidBody>,
    /// How often it was changed.
    changes: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<RiskShown> for RiskBody {
    fn from(shown: RiskShown) -> Self {
        let (inherent, residual) = (shown.inherent(), shown.residual());
        let (residual_likelihood, level) = (shown.residual_likelihood(), shown.level().as_str());
        let controls = shown.treatments.iter().map(RiskTreatmentBody::from).collect();
        let (has_left, risk) = (shown.has_left, shown.risk);
        Self {
            id: risk.id.to_string(),
            title: risk.title,
            words: risk.words,
            begun_from: Some(risk.begun_from).filter(|word| !word.is_empty()),
            likelihood: risk.likelihood,
            impact: risk.impact,
            inherent,
            residual_likelihood,
            residual,
            level,
            controls,
            owner: risk.owner.map(|owner| RiskOwnerBody {
                person: owner.person.to_string(),
                name: owner.name,
                has_left,
            }),
            review_on: risk.review_on.to_string(),
            task: risk.task.map(|task| task.to_string()),
            reviewed: risk.reviewed.map(RiskSaidBody::from),
            accepted: risk.accepted.map(RiskAcceptanceBody::from),
            closed: risk.closed.map(RiskSaidBody::from),
            changes: risk.changes,
            created_at: risk.created_at,
        }
    }
}

/// The risks, oldest first, closed ones too. How they stand tells how controls do.
#[utoipa::path(get, path = "/api/v1/risks", tag = "risks", security(("token" = [Action::BoardRead, Action::EvidenceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^rsk_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<RiskBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RiskBody>>, ApiProblem> {
    let after = page.after.as_deref().map(str::parse::<Id<Risk>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let (items, more) = risks::risk_page(&app, &caller, (after, page.limit.0)).await?;
    let next = items.last().filter(|_| more).map(|last| last.risk.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(RiskBody::from).collect(), next }))
}

/// A risk of this trade from which one can begin.
#[derive(Serialize, ToSchema)]
struct ScenarioBody {
    /// Its word, to be given as `begun_from`.
    id: String,
    title: String,
    /// What can happen: cause and effect.
    words: String,
    /// A first guess.
    likelihood: i64,
    /// A first guess.
    impact: i64,
    /// The controls that make it less likely.
    controls: Vec<String>,
}

impl From<&Scenario> for ScenarioBody {
    fn from(one: &Scenario) -> Self {
        Self {
            id: one.id.clone(),
            title: one.title.clone(),
            words: one.words.clone(),
            likelihood: one.likelihood,
            impact: one.impact,
            controls: one.controls.clone(),
        }
    }
}

/// The risks of this trade from which one can begin.
#[derive(Serialize, ToSchema)]
struct ScenariosBody {
    items: Vec<ScenarioBody>,
}

/// The risks of this trade from which one can begin.
#[utoipa::path(get, path = "/api/v1/risks/scenarios", tag = "risks", security(("token" = [Action::BoardRead, Action::EvidenceRead])), responses(
    (status = 200, body = ScenariosBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn scenario_list(Asker(caller): Asker) -> Result<Json<ScenariosBody>, ApiProblem> {
    let items = risks::scenario_list(&caller)?.iter().map(ScenarioBody::from).collect();
    Ok(Json(ScenariosBody { items }))
}

/// What a risk is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedRiskBody {
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// What can happen: cause and effect.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
    /// How likely it is with nothing done about it.
    #[schema(minimum = 1, maximum = 5)]
    likelihood: i64,
    /// How bad it would be.
    #[schema(minimum = 1, maximum = 5)]
    impact: i64,
    /// The controls that treat it, of frameworks that are answered here.
    #[schema(max_items = 10)]
    #[serde(default)]
    controls: Vec<String>,
    /// The id of whoever looks after it.
    #[schema(pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    owner: Option<String>,
    /// How often it had been changed when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

/// A risk that is added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRiskBody {
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// What can happen: cause and effect.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
    /// The scenario that it begins from.
    #[serde(default)]
    begun_from: String,
    /// How likely it is with nothing done about it.
    #[schema(minimum = 1, maximum = 5)]
    likelihood: i64,
    /// How bad it would be.
    #[schema(minimum = 1, maximum = 5)]
    impact: i64,
    /// The controls that treat it, of frameworks that are answered here.
    #[schema(max_items = 10)]
    #[serde(default)]
    controls: Vec<String>,
    /// The id of whoever looks after it.
    #[schema(pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    owner: Option<String>,
    /// The day by which somebody looks at it again, within a year; a year from today, if absent.
    #[schema(format = Date)]
    review_on: Option<String>,
}

fn owner(text: Option<&str>) -> Result<Option<Id<Person>>, Problem> {
    let read = text.map(str::parse).transpose();
    read.map_err(|_| Problem::field("owner", "Write the id of somebody who belongs here."))
}

/// Adds a risk.
#[utoipa::path(post, path = "/api/v1/risks", tag = "risks", security(("token" = [Action::EvidenceWrite])), request_body = NewRiskBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewRiskBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let new = NewRisk {
        title: said.title,
        words: said.words,
        begun_from: said.begun_from,
        likelihood: said.likelihood,
        impact: said.impact,
        owner: owner(said.owner.as_deref())?,
        controls: said.controls,
    };
    let review_on = said.review_on.unwrap_or_default();
    let id = risks::risk_add(&app, &caller, (new, review_on)).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One risk.
#[utoipa::path(get, path = "/api/v1/risks/{id}", tag = "risks", security(("token" = [Action::BoardRead, Action::EvidenceRead])), params(("id" = String, Path)), responses(
    (status = 200, body = RiskBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<RiskBody>, ApiProblem> {
    let detail = risks::risk_one(&app, &caller, id(&text, "risk")?).await?;
    Ok(Json(detail.shown.into()))
}

/// Says what a risk is from now on, whole. When it is reviewed, and whether it is borne, stays.
#[utoipa::path(put, path = "/api/v1/risks/{id}", tag = "risks", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = ChangedRiskBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile, or it was closed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<ChangedRiskBody>,
) -> Result<StatusCode, ApiProblem> {
    let new = NewRisk {
        title: said.title,
        words: said.words,
        begun_from: String::new(),
        likelihood: said.likelihood,
        impact: said.impact,
        owner: owner(said.owner.as_deref())?,
        controls: said.controls,
    };
    risks::risk_change(&app, &caller, id(&text, "risk")?, (new, said.changes)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said when a risk was looked at again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskReviewBody {
    /// What was looked at, and what came of it.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 1000)]
    said: String,
    /// The day by which somebody looks at it next, within a year; a year from today, if absent.
    #[schema(format = Date)]
    review_on: Option<String>,
    /// How often it had been changed when you looked: if it was since, nothing is done.
    changes: Option<i64>,
}

/// Says that a risk was looked at, and closes the task for that.
#[utoipa::path(post, path = "/api/v1/risks/{id}/review", tag = "risks", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = RiskReviewBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile, or it was closed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_review(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RiskReviewBody>,
) -> Result<StatusCode, ApiProblem> {
    let review = Review { said: said.said, review_on: said.review_on.unwrap_or_default() };
    risks::risk_review(&app, &caller, id(&text, "risk")?, (review, said.changes)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why what is left of a risk is borne, and how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskAcceptBody {
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 1000)]
    reason: String,
    /// The last day, within a year: `2026-09-30`. After it a task asks to decide anew.
    #[serde(default)]
    #[schema(required, format = Date)]
    until: String,
}

/// Decides to bear what is left of a risk until a day. It lowers nothing.
#[utoipa::path(post, path = "/api/v1/risks/{id}/accept", tag = "risks", security(("token" = [Action::EvidenceWrite, Action::ExceptionGrant])), params(("id" = String, Path)), request_body = RiskAcceptBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was closed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_accept(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RiskAcceptBody>,
) -> Result<StatusCode, ApiProblem> {
    risks::risk_accept(&app, &caller, id(&text, "risk")?, (said.reason, said.until)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a decision is taken back, or a risk followed no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskWhyBody {
    /// It stands in the ledger.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes back the decision to bear what is left of a risk.
#[utoipa::path(post, path = "/api/v1/risks/{id}/withdraw", tag = "risks", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = RiskWhyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Nobody decided that, or it was closed", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_withdraw(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RiskWhyBody>,
) -> Result<StatusCode, ApiProblem> {
    risks::risk_accept_withdraw(&app, &caller, id(&text, "risk")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Closes a risk for good, and its task.
#[utoipa::path(post, path = "/api/v1/risks/{id}/close", tag = "risks", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = RiskWhyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was closed before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_close(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RiskWhyBody>,
) -> Result<StatusCode, ApiProblem> {
    risks::risk_close(&app, &caller, id(&text, "risk")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// As what the register is handed out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RiskFileWord {
    Pdf,
    Xlsx,
}

/// As what the register is to be handed out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RiskFileBody {
    form: RiskFileWord,
}

/// The register as it stands now, as a PDF or a workbook. An entry keeps its day and the file's digest.
#[utoipa::path(post, path = "/api/v1/risks/file", tag = "risks", security(("token" = [Action::BoardRead, Action::EvidenceRead, Action::EvidenceWrite])), request_body = RiskFileBody, responses(
    (status = 200, body = String, content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn risk_list_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<RiskFileBody>,
) -> Result<Response, ApiProblem> {
    let form = match said.form {
        RiskFileWord::Pdf => RiskFileForm::Pdf,
        RiskFileWord::Xlsx => RiskFileForm::Xlsx,
    };
    let made = risks::risk_list_file(&app, &caller, form).await?;
    Ok(file::drawn(&made.file_name, made.media_type, made.bytes))
}
