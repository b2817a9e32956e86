//! What commands on the server's own machine say to the server, and nobody else: to whoever does not
//! come over the control socket, these addresses do not exist. They are no part of the API.

use crate::{ApiProblem, Operator, body::Body, network::CertificateBody};
use axum::{
    Json, Router,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use closedset_app::{
    App, accounts,
    backup::{self, Made},
    network::{self, LETS_ENCRYPT, Material, NewAgreement},
};
use closedset_core::{Actor, Time};
use serde::Deserialize;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/control/backups", post(backup_made))
        .route("/api/v1/control/forgotten-accounts", post(account_forget))
        .route("/api/v1/control/certificate", get(certificate).post(certificate_use))
        .route("/api/v1/control/certificate/own", post(certificate_own))
        .route("/api/v1/control/certificate/request", post(certificate_request))
        .route("/api/v1/control/certificate/acme", post(acme_agree))
        .route("/api/v1/control/certificate/renew", post(acme_renew))
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

async fn certificate(
    State(app): State<App>,
    Local(_): Local,
) -> Result<Json<CertificateBody>, ApiProblem> {
    Ok(Json(network::reached_at_the_server(&app).await?.into()))
}

/// A certificate chain in PEM, and its key unless it is the server's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaterialBody {
    chain: String,
    key: Option<String>,
}

async fn certificate_use(
    State(app): State<App>,
    Local(uid): Local,
    Body(MaterialBody { chain, key }): Body<MaterialBody>,
) -> Result<Json<CertificateBody>, ApiProblem> {
    let material = Material { chain: chain.into_bytes(), key: key.map(String::into_bytes) };
    network::certificate_use(&app, &Actor::Operator(uid), material).await?;
    Ok(Json(network::reached_at_the_server(&app).await?.into()))
}

async fn certificate_own(
    State(app): State<App>,
    Local(uid): Local,
) -> Result<Json<CertificateBody>, ApiProblem> {
    network::certificate_own(&app, &Actor::Operator(uid)).await?;
    Ok(Json(network::reached_at_the_server(&app).await?.into()))
}

async fn certificate_request(
    State(app): State<App>,
    Local(_): Local,
) -> Result<Json<serde_json::Value>, ApiProblem> {
    let request = network::certificate_request(&app).await?;
    Ok(Json(serde_json::json!({"request": request})))
}

/// What is agreed with an authority.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementBody {
    directory: Option<String>,
    contact: String,
    agrees_to_terms: bool,
    authorities: Option<String>,
}

async fn acme_agree(
    State(app): State<App>,
    Local(uid): Local,
    Body(body): Body<AgreementBody>,
) -> Result<Json<CertificateBody>, ApiProblem> {
    let AgreementBody { directory, contact, agrees_to_terms, authorities } = body;
    let directory = directory.unwrap_or_else(|| LETS_ENCRYPT.to_owned());
    let new = NewAgreement { directory, contact, agrees_to_terms, authorities };
    network::acme_agree(&app, &Actor::Operator(uid), new).await?;
    Ok(Json(network::reached_at_the_server(&app).await?.into()))
}

async fn acme_renew(
    State(app): State<App>,
    Local(uid): Local,
) -> Result<Json<CertificateBody>, ApiProblem> {
    network::acme_renew(&app, &Actor::Operator(uid)).await?;
    Ok(Json(network::reached_at_the_server(&app).await?.into()))
}
