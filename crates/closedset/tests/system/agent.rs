//! The agent as a person runs it on a computer: enrolled, reporting once, reporting on its own.

use crate::{
    http::Client,
    installation::{Installation, Run, closedset},
    server::Server,
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// Runs `closedset agent ...` on a state folder.
pub fn agent(state: &Path, words: &[&str]) -> Run {
    closedset().arg("agent").args(words).arg("--state").arg(state).output().unwrap().into()
}

pub fn device(client: &Client) -> Value {
    let list = client.get("/api/v1/devices").well().json();
    let id = list["items"][0]["id"].as_str().unwrap();
    client.get(&format!("/api/v1/devices/{id}")).well().json()
}

#[test]
fn a_computer_is_enrolled_reports_and_is_sent_away() {
    let mut installation = Installation::new(2);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    // What was asked wrongly is exit code 1, what could not be done is 2.
    assert_eq!(agent(&state, &["enrol", "https://localhost/enrol#nothing"]).code, Some(1));
    assert_eq!(agent(&state, &["once"]).code, Some(1), "not enrolled");
    let link = installation.links.pop().unwrap().to_string();
    let run = agent(&state, &["enrol", &link, "--name", "edit-07"]).well();
    assert!(run.stdout.contains("Enrolled as edit-07"), "{run:?}");
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o077, 0);
    let again = agent(&state, &["enrol", &link, "--name", "edit-07"]);
    assert_eq!(again.code, Some(1), "{again:?}");
    let other = folder.path().join("other");
    let used = agent(&other, &["enrol", &link]);
    assert_eq!(used.code, Some(1), "{used:?}");
    assert!(used.stderr.contains("new link"), "{used:?}");

    for words in [["once", "--skip-facts", "nosuch"], ["run", "--skip-facts", "nosuch"]] {
        let run = agent(&state, &words);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("there is no kind of fact nosuch"), "{run:?}");
    }
    let run = agent(&state, &["once"]).well();
    assert!(run.stdout.contains("took 1 statement"), "{run:?}");
    let detail = device(&client);
    let kinds: Vec<_> = detail["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"operating_system") && kinds.contains(&"host_firewall"), "{kinds:?}");
    let skipped = detail["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fact| fact["kind"] == "internet_access")
        .unwrap();
    assert!(skipped.to_string().contains("left out by --skip-facts"), "{skipped}");
    agent(&state, &["once"]).well();
    let status: Value = {
        let run = closedset()
            .args(["--json", "agent", "status", "--state"])
            .arg(&state)
            .output()
            .unwrap();
        Run::from(run).well().json()
    };
    assert_eq!(status["name"], "edit-07");
    assert_eq!(status["queue_length"], 0);
    assert!(status["last_accepted_at"].is_string(), "{status}");

    // Out of reach it is kept, and delivered when the server is back.
    drop(server.kill());
    let run = agent(&state, &["once"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("kept for later"), "{run:?}");
    let server = Server::start(&installation);
    let run = agent(&state, &["once"]).well();
    assert!(run.stdout.contains("took 2 statement"), "{run:?}");

    let id = device(&client)["id"].as_str().unwrap().to_owned();
    let reason = serde_json::json!({"reason": "sold"});
    client.post(&format!("/api/v1/devices/{id}/revoke"), &reason).well();
    let run = agent(&state, &["once"]);
    assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
    let run = agent(&state, &["status"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("revoked"), "{run:?}");
    // With a new link it may come back.
    let link = installation.links.pop().unwrap().to_string();
    agent(&state, &["enrol", &link]).well();
    agent(&state, &["once"]).well();
    installation.verified();
    server.stop();
}
