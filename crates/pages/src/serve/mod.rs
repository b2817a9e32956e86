//! From a request to a page: cookies, forms, who is looking, and what is shown when a use case
//! cannot be carried out. The areas' own handlers stand beside their views.

pub mod cookie;
mod files;
mod form;
mod looker;
mod problem;
mod words;

pub(crate) use files::asset;
pub(crate) use form::{Form, date_end, date_start, query_escape};
pub(crate) use looker::{Looker, Visitor};
pub use problem::other_site;
pub(crate) use problem::{PageProblem, confirm_first, not_found, only_forms};
pub(crate) use words::{ago, count, day, moment, status};

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};

/// The page, rendered.
pub(crate) fn show(view: &impl Template) -> Response {
    match view.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            PageProblem::from(closedset_app::Problem::fault("a page could not be drawn", error))
                .into_response()
        }
    }
}

/// A page whose form was not carried out: what was typed is kept, what is wrong stands beside it.
pub(crate) fn refused(view: &impl Template) -> Response {
    let mut response = show(view);
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

/// What follows a form that was carried out: another page, fetched anew.
pub(crate) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Which part of a list is wanted.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct ListQuery {
    /// The key after which it goes on.
    pub(crate) after: Option<String>,
}
