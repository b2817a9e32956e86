//! Errors as `application/problem+json` (RFC 9457).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use closedset_app::{FieldProblem, Problem};
use closedset_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem on its way to a program.
#[derive(Debug)]
pub struct ApiProblem(Kind);

/// Lies beside the answer of a problem of which it is sure that nothing was kept, though it is the
/// server's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NothingKept;

#[derive(Debug)]
enum Kind {
    /// A use case's.
    App(Problem),
    /// That of whoever came with a token, which opens nothing or could not be looked up.
    Token(Problem),
    /// That of a use case of several units, of which some may have been kept.
    Partly(Problem),
    /// One of HTTP alone, which no use case knows.
    Http { status: u16, code: &'static str, title: &'static str, remedy: &'static str },
}

impl<P: Into<Problem>> From<P> for ApiProblem {
    fn from(problem: P) -> Self {
        Self(Kind::App(problem.into()))
    }
}

impl ApiProblem {
    /// What became of finding out whose token it is.
    pub(crate) fn of_token(problem: Problem) -> Self {
        Self(Kind::Token(problem))
    }

    /// The problem of a use case of several units: those before the one that failed were kept.
    pub(crate) fn partly(problem: Problem) -> Self {
        Self(Kind::Partly(problem))
    }

    /// One of HTTP alone.
    pub const fn of_http(
        status: u16,
        code: &'static str,
        title: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self(Kind::Http { status, code, title, remedy })
    }

    /// The use case's problem that this is.
    pub fn into_problem(self) -> Problem {
        match self.0 {
            Kind::App(problem) | Kind::Token(problem) | Kind::Partly(problem) => problem,
            Kind::Http { title, .. } => Problem::Fault(title.into()),
        }
    }

    /// What it says, for whoever tells it in another form.
    pub(crate) fn told(&self) -> Told {
        match &self.0 {
            Kind::App(problem) | Kind::Token(problem) | Kind::Partly(problem) => Told {
                status: problem.status(),
                code: problem.code(),
                sentence: problem.sentence(),
                remedy: problem.remedy(),
            },
            Kind::Http { status, code, title, remedy } => Told {
                status: *status,
                code,
                sentence: (*title).to_owned(),
                remedy: (*remedy).to_owned(),
            },
        }
    }

    /// There is nothing at this address.
    pub(crate) const ADDRESS: Self = Self(Kind::Http {
        status: 404,
        code: "address.unknown",
        title: "There is nothing at this address.",
        remedy: "Look it up in /api/v1/openapi.json.",
    });
    /// The address does not take this method.
    pub(crate) const METHOD: Self = Self(Kind::Http {
        status: 405,
        code: "method.not_allowed",
        title: "This address does not take this method.",
        remedy: "Use one of the methods that the header Allow names.",
    });
    /// It names two hosts.
    pub const HOSTS: Self = Self(Kind::Http {
        status: 400,
        code: "host.twice",
        title: "This request has more than one Host header.",
        remedy: "Send one; if a proxy stands in between, set it up so.",
    });
    /// The token is a directory's.
    pub(crate) const SCIM_ALONE: Self = Self(Kind::Http {
        status: 403,
        code: "token.scim_alone",
        title: "This token opens SCIM under /scim/v2 and nothing else.",
        remedy: "Make another token for the API under Settings, API tokens.",
    });
    /// A browser sent it from another site's page.
    pub const OTHER_SITE: Self = Self(Kind::Http {
        status: 403,
        code: "site.other",
        title: "This request came from another site and was refused.",
        remedy: "Open Closedset itself and try again.",
    });
    /// The body is said to be something else than JSON.
    pub(crate) const MEDIA_TYPE: Self = Self(Kind::Http {
        status: 415,
        code: "media_type.unknown",
        title: "The body is said to be something else than JSON.",
        remedy: "Send JSON with the header Content-Type: application/json.",
    });
}

/// What a problem says.
pub(crate) struct Told {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable code.
    pub(crate) code: &'static str,
    /// What happened.
    pub(crate) sentence: String,
    /// What to do next.
    pub(crate) remedy: String,
}

/// What a program is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// A URI that names the kind of problem.
    r#type: String,
    /// What happened.
    title: String,
    /// The HTTP status.
    status: u16,
    /// A stable code.
    code: &'static str,
    /// What to do next.
    remedy: String,
    /// The fields that cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldBody>,
    /// The highest counter taken, where a device went back behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    highest: Option<i64>,
    /// The scopes that the token lacks, with a space between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// One field that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldBody {
    field: &'static str,
    message: String,
}

impl ProblemBody {
    fn new(status: u16, code: &'static str, title: String, remedy: String) -> Self {
        let r#type = format!("urn:closedset:problem:{code}");
        Self { r#type, title, status, code, remedy, fields: Vec::new(), highest: None, scope: None }
    }
}

impl From<&Problem> for ProblemBody {
    fn from(problem: &Problem) -> Self {
        let mut body =
            Self::new(problem.status(), problem.code(), problem.sentence(), problem.remedy());
        match problem {
            Problem::Invalid(fields) => {
                let field = |field: &FieldProblem| FieldBody {
                    field: field.field,
                    message: field.message.clone(),
                };
                body.fields = fields.iter().map(field).collect();
            }
            Problem::CounterReplayed { highest } => body.highest = Some(*highest),
            Problem::ScopeLacking(lacking) => body.scope = Some(lacking.to_string()),
            _ => {}
        }
        body
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let is_of_token = matches!(self.0, Kind::Token(_));
        let (problem, nothing_kept) = match self.0 {
            Kind::App(problem) | Kind::Token(problem) => {
                let nothing_kept = is_nothing_kept(&problem);
                (problem, nothing_kept)
            }
            Kind::Partly(problem) => (problem, false),
            Kind::Http { status, code, title, remedy } => {
                return answer(&ProblemBody::new(status, code, title.into(), remedy.into()));
            }
        };
        let body = ProblemBody::from(&problem);
        if body.status >= 500 {
            tracing::error!(code = body.code, error = %Chain(&problem), "a request could not be served");
        }
        let mut response = answer(&body);
        let retry_after_s = match problem {
            Problem::Limited { retry_after_s } => Some(retry_after_s),
            Problem::Store(StoreError::Busy)
            | Problem::Conflict { code: "idempotency.pending", .. } => Some(2),
            _ => None,
        };
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        if let Some(challenge) = challenge(&problem, is_of_token) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if nothing_kept {
            response.extensions_mut().insert(NothingKept);
        }
        response
    }
}

/// What a program is asked for instead (RFC 6750, section 3). Who came without a token is told no
/// error.
fn challenge(problem: &Problem, is_of_token: bool) -> Option<HeaderValue> {
    match problem {
        Problem::NotSignedIn if is_of_token => {
            Some(HeaderValue::from_static("Bearer error=\"invalid_token\""))
        }
        Problem::NotSignedIn => Some(HeaderValue::from_static("Bearer")),
        Problem::ScopeLacking(lacking) => {
            let text = format!("Bearer error=\"insufficient_scope\", scope=\"{lacking}\"");
            HeaderValue::from_str(&text).ok()
        }
        _ => None,
    }
}

const fn is_nothing_kept(problem: &Problem) -> bool {
    match problem {
        Problem::LedgerClosed(_) => true,
        Problem::Store(error) => matches!(
            error,
            StoreError::Busy
                | StoreError::Closed
                | StoreError::Contended(_)
                | StoreError::DiskFull
                | StoreError::Unavailable(_)
        ),
        _ => false,
    }
}

fn answer(body: &ProblemBody) -> Response {
    let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = serde_json::to_string(body).unwrap_or_default();
    (status, [("content-type", "application/problem+json")], text).into_response()
}

/// An error with its causes, for the log.
struct Chain<'e>(&'e dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
