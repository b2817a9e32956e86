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
    // Nor does a demonstration begin in its database from another folder.
    let elsewhere = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", installation.database_file().display());
    let output = serve(&["--demo", "--database", &database], elsewhere.path());
    assert!(!output.status.success());
    assert!(
        said(&output).contains("cannot become a demonstration")
            || said(&output).contains("master key"),
        "{}",
        said(&output)
    );
    let begun = installation.query("SELECT COUNT(*) FROM entry WHERE kind = 'demonstration.begun'");
    assert_eq!(begun.trim(), "0");
    installation.verified();
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
    while !data.join("demonstration.json").exists() {
        std::thread::yield_now();
    }
    drop(server.kill());
    let output = serve(&["--demo", "--listen", "127.0.0.1:0"], &data);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("remove the folder and start again"), "{}", said(&output));
}
