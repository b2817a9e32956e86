//! Errors in SCIM's form (RFC 7644, section 3.12).

use crate::ApiProblem;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use closedset_app::Problem;
use closedset_scim::{ERROR_SCHEMA, Refusal};
use serde_json::json;

/// What SCIM's answers are.
pub(super) const MEDIA_TYPE: &str = "application/scim+json";

/// A problem on its way to a directory.
#[derive(Debug)]
pub struct ScimProblem(Why);

#[derive(Debug)]
enum Why {
    /// One that the API has too.
    Api(ApiProblem),
    /// What was sent is no SCIM.
    Refused(Refusal),
    /// One of HTTP alone.
    Http(u16, &'static str),
}

impl From<ApiProblem> for ScimProblem {
    fn from(problem: ApiProblem) -> Self {
        Self(Why::Api(problem))
    }
}

impl From<Problem> for ScimProblem {
    fn from(problem: Problem) -> Self {
        Self(Why::Api(problem.into()))
    }
}

impl From<Refusal> for ScimProblem {
    fn from(refusal: Refusal) -> Self {
        Self(Why::Refused(refusal))
    }
}

impl ScimProblem {
    /// There is nothing at this address.
    pub(super) const ADDRESS: Self = Self(Why::Http(404, "There is nothing at this address."));
    /// The address does not take this method.
    pub(super) const METHOD: Self = Self(Why::Http(405, "This address does not take this method."));
    /// What is not done here, as the description of the service says.
    pub(super) const NOT_DONE: Self = Self(Why::Http(501, "This is not supported."));
    /// It was changed since.
    pub(super) const STALE: Self =
        Self(Why::Http(412, "This was changed since it was read: read it again."));
    /// It was changed by others each time.
    pub(super) const CONTENDED: Self =
        Self(Why::Http(409, "Others change this all the while: send it again."));
    /// The body is said to be something else.
    pub(super) const OTHER_TYPE: Self =
        Self(Why::Http(415, "Send application/scim+json or application/json."));
}

/// The word of RFC 7644, table 9, for a problem, and the status that goes with it.
fn kind(code: &str, status: u16) -> (u16, Option<&'static str>) {
    match code {
        "input.invalid" => (400, Some("invalidValue")),
        "scim.taken" | "person.same_email" | "person.same_name" => (409, Some("uniqueness")),
        "scim.stale" => (412, None),
        _ => (status, None),
    }
}

impl IntoResponse for ScimProblem {
    fn into_response(self) -> Response {
        let (mut response, status, kind, detail) = match self.0 {
            Why::Api(problem) => {
                let told = problem.told();
                let (status, kind) = kind(told.code, told.status);
                let detail = match told.code {
                    "input.invalid" | "not_found" => told.sentence,
                    code => format!("{} {} ({code})", told.sentence, told.remedy),
                };
                // It is logged, and has the headers that go with it.
                (problem.into_response(), status, kind, detail)
            }
            Why::Refused(refusal) => {
                (Response::new(Body::empty()), 400, Some(refusal.kind), refusal.detail)
            }
            Why::Http(status, detail) => {
                (Response::new(Body::empty()), status, None, detail.to_owned())
            }
        };
        let mut body =
            json!({"schemas": [ERROR_SCHEMA], "status": status.to_string(), "detail": detail});
        if let Some(kind) = kind {
            body["scimType"] = kind.into();
        }
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        *response.body_mut() = Body::from(body.to_string());
        response
    }
}
