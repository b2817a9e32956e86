//! PostgreSQL behind the real server: gone and back, or hanging, while devices report.
//! `CLOSEDSET_OUTAGE` says for how many seconds; 5 or 30 if it is silent.

use crate::{
    computer::{Computer, deliver, screen_lock, way},
    http::Client,
    installation::Installation,
    kills::{Ending, Lives, all_there, entries, report_for_ever},
    server::Server,
};
use closedset_core::check_in::Outcome;
use closedset_testing::Postgres;
use std::{
    sync::mpsc::channel,
    time::{Duration, Instant},
};

/// How many computers report while the database is away.
const DEVICES: u8 = 8;

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

#[test]
fn a_database_that_is_gone_for_long_under_load_takes_nothing_with_it() {
    outage(5, Postgres::crash, |database| database.resume().unwrap());
}

#[test]
fn a_database_that_hangs_under_load_takes_nothing_with_it() {
    // Longer than the server waits for one that says nothing.
    outage(30, Postgres::freeze, Postgres::thaw);
}

/// Devices report as fast as they can; the database goes away, stays away and comes back.
fn outage(seconds: u64, leave: impl Fn(&Postgres), back: impl Fn(&Postgres)) {
    let Some(database) = Postgres::start() else { return };
    let seconds =
        std::env::var("CLOSEDSET_OUTAGE").ok().map_or(seconds, |text| text.parse().unwrap());
    let url = database.database().url;
    let mut installation = Installation::with(Some(url), usize::from(DEVICES));
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let computers: Vec<_> =
        (1..=DEVICES).map(|seed| Computer::enrolled(&mut installation, seed)).collect();
    let installation = &installation;

    let mut lives = Lives::default();
    lives.may_be_unknown = true;
    let lives = lives;
    let (taken_by, taken) = channel();
    let all = std::thread::scope(|scope| {
        for computer in computers {
            let (lives, taken_by) = (&lives, taken_by.clone());
            scope.spawn(move || report_for_ever(computer, installation, lives, &taken_by));
        }
        drop(taken_by);
        let ending = Ending(&lives);
        let next = || taken.recv_timeout(Duration::from_secs(60)).expect("one more is taken");
        lives.set(1);
        let mut all: Vec<_> = (0..200).map(|_| next()).collect();
        let memory = server.memory_kib();

        leave(&database);
        let begun = Instant::now();
        let (mut slowest, mut refused) = (Duration::ZERO, 0);
        while begun.elapsed() < Duration::from_secs(seconds) {
            let asked = Instant::now();
            assert_eq!(client.get("/healthz").status, 200, "the server itself lives");
            assert!(asked.elapsed() < Duration::from_secs(2), "it lives at once");
            assert_eq!(client.get("/readyz").status, 503);
            let asked = Instant::now();
            assert_eq!(client.get("/api/v1/devices").problem(), "database.unavailable");
            slowest = slowest.max(asked.elapsed());
            refused += 1;
            std::thread::park_timeout(Duration::from_millis(200));
        }
        assert!(refused > 3, "most are refused at once: {refused}");
        let grown = server.memory_kib().saturating_sub(memory);
        assert!(grown < 64 << 10, "nothing heaps up meanwhile: {grown} KiB");
        eprintln!("{seconds} s away: refused in {slowest:?} at most, {grown} KiB more");

        back(&database);
        // Whoever broke off in between begins anew.
        lives.set(2);
        let returned = Instant::now();
        while client.get("/readyz").status != 200 {
            assert!(returned.elapsed() < Duration::from_secs(60), "it never came back");
            std::thread::park_timeout(Duration::from_millis(100));
        }
        // What was taken while it went stands in the channel before what is taken now.
        all.extend(taken.try_iter());
        all.extend((0..200).map(|_| next()));
        drop(ending);
        all.extend(taken.iter());
        all
    });
    installation.verified();
    server.stop();
    all_there(installation, &entries(installation), &all);
}
