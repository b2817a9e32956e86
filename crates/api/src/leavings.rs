//! Who leaves, and what is taken back from them.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    page::{Limit, Page, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App, Problem,
    leaving::{self, LeavingDetail, LeavingsWanted, Outcome},
};
use closedset_core::{Action, Time};
use closedset_store::leavings::LeavingStepRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(leaving_list))
        .routes(routes!(leaving_items, leaving_items_write))
        .routes(routes!(leaving_one))
        .routes(routes!(leaving_step_close))
}

/// Something that is taken back.
#[derive(Serialize, ToSchema)]
struct LeavingStepBody {
    id: String,
    name: String,
    /// Whether Closedset does it by itself when the last day is over.
    is_by_itself: bool,
    /// `done`, `not_had` or `called_off`; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// What shows that it was done, or why there was nothing to do; empty where nothing was said.
    note: String,
    /// Who did it; absent while it is open, and where nobody had to.
    #[serde(skip_serializing_if = "Option::is_none")]
    done_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Time>,
    /// The index of the entry that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
}

impl From<LeavingStepRow> for LeavingStepBody {
    fn from(row: LeavingStepRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            is_by_itself: !row.act.is_empty(),
            outcome: row.outcome,
            note: row.note,
            done_by: row.done_by,
            done_at: row.done_at,
            entry: row.entry,
        }
    }
}

/// Somebody's leaving.
#[derive(Serialize, ToSchema)]
struct LeavingBody {
    id: String,
    /// Who leaves.
    person: String,
    name: String,
    /// Their last day.
    #[schema(format = Date)]
    last_day: String,
    /// The first moment after it, where the facility is: then what ends by itself ends.
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    /// The day from which they work here again; absent where none is known.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    returns_on: Option<String>,
    /// Since when there is something to do; absent while it is only foreseen.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<Time>,
    /// When what ends by itself had ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_at: Option<Time>,
    /// When it turned out that they stay.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    called_off_at: Option<Time>,
    /// What is taken back; none while it is only foreseen.
    steps: Vec<LeavingStepBody>,
}

impl From<LeavingDetail> for LeavingBody {
    fn from(detail: LeavingDetail) -> Self {
        let row = detail.leaving;
        Self {
            id: row.id.to_string(),
            person: row.person.to_string(),
            name: detail.name,
            last_day: row.last_day.to_string(),
            due_at: row.due_at,
            returns_on: detail.returns_on.map(|day| day.to_string()),
            opened_at: row.opened_at,
            settled_at: row.settled_at,
            called_off_at: row.called_off_at,
            steps: detail.steps.into_iter().map(LeavingStepBody::from).collect(),
        }
    }
}

/// Which leavings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LeavingQuery {
    /// `open`: those of which something is still to happen, by their last day; `over`: all others, the last first.
    #[serde(default)]
    #[param(inline)]
    state: LeavingState,
    /// The id after which to go on: `next` of the page before.
    #[param(pattern = "^lvg_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    after: Option<String>,
    /// How many at most; 50 if nothing is said.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    #[serde(default)]
    limit: Limit,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum LeavingState {
    #[default]
    Open,
    Over,
}

/// Who leaves, or left.
#[utoipa::path(get, path = "/api/v1/leavings", tag = "leavings", security(("token" = [Action::PeopleRead])), params(LeavingQuery), responses(
    (status = 200, body = Page<LeavingBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn leaving_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<LeavingQuery>,
) -> Result<Json<Page<LeavingBody>>, ApiProblem> {
    let wanted = LeavingsWanted {
        is_open: query.state == LeavingState::Open,
        after: after(query.after.as_deref())?,
        limit: query.limit.0,
    };
    let (items, more) = leaving::leaving_list(&app, &caller, wanted).await?;
    let next = items.last().filter(|_| more).map(|last| last.leaving.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(LeavingBody::from).collect(), next }))
}

/// One leaving.
#[utoipa::path(get, path = "/api/v1/leavings/{id}", tag = "leavings", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = LeavingBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn leaving_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<LeavingBody>, ApiProblem> {
    let id = id(&text, "leaving")?;
    Ok(Json(leaving::leaving_detail(&app, &caller, id).await?.into()))
}

/// What became of a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeavingStepCloseBody {
    /// `done`, or `not_had` where they never had one.
    #[serde(default)]
    #[schema(required)]
    outcome: String,
    /// What shows that it was done, or why there was nothing to do. It stands in the ledger.
    #[serde(default)]
    #[schema(required, min_length = 3, max_length = 500)]
    note: String,
}

/// Closes a step that a person does, and its task.
#[utoipa::path(post, path = "/api/v1/leavings/steps/{id}/close", tag = "leavings", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = LeavingStepCloseBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was closed before, or is done by itself", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn leaving_step_close(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<LeavingStepCloseBody>,
) -> Result<StatusCode, ApiProblem> {
    let outcome = Outcome::from_word(&said.outcome)
        .ok_or_else(|| Problem::field("outcome", "Write `done` or `not_had`."))?;
    leaving::step_close(&app, &caller, id(&text, "step")?, (outcome, &said.note)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is taken back by hand from everybody who leaves.
#[derive(Serialize, ToSchema)]
struct LeavingItemsBody {
    items: Vec<String>,
}

/// What is taken back by hand from everybody who leaves.
#[utoipa::path(get, path = "/api/v1/leavings/items", tag = "leavings", security(("token" = [Action::PeopleRead])), responses(
    (status = 200, body = LeavingItemsBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn leaving_items(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<LeavingItemsBody>, ApiProblem> {
    Ok(Json(LeavingItemsBody { items: leaving::leaving_items(&app, &caller).await? }))
}

/// What is to be taken back from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLeavingItemsBody {
    /// 1 to 30 things, each on a line of at most 120 characters.
    #[serde(default)]
    #[schema(required, min_items = 1, max_items = 30)]
    items: Vec<String>,
    /// The list as you saw it: if it is another by now, nothing is done.
    #[serde(default)]
    #[schema(required)]
    before: Vec<String>,
}

/// Says what is taken back from now on. Leavings that are open keep what they have.
#[utoipa::path(put, path = "/api/v1/leavings/items", tag = "leavings", security(("token" = [Action::PeopleManage])), request_body = NewLeavingItemsBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn leaving_items_write(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewLeavingItemsBody>,
) -> Result<StatusCode, ApiProblem> {
    leaving::leaving_items_write(&app, &caller, (said.before, said.items)).await?;
    Ok(StatusCode::NO_CONTENT)
}
