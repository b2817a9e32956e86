//! What commands on the server's own machine say to the server, and nobody else: to whoever does not
//! come over the control socket, these addresses do not exist. They are no part of the API.

use crate::{ApiProblem, Operator, body::Body};
use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
    routing::post,
};
use closedset_app::{
    App, accounts,
    backup::{self, Made},
};
use closedset_core::{Actor, Time};
use serde::Deserialize;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/control/backups", post(backup_made))
        .route("/api/v1/control/forgotten-accounts", post(account_forget))
}

/// A backup that was made beside the server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeBody {
    made_at: Time,
    size_bytes: i64,
    entries: i64,
}

/// Who came over the control socket.
struct Local(u32);

impl<S: Sync> FromRequestParts<S> for Local {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let operator = parts.extensions.get::<Operator>();
        operator.map(|Operator(uid)| Self(*uid)).ok_or(ApiProblem::ADDRESS)
    }
}

async fn backup_made(
    State(app): State<App>,
    Local(uid): Local,
    Body(made): Body<MadeBody>,
) -> Result<StatusCode, ApiProblem> {
    let MadeBody { made_at, size_bytes, entries } = made;
    let made = Made { actor: Actor::Operator(uid), made_at, size_bytes, entries, id: None };
    backup::note(&app, made).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An account that belongs nowhere, by its address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgetBody {
    email: String,
}

async fn account_forget(
    State(app): State<App>,
    Local(uid): Local,
    Body(ForgetBody { email }): Body<ForgetBody>,
) -> Result<StatusCode, ApiProblem> {
    accounts::account_forget(&app, Actor::Operator(uid), &email).await?;
    Ok(StatusCode::NO_CONTENT)
}
