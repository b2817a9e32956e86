//! Tasks: what is to be done, whose it is and by when, and saying that it is done.

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
    tasks::{self, NewPlan, TaskState, TasksOf},
};
use closedset_core::{Action, Subject, Time};
use closedset_store::tasks::{Owner, TaskRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(task_list))
        .routes(routes!(task_one))
        .routes(routes!(task_plan))
        .routes(routes!(task_done))
}

/// Somebody who has or had a task.
#[derive(Serialize, ToSchema)]
struct TaskOwnerBody {
    /// The person's id.
    id: String,
    name: String,
}

impl From<Owner> for TaskOwnerBody {
    fn from(owner: Owner) -> Self {
        Self { id: owner.person.to_string(), name: owner.name }
    }
}

/// A task.
#[derive(Serialize, ToSchema)]
struct TaskBody {
    id: String,
    title: String,
    /// The control that it serves; empty where it serves none, as the server's certificate does.
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
    /// Whose it is; absent where it is nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<TaskOwnerBody>,
    /// Whose it was until they did not belong any more, or might complete no tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_by: Option<TaskOwnerBody>,
    /// When it would be due by itself, where a person set another date.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due_was: Option<Time>,
    /// What is to be known of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    remark: String,
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
            owner: row.plan.owner.map(TaskOwnerBody::from),
            left_by: row.plan.left_by.map(TaskOwnerBody::from),
            due_was: row.plan.due_was,
            remark: row.plan.remark,
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
    /// Whose: `me`, `nobody`, or the id of a person; anybody's if nothing is said.
    #[param(pattern = "^(me|nobody|per_[0-7][0-9a-hjkmnp-tv-z]{25})$")]
    owner: Option<String>,
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
    let of = match query.owner.as_deref() {
        None => TasksOf::Anybody,
        Some("me") => TasksOf::Me,
        Some("nobody") => TasksOf::Nobody,
        Some(person) => {
            let person = person
                .parse()
                .map_err(|_| Problem::field("owner", "Write me, nobody, or the id of a person."))?;
            TasksOf::Person(person)
        }
    };
    let after = after(query.after.as_deref())?;
    let (items, more) = tasks::task_list(&app, &caller, state, of, after, query.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(TaskBody::from).collect(), next }))
}

/// One task, open or done.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks", security(("token" = [Action::TaskRead])), params(("id" = String, Path)), responses(
    (status = 200, body = TaskBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn task_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<TaskBody>, ApiProblem> {
    Ok(Json(tasks::task_one(&app, &caller, id(&text, "task")?).await?.into()))
}

/// What is planned of a task, whole: what is left out is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanBody {
    /// The id of whoever is to do it: somebody who belongs and may complete tasks. Absent, it is nobody's.
    #[schema(pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    #[serde(default)]
    owner: Option<String>,
    /// The day by which it is to be done, where the facility is, two years from now at most; absent
    /// for the date that it has by itself.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    due: Option<String>,
    /// What is to be known of it.
    #[schema(max_length = 1000)]
    #[serde(default)]
    remark: String,
}

/// Plans a task: whose it is, by when it is to be done, what is to be known of it. The
/// same plan again changes nothing.
#[utoipa::path(put, path = "/api/v1/tasks/{id}/plan", tag = "tasks", security(("token" = [Action::TaskAssign])), params(("id" = String, Path)), request_body = PlanBody, responses(
    (status = 200, body = TaskBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Done before", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn task_plan(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<PlanBody>,
) -> Result<Json<TaskBody>, ApiProblem> {
    caller.require(Action::TaskAssign)?;
    let task = id(&text, "task")?;
    let owner = said.owner.as_deref().map(str::parse).transpose();
    let owner = owner.map_err(|_| Problem::field("owner", "Write the id of a person."))?;
    let new = NewPlan { owner, due: Some(said.due.unwrap_or_default()), remark: said.remark };
    Ok(Json(tasks::task_plan(&app, &caller, task, new).await?.into()))
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
