//! What may be gone when a body has come: a token that was revoked, a session that was ended. On
//! every route that changes something, nothing is done.

use crate::world::{World, answer, head, limits};
use axum::body::{Body, Bytes};
use closedset_app::accounts;
use http::Request;
use http_body_util::channel::{Channel, Sender};
use std::{collections::BTreeSet, future::Future, io};

/// What the API's description names, but for what agents sign themselves, and uploads.
fn writing_routes() -> Vec<(String, String)> {
    let description = serde_json::to_value(closedset_api::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            let is_upload = method == "post" && closedset_api::UPLOADS.contains(&path.as_str());
            if !path.starts_with("/api/v1/agent/") && !is_upload {
                found.push((method.to_uppercase(), path.replace(['{', '}'], "")));
            }
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// Every page's route that takes a form, but for the ways in, for uploads, and for what a link opens without a session.
fn forms() -> BTreeSet<String> {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../pages/src");
    let mut found = BTreeSet::new();
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for route in text.split(".route(").skip(1) {
                let route = route.split(".route(").next().unwrap();
                let address = route.split('"').nth(1).unwrap_or_default();
                if route.contains("post(") && address.starts_with('/') && !address.contains('#') {
                    found.insert(
                        ["{id}", "{attestation}", "{step}", "{position}"]
                            .iter()
                            .fold(address.to_owned(), |path, place| path.replace(place, "x")),
                    );
                }
            }
        }
    }
    let is_way_in = |path: &str| {
        path.starts_with("/sign-")
            || path.starts_with("/setup")
            || path == "/join"
            || path.starts_with("/mine")
    };
    let is_upload = |path: &str| {
        [
            "/versions",
            "/documents",
            "/papers",
            "/report",
            "/people/import",
            "/people/compare",
            "/questionnaires",
        ]
        .iter()
        .any(|end| path.ends_with(end))
    };
    found.retain(|path| !is_way_in(path) && !is_upload(path));
    assert!(found.len() > 10, "{found:?}");
    found
}

/// Sends the request with a body of which the last piece comes after `then`, and so long after the
/// first that who asks was found out. Where the last piece is empty, only the end is left to come.
async fn late(
    world: &World,
    head: http::request::Builder,
    pieces: [&'static str; 2],
    then: impl Future<Output = ()>,
) -> (u16, String) {
    let (sender, body): (Sender<Bytes, io::Error>, _) = Channel::new(1);
    let request: Request<Body> = head.body(Body::new(body)).unwrap();
    let sending = async move {
        let mut sender = sender;
        // One is read, one waits: then the third is only taken when the first was.
        for piece in [pieces[0], " ", " "] {
            let _ = sender.send_data(Bytes::from_static(piece.as_bytes())).await;
        }
        then.await;
        if !pieces[1].is_empty() {
            let _ = sender.send_data(Bytes::from_static(pieces[1].as_bytes())).await;
        }
    };
    tokio::join!(answer(world.router(limits()), request), sending).0
}

#[tokio::test]
async fn a_token_revoked_meanwhile_writes_nothing_on_any_route() {
    let world = World::new().await;
    for (method, path) in writing_routes() {
        let request = |authorization: &str| {
            head(&method, &path)
                .header("content-type", "application/json")
                .header("authorization", authorization)
        };
        let (authorization, id) = world.token().await;
        let allowed = late(&world, request(&authorization), ["{", "}"], async {}).await;
        assert_ne!(allowed.0, 401, "{method} {path} {allowed:?}");
        let before = world.entries().await;
        let revoke = async {
            accounts::token_revoke(&world.app, &world.caller, id).await.unwrap();
        };
        let refused = late(&world, request(&authorization), ["{", "}"], revoke).await;
        assert_eq!(refused.0, 401, "{method} {path} {refused:?}");
        assert!(refused.1.contains("sign_in.needed"), "{method} {path} {refused:?}");
        // That of the revocation alone.
        assert_eq!(world.entries().await, before + 1, "{method} {path}");
    }
}

#[tokio::test]
async fn a_session_ended_meanwhile_writes_nothing_on_any_route() {
    let world = World::new().await;
    let mut requests: Vec<_> = writing_routes()
        .into_iter()
        .map(|(method, path)| (method, path, "application/json", ["{", "}"]))
        .collect();
    let form = "application/x-www-form-urlencoded";
    requests
        .extend(forms().into_iter().map(|path| ("POST".into(), path, form, ["csrf=x", "&a=b"])));
    for (method, path, kind, pieces) in requests {
        let (cookie, token) = world.session().await;
        let request = head(&method, &path).header("content-type", kind).header("cookie", cookie);
        let before = world.entries().await;
        let refused = late(&world, request, pieces, world.end_session(&token)).await;
        assert_eq!(refused.0, 401, "{method} {path} {refused:?}");
        assert_eq!(world.entries().await, before, "{method} {path}");
    }
}

const UPLOAD: &str = "/api/v1/documents?control=AD-1&file_name=a.bin&valid_to=2027-03-12T00:00:00Z";

#[tokio::test]
async fn an_upload_ends_with_the_token_it_came_with() {
    let world = World::new().await;
    let (authorization, _) = world.token().await;
    let request = head("POST", UPLOAD).header("authorization", authorization);
    let kept = late(&world, request, ["a ", ""], async {}).await;
    assert_eq!(kept.0, 201, "{kept:?}");
    for last in ["file", ""] {
        let (authorization, id) = world.token().await;
        let request = head("POST", UPLOAD).header("authorization", authorization);
        let (before, files) = (world.entries().await, world.files());
        let revoke = async {
            accounts::token_revoke(&world.app, &world.caller, id).await.unwrap();
        };
        let refused = late(&world, request, ["another ", last], revoke).await;
        assert_eq!(refused.0, 401, "{last} {refused:?}");
        assert!(refused.1.contains("sign_in.needed"), "{last} {refused:?}");
        assert_eq!((world.entries().await, world.files()), (before + 1, files), "{last}");
    }
}

#[tokio::test]
async fn an_upload_ends_with_the_session_it_came_with() {
    let world = World::new().await;
    let (cookie, _) = world.session().await;
    let request = head("POST", UPLOAD).header("cookie", cookie);
    let kept = late(&world, request, ["a ", ""], async {}).await;
    assert_eq!(kept.0, 201, "{kept:?}");
    for last in ["file", ""] {
        let (cookie, token) = world.session().await;
        let request = head("POST", UPLOAD).header("cookie", cookie);
        let (before, files) = (world.entries().await, world.files());
        let refused = late(&world, request, ["another ", last], world.end_session(&token)).await;
        assert_eq!(refused.0, 401, "{last} {refused:?}");
        assert_eq!((world.entries().await, world.files()), (before, files), "{last}");
    }
}
