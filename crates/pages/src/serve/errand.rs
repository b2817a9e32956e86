//! The secret of a browser that was sent to the provider: a cookie keeps it until it comes back, for as
//! long as it is waited for.

use super::cookie;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_core::Secret;

const NAME: &str = "__Host-closedset-provider";
const KEPT_S: u32 = 600;

/// The secret that is kept.
pub(crate) fn kept(headers: &HeaderMap) -> Option<Secret<32>> {
    cookie::value(headers, NAME).and_then(Secret::from_token)
}

/// Keeps one. The answer from the provider's site brings it along: it is a page that the person goes to.
pub(crate) fn keep(response: &mut Response, browser: &Secret<32>) {
    lay(response, &browser.to_token(), KEPT_S);
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
