//! Forms whose answer shows a secret once. Loading that answer again sends the form again, which
//! would silently make another secret; so such a form carries a token that counts once, and a cookie
//! remembers the last that was used.

use super::{Form, cookie};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_app::App;
use closedset_core::Secret;

const NAME: &str = "__Host-closedset-once";

/// A token for a form that is drawn now.
pub(crate) fn token(app: &App) -> String {
    app.visitor_token().to_token()
}

/// The token that this browser used last.
pub(crate) fn used(headers: &HeaderMap) -> Option<String> {
    cookie::value(headers, NAME).map(str::to_owned)
}

/// Remembers that the form was carried out.
pub(crate) fn use_up(response: &mut Response, form: &Form) {
    // What is no token of ours is not remembered.
    if let Some(token) = Secret::<32>::from_token(form.text("once")) {
        let token = token.to_token();
        lay(response, &format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"));
    }
}

/// Forgets it.
pub(crate) fn forget(response: &mut Response) {
    lay(response, &format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

fn lay(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
