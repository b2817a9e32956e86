//! Files that were altered on disk: named, and never served as good.

use crate::{
    computer::{Computer, screen_lock, way},
    http::Client,
    installation::Installation,
    server::Server,
};
use closedset_core::Digest;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

fn overwrite(path: &Path, bytes: &[u8]) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(path, bytes).unwrap();
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn an_altered_document_is_refused_by_name_and_no_wrong_byte_leaves() {
    let installation = Installation::new(0);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    // One that is digested whole when it is opened, and one that is checked piece by piece.
    for size in [10_000usize, 20 << 20] {
        let bytes: Vec<u8> = (0..size).map(|place| (place ^ (place >> 8)) as u8).collect();
        let path = "/api/v1/documents?control=AD-1&file_name=a.bin&valid_to=2027-01-01T00:00:00Z";
        let made = client.send("POST", path, "application/octet-stream", &bytes).unwrap().well();
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let file = format!("/api/v1/documents/{id}/file");
        assert!(client.get(&file).well().body == bytes);
        let object = walk(&installation.data().join("objects"))
            .into_iter()
            .find(|path| fs::metadata(path).unwrap().len() == size as u64)
            .expect("the object lies on disk");
        let mut altered = bytes.clone();
        altered[size - 100] ^= 1;
        overwrite(&object, &altered);
        match client.send("GET", &file, "application/json", b"") {
            // Nothing of a small one is sent.
            Ok(answer) => assert_eq!(answer.problem(), "files.unavailable"),
            // A large one breaks off before the wrong piece; nobody takes it for whole.
            Err(error) => {
                assert!(size > 1 << 20, "{error}");
                assert!(error.to_string().contains("cut short"), "{error}");
            }
        }
        overwrite(&object, &bytes);
        assert_eq!(Digest::of(&client.get(&file).well().body), Digest::of(&bytes));
    }
    server.stop();
}

#[test]
fn an_altered_tile_is_named_and_not_served() {
    let mut installation = Installation::new(1);
    let server = Server::start(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    let way = way(&installation);
    // More than a tile of 256.
    for seconds in 0..130 {
        computer.facts.insert("screen_lock".into(), screen_lock(300 + seconds));
        computer.report(&*way);
    }
    server.stop();
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let report = installation.verified();
    assert!(report["signed"].as_u64().unwrap() > 256, "{report}");
    for name in ["tile/0/000", "tile/entries/000"] {
        let file = installation.log_folder().join(name);
        let path = format!("/api/v1/ledger/{}/{name}", installation.organisation);
        let whole = fs::read(&file).unwrap();
        assert!(client.get(&path).well().body == whole);
        let mut altered = whole.clone();
        altered[whole.len() / 2] ^= 1;
        overwrite(&file, &altered);
        let answer = client.get(&path);
        assert_eq!((answer.status, answer.problem().as_str()), (500, "fault"));
        // Over the control socket, by name, and with the exit code of a finding.
        let run = installation.run(&["ledger", "verify"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stdout.contains(name), "{run:?}");
        overwrite(&file, &whole);
    }
    installation.verified();
    server.stop();
    // At the right edge, where the log would be built on, the start is refused.
    let edge = walk(&installation.log_folder().join("tile/1"));
    let edge = edge.iter().max().unwrap();
    let whole = fs::read(edge).unwrap();
    let mut altered = whole.clone();
    altered[0] ^= 1;
    overwrite(edge, &altered);
    let (status, log) = Server::spawn(installation.serve()).wait();
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("are not those of its database"), "{log}");
    overwrite(edge, &whole);
    Server::start(&installation).stop();
}

/// A page of the database that the disk turned into something else. What is read over it is refused or
/// right; nothing panics, no backup is made of it, and what says so names a remedy.
#[test]
fn a_damaged_page_of_the_database_is_named_and_nothing_wrong_is_served() {
    const PAGE: usize = 4_096;
    let mut installation = Installation::new(1);
    let server = Server::start(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    let reports = way(&installation);
    for seconds in 0..60 {
        computer.facts.insert("screen_lock".into(), screen_lock(300 + seconds));
        computer.report(&*reports);
    }
    // What never changes must be as it was; what lives must come, or be refused by name.
    let entries: Vec<String> =
        (0..60).map(|index| format!("/api/v1/ledger/entries/{index}")).collect();
    let living = ["board", "devices", "tasks", "documents", "people", "board/changes"]
        .map(|name| format!("/api/v1/{name}"));
    let client = Client::of(&installation);
    let told = |client: &Client| -> Vec<_> {
        entries.iter().map(|route| client.get(route).well().json()).collect()
    };
    let whole = told(&client);
    server.stop();
    installation.query("PRAGMA wal_checkpoint(TRUNCATE)");
    let file = installation.database_file();
    let good = fs::read(&file).unwrap();
    let pages = good.len() / PAGE;
    assert!(pages > 60, "{pages} pages");

    let (mut refused_starts, mut refused_answers) = (0, 0);
    // Every seventh, but the first, without which there is no database.
    for page in (1..pages).step_by(7) {
        let mut bad = good.clone();
        bad[page * PAGE..(page + 1) * PAGE].fill(0xA5);
        let _ = fs::remove_file(file.with_extension("db-wal"));
        let _ = fs::remove_file(file.with_extension("db-shm"));
        overwrite(&file, &bad);
        let backup = installation.data().with_extension(format!("{page}.age"));
        let words = ["backup", "--data", installation.data().to_str().unwrap(), "--out"];
        let made = installation.run(&[&words[..], &[backup.to_str().unwrap()]].concat());
        assert!(!backup.exists() || made.code == Some(0), "{made:?}");
        assert!(!made.stderr.contains("panicked"), "{made:?}");

        let mut server = Server::spawn(installation.serve());
        if let Some(log) = server.ended_before_it_listened() {
            refused_starts += 1;
            assert!(!log.contains("panicked"), "{log}");
            assert!(log.contains("database"), "{log}");
            continue;
        }
        let client = Client::of(&installation);
        let whole = entries.iter().zip(whole.iter().map(Some));
        for (route, whole) in whole.chain(living.iter().map(|route| (route, None))) {
            let answer = client.get(route);
            if answer.status != 200 {
                refused_answers += 1;
                assert_eq!(answer.problem(), "database.damaged", "{route} over page {page}");
            } else if let Some(whole) = whole {
                assert_eq!(answer.json(), *whole, "{route} over page {page}");
            }
        }
        let log = server.kill();
        assert!(!log.contains("panicked"), "{log}");
    }
    eprintln!("{refused_starts} starts and {refused_answers} answers refused");
    assert!(refused_starts + refused_answers > 0, "damage is seen");

    let _ = fs::remove_file(file.with_extension("db-wal"));
    let _ = fs::remove_file(file.with_extension("db-shm"));
    overwrite(&file, &good);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    assert!(told(&client) == whole, "the good file is whole");
    server.stop();
}
