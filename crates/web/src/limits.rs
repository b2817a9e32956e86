//! How long, how much and how many the server bears, and the time that a request may take.

use crate::{bodies, refusal::Refusal};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use std::time::Duration;

/// What the server bears. Tests make it less.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long TLS, the head of a request, or an answer to a ping may take.
    pub head: Duration,
    /// A body of which nothing comes for so long is given up.
    pub stall: Duration,
    /// How long a body may take in all, unless it is the upload of somebody known or keeps to the
    /// least speed.
    pub body: Duration,
    /// How many bytes of a body must come in a second, for it to take longer than that.
    pub least_speed: u32,
    /// How long a request may take otherwise, uploads excepted.
    pub request: Duration,
    /// After so long on a body it is found out again whose it is.
    pub look_again: Duration,
    /// How many bytes of bodies are held at once for whoever has not shown who they are: a quarter
    /// of small ones, and of each at most half from one address.
    pub strangers_bytes: usize,
    /// The same for everybody else.
    pub known_bytes: usize,
    /// How many connections there may be at once.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            body: Duration::from_secs(60),
            least_speed: 16 << 10,
            request: Duration::from_secs(30 * 60),
            look_again: Duration::from_secs(1),
            strangers_bytes: 64 << 20,
            known_bytes: 64 << 20,
            connections: 4096,
        }
    }
}

/// Gives up what takes too long. An upload takes as long as it must, while it goes on.
pub(crate) async fn in_time(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    if route.is_some_and(|route| bodies::is_upload(request.method(), route.as_str())) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(limits.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::Late.answer(&path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, middleware, routing::post};
    use http::header;
    use std::future::pending;
    use tower::ServiceExt;

    #[tokio::test]
    async fn what_takes_too_long_is_told_in_the_words_of_who_asks() {
        let limits = Limits { request: Duration::from_millis(20), ..Limits::default() };
        let router: Router = Router::new()
            .route("/api/v1/packs", post(pending::<()>))
            .route("/packs", post(pending::<()>))
            .layer(middleware::from_fn_with_state(limits, in_time));
        for (path, kind) in [("/api/v1/packs", "application/problem+json"), ("/packs", "text/html")]
        {
            let request = Request::post(path).body(axum::body::Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 503);
            let is = answer.headers()[header::CONTENT_TYPE].to_str().unwrap();
            assert!(is.starts_with(kind), "{is}");
        }
    }
}
