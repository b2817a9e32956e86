//! Bodies that do not come: held by few, not for long, and at nobody else's cost.

use crate::{
    line::{hear, post},
    world::{World, limits},
};
use closedset_web::Limits;
use std::{
    io::Write,
    thread::sleep,
    time::{Duration, Instant},
};

const CHECK_INS: &str = "/api/v1/agent/check-ins";
const JSON: &str = "application/json";

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_withhold_the_last_byte_hold_little_and_not_for_long() {
    let world = World::new().await;
    let (token, _) = world.token().await;
    let body = Duration::from_secs(2);
    let small = Limits { strangers_bytes: 16 << 20, body, stall: body, ..limits() };
    let serving = world.serve(small).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        let most = [post(CHECK_INS, JSON, "", 1 << 20), vec![b' '; (1 << 20) - 1]].concat();
        let mut held: Vec<_> = (0..12).map(|_| line.begin(&most)).collect();
        // Who shows who they are is served meanwhile.
        let known = [post("/api/v1/attestations", JSON, &token, 2), b"{}".to_vec()].concat();
        assert_eq!(line.say(&known).status, 422);
        // And whoever has little to say, as to sign in or to enrol.
        let little = [post(CHECK_INS, JSON, "", 2), b"{}".to_vec()].concat();
        assert_eq!(line.say(&little).status, 422);
        let begun = Instant::now();
        let answers: Vec<_> = held.iter_mut().filter_map(hear).collect();
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
        let of = |status| answers.iter().filter(move |answer| answer.status == status);
        // Half of what there is for large ones: all of these come from one address.
        assert_eq!(of(408).count(), 6, "{answers:?}");
        assert!(of(503).count() > 0, "{answers:?}");
        for slow in of(408) {
            assert!(slow.body.contains("\"code\":\"body.slow\""), "{slow:?}");
        }
        for busy in of(503) {
            assert!(busy.head.contains("retry-after: 5"), "{busy:?}");
            assert!(busy.body.contains("\"code\":\"server.busy\""), "{busy:?}");
        }
        // What they held is free again.
        let whole = [post(CHECK_INS, JSON, "", 1 << 20), vec![b' '; 1 << 20]].concat();
        assert_eq!(line.say(&whole).status, 422);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_is_given_up_in_the_words_of_who_asks() {
    let world = World::new().await;
    let (stall, body) = (Duration::from_millis(400), Duration::from_millis(900));
    let serving = world.serve(Limits { stall, body, ..limits() }).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        for (path, kind, words) in [
            (CHECK_INS, JSON, "application/problem+json"),
            ("/packs", "application/x-www-form-urlencoded", "text/html"),
        ] {
            let mut trickling = line.begin(&post(path, kind, "", 1000));
            let mut silent = line.begin(&post(path, kind, "", 1000));
            let begun = Instant::now();
            while begun.elapsed() < 2 * body && trickling.write_all(b" ").is_ok() {
                sleep(Duration::from_millis(100));
            }
            for stream in [&mut trickling, &mut silent] {
                // The answer may be lost where more was sent than was read.
                if let Some(answer) = hear(stream) {
                    assert_eq!(answer.status, 408, "{path} {answer:?}");
                    assert!(answer.head.contains(words), "{path} {answer:?}");
                    assert!(answer.body.contains("body.slow"), "{path} {answer:?}");
                }
            }
            assert!(begun.elapsed() < 4 * body, "{path} {:?}", begun.elapsed());
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_take_long_while_it_keeps_to_the_least_speed() {
    let world = World::new().await;
    let (stall, body) = (Duration::from_millis(900), Duration::from_millis(300));
    let serving = world.serve(Limits { stall, body, least_speed: 10_000, ..limits() }).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        for (pause, status) in [(30, 422), (300, 408)] {
            let mut stream = line.begin(&post(CHECK_INS, JSON, "", 30_000));
            for _ in 0..30 {
                if stream.write_all(&[b' '; 1_000]).and_then(|()| stream.flush()).is_err() {
                    break;
                }
                sleep(Duration::from_millis(pause));
            }
            // The answer may be lost where more was sent than was read.
            let answer = hear(&mut stream);
            assert!(answer.is_some() || status == 408);
            assert!(answer.as_ref().is_none_or(|answer| answer.status == status), "{answer:?}");
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_larger_than_it_may_be_is_not_read() {
    let world = World::new().await;
    let serving = world.serve(limits()).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        for (path, length, words) in [
            (CHECK_INS, (4 << 20) + 1, "too_large"),
            ("/api/v1/attestations", (1 << 20) + 1, "too_large"),
            ("/packs", (1 << 20) + 1, "text/html"),
        ] {
            let answer = line.say(&post(path, JSON, "", length));
            assert_eq!(answer.status, 413, "{answer:?}");
            assert!(format!("{answer:?}").contains(words), "{answer:?}");
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_only_so_many_connections() {
    let world = World::new().await;
    let serving = world.serve(Limits { connections: 6, ..limits() }).await;
    let line = serving.line.clone();
    tokio::task::spawn_blocking(move || {
        let mut held: Vec<_> = (0..3).map(|_| line.connect().unwrap()).collect();
        assert!(line.connect().is_err());
        held.pop();
        let again = (0..100).any(|_| {
            sleep(Duration::from_millis(20));
            line.connect().is_ok()
        });
        assert!(again, "the place of a connection that ended is not given to another");
    })
    .await
    .unwrap();
}
