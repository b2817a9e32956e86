//! The board and its controls.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query},
    evidence::AttestationBody,
    exceptions::ExceptionBody,
    page::AsOfQuery,
    problem::ProblemBody,
};
use axum::{Json, extract::State};
use closedset_app::{App, board};
use closedset_core::{Action, Status, Time};
use closedset_store::verdicts::VerdictRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(board))
        .routes(routes!(board_trend))
        .routes(routes!(board_changes))
        .routes(routes!(control))
}

/// A control's status.
#[derive(Serialize, ToSchema)]
struct ControlBody {
    /// Its id.
    id: String,
    /// The id of its framework.
    framework: String,
    /// Its title.
    title: String,
    /// The part of its framework: `administrative`, `physical`, `information`, `incident`, `organizational`,
    /// `operational` or `technical`.
    area: String,
    /// The source's verb: `must`, `should` or `where possible`.
    verb: String,
    /// `fail`, `unknown`, `excepted`, `pass` or `not_applicable`.
    #[schema(value_type = String)]
    status: Status,
    /// What decided it.
    because: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_do: Option<String>,
}

fn control_body(app: &App, on_board: &board::ControlOnBoard) -> Option<ControlBody> {
    let control = app.catalogue().control(&on_board.id)?;
    Some(ControlBody {
        id: control.id.clone(),
        framework: control.framework.clone(),
        title: control.title.clone(),
        area: control.area.as_str().to_owned(),
        verb: control.verb.as_str().to_owned(),
        status: on_board.status.status,
        because: on_board.status.because.clone(),
        to_do: on_board.status.to_do.clone(),
    })
}

/// The board.
#[derive(Serialize, ToSchema)]
struct BoardBody {
    /// The id of the framework whose board it is.
    framework: String,
    /// The ids of all frameworks that are answered, or were, in the order of the choice.
    frameworks: Vec<String>,
    /// How many controls have each status.
    counts: BTreeMap<&'static str, i64>,
    /// Every control.
    controls: Vec<ControlBody>,
    /// What to do next, at most three; absent where the past is asked for, as is all below but
    /// `devices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Vec<NextBody>>,
    /// Devices in force.
    devices: i64,
    /// Open tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks_open: Option<i64>,
    /// Open tasks whose date has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks_overdue: Option<i64>,
}

/// Which board is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BoardQuery {
    /// A time of the past, as RFC 3339 writes it; now, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<Time>,
    /// The id of a framework that is answered, or was then; the first of them, if absent.
    framework: Option<String>,
}

/// One thing to do next.
#[derive(Serialize, ToSchema)]
struct NextBody {
    control: String,
    words: String,
}

/// Every control at a glance, and what to do next; with `as_of`, how every control stood then.
#[utoipa::path(get, path = "/api/v1/board", tag = "board", security(("token" = [Action::BoardRead])),
    params(BoardQuery), responses(
    (status = 200, body = BoardBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "That framework is not answered", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn board(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(BoardQuery { as_of, framework }): Query<BoardQuery>,
) -> Result<Json<BoardBody>, ApiProblem> {
    let framework = framework.as_deref();
    let ids = |frameworks: Vec<board::FrameworkOnBoard>| {
        frameworks.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    if let Some(at) = as_of {
        let past = board::board_as_of(&app, &caller, framework, at).await?;
        return Ok(Json(BoardBody {
            framework: past.framework,
            frameworks: ids(past.frameworks),
            counts: counts(&past.controls),
            controls: control_bodies(&app, &past.controls),
            next: None,
            devices: past.devices.total,
            tasks_open: None,
            tasks_overdue: None,
        }));
    }
    let board = board::board(&app, &caller, framework).await?;
    let next = board.next.into_iter();
    Ok(Json(BoardBody {
        framework: board.framework,
        frameworks: ids(board.frameworks),
        counts: counts(&board.controls),
        controls: control_bodies(&app, &board.controls),
        next: Some(
            next.map(|step| NextBody { control: step.control, words: step.words }).collect(),
        ),
        devices: board.devices,
        tasks_open: Some(board.tasks.0),
        tasks_overdue: Some(board.tasks.1),
    }))
}

/// Which weeks are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TrendQuery {
    /// The earliest moment, a year before the latest at most; eleven weeks before it, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Time>,
    /// The latest moment, of the past; now, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Time>,
    /// The id of a framework that is answered; the first of them, if absent.
    framework: Option<String>,
}

/// How the controls stood week by week.
#[derive(Serialize, ToSchema)]
struct TrendBody {
    /// One for the last moment of each Sunday where the facility is, and one for `to`, the oldest first; none
    /// from before the organisation was set up.
    points: Vec<TrendPointBody>,
}

/// How the controls stood at a moment.
#[derive(Serialize, ToSchema)]
struct TrendPointBody {
    /// The moment.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// How many controls had each status.
    counts: BTreeMap<&'static str, i64>,
}

/// How many controls stood where, week by week. What had been recorded by each moment, and what had expired
/// by it, as with `as_of`; controls and checks are those of the present catalogue.
#[utoipa::path(get, path = "/api/v1/board/trend", tag = "board", security(("token" = [Action::BoardRead])),
    params(TrendQuery), responses(
    (status = 200, body = TrendBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "That framework is not answered", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn board_trend(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(TrendQuery { from, to, framework }): Query<TrendQuery>,
) -> Result<Json<TrendBody>, ApiProblem> {
    let points = board::trend(&app, &caller, framework.as_deref(), from, to).await?.into_iter();
    let words = |counts: BTreeMap<Status, i64>| {
        counts.into_iter().map(|(status, count)| (status.as_str(), count)).collect()
    };
    let points = points.map(|point| TrendPointBody { at: point.at, counts: words(point.counts) });
    Ok(Json(TrendBody { points: points.collect() }))
}

/// Which turns are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ChangesQuery {
    /// From the day of this time on, 31 days before now at most; seven days before now, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
    /// The id of a framework that is answered; the first of them, if absent.
    framework: Option<String>,
}

/// Which controls turned.
#[derive(Serialize, ToSchema)]
struct ChangesBody {
    /// Since when it is told.
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// The turns, newest day first. A control that turned and turned back within a day is not among them.
    changes: Vec<ChangeBody>,
}

/// A control that stood otherwise when a day ended than when it began.
#[derive(Serialize, ToSchema)]
struct ChangeBody {
    /// The control's id.
    control: String,
    /// Where it stood when the day began.
    #[schema(value_type = String)]
    was: Status,
    /// Where it stood when the day ended.
    #[schema(value_type = String)]
    is: Status,
    /// The last moment before the day, where the facility is.
    #[schema(value_type = String, format = DateTime)]
    after: Time,
    /// The last moment of the day, or now.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// The verdict that turned it, with its entry; absent where none did, as when a computer left.
    #[serde(skip_serializing_if = "Option::is_none")]
    turned_by: Option<VerdictBody>,
}

/// Which controls turned, day by day where the facility is, and by what.
#[utoipa::path(get, path = "/api/v1/board/changes", tag = "board", security(("token" = [Action::BoardRead])),
    params(ChangesQuery), responses(
    (status = 200, body = ChangesBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "That framework is not answered", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn board_changes(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(ChangesQuery { since, framework }): Query<ChangesQuery>,
) -> Result<Json<ChangesBody>, ApiProblem> {
    let told = board::control_turns(&app, &caller, framework.as_deref(), since).await?;
    let change = |turn: board::ControlTurn| ChangeBody {
        control: turn.control,
        was: turn.was,
        is: turn.is,
        after: turn.after,
        until: turn.until,
        turned_by: turn.turned_by.map(VerdictBody::from),
    };
    let changes = told.turns.into_iter().map(change).collect();
    Ok(Json(ChangesBody { since: told.since, until: told.until, changes }))
}

fn counts(controls: &[board::ControlOnBoard]) -> BTreeMap<&'static str, i64> {
    let counts = board::counts(controls).into_iter();
    counts.map(|(status, count)| (status.as_str(), count)).collect()
}

fn control_bodies(app: &App, controls: &[board::ControlOnBoard]) -> Vec<ControlBody> {
    controls.iter().filter_map(|control| control_body(app, control)).collect()
}

/// What an exception made of a verdict.
#[derive(Serialize, ToSchema)]
struct ExceptedBody {
    /// What the check says by itself.
    #[schema(value_type = String)]
    beneath: Status,
    /// The exception's id.
    exception: String,
}

/// A verdict in force or of the past.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerdictBody {
    check: String,
    check_version: i64,
    /// `kind:id`
    #[schema(value_type = String)]
    subject: closedset_core::Subject,
    #[schema(value_type = String)]
    status: Status,
    /// What was found, or what is missing.
    because: String,
    /// The digests of the facts it rests on.
    #[schema(value_type = Vec<String>)]
    facts: Vec<closedset_core::Digest>,
    /// The exception that covers it, and what it would be without.
    #[serde(skip_serializing_if = "Option::is_none")]
    excepted: Option<ExceptedBody>,
    #[schema(value_type = String, format = DateTime)]
    began_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// The index of the ledger's entry.
    entry: i64,
}

impl From<VerdictRow> for VerdictBody {
    fn from(row: VerdictRow) -> Self {
        Self {
            check: row.check,
            check_version: row.check_version,
            subject: row.subject,
            status: row.status,
            because: row.because,
            facts: row.facts,
            excepted: row.excepted.map(|excepted| ExceptedBody {
                beneath: excepted.beneath,
                exception: excepted.exception.to_string(),
            }),
            began_at: row.began_at,
            ended_at: row.ended_at,
            entry: row.entry,
        }
    }
}

/// A control with its verdicts and evidence.
#[derive(Serialize, ToSchema)]
struct ControlDetailBody {
    #[serde(flatten)]
    control: ControlBody,
    /// Its framework is chosen, or was then. Otherwise nothing is asked here.
    is_answered: bool,
    /// What is asked.
    requirement: String,
    /// Its checks, and how many verdicts in force each has of each status.
    checks: Vec<CheckCountsBody>,
    /// Verdicts in force, worst first, at most a hundred of each check.
    verdicts: Vec<VerdictBody>,
    /// What its verdicts were, newest first.
    history: Vec<VerdictBody>,
    /// The ids of the documents given for it.
    documents: Vec<String>,
    /// The attestations given for it.
    attestations: Vec<AttestationBody>,
    /// The exceptions that were asked for or granted about it and its checks, newest first.
    exceptions: Vec<ExceptionBody>,
}

/// How many verdicts in force a check has.
#[derive(Serialize, ToSchema)]
struct CheckCountsBody {
    /// The check's id.
    check: String,
    /// How many of each status; one that is missing has none.
    verdicts: BTreeMap<&'static str, i64>,
}

impl CheckCountsBody {
    fn of(detail: &board::CheckDetail) -> Self {
        let counts = detail.counts.iter().map(|(status, count)| (status.as_str(), *count));
        Self { check: detail.check.id.clone(), verdicts: counts.collect() }
    }
}

/// One control; with `as_of`, as it stood then.
#[utoipa::path(get, path = "/api/v1/controls/{id}", tag = "board", security(("token" = [Action::BoardRead])),
    params(("id" = String, Path, description = "For instance IS-7"), AsOfQuery),
    responses(
        (status = 200, body = ControlDetailBody),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn control(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Query(AsOfQuery { as_of }): Query<AsOfQuery>,
) -> Result<Json<ControlDetailBody>, ApiProblem> {
    let detail = match as_of {
        Some(at) => board::control_detail_as_of(&app, &caller, &id, at).await?,
        None => board::control_detail(&app, &caller, &id).await?,
    };
    let on_board = board::ControlOnBoard { id: detail.control.id.clone(), status: detail.status };
    let control =
        control_body(&app, &on_board).ok_or(closedset_app::Problem::NotFound("control"))?;
    Ok(Json(ControlDetailBody {
        control,
        is_answered: detail.is_answered,
        requirement: detail.control.requirement,
        checks: detail.checks.iter().map(CheckCountsBody::of).collect(),
        verdicts: detail
            .checks
            .into_iter()
            .flat_map(|check| check.verdicts)
            .map(VerdictBody::from)
            .collect(),
        history: detail.history.into_iter().map(VerdictBody::from).collect(),
        documents: detail.documents.iter().map(|document| document.id.to_string()).collect(),
        attestations: detail.attestations.into_iter().map(AttestationBody::from).collect(),
        exceptions: detail.exceptions.into_iter().map(ExceptionBody::from).collect(),
    }))
}
