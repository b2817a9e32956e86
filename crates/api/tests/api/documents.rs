//! Files in and out: streamed, verified, never half.

use crate::{
    calls::{CONTROL, VALID_TO, upload, why},
    world::{Call, World, call, files_in, get, post},
};
use axum::body::{Body, Bytes};
use closedset_core::Digest;
use http_body_util::channel::Channel;
use serde_json::{Value, json};
use std::io;
use tower::ServiceExt;

fn named(name: &str) -> Call {
    call(
        "POST",
        format!("/api/v1/documents?control={CONTROL}&file_name={name}&valid_to={VALID_TO}"),
    )
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent() {
    let world = World::new().await;
    let owner = world.home.owner();
    let bytes: Vec<u8> =
        (0..5_000_000u32).flat_map(|number| [(number ^ (number >> 7)) as u8]).collect();
    let made = world
        .ask(named("Pr%C3%BCfung%20%22A%22.pdf").sending(bytes.clone()).by(owner))
        .await
        .well();
    let id = made.text("id");
    let detail = world.ask(get(format!("/api/v1/documents/{id}")).by(owner)).await.well().json();
    assert_eq!(detail["newest"]["digest"], Digest::of(&bytes).to_string());
    assert_eq!(detail["newest"]["size_bytes"], 5_000_000);
    assert_eq!(detail["title"], "Prüfung \"A\".pdf");
    let file = world.ask(get(format!("/api/v1/documents/{id}/file")).by(owner)).await.well();
    assert!(file.body == bytes, "other bytes came back");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("content-length"), "5000000");
    assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"Pr_fung _A_.pdf\"; filename*=UTF-8''Pr%C3%BCfung%20%22A%22.pdf"
    );
}

#[tokio::test]
async fn every_version_can_be_read_again() {
    let world = World::new().await;
    let owner = world.home.owner();
    let id = world.ask(upload("a.txt").sending("one").by(owner)).await.well().text("id");
    let second = call(
        "POST",
        format!("/api/v1/documents?valid_to={VALID_TO}&replaces={id}&file_name=b.txt"),
    );
    assert_eq!(world.ask(second.sending("two").by(owner)).await.well().text("id"), id);
    for (version, bytes) in [("", "two"), ("?version=1", "one"), ("?version=2", "two")] {
        let file =
            world.ask(get(format!("/api/v1/documents/{id}/file{version}")).by(owner)).await.well();
        assert_eq!(file.body, bytes);
    }
    for version in ["?version=3", "?version=0", "?version=-1"] {
        let answer =
            world.ask(get(format!("/api/v1/documents/{id}/file{version}")).by(owner)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"), "{version}");
    }
}

#[tokio::test]
async fn evidence_is_withdrawn_once_and_with_a_reason() {
    let world = World::new().await;
    let owner = world.home.owner();
    let document = format!("documents/{}", world.document(&world.home).await);
    let attestation = format!("attestations/{}", world.attestation(&world.home).await);
    for (path, code) in [(document, "document.withdrawn"), (attestation, "attestation.withdrawn")] {
        let withdraw = |reason: &str| {
            post(format!("/api/v1/{path}/withdraw"), &json!({"reason": reason})).by(owner)
        };
        for reason in ["", " \n", &"x".repeat(501)] {
            let answer = world.ask(withdraw(reason)).await;
            assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
            assert_eq!(answer.json()["fields"][0]["field"], "reason");
        }
        world.ask(withdraw("of another building")).await.well();
        let list = get(format!("/api/v1/ledger/entries?kind={code}")).by(owner);
        let entry = &world.ask(list).await.well().json()["items"][0]["index"].to_string();
        let entry = get(format!("/api/v1/ledger/entries/{entry}")).by(owner);
        let said = String::from_utf8(world.ask(entry).await.well().body.to_vec()).unwrap();
        assert!(said.contains("of another building"), "{said}");
        let again = world.ask(withdraw("once more")).await;
        assert_eq!((again.status, again.problem().as_str()), (409, code));
    }
}

#[tokio::test]
async fn a_withdrawn_document_cannot_be_replaced() {
    let world = World::new().await;
    let owner = world.home.owner();
    let id = world.document(&world.home).await;
    world.ask(post(format!("/api/v1/documents/{id}/withdraw"), &why()).by(owner)).await.well();
    let replace = call("POST", format!("/api/v1/documents?valid_to={VALID_TO}&replaces={id}"));
    assert_eq!(world.ask(replace.sending("new").by(owner)).await.status, 404);
    world.ask(get(format!("/api/v1/documents/{id}/file")).by(owner)).await.well();
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let before = world.entries(&world.home).await;
    let (mut sender, body) = Channel::<Bytes, io::Error>::new(1);
    let sending = async move {
        for _ in 0..20 {
            sender.send_data(Bytes::from(vec![1; 100_000])).await.unwrap();
        }
        sender.abort(io::Error::other("the connection was reset"));
    };
    let request = upload("a.bin").by(world.home.owner()).request(Body::new(body));
    let (answer, ()) = tokio::join!(world.send(request), sending);
    assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
    assert_eq!(answer.json()["fields"][0]["field"], "file");
    assert_eq!(world.files(), Vec::<std::path::PathBuf>::new());
    assert_eq!(world.entries(&world.home).await, before);
}

/// What happens when a server gives up a request whose connection is gone.
#[test]
fn an_upload_that_is_dropped_in_the_middle_leaves_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let world = runtime.block_on(async {
        let world = World::new().await;
        let (mut sender, body) = Channel::<Bytes, io::Error>::new(1);
        let request = upload("a.bin").by(world.home.owner()).request(Body::new(body));
        let mut answering = Box::pin(world.router.clone().oneshot(request));
        for _ in 0..20 {
            let sent = sender.send_data(Bytes::from(vec![1; 100_000]));
            tokio::select! {
                _ = &mut answering => panic!("it was answered before it was sent"),
                sent = sent => sent.unwrap(),
            }
        }
        drop(answering);
        world
    });
    let objects = world.folder.path().join("objects");
    // Waits for the threads that write.
    drop(runtime);
    assert_eq!(files_in(&objects), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn an_upload_that_is_refused_is_not_read() {
    let world = World::new().await;
    for (token, uri) in [
        (&world.home.tokens["member"], upload("a.bin").uri),
        (
            &world.home.tokens["owner"],
            format!("/api/v1/documents?control=XX-9&valid_to={VALID_TO}"),
        ),
        (
            &world.home.tokens["owner"],
            format!("/api/v1/documents?control={CONTROL}&valid_to=2020-01-01T00:00:00Z"),
        ),
    ] {
        let (mut sender, body) = Channel::<Bytes, io::Error>::new(1);
        let sending = async move {
            let mut sent = 0;
            while sent < 1_000 && sender.send_data(Bytes::from_static(b"piece")).await.is_ok() {
                sent += 1;
            }
            sent
        };
        let request = call("POST", uri).by(token).request(Body::new(body));
        let (answer, sent) = tokio::join!(world.send(request), sending);
        answer.problem();
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        assert!(sent < 20, "{sent} pieces were read");
    }
    assert_eq!(world.files(), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn a_file_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let length = ((2u64 << 30) + 1).to_string();
    let answer =
        world.ask(upload("a.bin").with("content-length", length).by(world.home.owner())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "too_large"));
}

#[tokio::test]
async fn an_empty_file_is_refused() {
    let world = World::new().await;
    let answer = world.ask(upload("a.bin").by(world.home.owner())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"));
}

#[tokio::test]
async fn a_file_that_was_changed_on_disk_is_not_served() {
    let world = World::new().await;
    let id = world.document(&world.home).await;
    let [file] = <[_; 1]>::try_from(world.files()).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let answer =
        world.ask(get(format!("/api/v1/documents/{id}/file")).by(world.home.owner())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (500, "files.unavailable"));
}

#[tokio::test]
async fn a_pack_comes_as_a_file() {
    let world = World::new().await;
    let owner = world.home.owner();
    let id = world.pack(&world.home).await;
    let pack = world.ask(get(format!("/api/v1/packs/{id}")).by(owner)).await.well();
    let file = world.ask(get(format!("/api/v1/packs/{id}/file")).by(owner)).await.well();
    assert_eq!(Digest::of(&file.body).to_string(), pack.text("digest"));
    // A period that was asked for until April ends now, in March.
    let name = file.header("content-disposition");
    assert!(name.contains("closedset-2026-01-01-2026-03-12.zip"), "{name}");
}

#[tokio::test]
async fn a_pack_for_somebody_is_an_age_file_without_a_report_beside_it() {
    let world = World::new().await;
    let owner = world.home.owner();
    let ask = |recipients: Value| {
        let body = json!({
            "from": "2026-01-01T00:00:00.000Z", "to": "2026-04-01T00:00:00.000Z", "recipients": recipients,
        });
        world.ask(post("/api/v1/packs", &body).by(owner))
    };
    let recipient = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    let made = ask(json!([recipient, recipient.to_uppercase()])).await.well();
    assert_eq!(made.json()["recipients"], json!([recipient]));
    let id = made.text("id");
    let file = world.ask(get(format!("/api/v1/packs/{id}/file")).by(owner)).await.well();
    assert!(file.body.starts_with(b"age-encryption.org/v1\n-> X25519 "));
    assert!(file.header("content-disposition").contains(".zip.age\""));
    let report = world.ask(get(format!("/api/v1/packs/{id}/report")).by(owner)).await;
    assert_eq!((report.status, report.problem().as_str()), (409, "pack.encrypted"));
    let weak = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
    let body = json!({
        "from": "2026-01-01T00:00:00.000Z", "to": "2026-04-01T00:00:00.000Z", "controls": ["IR-1", "AD-5"],
    });
    let limited = world.ask(post("/api/v1/packs", &body).by(owner)).await.well();
    assert_eq!(limited.json()["controls"], json!(["AD-5", "IR-1"]));
    assert!(made.json().get("controls").is_none());
    let tested = json!({"from": body["from"], "to": body["to"], "controls": ["IS-7"]});
    let refused = world.ask(post("/api/v1/packs", &tested).by(owner)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (422, "input.invalid"));
    for none in ["assessor@example.com", "", weak, "ssh-ed25519 AAAA"] {
        let refused = ask(json!([recipient, none])).await;
        assert_eq!((refused.status, refused.problem().as_str()), (422, "input.invalid"), "{none}");
    }
}

#[tokio::test]
async fn the_report_of_a_pack_comes_alone_and_is_the_one_in_the_pack() {
    let world = World::new().await;
    let owner = world.home.owner();
    let id = world.pack(&world.home).await;
    let file = world.ask(get(format!("/api/v1/packs/{id}/file")).by(owner)).await.well();
    let report = world.ask(get(format!("/api/v1/packs/{id}/report")).by(owner)).await.well();
    assert!(report.body.starts_with(b"%PDF-1.7"));
    assert!(file.body.windows(report.body.len()).any(|part| part == &*report.body));
    assert_eq!(report.header("content-type"), "application/pdf");
    let name = report.header("content-disposition");
    assert!(name.contains("closedset-2026-01-01-2026-03-12.pdf"), "{name}");
}
