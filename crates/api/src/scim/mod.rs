//! SCIM 2.0 under `/scim/v2`: a directory brings the people who work here (RFC 7643, 7644). It comes with a token that opens
//! this alone, and is answered in SCIM's own form, errors too. It is no part of the API under `/api/v1` and not in its
//! description: it describes itself.
//!
//! What is sent is read by `closedset-scim`; what becomes of it is decided in [`closedset_app::people::scim`].

mod directory;
mod discovery;
mod groups;
mod problem;
mod query;
mod sent;
mod told;
mod users;
mod words;

pub use directory::Directory;
pub use problem::ScimProblem;

use axum::{
    Router,
    routing::{any, get, post},
};
use closedset_app::App;

/// Below this address everything is SCIM's.
pub const SCIM: &str = "/scim";

/// The routes.
pub(crate) fn routes(app: &App) -> Router {
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", get(discovery::service_provider))
        .route("/scim/v2/ResourceTypes", get(discovery::resource_type_list))
        .route("/scim/v2/ResourceTypes/{id}", get(discovery::resource_type_one))
        .route("/scim/v2/Schemas", get(discovery::schema_list))
        .route("/scim/v2/Schemas/{id}", get(discovery::schema_one))
        .route("/scim/v2/Users", get(users::list).post(users::add))
        .route(
            "/scim/v2/Users/{id}",
            get(users::one).put(users::replace).patch(users::change).delete(users::remove),
        )
        .route("/scim/v2/Groups", get(groups::list).post(groups::add))
        .route(
            "/scim/v2/Groups/{id}",
            get(groups::one).put(groups::replace).patch(groups::change).delete(groups::remove),
        )
        .route("/scim/v2/Users/.search", post(discovery::not_done))
        .route("/scim/v2/Groups/.search", post(discovery::not_done))
        .route("/scim/v2/.search", post(discovery::not_done))
        .route("/scim/v2/Bulk", post(discovery::not_done))
        .route("/scim/v2/Me", any(discovery::not_done))
        .method_not_allowed_fallback(|_: Directory| async { ScimProblem::METHOD })
        .route("/scim", any(unknown))
        .route("/scim/{*rest}", any(unknown))
        .with_state(app.clone())
}

/// Whoever has no token is not told what is there.
async fn unknown(_: Directory) -> ScimProblem {
    ScimProblem::ADDRESS
}
