//! Computers that no agent stands on: a suite without network whose report is carried, and a machine
//! that reports once by a link.

use crate::{
    agent::{agent, device},
    http::Client,
    installation::{Installation, Run, closedset},
    server::Server,
};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const REPORTS: &str = "/api/v1/devices/reports";

/// Runs `closedset check` with these words.
fn check(words: &[&str]) -> Run {
    closedset().args(["--json", "check"]).args(words).output().unwrap().into()
}

/// What was found, where that alone decides the exit code.
#[track_caller]
fn found(run: &Run) -> Value {
    assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn hand_in(client: &Client, file: &Path) -> crate::http::Answer {
    client.send("POST", REPORTS, "application/json", &fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_suite_without_network_is_enrolled_judged_and_proven_by_the_file_that_was_carried() {
    let mut installation = Installation::new(2);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (state, out) = (path("state"), path("report.json"));
    let link = installation.links.pop().unwrap().to_string();

    // No server runs yet: nothing but the link is needed.
    let run = check(&["--sign", &link, "--out", &out, "--state", &state, "--name", "suite-9"]);
    let report = found(&run);
    assert_eq!(report["handed"]["file"], out.as_str());
    assert!(report["handed"]["counts_until"].is_string(), "{report}");
    assert!(run.stderr.contains("Hand it in at"), "{run:?}");
    for secret in [&out, &state] {
        assert_eq!(fs::metadata(secret).unwrap().permissions().mode() & 0o077, 0, "{secret}");
    }
    // A file that is there is never overwritten, and uses no number.
    assert_eq!(check(&["--sign", "--out", &out, "--state", &state]).code, Some(2));
    let later = path("later.json");
    found(&check(&["--sign", "--out", &later, "--state", &state]));

    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let taken = hand_in(&client, Path::new(&out)).well().json();
    assert_eq!((&taken["outcome"], &taken["is_new"]), (&"changed".into(), &true.into()));
    assert_eq!(taken["device"], report["handed"]["device"]);
    let detail = device(&client);
    assert_eq!(detail["name"], "suite-9");
    let board = client.get("/api/v1/board").well().json();
    for finding in report["findings"].as_array().unwrap() {
        let verdicts = detail["in_force"].as_array().unwrap();
        let verdict = verdicts.iter().find(|one| one["check"] == finding["check"]).unwrap();
        // What needs a release's end is derived on either side; a person's word is assumed alike.
        assert_eq!(verdict["status"], finding["status"], "{verdict} {finding}");
    }
    assert!(board.to_string().contains("IS-7"), "{board}");

    let again = hand_in(&client, Path::new(&out)).well().json();
    assert_eq!(again["outcome"], "repeated");
    let second = hand_in(&client, Path::new(&later)).well().json();
    assert_eq!(second["is_new"], false);
    let older = hand_in(&client, Path::new(&out));
    assert_eq!((older.status, older.problem().as_str()), (409, "report.older"));
    let text = fs::read_to_string(&later).unwrap();
    let altered = path("altered.json");
    fs::write(&altered, text.replacen("\"counter\":2", "\"counter\":3", 1)).unwrap();
    let altered = hand_in(&client, Path::new(&altered));
    assert_eq!((altered.status, altered.problem().as_str()), (409, "report.signature"));

    // Who carried it stands in the ledger, and an outsider's proof holds.
    let kinds: Vec<String> = installation
        .entries()
        .iter()
        .filter_map(|entry| entry["kind"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "device.report_handed_in").count(), 2);
    let pack = path("pack.zip");
    installation.run(&["pack", "create", "--out", &pack]).well();
    let verified: Run =
        closedset().args(["--json", "pack", "verify", &pack]).output().unwrap().into();
    let verified = verified.json();
    let findings = verified["findings"].as_array().unwrap();
    assert!(findings.iter().all(|one| one["severity"] == "notice"), "{verified}");
    installation.verified();
    server.stop();
}

#[test]
fn somebodys_own_machine_reports_once_by_a_link_and_again_without() {
    let mut installation = Installation::new(2);
    let server = Server::start(&installation);
    let client = Client::of(&installation);
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let state = state.to_str().unwrap();
    let link = installation.links.pop().unwrap().to_string();
    // Nobody can be asked here, so nothing is sent.
    let unasked = check(&["--send", &link, "--state", state]);
    assert_eq!(unasked.code, Some(1), "{unasked:?}");
    assert!(unasked.stdout.contains("add --yes"), "{unasked:?}");
    assert_eq!(client.get("/api/v1/devices").well().json()["items"], serde_json::json!([]));
    let without = check(&["--send", "--yes", "--state", state]);
    assert_eq!(without.code, Some(1), "{without:?}");
    assert!(without.stdout.contains("give the link"), "{without:?}");

    let run = check(&["--send", &link, "--yes", "--state", state, "--name", "ana's laptop"]);
    let report = found(&run);
    assert!(run.stderr.contains(&installation.url()), "{run:?}");
    assert!(run.stderr.contains(&installation.organisation.to_string()), "{run:?}");
    let detail = device(&client);
    assert_eq!(
        (&detail["name"], &detail["id"]),
        (&"ana's laptop".into(), &report["handed"]["device"])
    );
    let seen = detail["last_seen_at"].clone();
    found(&check(&["--send", "--yes", "--state", state]));
    let again = device(&client);
    assert_ne!(again["last_seen_at"], seen);
    assert_eq!(client.get("/api/v1/devices").well().json()["items"].as_array().unwrap().len(), 1);
    // What is asked about is what is done: a link that names another server than the one enrolled at.
    let elsewhere = link.replacen(&installation.url(), "https://elsewhere.example", 1);
    let refused = check(&["--send", &elsewhere, "--yes", "--state", state]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stdout.contains("is enrolled by it at"), "{refused:?}");
    // Another link in the same folder is refused, unless that is said.
    let other = installation.links.pop().unwrap().to_string();
    let refused = check(&["--send", &other, "--yes", "--state", state]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    // An agent may take over where it stopped.
    agent(Path::new(state), &["once"]).well();

    drop(server.kill());
    let away = check(&["--send", "--yes", "--state", state]);
    assert_eq!(away.code, Some(2), "{away:?}");
    assert!(away.stdout.contains("kept for the next"), "{away:?}");
    let server = Server::start(&installation);
    found(&check(&["--send", "--yes", "--state", state]));
    installation.verified();
    server.stop();
}

#[test]
fn a_key_in_a_shared_home_folder_signs_on_its_own_machine_alone() {
    let mut installation = Installation::new(1);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (state, out, next) = (path("state"), path("one.json"), path("two.json"));
    let link = installation.links.pop().unwrap().to_string();
    let first = check(&["--sign", &link, "--out", &out, "--state", &state]);
    found(&first);
    let identity = folder.path().join("state/identity.json");
    let text = fs::read_to_string(&identity).unwrap();
    let mut kept: Value = serde_json::from_str(&text).unwrap();
    let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if id.trim().len() == 32 {
        assert!(!text.contains(id.trim()), "the machine's own id is not kept");
        assert!(kept["machine"].is_string(), "{text}");
    } else {
        assert!(first.stderr.contains("not bound to this machine"), "{first:?}");
    }
    // As the next suite would find it in the same home folder.
    kept["machine"] = "5f".repeat(32).into();
    fs::write(&identity, kept.to_string()).unwrap();
    for words in [
        &["--sign", "--out", &next, "--state", &state][..],
        &["--sign", &link, "--out", &next, "--state", &state],
        &["--send", "--yes", "--state", &state],
        &["--send", &link, "--yes", "--state", &state],
    ] {
        let refused = check(words);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stdout.contains("another machine's"), "{refused:?}");
        assert!(refused.stdout.contains("a folder of its own with `--state`"), "{refused:?}");
        assert!(!Path::new(&next).exists(), "nothing is left");
    }
    agent(Path::new(&state), &["status"]).well();
    assert_eq!(agent(Path::new(&state), &["once"]).code, Some(1));
}

#[test]
fn what_goes_together_is_said_before_anything_is_looked_at() {
    for words in [
        &["--sign"][..],
        &["--out", "report.json"],
        &["--send", "--sign", "--out", "x"],
        &["--sign", "--out", "x", "--control", "IS-7"],
        &["--send", "--replay", "x"],
        &["--yes"],
        &["--sign", "https://localhost/enrol#nothing", "--out", "x"],
    ] {
        let run = check(words);
        assert_eq!(run.code, Some(1), "{words:?}: {run:?}");
    }
}
