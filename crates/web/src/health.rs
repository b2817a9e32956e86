//! `/healthz`: the process answers. `/readyz`: the database does, and the ledger is open.

use axum::{Router, extract::State, routing::get};
use closedset_app::{App, ledger};
use http::StatusCode;
use std::time::Duration;
use tokio::time::timeout;

/// Whoever asks wants to know now.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn routes(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(app.clone())
}

async fn ready(State(app): State<App>) -> (StatusCode, String) {
    match timeout(PATIENCE, ledger::is_ready(&app)).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n".into()),
        Ok(Err(problem)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", problem.sentence())),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n".into()),
    }
}
