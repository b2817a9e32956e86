//! Refuses requests that change something and come from another site (Fetch Metadata, W3C; Origin,
//! RFC 6454). Forms carry a token besides.

use crate::refusal::is_api;
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_api::ApiProblem;
use http::{HeaderMap, Method, header};

/// Refuses requests that name two hosts: what stands before the server may have looked at the other
/// one (RFC 9112, section 3.2).
pub(crate) async fn one_host(request: Request, next: Next) -> Response {
    if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
        return ApiProblem::HOSTS.into_response();
    }
    next.run(request).await
}

pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe || comes_from_here(request.headers()) {
        return next.run(request).await;
    }
    if is_api(request.uri().path()) {
        ApiProblem::OTHER_SITE.into_response()
    } else {
        closedset_pages::other_site()
    }
}

/// Programs send neither header; browsers always send at least one with a request that changes
/// something.
fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.strip_prefix("https://").is_some_and(|origin| origin.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{comes_from_here, one_host};
    use axum::{Router, body::Body, middleware, routing::get};
    use http::{HeaderMap, Request};
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_that_names_two_hosts_is_refused() {
        let router: Router =
            Router::new().route("/", get(|| async {})).layer(middleware::from_fn(one_host));
        for (hosts, wanted) in [(vec!["a"], 200), (vec![], 200), (vec!["a", "b"], 400)] {
            let mut request = Request::get("/");
            for host in hosts {
                request = request.header("host", host);
            }
            let request = request.body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), wanted);
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn only_this_origin_and_programs_may_change_something() {
        let host = ("host", "localhost:8443");
        assert!(comes_from_here(&headers(&[host])));
        assert!(comes_from_here(&headers(&[host, ("sec-fetch-site", "same-origin")])));
        assert!(comes_from_here(&headers(&[host, ("origin", "https://localhost:8443")])));
        for bad in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "http://localhost:8443"),
            ("origin", "null"),
        ] {
            assert!(!comes_from_here(&headers(&[host, bad])), "{bad:?}");
        }
        assert!(!comes_from_here(&headers(&[("origin", "https://localhost:8443")])));
    }
}
