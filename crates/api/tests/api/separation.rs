//! Two organisations in one installation: neither can see, name or change what is the other's.

use crate::{
    calls::{CONTROL, VALID_TO, check_in, operations},
    world::{World, call, get, post},
};

#[tokio::test]
async fn what_belongs_to_another_organisation_is_not_found() {
    let world = World::new().await;
    let mut tried = 0;
    for operation in operations() {
        let names_own = operation.path.contains("{id}") && !operation.path.contains("/controls/");
        if !names_own && !operation.path.contains("/tile/") {
            continue;
        }
        let call = world.example(&world.home, &operation).await;
        let before = world.entries(&world.home).await;
        let answer = world.ask(call.clone().by(world.away.owner())).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"), "{call:?}");
        assert_eq!(world.entries(&world.home).await, before, "{call:?}");
        world.ask(call.by(world.home.owner())).await.well();
        tried += 1;
    }
    assert!(tried >= 12, "only {tried} routes name something");
}

#[tokio::test]
async fn lists_show_only_ones_own() {
    let world = World::new().await;
    let home = &world.home;
    world.device(home).await;
    world.document(home).await;
    world.task(home).await;
    world.exception(home).await;
    world.own_check(home).await;
    world.pack(home).await;
    world.assignment(home).await;
    world.signature(home).await;
    world.finding(home).await;
    world.risk(home).await;
    world.questionnaire(home).await;
    for list in [
        "devices",
        "documents",
        "exceptions",
        "own-checks",
        "tasks",
        "packs",
        "clients",
        "titles",
        "clients/list",
        "register",
        "agreements",
        "audits",
        "risks",
        "questionnaires",
    ] {
        let answer = world.ask(get(format!("/api/v1/{list}")).by(world.away.owner())).await.well();
        assert!(!String::from_utf8_lossy(&answer.body).contains("\"id\""), "{list}: {answer:?}");
    }
    let tokens = world.ask(get("/api/v1/tokens").by(world.away.owner())).await.well().json();
    let own = world.ask(get("/api/v1/tokens").by(home.owner())).await.well().json();
    assert!(
        tokens.as_array().unwrap().iter().all(|token| !own.as_array().unwrap().contains(token))
    );
    for list in ["people", "invitations", "organisations", "register?standing=all", "head-count"] {
        world.person(home).await;
        world.invitation(home).await;
        let answer = world.ask(get(format!("/api/v1/{list}")).by(world.away.owner())).await.well();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains("halide.example") && !text.contains("Nordlicht"), "{list}: {text}");
    }
    let profile = world.ask(get("/api/v1/profile").by(world.away.owner())).await.well();
    assert_eq!(profile.text("organisation"), "Southpaw VFX");
}

#[tokio::test]
async fn an_entry_is_always_one_of_the_own_log() {
    let world = World::new().await;
    let at = |side: &crate::world::Side| get("/api/v1/ledger/entries/0").by(side.owner());
    let own = world.ask(at(&world.home)).await.well().json();
    let other = world.ask(at(&world.away)).await.well().json();
    assert_ne!(own["id"], other["id"]);
    assert!(own["envelope"].as_str().unwrap().contains(&world.home.organisation.to_string()));
    assert!(other["envelope"].as_str().unwrap().contains(&world.away.organisation.to_string()));
}

#[tokio::test]
async fn a_document_of_another_organisation_cannot_be_replaced() {
    let world = World::new().await;
    let document = world.document(&world.home).await;
    let uri =
        format!("/api/v1/documents?control={CONTROL}&valid_to={VALID_TO}&replaces={document}");
    let files = world.files();
    let answer = world.ask(call("POST", uri).sending("mine").by(world.away.owner())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"));
    assert_eq!(world.files(), files);
}

#[tokio::test]
async fn a_device_cannot_speak_for_another_organisation() {
    let world = World::new().await;
    let (device, key) = world.device(&world.home).await;
    let before = world.entries(&world.away).await;
    let said = check_in(&world.away, device, &key, 1);
    let answer = world.ask(post("/api/v1/agent/check-ins", &said)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (401, "device.unknown"));
    assert_eq!(world.entries(&world.away).await, before);
}
