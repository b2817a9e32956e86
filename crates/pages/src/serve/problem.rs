//! What a person sees when something was not carried out.

use super::{
    lost::{self, Lost},
    next, show,
};
use crate::{
    Shell,
    notice::{ErrorPage, NotFound},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use closedset_app::{Problem, accounts::FACTOR_STALE};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum PageProblem {
    /// The use case's own problem.
    Problem(Problem),
    /// The person has to go somewhere else first, and then to `next`.
    Elsewhere {
        /// Where they have to go.
        path: Cow<'static, str>,
        /// The page of ours that they asked for.
        next: Option<String>,
    },
    /// The form's token is missing or not this browser's.
    FormToken,
    /// The form's token is not this browser's now, or of another organisation; what was typed is shown.
    FormLost(Box<Lost>),
    /// What stands after the question mark cannot be read.
    Address,
}

impl PageProblem {
    /// What is said of a form that is nobody's now.
    pub(super) const OUT_OF_DATE: &str = "This form is out of date, or was sent from another page.";
}

impl<P: Into<Problem>> From<P> for PageProblem {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Elsewhere { path, next } => {
                let mut response = Redirect::to(&path).into_response();
                if let Some(page) = next {
                    next::remember(&mut response, &page);
                }
                return response;
            }
            Self::FormLost(form) => return lost::page(*form),
            Self::Address => {
                return error_page(
                    400,
                    "address.unreadable",
                    "This address asks for something that cannot be read.".to_owned(),
                    "Open the page again from the menu.".to_owned(),
                    String::new(),
                );
            }
            Self::FormToken => {
                return error_page(
                    403,
                    "form.token",
                    Self::OUT_OF_DATE.to_owned(),
                    "Go back, load the page again, and send it once more.".to_owned(),
                    String::new(),
                );
            }
            Self::Problem(Problem::NotSignedIn) => return Redirect::to("/sign-in").into_response(),
            Self::Problem(Problem::NotFound(_)) => return not_found(),
            Self::Problem(problem) => problem,
        };
        let status = problem.status();
        let operation = if status >= 500 { next_operation() } else { String::new() };
        if status >= 500 {
            tracing::error!(operation, code = problem.code(), error = ?problem, "a page could not be served");
        }
        error_page(status, problem.code(), problem.sentence(), problem.remedy(), operation)
    }
}

/// Leads to where the second factor is shown, if that is what is wanted; `path` says where it goes
/// on from there.
pub(crate) fn confirm_first(
    path: impl Into<Cow<'static, str>>,
) -> impl FnOnce(Problem) -> PageProblem {
    let path = path.into();
    move |problem| match problem {
        Problem::Conflict { code: FACTOR_STALE, .. } => PageProblem::Elsewhere { path, next: None },
        other => other.into(),
    }
}

/// Tells one failed request from another, on the page and in the log, while the server runs.
fn next_operation() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("op-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// There is no such page, or not for this person.
pub(crate) fn not_found() -> Response {
    let mut response = show(&NotFound { shell: Shell::default() });
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The address takes only what a form sends; somebody loaded it again or typed it.
pub(crate) fn only_forms() -> Response {
    error_page(
        405,
        "address.form",
        "There is nothing to show at this address: it only takes what a form sends.".to_owned(),
        "Go to the board and open the page with the form from there.".to_owned(),
        String::new(),
    )
}

/// Something could not be done before any page's own code was reached.
pub fn refused_with(problem: Problem) -> Response {
    PageProblem::from(problem).into_response()
}

/// The same, for a reason that no use case knows.
pub fn refused_because(status: u16, code: &str, sentence: &str, remedy: &str) -> Response {
    error_page(status, code, sentence.to_owned(), remedy.to_owned(), String::new())
}

/// A browser sent it from another site's page.
pub fn other_site() -> Response {
    error_page(
        403,
        "site.other",
        "This request came from another site and was refused.".to_owned(),
        "Open Closedset itself and try again.".to_owned(),
        String::new(),
    )
}

fn error_page(
    status: u16,
    code: &str,
    sentence: String,
    remedy: String,
    operation: String,
) -> Response {
    let view =
        ErrorPage { shell: Shell::default(), code: code.to_owned(), sentence, remedy, operation };
    let mut response = show(&view);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
