//! The guide, for whoever reaches the server and asks for anything by its address.

use crate::world::{World, answer, head, limits};
use axum::body::Body;

#[tokio::test]
async fn the_guide_is_open_to_everybody_and_nothing_else_is_by_its_address() {
    let world = World::new().await;
    let get = async |path: &str| {
        let request = head("GET", path).body(Body::empty()).unwrap();
        answer(world.router(limits()), request).await
    };
    let (status, said) = get("/guide").await;
    assert!(status == 200 && said.contains("href=\"/guide/troubleshooting\""), "{said}");
    let (status, said) = get("/guide/troubleshooting").await;
    assert!(status == 200 && said.contains("id=\"codes\""), "{said}");
    for path in [
        "/guide/SUMMARY",
        "/guide/README",
        "/guide/tasks.md",
        "/guide/0001-one-sql-text-for-two-engines",
        "/guide/..",
        "/guide/%2e%2e",
        "/guide/..%2fcli",
        "/guide/%2fetc%2fpasswd",
        "/guide/../../Cargo.toml",
        "/guide/src/tasks",
        "/guide/tasks/x",
        "/guide/tasks%00",
        "/guide/%ff",
        &format!("/guide/{}", "x".repeat(5_000)),
    ] {
        let (status, said) = get(path).await;
        assert!((400..500).contains(&status), "{path} {status}");
        assert!(!said.contains("class=\"prose guide\""), "{path}");
    }
    let posted = head("POST", "/guide/tasks").body(Body::empty()).unwrap();
    assert_ne!(answer(world.router(limits()), posted).await.0, 200);
}
