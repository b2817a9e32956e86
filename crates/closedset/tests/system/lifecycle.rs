//! Starting and stopping: one server a folder, open requests answered, and starts that are refused
//! with their remedy.

use crate::{
    computer::{CHECK_INS, Computer},
    http::{Client, read_answer},
    installation::{Installation, closedset},
    server::Server,
};
use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

/// Starts the server, which must refuse; the words with which it does.
pub fn refused(installation: &Installation) -> String {
    let (status, log) = Server::spawn(installation.serve()).wait();
    assert!(matches!(status.code(), Some(1 | 2)), "{status}: {log}");
    assert!(!log.contains("panicked"), "{log}");
    log
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_with_its_remedy() {
    let mut installation = Installation::new(0);
    let mut first = Server::start(&installation);
    let address = installation.address;
    // On another address as well: it is the folder that counts.
    installation.address = "127.0.0.1:1".parse().unwrap();
    let said = refused(&installation);
    assert!(said.contains("another server runs on"), "{said}");
    assert!(said.contains("stop it first, or use another --data folder"), "{said}");
    installation.address = address;
    assert!(first.is_running());
    assert_eq!(Client::of(&installation).get("/readyz").status, 200);
    first.stop();
    // Gone, it leaves the folder to the next.
    drop(Server::start(&installation).kill());
    Server::start(&installation).stop();
}

#[test]
fn another_server_on_the_same_address_is_refused_with_its_remedy() {
    let (first, mut second) = (Installation::new(0), Installation::new(0));
    let running = Server::start(&first);
    second.address = first.address;
    let said = refused(&second);
    assert!(said.contains("cannot listen on") && said.contains("another server"), "{said}");
    // Nor does a link lie there that nobody answers under.
    let fresh = tempfile::tempdir().unwrap();
    let listen = first.address.to_string();
    let refused = closedset()
        .args(["serve", "--listen", &listen, "--data"])
        .arg(fresh.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("cannot listen on"), "{said}");
    assert!(!fresh.path().join("set-up-link").exists(), "{said}");
    running.stop();
}

#[test]
fn a_server_that_is_told_to_stop_twice_ends_at_once_and_has_lost_nothing() {
    let installation = Installation::new(0);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    // Somebody who says half and waits: for such ones it has ten seconds of patience.
    let mut open = client.connect().unwrap();
    open.write_all(&client.head("POST", CHECK_INS, "application/json", 1000)).unwrap();
    open.write_all(b"{").unwrap();
    open.flush().unwrap();
    assert_eq!(client.get("/healthz").status, 200);
    server.ask_to_stop();
    while client.connect().is_ok_and(|mut stream| stream.write_all(b"GET ").is_ok()) {
        std::thread::yield_now();
    }
    let told_again = Instant::now();
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("told twice"), "{log}");
    assert!(told_again.elapsed() < Duration::from_secs(6), "{:?}: {log}", told_again.elapsed());
    drop(open);
    Server::start(&installation).stop();
    installation.verified();
}

#[test]
fn a_server_that_is_told_to_stop_answers_what_is_open() {
    let mut installation = Installation::new(1);
    let server = Server::start(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    let client = Client::of(&installation);
    let body = serde_json::to_vec(&computer.full()).unwrap();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut open = client.connect().unwrap();
    open.write_all(&client.head("POST", CHECK_INS, "application/json", body.len())).unwrap();
    open.write_all(first).unwrap();
    open.flush().unwrap();
    // The server has the half of it when it has answered another request that came later.
    assert_eq!(client.get("/healthz").status, 200);
    server.ask_to_stop();
    // It takes nobody new from the moment on at which it has stopped listening.
    while client.connect().is_ok_and(|mut stream| stream.write_all(b"GET ").is_ok()) {
        std::thread::yield_now();
    }
    open.write_all(rest).unwrap();
    open.flush().unwrap();
    let answer = read_answer(&mut open).unwrap().well();
    assert_eq!(answer.json()["outcome"], "changed");
    let entry = answer.json()["entry"].as_u64().unwrap();
    let (status, log) = server.wait();
    assert!(status.success(), "{log}");
    assert!(!installation.data().join("control.sock").exists());
    // What it acknowledged last is in the tree that it leaves.
    let report = installation.verified();
    assert!(report["signed"].as_u64().unwrap() > entry, "{report}");
}

#[test]
fn the_folder_is_closed_to_others_at_the_start() {
    let installation = Installation::new(0);
    fs::set_permissions(installation.data(), fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::start(&installation);
    let mode = |name: &str| {
        fs::metadata(installation.data().join(name)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode("."), 0o700);
    for name in ["master.key", "tls/key.pem", "lock"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    server.stop();
}

#[test]
fn what_is_configured_wrongly_is_named() {
    let installation = Installation::new(0);
    let config = installation.data().join("closedset.toml");
    let cases = [
        ("listen = \"nowhere\"", "closedset.toml"),
        ("lisen = \"127.0.0.1:1\"", "lisen"),
        ("check_in_every = 1", "check-ins come between"),
        ("database = \"mysql://x\"", "sqlite:PATH"),
        ("database = \"postgres://nobody@127.0.0.1:1/none\"", "cannot be reached"),
        ("not toml at all", "closedset.toml"),
    ];
    for (text, wanted) in cases {
        fs::write(&config, text).unwrap();
        let said = refused(&installation);
        assert!(said.contains(wanted), "{text}: {said}");
    }
    fs::write(&config, [0xff, 0xfe]).unwrap();
    assert!(refused(&installation).contains("closedset.toml"));
    fs::remove_file(&config).unwrap();
    fs::write(installation.database_file(), b"this is no database, whatever its name says")
        .unwrap();
    let said = refused(&installation);
    assert!(said.contains("database"), "{said}");
    let run = closedset().args(["serve", "--data", "/proc/nowhere"]).output().unwrap();
    assert!(matches!(run.status.code(), Some(1 | 2)));
}
