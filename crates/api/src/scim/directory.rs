//! Who asks: a directory with a token of one organisation that opens SCIM and nothing else.

use super::ScimProblem;
use crate::ApiProblem;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use closedset_app::{App, Caller, Problem, accounts};
use closedset_core::{Action, Actions, Actor};

/// The caller of a use case. Neither a browser that is signed in nor the operator at the server is one.
#[derive(Debug, Clone)]
pub struct Directory(pub Caller);

impl FromRequestParts<App> for Directory {
    type Rejection = ScimProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ScimProblem> {
        let Some(token) = token(&parts.headers) else {
            return Err(Problem::NotSignedIn.into());
        };
        let caller = accounts::token_caller(app, token).await.map_err(ApiProblem::of_token)?;
        let only = Actions::from(Action::Scim);
        match caller.actor {
            Actor::Token { .. } if caller.allowed == only => Ok(Self(caller)),
            _ => Err(Problem::ScopeLacking(only).into()),
        }
    }
}

/// The token of a request; the scheme's name is in whatever case (RFC 9110, section 11.1).
fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
