//! Tasks: what is to be done, and saying that it is.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    page::{Limit, Page},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App, Problem,
    tasks::{self, TaskState},
};
use closedset_core::{
    Action, Subject, Time,
    id::{Id, Task},
};
use closedset_store::tasks::TaskRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(task_list)).routes(routes!(task_done))
}

/// A task.
#[derive(Serialize, ToSchema)]
struct TaskBody {
    id: String,
    title: String,
    control: String,
    check: String,
    /// `kind:id`
    #[schema(value_type = String)]
    subject: Subject,
    #[schema(value_type = String, format = DateTime)]
    due_at: Time,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_by: Option<String>,
    /// What they said.
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
}

impl From<TaskRow> for TaskBody {
    fn from(row: TaskRow) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title,
            control: row.control,
            check: row.check,
            subject: row.subject,
            due_at: row.due_at,
            created_at: row.created_at,
            done_at: row.done_at,
            done_by: row.done_by,
            note: row.note,
        }
    }
}

/// Which tasks are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TaskQuery {
    /// `open`, most urgent first, or `done`, latest first; `open` if nothing is said.
    #[serde(default)]
    #[param(inline)]
    state: StateWord,
    /// The id after which to go on: `next` of the page before.
    #[param(pattern = "^tsk_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    after: Option<String>,
    /// How many at most; 50 if nothing is said.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    #[serde(default)]
    limit: Limit,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StateWord {
    #[default]
    Open,
    Done,
}

/// What is to be done, or what was.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", security(("token" = [Action::TaskRead])), params(TaskQuery), responses(
    (status = 200, body = Page<TaskBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn task_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<TaskQuery>,
) -> Result<Json<Page<TaskBody>>, ApiProblem> {
    let state = match query.state {
        StateWord::Open => TaskState::Open,
        StateWord::Done => TaskState::Done,
    };
    let after = query.after.as_deref().map(str::parse::<Id<Task>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let (items, more) = tasks::task_list(&app, &caller, state, after, query.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(TaskBody::from).collect(), next }))
}

/// What is said with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoneBody {
    #[serde(default)]
    note: String,
}

/// Says that a task is done. Its verdict turns only by evidence.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/done", tag = "tasks", security(("token" = [Action::TaskWrite])), params(("id" = String, Path)), request_body = DoneBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Done before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn task_done(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<DoneBody>,
) -> Result<StatusCode, ApiProblem> {
    tasks::task_done(&app, &caller, id(&text, "task")?, &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
