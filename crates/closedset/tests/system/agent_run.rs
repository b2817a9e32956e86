//! The agent on its own: a change on the computer reaches the board, and a server with another key is
//! told nothing.

use crate::{
    agent::{agent, device},
    http::Client,
    installation::{Installation, closedset},
    server::Server,
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

#[test]
fn a_server_with_another_key_is_told_nothing() {
    let mut installation = Installation::new(1);
    let server = Server::start(&installation);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let link = installation.links.pop().unwrap().to_string();
    agent(&state, &["enrol", &link]).well();
    server.stop();
    let impostor = Installation::new(0);
    for name in ["certificate.pem", "key.pem"] {
        let file = impostor.data().join("tls").join(name);
        fs::copy(file, installation.data().join("tls").join(name)).unwrap();
    }
    let server = Server::start(&installation);
    let run = agent(&state, &["once"]);
    assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
    assert!(run.stderr.contains("does not hold the server's key"), "{run:?}");
    assert!(run.stderr.contains("tell your security contact"), "{run:?}");
    assert_eq!(device(&Client::of(&installation))["facts"].as_array().map(Vec::len), Some(1));
    server.stop();
}

/// A process that is ended when dropped.
struct Running(Child);

impl Running {
    /// One that looks like a well-known sync program.
    fn lookalike(folder: &Path) -> Self {
        let program = folder.join("dropbox");
        let sleep = ["/usr/bin/sleep", "/bin/sleep"].map(PathBuf::from);
        let sleep = sleep.iter().find(|path| path.exists()).expect("a program that waits");
        fs::copy(sleep, &program).unwrap();
        Self(Command::new(program).arg("600").stdout(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the server knows of one fact.
fn fact(client: &Client, kind: &str) -> Option<Value> {
    let detail = device(client);
    detail["facts"].as_array().unwrap().iter().find(|fact| fact["kind"] == kind).cloned()
}

fn status(client: &Client, check: &str) -> String {
    let detail = device(client);
    let verdicts = detail["in_force"].as_array().unwrap();
    let one = verdicts.iter().find(|one| one["check"] == check).unwrap();
    one["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_change_on_the_computer_reaches_the_board_within_a_minute() {
    let mut installation = Installation::new(1);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let link = installation.links.pop().unwrap().to_string();
    agent(&state, &["enrol", &link, "--name", "edit-07"]).well();
    let mut command = closedset();
    command.args(["agent", "run", "--state"]).arg(&state);
    let command = command.stderr(Stdio::null()).stdout(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let wait_for = |wanted: bool| {
        let begun = Instant::now();
        loop {
            let fact = fact(&client, "cloud_sync");
            let seen = fact.map(|fact| fact.to_string().contains("process dropbox"));
            if seen == Some(wanted) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "not in a minute; {seen:?}");
            std::thread::park_timeout(Duration::from_millis(250));
        }
    };
    wait_for(false);
    let program = Running::lookalike(folder.path());
    wait_for(true);
    assert_eq!(status(&client, "device-no-cloud-sync"), "fail");
    let tasks = client.get("/api/v1/tasks").well().json();
    assert!(tasks.to_string().contains("device-no-cloud-sync"), "{tasks}");
    drop(program);
    wait_for(false);
    assert_ne!(status(&client, "device-no-cloud-sync"), "fail");
    // Told to stop, it ends well.
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(running.0.wait().unwrap().success());
    installation.verified();
    server.stop();
}
