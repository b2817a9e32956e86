//! Bodies as directories send them.

use super::ScimProblem;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use closedset_app::Problem;
use serde_json::Value;

/// A JSON body. Its size is bounded by the router.
pub(super) struct Sent(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = ScimProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ScimProblem> {
        if !is_json(request.headers()) {
            return Err(ScimProblem::OTHER_TYPE);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::TooLarge
            } else {
                Problem::field("body", "The body could not be read to its end.")
            }
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            closedset_scim::Refusal {
                kind: "invalidSyntax",
                detail: format!("The body is no JSON: {error}."),
            }
            .into()
        })
    }
}

/// Whether the body is said to be JSON, or nothing is said of it.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(said) = headers.get(CONTENT_TYPE) else { return true };
    let kind = said.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    ["application/scim+json", "application/json"]
        .contains(&kind.trim().to_ascii_lowercase().as_str())
}
