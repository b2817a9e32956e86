//! From a request to a page: cookies, forms, who is looking, and what is shown when a use case
//! cannot be carried out. The areas' own handlers stand beside their views.

mod ask;
pub mod cookie;
mod demonstration;
mod drawn;
pub(crate) mod errand;
mod files;
mod flash;
mod form;
pub(crate) mod invited;
mod looker;
mod lost;
mod next;
pub(crate) mod once;
mod past;
mod problem;
mod words;

pub(crate) use ask::{Multipart, Path, Query};
pub use demonstration::as_invented;
pub(crate) use demonstration::is_demonstration;
pub(crate) use drawn::Drawn;
pub(crate) use files::asset;
pub(crate) use flash::{Done, leave};
pub(crate) use form::{Form, FormOfAnywhere, date_end, date_start, query_escape};
pub(crate) use looker::{Looker, Own, Visitor};
pub(crate) use lost::{Loss, Lost, around};
pub(crate) use past::{AsOfQuery, show_present};
pub(crate) use problem::{PageProblem, confirm_first, not_found, only_forms};
pub use problem::{other_site, refused_because, refused_with};
pub(crate) use words::{ago, count, date, day, lasting, moment, status};

use askama::Template;
use axum::{
    http::{StatusCode, header},
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

/// A file to keep, under a name of ours: letters, digits, hyphens and dots.
pub(crate) fn file(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// What follows a form that was carried out: another page, fetched anew.
pub(crate) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The same, with a sentence on that page about what was done.
pub(crate) fn done(path: &str, done: Done) -> Response {
    let mut response = go(path);
    flash::leave(&mut response, done);
    response
}

/// What follows the last step of sign-in: the page that was asked for before it.
pub(crate) fn go_on(visitor: &Visitor) -> Response {
    let mut response = go(visitor.next());
    next::forget(&mut response);
    response
}

/// Takes everything back that this browser was given, once nobody is signed in any more.
pub(crate) fn clear(response: &mut Response) {
    cookie::clear(response);
    next::forget(response);
    once::forget(response);
    flash::take_back(response);
}

/// Remembers the page to go to once signed in.
pub(crate) fn remember_next(response: &mut Response, path: &str) {
    next::remember(response, path);
}

/// Forgets the page that was asked for before sign-in.
pub(crate) fn forget_next(response: &mut Response) {
    next::forget(response);
}

/// Which part of a list is wanted.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct ListQuery {
    /// The key after which it goes on.
    pub(crate) after: Option<String>,
}
