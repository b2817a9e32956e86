//! PostgreSQL behind the real server: gone and back while devices report.

use crate::{
    computer::{Computer, deliver, screen_lock, way},
    http::Client,
    installation::Installation,
    server::Server,
};
use closedset_core::check_in::Outcome;
use closedset_testing::Postgres;
use std::time::{Duration, Instant};

#[test]
fn a_database_that_crashes_and_comes_back_loses_nothing_and_needs_no_restart() {
    let Some(database) = Postgres::start() else { return };
    let mut installation = Installation::with(Some(database.database().url), 1);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    let way = way(&installation);
    let mut entries = Vec::new();
    for seconds in 1..20 {
        computer.facts.insert("screen_lock".into(), screen_lock(seconds));
        entries.push(computer.report(&*way).entry.unwrap());
    }
    database.crash();
    computer.facts.insert("screen_lock".into(), screen_lock(60));
    let waiting = computer.full();
    assert_eq!(deliver(&*way, &waiting).unwrap().unwrap_err(), 503);
    assert_eq!(client.get("/readyz").status, 503);
    assert_eq!(client.get("/healthz").status, 200, "the server itself lives");
    assert_eq!(client.get("/api/v1/board").problem(), "database.unavailable");
    database.resume().unwrap();
    let begun = Instant::now();
    let answer = loop {
        match deliver(&*way, &waiting).unwrap() {
            Ok(answer) => break answer,
            Err(status) => assert_eq!(status, 503),
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came back");
        std::thread::park_timeout(Duration::from_millis(100));
    };
    assert!(matches!(answer.outcome, Outcome::Changed | Outcome::Repeated), "{answer:?}");
    // Each thread of the server finds the way back by itself, none later than the first by much.
    let again = |path: &str| loop {
        let answer = client.get(path);
        if answer.status != 503 {
            return answer.well();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came back");
        std::thread::park_timeout(Duration::from_millis(100));
    };
    again("/readyz");
    for index in entries {
        let entry = again(&format!("/api/v1/ledger/entries/{index}")).json();
        assert_eq!(entry["kind"], "device.checked_in", "{entry}");
    }
    installation.verified();
    server.stop();
}
