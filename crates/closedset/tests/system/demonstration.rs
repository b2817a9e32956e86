//! `serve --demo` from outside: what it prints opens it, all of it says what it is, and it never meets a
//! real installation.

use crate::{
    http::Client,
    installation::{Installation, closedset},
    server::Server,
};
use serde_json::Value;
use std::{fs, net::TcpListener, path::Path, process::Output};

fn serve(words: &[&str], data: &Path) -> Output {
    closedset().arg("serve").args(words).arg("--data").arg(data).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What lies in a folder, and how large it is.
fn listed(folder: &Path) -> Vec<(String, u64)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().len())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_real_installation_is_never_opened_as_a_demonstration() {
    let installation = Installation::new(0);
    let before = listed(installation.data());
    let output = serve(&["--demo"], installation.data());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("what is real stays real"), "{}", said(&output));
    assert_eq!(listed(installation.data()), before, "nothing was touched");
    // Nor with the file of a demonstration laid into it: the log is asked.
    fs::write(installation.data().join("demonstration.json"), "{\"device_keys\": \"\"}").unwrap();
    let output = serve(&["--demo"], installation.data());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("what is real stays real"), "{}", said(&output));
    installation.verified();
}

#[test]
fn no_demonstration_begins_in_a_database_that_was_named() {
    // Worst of all one whose server runs and awaits set-up.
    let folder = tempfile::tempdir().unwrap();
    let (real, elsewhere) = (folder.path().join("real"), folder.path().join("elsewhere"));
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let mut command = closedset();
    command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(&real);
    let mut server = Server::spawn(command);
    server.wait_until_it_listens();
    let client = Client::at(address, &real);
    assert!(!client.get("/").head.contains("closedset-demonstration"));
    let database = format!("sqlite:{}", real.join("closedset.sqlite").display());
    let kinds = || {
        let mut command = std::process::Command::new("sqlite3");
        command
            .arg(real.join("closedset.sqlite"))
            .arg("SELECT kind FROM entry ORDER BY idx LIMIT 1");
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(kinds().trim(), "installation.begun", "it is real before it answers");

    let short = ["serve", "--demo", "--days", "3", "--listen", "127.0.0.1:0"];
    let refused = |command: &mut std::process::Command, named_by: &str| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let words = said(&output);
        assert!(words.contains("opens no database that was named; leave out "), "{words}");
        assert!(words.contains(named_by), "{words}");
    };
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let demo = || {
        let mut command = closedset();
        command.args(short).env("TMPDIR", &temporary);
        command
    };
    refused(demo().args(["--database", &database]), "--database");
    refused(demo().args(["--database", &database, "--data"]).arg(&elsewhere), "--database");
    refused(demo().env("CLOSEDSET_DATABASE", &database), "CLOSEDSET_DATABASE");
    assert!(!elsewhere.exists() && listed(&temporary).is_empty(), "nothing was made");
    // Nor where a file names it, even in what was announced as a demonstration's folder.
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("closedset.toml"), format!("database = \"{database}\"\n")).unwrap();
    fs::write(elsewhere.join("demonstration.json"), "{\"device_keys\": \"\"}").unwrap();
    let before = listed(&elsewhere);
    refused(demo().arg("--data").arg(&elsewhere), "closedset.toml");
    assert_eq!(listed(&elsewhere), before, "nothing was touched");
    server.stop();
    assert_eq!(kinds().trim(), "installation.begun");
}

#[test]
fn a_demonstration_is_grown_opened_by_what_it_prints_and_says_everywhere_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("kept");
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let listen = address.to_string();
    let start = || {
        let mut command = closedset();
        command.args(["serve", "--demo", "--days", "12", "--listen", &listen, "--data"]).arg(&data);
        let mut server = Server::spawn(command);
        server.wait_until_it_listens();
        server
    };
    let server = start();
    let run = |words: &[&str]| -> crate::installation::Run {
        closedset().args(words).arg("--data").arg(&data).output().unwrap().into()
    };
    let client = Client::at(address, &data);
    for (path, status) in [("/sign-in", 200), ("/no/such/page", 404)] {
        let answer = client.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.head.contains("closedset-demonstration: everything is invented"), "{path}");
        assert!(answer.text().contains("class=\"demonstration\""), "{path}");
    }
    assert!(client.get("/api/v1/board").head.contains("closedset-demonstration"));
    run(&["--json", "ledger", "verify"]).well();
    let out = folder.path().join("pack.zip");
    run(&["pack", "create", "--out", out.to_str().unwrap()]).well();
    let log = server.stop();
    assert!(
        log.contains("This is a demonstration.") && log.contains("I lost my phone or key"),
        "{log}"
    );

    let verify = |words: &[&str]| -> crate::installation::Run {
        closedset()
            .args(["--json", "pack", "verify"])
            .arg(&out)
            .args(words)
            .output()
            .unwrap()
            .into()
    };
    let plain = verify(&[]);
    assert_eq!(plain.code, Some(1), "a demonstration is nothing that is well");
    let report: Value = plain.json();
    assert_eq!(
        (&report["result"], &report["is_demonstration"]),
        (&"demonstration".into(), &true.into())
    );
    assert_eq!(verify(&["--demonstration"]).code, Some(0));

    // Without --demo its folder is not served, and with it, it goes on as it was.
    let output = serve(&["--listen", &listen], &data);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("open it with --demo"), "{}", said(&output));
    let again = start();
    let log = again.stop();
    assert!(!log.contains("Growing") && log.contains("This is a demonstration."), "{log}");
}

#[test]
fn a_demonstration_that_was_not_grown_to_its_end_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("begun");
    let mut command = closedset();
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
    let server = Server::spawn(command);
    while !data.join("closedset.sqlite").exists() {
        std::thread::yield_now();
    }
    drop(server.kill());
    let output = serve(&["--demo", "--listen", "127.0.0.1:0"], &data);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("remove the folder and start again"), "{}", said(&output));
    // Killed before anything was begun in it, it is not made a real installation either.
    let early = folder.path().join("early");
    fs::create_dir(&early).unwrap();
    fs::copy(data.join("demonstration.json"), early.join("demonstration.json")).unwrap();
    for words in [&["--demo", "--listen", "127.0.0.1:0"][..], &["--listen", "127.0.0.1:0"]] {
        let output = serve(words, &early);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("remove the folder and start again"), "{}", said(&output));
    }
}

#[test]
fn a_passing_demonstration_is_gone_whenever_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    // Right after its folder was made, while it is put together, and while it is grown.
    for lies_there in ["", "lock", "tls", "closedset.sqlite", "ledger"] {
        let mut command = closedset();
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0"]);
        let server = Server::spawn({
            command.env("TMPDIR", folder.path());
            command
        });
        loop {
            let made = fs::read_dir(folder.path()).unwrap().next();
            if made.is_some_and(|made| made.unwrap().path().join(lies_there).exists()) {
                break;
            }
            std::thread::yield_now();
        }
        server.ask_to_stop();
        let (status, log) = server.wait();
        assert!(status.success(), "{lies_there}: {status}: {log}");
        assert_eq!(listed(folder.path()), [], "{lies_there}");
    }
}

#[test]
fn a_restored_demonstration_is_said_to_be_one_and_opens_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (data, again, file) = (path("kept"), path("again"), path("demo.age"));
    fs::write(path("pass"), "tungsten gate slate\n").unwrap();
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let listen = address.to_string();
    let start = |data: &Path| {
        let mut command = closedset();
        command.args(["serve", "--demo", "--days", "5", "--listen", &listen, "--data"]).arg(data);
        let mut server = Server::spawn(command);
        server.wait_until_it_listens();
        server
    };
    start(&data).stop();
    let run = |words: &[&str], data: &Path| -> crate::installation::Run {
        let mut command = closedset();
        command.args(words).arg(&file).arg("--passphrase-file").arg(path("pass"));
        command.arg("--data").arg(data).output().unwrap().into()
    };
    run(&["backup"], &data).well();
    let checked = run(&["restore", "--check"], &again).well();
    assert!(checked.stdout.contains("DEMONSTRATION"), "{checked:?}");
    let checked = run(&["--json", "restore", "--check"], &again).well();
    assert_eq!(checked.json()["is_demonstration"], true);
    let restored = run(&["restore"], &again).well();
    assert!(restored.stdout.contains("DEMONSTRATION"), "{restored:?}");
    assert!(restored.stdout.contains("closedset serve --demo --data"), "{restored:?}");
    let log = start(&again).stop();
    assert!(log.contains("This is a demonstration.") && !log.contains("Growing"), "{log}");
    let output = serve(&["--listen", &listen], &again);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("open it with --demo"), "{}", said(&output));
}
