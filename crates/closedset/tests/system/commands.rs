//! Commands that act on an installation: over the running server's socket and, where none runs, in
//! their own process, with the same answers and exit codes.

use crate::{
    computer::{Computer, way},
    installation::{Installation, closedset},
    server::Server,
};
use closedset_merkle::{Proof, VerifierKey};
use closedset_testing::Postgres;
use std::{fs, path::Path, process::Command};

/// An installation with a device that reported.
fn lived_in(database: Option<String>) -> Installation {
    let mut installation = Installation::with(database, 1);
    let server = Server::start(&installation);
    Computer::enrolled(&mut installation, 1).report(&*way(&installation));
    server.stop();
    installation
}

fn every_command_answers(installation: &Installation) {
    let report = installation.verified();
    assert_eq!(report["faults"].as_array().map(Vec::len), Some(0));
    assert_eq!(report["entries"], report["signed"]);
    let run = installation.run(&["ledger", "verify"]).well();
    assert!(run.stdout.contains("the ledger is whole"), "{run:?}");

    let head = installation.run(&["--json", "ledger", "checkpoint"]).well().json();
    let key: VerifierKey = head["verifier_key"].as_str().unwrap().parse().unwrap();
    let run = installation.run(&["ledger", "checkpoint"]).well();
    assert!(run.stdout.starts_with(&format!("closedset/{}", installation.organisation)), "{run:?}");
    assert!(run.stderr.contains("verifier key"), "{run:?}");
    let fingerprint = format!("SHA-256 {}", head["key_fingerprint"].as_str().unwrap());
    assert!(run.stderr.contains(&fingerprint), "{run:?}");

    let run = installation.run(&["ledger", "prove", "3"]).well();
    let proof = Proof::parse(run.stdout.as_bytes()).unwrap();
    let entry = hex::decode(installation.entries()[3]["envelope"].as_str().unwrap()).unwrap();
    proof.verify(&entry, &key).unwrap();
    let out = installation.data().join("proof.txt");
    let prove = || installation.run(&["ledger", "prove", "3", "--out", out.to_str().unwrap()]);
    prove().well();
    assert!(Proof::parse(&fs::read(&out).unwrap()).is_ok());
    let again = prove();
    assert!(again.code == Some(2) && again.stderr.contains("name a new file"), "{again:?}");
    fs::remove_file(&out).unwrap();
    let missing = installation.run(&["ledger", "prove", "100000"]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert!(!missing.stderr.is_empty() && missing.stdout.is_empty());

    let pack = installation.data().join("pack.zip");
    let out = pack.to_str().unwrap();
    installation.run(&["pack", "create", "--out", out]).well();
    let again = installation.run(&["pack", "create", "--out", out]);
    assert!(again.code == Some(2) && again.stderr.contains("name a new file"), "{again:?}");
    let key = head["verifier_key"].as_str().unwrap();
    let verify = |file: &str, key: &str| {
        let output = closedset().args(["--json", "pack", "verify", file, "--key", key]).output();
        crate::installation::Run::from(output.unwrap())
    };
    let run = verify(out, key).well();
    assert_eq!(run.json()["findings"].as_array().map(Vec::len), Some(0), "{run:?}");
    assert_eq!(verify(out, &key.replacen("closedset", "forged", 1)).code, Some(1));
    let run = closedset().args(["pack", "verify", out]).output().unwrap();
    assert!(String::from_utf8_lossy(&run.stdout).contains(&fingerprint), "{run:?}");
    let report = installation.data().join("report.pdf");
    let take = |from: &str| {
        let output = closedset().args(["pack", "report", from, "--out"]).arg(&report).output();
        crate::installation::Run::from(output.unwrap())
    };
    take(out).well();
    assert!(fs::read(&report).unwrap().starts_with(b"%PDF-1.7"));
    assert_eq!(take(out).code, Some(2), "nothing is written over");
    assert_eq!(take(report.to_str().unwrap()).code, Some(1), "a report is no pack");
    fs::remove_file(&report).unwrap();
    let run = verify(out, "foo");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("NAME+HASH+KEY"), "{run:?}");
    let mut altered = fs::read(&pack).unwrap();
    let place = altered.len() / 2;
    altered[place] ^= 1;
    fs::write(&pack, &altered).unwrap();
    let run = verify(out, key);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(!run.json()["findings"].as_array().unwrap().is_empty());
    assert_eq!(verify("/nowhere/pack.zip", key).code, Some(2));
    let day = installation.run(&["pack", "create", "--out", out, "--from", "12 March"]);
    assert_eq!(day.code, Some(1), "{day:?}");
    fs::remove_file(&pack).unwrap();
    for period in [["2026-12-01", "2026-11-22"], ["2300-01-01", "2300-01-02"]] {
        let create = ["pack", "create", "--out", out, "--from", period[0], "--to", period[1]];
        let run = installation.run(&create);
        assert_eq!(run.code, Some(1), "{run:?}");
    }
}

/// What stock `age-keygen` wrote to the file: the recipient; none where it is not installed.
fn keygen(file: &Path) -> Option<String> {
    match Command::new("age-keygen").arg("-o").arg(file).output() {
        Ok(made) => {
            let said = String::from_utf8(made.stderr).unwrap();
            Some(said.trim().rsplit(' ').next().unwrap().to_owned())
        }
        Err(error) => {
            let is_required =
                std::env::var("CLOSEDSET_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
            assert!(!is_required, "age-keygen: {error}");
            None
        }
    }
}

#[test]
fn a_pack_made_for_somebody_opens_with_their_key_and_with_stock_age() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let Some(recipient) = keygen(Path::new(&at("key"))) else { return };
    keygen(Path::new(&at("other"))).unwrap();
    let installation = lived_in(None);
    let out = at("pack.zip.age");
    for none in ["assessor@example.com", "ssh-ed25519 AAAA"] {
        let run = installation.run(&["pack", "create", "--out", &out, "--recipient", none]);
        assert!(run.code.is_some_and(|code| code != 0) && run.stderr.contains("age1"), "{run:?}");
    }
    let create = ["--json", "pack", "create", "--out", &out, "--recipient", &recipient];
    let made = installation.run(&create).well().json();
    assert_eq!(made["pack"]["recipients"], serde_json::json!([recipient]));
    let run =
        |words: &[&str]| crate::installation::Run::from(closedset().args(words).output().unwrap());
    let verified = run(&["pack", "verify", &out, "--identity", &at("key")]).well();
    assert!(verified.stdout.contains(&format!("for the holders of {recipient}")), "{verified:?}");
    for (words, says) in [
        (&["pack", "verify", &out][..], "--identity"),
        (&["pack", "verify", &out, "--identity", &at("other")], "encrypted to others"),
        (&["pack", "verify", &out, "--identity", &out], "encrypted itself"),
        (&["pack", "report", &out, "--out", &at("no.pdf")], "--identity"),
    ] {
        let refused = run(words);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let said = format!("{}{}", refused.stdout, refused.stderr);
        assert!(said.contains(says), "{says}: {refused:?}");
    }
    let report = ["pack", "report", &out, "--identity", &at("key"), "--out", &at("report.pdf")];
    run(&report).well();
    assert!(fs::read(at("report.pdf")).unwrap().starts_with(b"%PDF-1.7"));

    let mut age = Command::new("age");
    age.args(["--decrypt", "-i", &at("key"), "-o", &at("pack.zip"), &out]);
    assert!(age.status().unwrap().success());
    run(&["pack", "verify", &at("pack.zip")]).well();
    // The next pack continues it, whichever of them is encrypted.
    let next = at("next.zip");
    installation.run(&["pack", "create", "--out", &next]).well();
    run(&["pack", "verify", &next, "--since", &out, "--identity", &at("key")]).well();

    // One that is about two controls, and says so.
    let two = at("two.zip");
    let create = |control: &str| {
        installation.run(&[
            "pack",
            "create",
            "--out",
            &two,
            "--control",
            "IR-1",
            "--control",
            control,
        ])
    };
    let refused = create("IS-7");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(format!("{}{}", refused.stdout, refused.stderr).contains("tested on computers"));
    create("AD-5").well();
    let verified = run(&["pack", "verify", &two, "--since", &out, "--identity", &at("key")]).well();
    assert!(verified.stdout.contains("It is limited to AD-5, IR-1."), "{verified:?}");

    let mut altered = fs::read(&out).unwrap();
    let place = altered.len() / 2;
    altered[place] ^= 1;
    fs::write(&out, &altered).unwrap();
    let refused = run(&["pack", "verify", &out, "--identity", &at("key")]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(format!("{}{}", refused.stdout, refused.stderr).contains("altered"), "{refused:?}");
}

#[test]
fn every_command_answers_over_the_socket_and_in_process() {
    let installation = lived_in(None);
    every_command_answers(&installation);
    let server = Server::start(&installation);
    every_command_answers(&installation);
    server.stop();
    every_command_answers(&installation);
}

#[test]
fn every_command_answers_on_postgres() {
    let Some(server) = Postgres::shared() else { return };
    let installation = lived_in(Some(server.database().url));
    every_command_answers(&installation);
    let server = Server::start(&installation);
    every_command_answers(&installation);
    server.stop();
}

#[test]
fn a_folder_that_is_no_installation_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["ledger", "verify"][..], &["ledger", "checkpoint"], &["ledger", "prove", "0"]] {
        let output = closedset().args(words).arg("--data").arg(folder.path()).output().unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("--data"), "{said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made in it");
}

/// The guide's own program and openssl, on a pack made minutes after the computer was enrolled.
#[test]
fn what_the_guide_says_proves_what_a_computer_said() {
    let has = |program: &str, flag: &str| Command::new(program).arg(flag).output().is_ok();
    if !has("python3", "--version") || !has("openssl", "version") {
        return;
    }
    let installation = lived_in(None);
    let pack = installation.data().join("pack.zip");
    installation.run(&["pack", "create", "--out", pack.to_str().unwrap()]).well();
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{program} {words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    in_folder("python3", &["-m", "zipfile", "-e", pack.to_str().unwrap(), "."]);
    let guide = include_str!("../../../../docs/src/ledger.md");
    let (_, script) = guide.split_once("# body.py ENTRY\n").unwrap();
    fs::write(folder.path().join("body.py"), script.split_once("```").unwrap().0).unwrap();
    check_bodies(folder.path(), 20);
    let unnamed = installation.data().join("unnamed.zip");
    let words = ["pack", "create", "--without-names", "--out", unnamed.to_str().unwrap()];
    installation.run(&words).well();
    let into = folder.path().join("unnamed");
    in_folder(
        "python3",
        &["-m", "zipfile", "-e", unnamed.to_str().unwrap(), into.to_str().unwrap()],
    );
    fs::copy(folder.path().join("body.py"), into.join("body.py")).unwrap();
    check_bodies(&into, 20);
    let (_, script) = guide.split_once("# said.py\n").unwrap();
    let (script, rest) = script.split_once("```").unwrap();
    fs::write(folder.path().join("said.py"), script).unwrap();
    in_folder("python3", &["said.py"]);
    let line = rest.lines().find_map(|line| line.trim().strip_prefix("openssl ")).unwrap();
    let said = in_folder("openssl", &line.split(' ').collect::<Vec<_>>());
    assert!(said.contains("Verified Successfully"), "{said}");
}

/// Runs the guide's script over the entries of a pack, which are at least so many.
fn check_bodies(folder: &std::path::Path, least: usize) {
    let entries = fs::read_dir(folder.join("ledger/entries")).unwrap();
    let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(paths.len() >= least, "{}", paths.len());
    for path in paths {
        let ran = Command::new("python3").arg("body.py").arg(&path).current_dir(folder).output();
        let ran = ran.unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(said.trim(), "as recorded", "{}: {ran:?}", path.display());
    }
}
