//! Errors as `application/problem+json` (RFC 9457).

use axum::response::{IntoResponse, Response};
use closedset_app::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// A use case's problem on its way to a program.
#[derive(Debug)]
pub struct ApiProblem(Problem);

impl<P: Into<Problem>> From<P> for ApiProblem {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
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
}

/// One field that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldBody {
    field: &'static str,
    message: String,
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let problem = self.0;
        let status = problem.status();
        if status >= 500 {
            tracing::error!(code = problem.code(), error = %Chain(&problem), "a request could not be served");
        }
        let body = ProblemBody {
            r#type: format!("urn:closedset:problem:{}", problem.code()),
            title: problem.sentence(),
            status,
            code: problem.code(),
            remedy: problem.remedy(),
            fields: match &problem {
                Problem::Invalid(fields) => fields
                    .iter()
                    .map(|field| FieldBody { field: field.field, message: field.message.clone() })
                    .collect(),
                _ => Vec::new(),
            },
            highest: match &problem {
                Problem::CounterReplayed { highest } => Some(*highest),
                _ => None,
            },
        };
        let status = axum::http::StatusCode::from_u16(status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (status, [("content-type", "application/problem+json")], text).into_response();
        if let Problem::Limited { retry_after_s } = &problem {
            response.headers_mut().insert("retry-after", (*retry_after_s).into());
        }
        if let Problem::Store(closedset_store::StoreError::Busy) = &problem {
            response.headers_mut().insert("retry-after", 2.into());
        }
        response
    }
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
