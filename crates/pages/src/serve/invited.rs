//! The link of an invitation, on its way through sign-in: a cookie keeps its token for an hour, so that it
//! stands in no address that is shown, kept in a history or sent on.

use super::cookie;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_core::{Digest, Secret};

const NAME: &str = "__Host-closedset-invitation";
const KEPT_S: u32 = 3_600;

/// The token that is kept; empty if none is.
pub(crate) fn kept(headers: &HeaderMap) -> String {
    cookie::value(headers, NAME)
        .and_then(Secret::<32>::from_token)
        .map(|token| token.to_token())
        .unwrap_or_default()
}

/// What forms say of the invitation that they show, by its token: another link may have been opened in this
/// browser since.
pub(crate) fn mark(token: &str) -> String {
    Digest::of(format!("closedset/invitation-shown/v1\n{token}").as_bytes()).to_string()
}

/// Keeps a token. What is no token of ours is not kept.
pub(crate) fn keep(response: &mut Response, token: &str) {
    if let Some(token) = Secret::<32>::from_token(token) {
        lay(response, &token.to_token(), KEPT_S);
    }
}

/// Forgets it.
pub(crate) fn forget(response: &mut Response) {
    lay(response, "", 0);
}

fn lay(response: &mut Response, value: &str, kept_s: u32) {
    let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={kept_s}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
