//! What agents call: enrolment and check-ins. The device's signature is the proof of who asks.

use crate::{ApiProblem, body::Body, problem::ProblemBody};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use closedset_app::{App, devices};
use closedset_core::check_in::{CHECK_IN_LIMIT, CheckIn, CheckInAnswer, EnrolAnswer, EnrolRequest};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enrol))
        .routes(routes!(check_in))
        .layer(DefaultBodyLimit::max(CHECK_IN_LIMIT))
}

/// Enrols a device with the one-time token of its link.
#[utoipa::path(
    post, path = "/api/v1/agent/enrol", tag = "agent", security(()),
    request_body(content = serde_json::Value, description = "token, key, signature, name"),
    responses(
        (status = 200, description = "Enrolled", body = serde_json::Value),
        (status = 409, description = "The link is not valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Malformed", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn enrol(
    State(app): State<App>,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolAnswer>, ApiProblem> {
    Ok(Json(devices::enrol(&app, request).await?))
}

/// Takes a device's signed statement, with the facts that are new.
#[utoipa::path(
    post, path = "/api/v1/agent/check-ins", tag = "agent", security(()),
    request_body(content = serde_json::Value, description = "statement, signature, digests, bodies"),
    responses(
        (status = 200, description = "Taken", body = serde_json::Value),
        (status = 401, description = "Unknown device or wrong signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The counter went back", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Malformed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "More than one device may have written; the header Retry-After says when again", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn check_in(
    State(app): State<App>,
    Body(check_in): Body<CheckIn>,
) -> Result<Json<CheckInAnswer>, ApiProblem> {
    Ok(Json(devices::check_in(&app, check_in).await?))
}
