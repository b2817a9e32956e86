//! JSON bodies, bounded, with errors a person can act on.

use crate::ApiProblem;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use closedset_app::Problem;
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

/// A JSON body. Its size is bounded by the router.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        parse(&Raw::from_request(request, state).await?.0).map(Self)
    }
}

/// A JSON body that is read by whoever knows its form.
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::TooLarge
            } else {
                Problem::field("body", "The body could not be read to its end.")
            }
        })?;
        if !is_json && !bytes.is_empty() {
            return Err(ApiProblem::MEDIA_TYPE);
        }
        Ok(Self(bytes))
    }
}

/// Whether the body is said to be JSON, or nothing is said of it.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(said) = headers.get(CONTENT_TYPE) else { return true };
    let kind = said.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// The value in `bytes`, which is an object; `{}` where there are none.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiProblem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // A list of values would be taken for the fields in their order.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::field("body", "The body is a JSON object.").into());
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("The body is not the JSON that is wanted here: {error}.");
        Problem::field("body", message).into()
    })
}

/// The id of what was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Created {
    pub(crate) id: String,
}
