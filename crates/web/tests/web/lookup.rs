//! A session that cannot be looked up: told to people as a page, to programs as a problem.

use crate::world::{World, answer, head, limits};
use axum::body::Body;

#[tokio::test]
async fn a_person_sees_a_page_and_a_program_a_problem() {
    let world = World::new().await;
    let (cookie, _) = world.session().await;
    world.app.store().clone().close();
    for (path, begins) in [("/board", "<!doctype html>"), ("/api/v1/board", "{\"type\":\"urn:")] {
        let request = head("GET", path).header("cookie", &cookie).body(Body::empty()).unwrap();
        let (status, body) = answer(world.router(limits()), request).await;
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("database.unavailable"), "{body}");
        assert!(body.starts_with(begins), "{body}");
    }
}
