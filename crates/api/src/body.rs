//! JSON bodies, bounded, with errors a person can act on.

use crate::ApiProblem;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use closedset_app::Problem;
use serde::de::DeserializeOwned;

/// A JSON body. Its size is bounded by the router.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Problem::TooLarge
            } else {
                Problem::field("body", "The body could not be read to its end.")
            }
        })?;
        parse(&bytes).map(Self)
    }
}

/// The value in `bytes`; `{}` where there are none.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiProblem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::field("body", format!("The body is not the JSON that is wanted here: {error}.")).into()
    })
}
