//! What an address says, its ids and its query string, and what is answered where it says nothing
//! that is known: always a problem in JSON, never the framework's own words.

use crate::ApiProblem;
use axum::{
    Router,
    extract::{FromRequestParts, Path as AnyPath, Query as AnyQuery},
    http::request::Parts,
    routing::any,
};
use closedset_app::Problem;
use closedset_core::id::{Id, Kind};
use serde::de::DeserializeOwned;

/// What stands in the address at the places in braces.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        let found = AnyPath::from_request_parts(parts, state).await;
        found.map(|AnyPath(value)| Self(value)).map_err(|_| ApiProblem::ADDRESS)
    }
}

/// The query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        AnyQuery::try_from_uri(&parts.uri).map(|AnyQuery(value)| Self(value)).map_err(|error| {
            let error = std::error::Error::source(&error)
                .map_or_else(String::new, |cause| format!(": {cause}"));
            Problem::field(
                "query",
                format!("The query string is not the one that is wanted here{error}."),
            )
            .into()
        })
    }
}

/// The id that `text` is; what is no id names nothing.
pub(crate) fn id<K: Kind>(text: &str, what: &'static str) -> Result<Id<K>, Problem> {
    text.parse().map_err(|_| Problem::NotFound(what))
}

/// Answers what no route takes: unknown addresses under `/api`, and methods that an address does
/// not know.
pub(crate) fn or_problem(router: Router) -> Router {
    let unknown = || any(|| async { ApiProblem::ADDRESS });
    router
        .method_not_allowed_fallback(|| async { ApiProblem::METHOD })
        .route("/api", unknown())
        .route("/api/", unknown())
        .route("/api/{*rest}", unknown())
}
