//! What agents call: enrolment and check-ins. The device's signature is the proof of who asks.

use crate::{ApiProblem, body::Body, problem::ProblemBody};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use closedset_app::{App, devices};
use closedset_core::check_in::{CHECK_IN_LIMIT, CheckIn, CheckInAnswer, EnrolAnswer, EnrolRequest};
use std::collections::BTreeMap;
use utoipa::ToSchema;
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
    request_body = EnrolBody,
    responses(
        (status = 200, description = "Enrolled", body = EnrolledBody),
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
    request_body = CheckInBody,
    responses(
        (status = 200, description = "Taken", body = CheckInTakenBody),
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

/// A device that asks to be enrolled.
#[derive(ToSchema)]
#[schema(as = EnrolRequest)]
#[expect(dead_code, reason = "describes what is read as the core's type, which knows no OpenAPI")]
pub(crate) struct EnrolBody {
    /// The one-time token of the link.
    token: String,
    /// The device's public Ed25519 key, 32 bytes in base 64.
    #[schema(pattern = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$")]
    key: String,
    /// Its Ed25519 signature over the lines `closedset/enrol/v1`, token and key; 64 bytes in base 64.
    #[schema(pattern = "^[A-Za-z0-9+/]{85}[AQgw]==$")]
    signature: String,
    /// The name that the computer gives itself.
    #[schema(max_length = 253)]
    name: String,
}

/// A device that is enrolled.
#[derive(ToSchema)]
#[schema(as = EnrolAnswer)]
#[expect(
    dead_code,
    reason = "describes what is written as the core's type, which knows no OpenAPI"
)]
struct EnrolledBody {
    /// The link that was used.
    enrolment: String,
    /// Where the device belongs.
    organisation: String,
    /// What it is called.
    device: String,
    /// Seconds between check-ins.
    every_s: i64,
}

/// What a device says, signed.
#[derive(ToSchema)]
#[schema(as = CheckIn)]
#[expect(dead_code, reason = "describes what is read as the core's type, which knows no OpenAPI")]
pub(crate) struct CheckInBody {
    statement: StatementBody,
    /// Its Ed25519 signature over the lines `closedset/check-in/v1` and the statement's five fields;
    /// 64 bytes in base 64.
    #[schema(pattern = "^[A-Za-z0-9+/]{85}[AQgw]==$")]
    signature: String,
    /// The SHA-256 of every fact, in hexadecimal digits, by kind; absent in a confirmation.
    digests: Option<BTreeMap<String, String>>,
    /// The facts that are new, by kind.
    #[schema(required = false)]
    bodies: BTreeMap<String, serde_json::Value>,
}

/// What is signed.
#[derive(ToSchema)]
#[schema(as = Statement)]
#[expect(dead_code, reason = "describes what is read as the core's type, which knows no OpenAPI")]
struct StatementBody {
    /// Where the device belongs.
    #[schema(pattern = "^org_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    organisation: String,
    /// The device.
    #[schema(pattern = "^dev_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    device: String,
    /// Goes up with every statement.
    counter: i64,
    /// When the facts were read, by the device's clock.
    #[schema(format = DateTime)]
    collected_at: String,
    /// SHA-256 of the canonical JSON of `digests`, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    facts: String,
}

/// What became of a check-in.
#[derive(ToSchema)]
#[schema(as = CheckInAnswer)]
#[expect(
    dead_code,
    reason = "describes what is written as the core's type, which knows no OpenAPI"
)]
struct CheckInTakenBody {
    #[schema(inline)]
    outcome: OutcomeWord,
    /// The ledger's entry; absent for a confirmation.
    entry: Option<i64>,
    /// Seconds until the next check-in is wanted.
    next_in_s: i64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes what is written as the core's type, which knows no OpenAPI"
)]
enum OutcomeWord {
    Changed,
    Confirmed,
    Repeated,
    SendAll,
}
