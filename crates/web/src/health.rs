//! `/healthz`: the process answers. `/readyz`: the database does, and the ledger is open.

use axum::{Router, extract::State, routing::get};
use closedset_app::{App, ledger};
use http::StatusCode;

pub(crate) fn routes(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(app.clone())
}

async fn ready(State(app): State<App>) -> (StatusCode, String) {
    match ledger::is_ready(&app).await {
        Ok(()) => (StatusCode::OK, "ready\n".into()),
        Err(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", problem.sentence())),
    }
}
