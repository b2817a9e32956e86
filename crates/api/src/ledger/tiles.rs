//! The log's files under the paths of C2SP tlog-tiles: `<log>/checkpoint` for everybody,
//! `<log>/tile/...` for whoever may read the ledger.

use crate::{ApiProblem, Asker, address::Path, problem::ProblemBody};
use axum::{
    extract::State,
    http::{HeaderName, header},
};
use closedset_app::{App, Problem, ledger};
use closedset_core::{Action, entry::Log};
use closedset_objects::ObjectsError;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(checkpoint)).routes(routes!(tile))
}

fn log(text: &str) -> Result<Log, Problem> {
    text.parse().map_err(|_| Problem::NotFound("log"))
}

/// The signed checkpoint of a log: public, so that anybody can hold a log to it.
#[utoipa::path(get, path = "/api/v1/ledger/{log}/checkpoint", tag = "ledger", security(()), params(("log" = String, Path)), responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn checkpoint(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), ApiProblem> {
    let note = ledger::checkpoint(&app, log(&name)?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note))
}

/// A tile, or a bundle of entries under `entries/`. It never changes.
#[utoipa::path(get, path = "/api/v1/ledger/{log}/tile/{*path}", tag = "ledger", security(("token" = [Action::LedgerRead])),
    params(
        ("log" = String, Path, description = "The caller's own log"),
        ("path" = String, Path, description = "With slashes, such as 0/x001/067 or entries/000.p/5"),
    ),
    responses(
        (status = 200, body = [u8], content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    ))]
async fn tile(
    State(app): State<App>,
    Asker(caller): Asker,
    Path((name, path)): Path<(String, String)>,
) -> Result<([(HeaderName, &'static str); 2], Vec<u8>), ApiProblem> {
    if log(&name)? != Log::Organisation(caller.organisation) {
        return Err(Problem::NotFound("log").into());
    }
    let tile = ledger::tile(&app, &caller, &format!("tile/{path}")).await;
    let tile = tile.map_err(|problem| match problem {
        Problem::Objects(ObjectsError::TilePath { .. }) => Problem::NotFound("tile"),
        other => other,
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, tile))
}
