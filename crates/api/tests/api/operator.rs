//! The operator at the server itself, who may be asked to say which organisation is meant.

use crate::world::{World, get, post};
use closedset_app::backup;
use serde_json::json;

#[tokio::test]
async fn an_operator_of_several_organisations_names_one() {
    let world = World::new().await;
    let profile = get("/api/v1/profile");
    let answer = world.as_operator(profile.clone()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "organisation.ambiguous"));
    for side in [&world.home, &world.away] {
        let id = side.organisation.to_string();
        let answer =
            world.as_operator(profile.clone().with("closedset-organisation", id.as_bytes())).await;
        assert_eq!(answer.well().text("id"), id);
    }
    for unknown in [&b"org_01h2xcejqtf2nbrexx3vqjhp41"[..], b"x", b"\xff"] {
        let answer =
            world.as_operator(profile.clone().with("closedset-organisation", unknown)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
    }
}

#[tokio::test]
async fn the_header_gives_a_token_nothing() {
    let world = World::new().await;
    let id = world.away.organisation.to_string();
    let call = get("/api/v1/profile").by(world.home.owner()).with("closedset-organisation", id);
    assert_eq!(world.ask(call).await.well().text("id"), world.home.organisation.to_string());
}

#[tokio::test]
async fn that_a_backup_was_made_is_taken_from_the_operator_alone() {
    let world = World::new().await;
    let made = json!({"made_at": "2026-03-12T03:00:00.000Z", "size_bytes": 7, "entries": 3});
    let call = post("/api/v1/control/backups", &made);
    for refused in [call.clone(), call.clone().by(world.home.owner())] {
        let answer = world.ask(refused).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "address.unknown"));
    }
    assert_eq!(backup::last_made(&world.app).await.unwrap(), None);
    // Of several organisations none is meant: a backup is of all.
    assert_eq!(world.as_operator(call).await.status, 204);
    let last = backup::last_made(&world.app).await.unwrap();
    assert_eq!(last, Some(world.app.now()));
    let wrong = post("/api/v1/control/backups", &json!({"made_at": 5}));
    assert_eq!(world.as_operator(wrong).await.status, 422);
}
