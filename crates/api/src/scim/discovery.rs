//! What a directory asks before anything else.

use super::{
    Directory, ScimProblem,
    query::{Part, Place},
    told,
};
use axum::{extract::State, http::StatusCode, response::Response};
use closedset_app::App;
use serde_json::Value;

pub(super) async fn service_provider(State(app): State<App>, _: Directory) -> Response {
    told::body(StatusCode::OK, &closedset_scim::service_provider(&told::base(&app)))
}

pub(super) async fn resource_type_list(State(app): State<App>, _: Directory) -> Response {
    all(closedset_scim::resource_types(&told::base(&app)))
}

pub(super) async fn resource_type_one(
    State(app): State<App>,
    _: Directory,
    Place(id): Place,
) -> Result<Response, ScimProblem> {
    one(closedset_scim::resource_types(&told::base(&app)), &id)
}

pub(super) async fn schema_list(State(app): State<App>, _: Directory) -> Response {
    all(closedset_scim::schemas(&told::base(&app)))
}

pub(super) async fn schema_one(
    State(app): State<App>,
    _: Directory,
    Place(id): Place,
) -> Result<Response, ScimProblem> {
    one(closedset_scim::schemas(&told::base(&app)), &id)
}

/// Several types of resource at once, many changes at once, and whoever is signed in: none of it is done here.
pub(super) async fn not_done(_: Directory) -> ScimProblem {
    ScimProblem::NOT_DONE
}

fn all(described: Vec<Value>) -> Response {
    let count = i64::try_from(described.len()).unwrap_or(i64::MAX);
    told::list(described, count, Part { from: 1, count })
}

fn one(described: Vec<Value>, id: &str) -> Result<Response, ScimProblem> {
    let found = described.into_iter().find(|one| one["id"] == id);
    found.map(|one| told::body(StatusCode::OK, &one)).ok_or(ScimProblem::ADDRESS)
}
