//! The operator at the server itself, who may be asked to say which organisation is meant.

use crate::world::{World, get};

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
