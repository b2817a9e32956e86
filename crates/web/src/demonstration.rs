//! Every answer of a demonstration says that it is one: pages in a banner, all answers in a header.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use closedset_app::{App, demonstration};
use http::{HeaderName, HeaderValue};

/// The header that says so to programs.
const HEADER: HeaderName = HeaderName::from_static("closedset-demonstration");

/// Says it, where it is so. It is known from the start on; where the database cannot be asked, the
/// request's own answer says that.
pub(crate) async fn tell(State(app): State<App>, request: Request, next: Next) -> Response {
    if !demonstration::is_demonstration(&app).await.unwrap_or(false) {
        return next.run(request).await;
    }
    let mut response = closedset_pages::as_invented(next.run(request)).await;
    response.headers_mut().insert(HEADER, HeaderValue::from_static("everything is invented"));
    response
}
