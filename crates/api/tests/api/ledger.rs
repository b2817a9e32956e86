//! The ledger over the API: proofs that verify without it, files under the standard paths, erasure.

use crate::{
    calls::operations,
    world::{World, get, post},
};
use closedset_core::{Digest, entry::Envelope};
use serde_json::json;

#[tokio::test]
async fn a_file_of_the_log_has_its_media_type_and_unknown_ones_are_not_found() {
    let world = World::new().await;
    let owner = world.home.owner();
    let log = world.home.log();
    let head = world.ask(get("/api/v1/ledger").by(owner)).await.well();
    let checkpoint = world.ask(get(format!("/api/v1/ledger/{log}/checkpoint"))).await.well();
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(head.text("checkpoint").as_bytes(), checkpoint.body);
    let size = &head.json()["size"];
    let tile =
        world.ask(get(format!("/api/v1/ledger/{log}/tile/0/000.p/{size}")).by(owner)).await.well();
    assert_eq!(tile.header("content-type"), "application/octet-stream");
    assert_eq!(tile.body.len() as u64, 32 * size.as_u64().unwrap());
    for unknown in [
        format!("{log}/tile/0/001"),
        format!("{log}/tile/0/../../../closedset.db"),
        format!("{log}/tile/0/%2e%2e%2f%2e%2e%2fcheckpoint"),
        format!("{log}/tile/entries/000.p/0"),
        format!("{log}/tile/%00"),
        "installation/tile/0/000.p/1".to_owned(),
        "nothing/tile/0/000.p/1".to_owned(),
        "nothing/checkpoint".to_owned(),
        "installation/checkpoint".to_owned(),
        format!("{log}/tile"),
        format!("{log}/tile/"),
    ] {
        let answer = world.ask(get(format!("/api/v1/ledger/{unknown}")).by(owner)).await;
        answer.problem();
        assert_eq!(answer.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn an_entry_shows_what_its_envelope_commits_to() {
    let world = World::new().await;
    world.document(&world.home).await;
    let list =
        world.ask(get("/api/v1/ledger/entries?kind=document.added").by(world.home.owner())).await;
    let index = &list.json()["items"][0]["index"];
    let entry =
        world.ask(get(format!("/api/v1/ledger/entries/{index}")).by(world.home.owner())).await;
    let salt: Digest = entry.text("salt").parse().unwrap();
    let envelope = Envelope::from_canonical(entry.text("envelope").as_bytes()).unwrap();
    assert!(envelope.commitment().is_to(salt.bytes(), entry.text("body").as_bytes()));
    assert_eq!(entry.json()["kind"], "document.added");
    assert!(entry.text("actor_name").starts_with("token:tok_"));
}

#[tokio::test]
async fn a_proof_stands_alone() {
    let world = World::new().await;
    let owner = world.home.owner();
    world.document(&world.home).await;
    let entry = world.ask(get("/api/v1/ledger/entries/2").by(owner)).await.well();
    let proof = world.ask(get("/api/v1/ledger/entries/2/proof").by(owner)).await.well();
    assert_eq!(proof.header("content-type"), "text/plain; charset=utf-8");
    let key = world.ask(get("/api/v1/ledger").by(owner)).await.well().text("verifier_key");
    let key = key.parse::<closedset_merkle::VerifierKey>().unwrap();
    let proof = closedset_merkle::Proof::parse(&proof.body).unwrap();
    assert_eq!(proof.index.0, 2);
    proof.verify(entry.text("envelope").as_bytes(), &key).unwrap();
    assert!(proof.verify(b"another entry", &key).is_err());
}

#[tokio::test]
async fn an_erased_body_is_gone_and_the_log_is_whole() {
    let world = World::new().await;
    let owner = world.home.owner();
    let erase =
        operations().into_iter().find(|operation| operation.path.ends_with("/erase")).unwrap();
    let call = world.example(&world.home, &erase).await;
    let entry = get(call.uri.trim_end_matches("/erase")).by(owner);
    assert!(world.ask(entry.clone()).await.well().json()["body"].is_string());
    world.ask(call.clone().by(owner)).await.well();
    let erased = world.ask(entry).await.well().json();
    assert_eq!(
        (erased["is_erased"].as_bool(), erased.get("body"), erased.get("salt")),
        (Some(true), None, None)
    );
    let again = world.ask(call.by(owner)).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "entry.erased"));
    let first =
        post("/api/v1/ledger/entries/0/erase", &json!({"reason": "because I would like to"}));
    assert_eq!(world.ask(first.by(owner)).await.problem(), "entry.kept");
    world.ask(get("/api/v1/ledger").by(owner)).await.well();
    let report = world.ask(post("/api/v1/ledger/verify", &json!({})).by(owner)).await.well().json();
    assert_eq!((&report["is_whole"], &report["tombstones"]), (&json!(true), &json!(1)), "{report}");
}

#[tokio::test]
async fn entries_that_are_not_there_are_not_found() {
    let world = World::new().await;
    for index in ["-1", "99999", "9223372036854775807", "9223372036854775808", "x", "1.5", "%30%00"]
    {
        for end in ["", "/proof"] {
            let call = get(format!("/api/v1/ledger/entries/{index}{end}"));
            let answer = world.ask(call.by(world.home.owner())).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (404, "not_found"),
                "{index}{end}"
            );
        }
    }
}
