//! Who a request is from: reads the session cookie and lays what it finds beside the request.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_api::ApiProblem;
use closedset_app::{App, accounts};
use closedset_pages::cookie;

/// Sent by the script that keeps a page fresh, with what it asks by itself.
const BY_ITSELF: &str = "closedset-refresh";

/// Attaches [`accounts::Signed`] where the cookie names a session that has not ended.
pub(crate) async fn attach(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(token) = cookie::token(request.headers()) {
        request.extensions_mut().insert(cookie::BrowserToken(token.clone()));
        let found = if request.headers().contains_key(BY_ITSELF) {
            accounts::session_peek(&app, &token).await
        } else {
            accounts::session_resolve(&app, &token).await
        };
        match found {
            Ok(Some(signed)) => {
                request.extensions_mut().insert(signed);
            }
            Ok(None) => {}
            Err(problem) => return ApiProblem::from(problem).into_response(),
        }
    }
    next.run(request).await
}
