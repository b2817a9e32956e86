//! A POST that is sent again under its key.

use crate::{
    calls::{CONTROL, VALID_TO, attestation},
    world::{Call, World, call, get, post},
};
use axum::body::{Body, Bytes};
use closedset_core::Duration;
use http_body_util::channel::Channel;
use serde_json::json;
use std::io;
use tower::ServiceExt;

fn sign(key: &str) -> Call {
    post("/api/v1/attestations", &attestation()).with("idempotency-key", key)
}

#[tokio::test]
async fn sent_again_it_is_answered_as_before_and_not_done_twice() {
    let world = World::new().await;
    let owner = world.home.owner();
    let first = world.ask(sign("a").by(owner)).await.well();
    let entries = world.entries(&world.home).await;
    let again = world.ask(sign("a").by(owner)).await.well();
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(
        (first.header("idempotent-replay"), again.header("idempotent-replay")),
        ("", "true")
    );
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(world.entries(&world.home).await, entries);
    let other_key = world.ask(sign("b").by(owner)).await.well();
    assert_ne!(other_key.body, first.body);
}

#[tokio::test]
async fn an_answer_without_a_body_is_repeated_too() {
    let world = World::new().await;
    let task = world.task(&world.home).await;
    let done = post(format!("/api/v1/tasks/{task}/done"), &json!({})).with("idempotency-key", "t");
    for _ in 0..2 {
        let answer = world.ask(done.clone().by(world.home.owner())).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
}

#[tokio::test]
async fn a_key_is_not_used_for_another_request() {
    let world = World::new().await;
    let owner = world.home.owner();
    world.ask(sign("a").by(owner)).await.well();
    let mut other = attestation();
    other["statement"] = "Something else entirely is true here.".into();
    let to = |uri: &str| post(uri, &other).with("idempotency-key", "a").by(owner);
    for call in [to("/api/v1/attestations"), to("/api/v1/tokens")] {
        let answer = world.ask(call).await;
        assert_eq!((answer.status, answer.problem().as_str()), (409, "idempotency.reused"));
    }
}

/// HTTP/2, and a proxy, name the host within the target; HTTP/1.1 beside it.
#[tokio::test]
async fn a_request_is_the_same_over_another_version_of_http_and_another_host() {
    let world = World::new().await;
    let owner = world.home.owner();
    let to = |uri: &str| post(uri, &attestation()).with("idempotency-key", "a").by(owner);
    let first = world.ask(to("/api/v1/attestations")).await.well();
    for host in ["https://closedset.example", "http://127.0.0.1:8443"] {
        let again = world.ask(to(&format!("{host}/api/v1/attestations"))).await.well();
        assert_eq!(
            (again.body.clone(), again.header("idempotent-replay")),
            (first.body.clone(), "true")
        );
    }
    let other = world.ask(to("/api/v1/attestations?to=another")).await;
    assert_eq!(other.problem(), "idempotency.reused");
}

#[tokio::test]
async fn keys_of_others_are_others() {
    let world = World::new().await;
    let askers = [world.home.owner(), &world.home.tokens["administrator"], world.away.owner()];
    let mut answers = Vec::new();
    for asker in askers {
        let answer = world.ask(sign("a").by(asker)).await.well();
        assert_eq!(answer.header("idempotent-replay"), "");
        answers.push(answer.text("id"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 3);
}

#[tokio::test]
async fn an_operators_key_counts_for_one_organisation() {
    let world = World::new().await;
    let to = |side: &crate::world::Side| {
        sign("a").with("closedset-organisation", side.organisation.to_string())
    };
    world.as_operator(to(&world.home)).await.well();
    let answer = world.as_operator(to(&world.away)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "idempotency.reused"));
}

#[tokio::test]
async fn what_was_refused_can_be_tried_again() {
    let world = World::new().await;
    let owner = world.home.owner();
    let short = json!({"control": CONTROL, "statement": "short", "valid_to": VALID_TO});
    let refused = post("/api/v1/attestations", &short).with("idempotency-key", "a").by(owner);
    assert_eq!(world.ask(refused).await.status, 422);
    world.ask(sign("a").by(owner)).await.well();
}

#[tokio::test]
async fn a_secret_that_is_shown_once_is_not_kept() {
    let world = World::new().await;
    let owner = world.home.owner();
    let token = post("/api/v1/tokens", &crate::calls::token());
    for (key, call) in [("a", token), ("b", call("POST", "/api/v1/enrolments"))] {
        let call = call.with("idempotency-key", key).by(owner);
        let made = world.ask(call.clone()).await.well();
        let entries = world.entries(&world.home).await;
        let again = world.ask(call).await;
        assert_eq!((again.status, again.problem().as_str()), (409, "idempotency.shown_once"));
        assert_eq!(world.entries(&world.home).await, entries);
        let secret = made
            .json()
            .get("token")
            .or(made.json().get("link"))
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned();
        for file in crate::world::files_in(world.folder.path()) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{file:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_large_upload_can_be_sent_again() {
    let world = World::new().await;
    let uri = format!("/api/v1/documents?control={CONTROL}&valid_to={VALID_TO}");
    let bytes = vec![7u8; 3 << 20];
    let length = bytes.len().to_string();
    let send = call("POST", uri)
        .sending(bytes)
        .with("content-length", length)
        .with("idempotency-key", "a");
    let first = world.ask(send.clone().by(world.home.owner())).await.well();
    let again = world.ask(send.clone().by(world.home.owner())).await.well();
    assert_eq!(first.body, again.body);
    let list = world.ask(get("/api/v1/documents").by(world.home.owner())).await.well().json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_file_of_the_same_length_is_another_request() {
    let world = World::new().await;
    let owner = world.home.owner();
    let uri = format!("/api/v1/documents?control={CONTROL}&valid_to={VALID_TO}");
    let send = |bytes: &str| {
        call("POST", uri.clone()).sending(bytes).with("idempotency-key", "a").by(owner)
    };
    world.ask(send("one")).await.well();
    let files = world.files();
    let other = world.ask(send("two")).await;
    assert_eq!((other.status, other.problem().as_str()), (409, "idempotency.reused"));
    assert_eq!(world.files(), files, "the other file was kept");
    world.ask(send("one")).await.well();
}

#[tokio::test]
async fn of_several_at_once_one_is_done() {
    let world = World::new().await;
    let owner = world.home.owner();
    let ask = || world.ask(sign("a").by(owner));
    let (a, b, c, d, e, f) = tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
    let mut done = Vec::new();
    for answer in [a, b, c, d, e, f] {
        if answer.status == 409 {
            assert_eq!(answer.problem(), "idempotency.pending");
            assert_eq!(answer.header("retry-after"), "2");
        } else {
            done.push(answer.well().text("id"));
        }
    }
    done.dedup();
    assert_eq!(done.len(), 1);
    assert_eq!(ask().await.well().text("id"), done[0]);
}

/// The first of two is stopped in the middle of what it does, as a server is that is killed.
#[tokio::test]
async fn what_was_begun_and_never_answered_is_not_done_again() {
    let world = World::new().await;
    let owner = world.home.owner();
    let uri = format!("/api/v1/documents?control={CONTROL}&valid_to={VALID_TO}");
    let upload = call("POST", uri).with("idempotency-key", "a").by(owner);
    let (mut sender, body) = Channel::<Bytes, io::Error>::new(1);
    let first = tokio::spawn(world.router.clone().oneshot(upload.request(Body::new(body))));
    // More than waits unread: by then the key is claimed.
    for _ in 0..3 {
        sender.send_data(Bytes::from_static(b"half")).await.unwrap();
    }
    let again = || world.ask(upload.clone().sending("halfwhole"));
    let answer = again().await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "idempotency.pending"));
    // Whatever another run of the server began is done no more.
    let request = upload.request(Body::from("halfwhole"));
    let answer = World::answer(&world.restarted(), request).await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "idempotency.unknown"));
    world.clock.advance(Duration::from_minutes(16));
    assert_eq!(again().await.problem(), "idempotency.unknown");
    drop(sender);
    drop(first);
}

#[tokio::test]
async fn keys_that_cannot_be_kept_are_refused() {
    let world = World::new().await;
    for key in [String::new(), "k".repeat(129)] {
        let answer = world.ask(sign(&key).by(world.home.owner())).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
    }
    let large = post("/api/v1/attestations", &json!({"statement": "x".repeat(300 << 10)}));
    let answer = world.ask(large.with("idempotency-key", "a").by(world.home.owner())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "too_large"));
    assert_eq!(world.ask(sign("a")).await.problem(), "sign_in.needed");
}

#[tokio::test]
async fn agents_are_answered_with_or_without_a_key() {
    let world = World::new().await;
    for operation in crate::calls::operations().iter().filter(|one| one.is_open) {
        let call = world.example(&world.home, operation).await;
        world.ask(call.with("idempotency-key", "a")).await.well();
    }
}
