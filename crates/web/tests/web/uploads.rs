//! Uploads: as long as they take, while they go on.

use crate::{
    line::{hear, post},
    world::{World, answer, head, limits},
};
use axum::body::{Body, Bytes};
use closedset_web::Limits;
use http_body_util::channel::Channel;
use std::{
    io::{self, Write},
    thread::sleep,
    time::Duration,
};

const UPLOAD: &str = "/api/v1/documents?control=AD-1&file_name=a.bin&valid_to=2027-03-12T00:00:00Z";
const KIND: &str = "application/octet-stream";

#[tokio::test(flavor = "multi_thread")]
async fn one_that_goes_on_is_not_hurried_and_one_that_does_not_is_given_up() {
    let world = World::new().await;
    let (token, _) = world.token().await;
    let short = Duration::from_millis(300);
    let small = Limits { stall: 2 * short, body: short, request: short, ..limits() };
    let serving = world.serve(small).await;
    let line = serving.line.clone();
    let before = world.files().len();
    tokio::task::spawn_blocking(move || {
        let mut slow = line.begin(&post(UPLOAD, KIND, &token, 100_000));
        for _ in 0..10 {
            slow.write_all(&[7; 10_000]).unwrap();
            slow.flush().unwrap();
            sleep(short / 2);
        }
        assert_eq!(hear(&mut slow).unwrap().status, 201);
        let mut half = line.begin(&[post(UPLOAD, KIND, &token, 100), vec![7; 50]].concat());
        let given_up = hear(&mut half).unwrap();
        assert_eq!(given_up.status, 408, "{given_up:?}");
        assert!(given_up.body.contains("body.slow"), "{given_up:?}");
    })
    .await
    .unwrap();
    assert_eq!(world.files().len(), before + 1);
}

#[tokio::test]
async fn one_that_breaks_off_is_told_so_and_leaves_nothing() {
    let world = World::new().await;
    let (token, _) = world.token().await;
    let (before, files) = (world.entries().await, world.files());
    let (mut sender, body) = Channel::<Bytes, io::Error>::new(2);
    let request = head("POST", UPLOAD).header("authorization", token).body(Body::new(body));
    sender.send_data(Bytes::from_static(b"half")).await.unwrap();
    sender.abort(io::ErrorKind::ConnectionReset.into());
    let (status, said) = answer(world.router(limits()), request.unwrap()).await;
    assert_eq!(status, 400, "{said}");
    assert!(said.contains("\"code\":\"body.cut_short\""), "{said}");
    assert_eq!((world.entries().await, world.files()), (before, files));
}

/// A form with a file in it, without its end.
fn form(csrf: &str, file: usize) -> Vec<u8> {
    let part = |head: &str| format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n");
    [
        part("name=\"csrf\"").as_bytes(),
        csrf.as_bytes(),
        b"\r\n",
        part("name=\"file\"; filename=\"a.bin\"").as_bytes(),
        &vec![7; file],
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_trickles_a_file_is_let_go() {
    let world = World::new().await;
    let short = Duration::from_millis(500);
    let serving = world.serve(Limits { body: short, ..limits() }).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        let kind = "multipart/form-data; boundary=x";
        for path in ["/controls/AD-1/documents", "/documents/x/versions"] {
            let head = post(path, kind, "", 2 << 20);
            let mut stranger = line.begin(&[head, form("x", 1000)].concat());
            let answer = hear(&mut stranger).unwrap();
            assert!([303, 401, 404, 408].contains(&answer.status), "{answer:?}");
        }
    })
    .await
    .unwrap();
}

/// More than any other body may have.
#[tokio::test(flavor = "multi_thread")]
async fn the_routes_that_take_files_take_large_ones() {
    let world = World::new().await;
    let (cookie, token) = world.session().await;
    let csrf = crate::two::form_token(&token, world.caller.organisation);
    let serving = world.serve(limits()).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        let version = "/documents/doc_01h2xcejqtf2nbrexx3vqjhp41/versions";
        // It is read to its end, and then it lacks a day, or a document to be a version of.
        for (path, status) in [("/controls/AD-1/documents", 422), (version, 404)] {
            let body = [form(&csrf, 3 << 20), b"\r\n--x--\r\n".to_vec()].concat();
            let kind = format!("multipart/form-data; boundary=x\r\ncookie: {cookie}");
            let answer = line.say(&[post(path, &kind, "", body.len()), body].concat());
            assert_eq!(answer.status, status, "{answer:?}");
        }
    })
    .await
    .unwrap();
}
