//! What the server answers before, or instead of, a handler: a problem to programs, a page to people.

use axum::response::{IntoResponse, Response};
use closedset_api::{ApiProblem, SCIM, ScimProblem};
use closedset_app::Problem;
use http::{HeaderValue, header};

/// Why a request does not come to its handler's answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Its body came too slowly.
    Slow,
    /// Its body cannot be held beside the others that are.
    Busy,
    /// Its body broke off.
    CutShort,
    /// It was not done in time.
    Late,
    /// Who asks could not be found out, or may no longer.
    Problem(Problem),
}

/// How a refusal of HTTP alone is told.
struct Words {
    status: u16,
    code: &'static str,
    sentence: &'static str,
    remedy: &'static str,
}

impl Refusal {
    /// The answer to a request for `path`.
    pub(crate) fn answer(self, path: &str) -> Response {
        let is_busy = matches!(self, Self::Busy);
        let words = match self {
            Self::Slow => Words {
                status: 408,
                code: "body.slow",
                sentence: "This came too slowly, and was given up.",
                remedy: "Send it again; nothing of it was kept.",
            },
            Self::Busy => Words {
                status: 503,
                code: "server.busy",
                sentence: "Too much is being sent to the server at once.",
                remedy: "Wait a few seconds and send it again; nothing of it was kept.",
            },
            Self::CutShort => Words {
                status: 400,
                code: "body.cut_short",
                sentence: "This could not be read to its end.",
                remedy: "Send it again; nothing of it was kept.",
            },
            Self::Late => Words {
                status: 503,
                code: "request.late",
                sentence: "This took the server too long, and was given up.",
                remedy: "Look whether it was done before you send it again.",
            },
            Self::Problem(problem) if is_scim(path) => {
                return ScimProblem::from(problem).into_response();
            }
            Self::Problem(problem) if is_api(path) => {
                return ApiProblem::from(problem).into_response();
            }
            Self::Problem(problem) => return closedset_pages::refused_with(problem),
        };
        let Words { status, code, sentence, remedy } = words;
        let mut response = if is_scim(path) {
            let problem = ApiProblem::of_http(status, code, sentence, remedy);
            ScimProblem::from(problem).into_response()
        } else if is_api(path) {
            ApiProblem::of_http(status, code, sentence, remedy).into_response()
        } else {
            closedset_pages::refused_because(status, code, sentence, remedy)
        };
        if is_busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Whether a program asks.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || is_scim(path)
}

/// Whether a directory asks.
pub(crate) fn is_scim(path: &str) -> bool {
    path.strip_prefix(SCIM).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
