//! The link of an invitation on its way through sign-in, and the link of somebody who signs without an account: a
//! cookie keeps its token for an hour, so that it stands in no address that is shown, kept in a history or sent on.

use super::cookie;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_core::{Digest, Secret};

const KEPT_S: u32 = 3_600;

/// A link whose token a cookie keeps.
pub(crate) struct Link(&'static str);

/// That of an invitation.
pub(crate) const INVITATION: Link = Link("__Host-closedset-invitation");
/// That by which somebody sees what they owe.
pub(crate) const PERSONAL: Link = Link("__Host-closedset-personal");

impl Link {
    /// The token that is kept; empty if none is.
    pub(crate) fn kept(&self, headers: &HeaderMap) -> String {
        cookie::value(headers, self.0)
            .and_then(Secret::<32>::from_token)
            .map(|token| token.to_token())
            .unwrap_or_default()
    }

    /// Keeps a token. What is no token of ours is not kept.
    pub(crate) fn keep(&self, response: &mut Response, token: &str) {
        if let Some(token) = Secret::<32>::from_token(token) {
            self.lay(response, &token.to_token(), KEPT_S);
        }
    }

    /// Forgets it.
    pub(crate) fn forget(&self, response: &mut Response) {
        self.lay(response, "", 0);
    }

    fn lay(&self, response: &mut Response, value: &str, kept_s: u32) {
        let name = self.0;
        let text =
            format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={kept_s}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// What forms say of the invitation that they show, by its token: another link may have been opened in this
/// browser since.
pub(crate) fn mark(token: &str) -> String {
    Digest::of(format!("closedset/invitation-shown/v1\n{token}").as_bytes()).to_string()
}
