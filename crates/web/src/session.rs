//! Who a request is from: reads the session cookie and lays what it finds beside the request.

use crate::refusal::Refusal;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use closedset_app::{App, Problem, accounts};
use closedset_pages::cookie;
use http::request::Parts;

/// Sent by the script that keeps a page fresh, with what it asks by itself.
const BY_ITSELF: &str = "closedset-refresh";

/// Attaches [`accounts::Signed`] where the cookie names a session that has not ended.
pub(crate) async fn attach(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match look(&app, &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => Refusal::Problem(problem).answer(parts.uri.path()),
    }
}

/// Lays the session beside the request as it is now.
pub(crate) async fn look(app: &App, parts: &mut Parts) -> Result<(), Problem> {
    parts.extensions.remove::<accounts::Signed>();
    let Some(token) = cookie::token(&parts.headers) else { return Ok(()) };
    let found = if parts.headers.contains_key(BY_ITSELF) {
        accounts::session_peek(app, &token).await?
    } else {
        accounts::session_resolve(app, &token).await?
    };
    parts.extensions.insert(cookie::BrowserToken(token));
    if let Some(signed) = found {
        parts.extensions.insert(signed);
    }
    Ok(())
}
