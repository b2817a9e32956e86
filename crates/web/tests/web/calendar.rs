//! A calendar as a calendar program asks for it: without cookies, again and again.

use crate::{
    two::Here,
    world::{World, limits},
};
use axum::body::Body;
use closedset_app::calendar;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_calendar_program_is_told_when_nothing_changed() {
    let world = World::new().await;
    let router = world.router(limits());
    let here = Here::new(&world).await;
    let url = calendar::calendar_make(&world.app, &here.owner).await.unwrap();
    let path = url.strip_prefix("https://localhost:8443").unwrap().to_owned();
    let ask = async |path: &str, tag: Option<&str>| {
        let mut request = Request::get(path).header("host", "localhost");
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    let text = |name: &str, answer: &http::Response<Body>| {
        answer.headers()[name].to_str().unwrap().to_owned()
    };
    let first = ask(&path, None).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(text("content-type", &first), "text/calendar; charset=utf-8");
    assert_eq!(text("cache-control", &first), "private, max-age=900");
    assert_eq!(text("referrer-policy", &first), "no-referrer");
    let tag = text("etag", &first);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = ask(&path, Some(&known)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(text("etag", &again), tag);
    }
    assert_eq!(ask(&path, Some("\"other\"")).await.status(), StatusCode::OK);
    for wrong in ["/calendar/x.ics", "/calendar/x", &path.replace(".ics", "")] {
        assert_eq!(ask(wrong, None).await.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    for _ in 0..20 {
        ask(&path, None).await;
    }
    let often = ask(&path, None).await;
    assert_eq!(often.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(text("retry-after", &often), "60");
}
