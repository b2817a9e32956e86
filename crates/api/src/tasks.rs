//! Tasks: what is to be done, and saying that it is.

use crate::{
    ApiProblem, Asker,
    address::{Path, id},
    body::Body,
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{App, tasks};
use closedset_core::{Subject, Time};
use closedset_store::tasks::TaskRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
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
    #[schema(value_type = String)]
    due_at: Time,
    #[schema(value_type = String)]
    created_at: Time,
    #[schema(value_type = Option<String>)]
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

/// The tasks.
#[derive(Serialize, ToSchema)]
struct TasksBody {
    /// Most urgent first, at most 500.
    open: Vec<TaskBody>,
    /// Latest first, at most 50.
    done: Vec<TaskBody>,
}

/// What is to be done, and what was.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "tasks", responses(
    (status = 200, body = TasksBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn task_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<TasksBody>, ApiProblem> {
    let (open, done) = tasks::task_list(&app, &caller).await?;
    let bodies = |rows: Vec<TaskRow>| rows.into_iter().map(TaskBody::from).collect();
    Ok(Json(TasksBody { open: bodies(open), done: bodies(done) }))
}

/// What is said with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoneBody {
    #[serde(default)]
    note: String,
}

/// Says that a task is done. Its verdict turns only by evidence.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/done", tag = "tasks", params(("id" = String, Path)), request_body = DoneBody, responses(
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
