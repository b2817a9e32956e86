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
pub(crate) use problem::{PageProblem, not_found, only_forms};
pub(crate) use words::{ago, count, day, moment, status};

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};

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

/// What follows a form that was carried out: another page, fetched anew.
pub(crate) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}
