//! A certificate of the facility's own: given, replaced, refused and taken away under a running server,
//! looked at by OpenSSL as a browser would, while a real agent goes on reporting.

use crate::{
    agent::{agent, device},
    http::Client,
    installation::{Installation, Run},
    server::Server,
};
use serde_json::Value;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A facility's own authority, made with OpenSSL.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let authority = Self { folder: tempfile::tempdir().unwrap() };
        let subject = "/O=Halide Post/CN=Halide root";
        let root = ["-days", "3650", "-subj", subject, "-addext", "keyUsage=critical,keyCertSign"];
        let files = ["-keyout", "root.key", "-out", "root.pem"];
        authority.openssl(&["req", "-x509", "-newkey", "rsa:2048", "-nodes"], &[&root, &files]);
        authority.request("between", "/O=Halide Post/CN=Halide issuing");
        authority.sign("between", "root", 1000, "basicConstraints=critical,CA:TRUE\n");
        authority
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Issues `NAME.pem`, the chain with what issued it, beside `NAME.key`; ends in so many days.
    pub fn issue(&self, name: &str, host: &str, days: i32) {
        self.request(name, &format!("/CN={host}"));
        self.sign(name, "between", days, &format!("subjectAltName=DNS:{host}\n"));
        let chain = self.read(&format!("{name}.pem")) + &self.read("between.pem");
        self.write(&format!("{name}.pem"), &chain);
    }

    fn request(&self, name: &str, subject: &str) {
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        let files = ["-keyout", &key, "-out", &request, "-subj", subject];
        self.openssl(&["req", "-new", "-newkey", "rsa:2048", "-nodes"], &[&files]);
    }

    /// Signs `NAME.csr` as `NAME.pem`.
    pub fn sign(&self, name: &str, issuer: &str, days: i32, extensions: &str) {
        self.write("extensions", extensions);
        let [request, out, issuer_file, key] = [
            format!("{name}.csr"),
            format!("{name}.pem"),
            format!("{issuer}.pem"),
            format!("{issuer}.key"),
        ];
        let by = ["-CA", &issuer_file, "-CAkey", &key, "-CAcreateserial"];
        let days = days.to_string();
        let what = ["-in", &request, "-out", &out, "-days", &days, "-extfile", "extensions"];
        self.openssl(&["x509", "-req"], &[&by, &what]);
    }

    pub fn openssl(&self, words: &[&str], more: &[&[&str]]) {
        let mut command = Command::new("openssl");
        command.args(words).args(more.concat()).current_dir(self.folder.path());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?} {more:?}: {said}");
    }
}

/// What a browser that believes `root` finds under `name`: the issuer and the end of the certificate,
/// or why it does not go on.
pub fn browser(address: SocketAddr, name: &str, root: &Path) -> Result<String, String> {
    let output = Command::new("openssl")
        .args(["s_client", "-connect", &address.to_string(), "-servername", name])
        .args(["-alpn", "h2,http/1.1", "-verify_return_error", "-verify_hostname", name])
        .arg("-CAfile")
        .arg(root)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let begin = said.find("-----BEGIN CERTIFICATE-----").expect("it shows one");
    let end = said.find("-----END CERTIFICATE-----").expect("it ends") + 25;
    Ok(said[begin..end].to_owned())
}

/// Runs `closedset certificate ...` beside the server.
pub fn certificate(installation: &Installation, words: &[&str]) -> Run {
    installation.run(&[&["--json", "certificate"], words].concat())
}

/// What `certificate show` says.
pub fn shown(installation: &Installation) -> Value {
    certificate(installation, &["show"]).json()
}

/// Waits until `is` holds.
#[track_caller]
pub fn until(patience: Duration, what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < patience, "not in {patience:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

/// The bodies of the installation's entries of a kind, in order.
pub fn noted(installation: &Installation, kind: &str) -> Vec<Value> {
    let rows = installation.query(&format!(
        "SELECT CAST(b.body AS TEXT) FROM entry e JOIN entry_body b ON b.log = e.log AND b.idx = e.idx \
         WHERE e.log = 'installation' AND e.kind = '{kind}' ORDER BY e.idx"
    ));
    rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect()
}

#[test]
fn a_certificate_is_given_replaced_and_taken_away_while_an_agent_goes_on() {
    let mut installation = Installation::new(2);
    let server = Server::start(&installation);
    let authority = Authority::new();
    let root = authority.path("root.pem");
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let [link, other_link] = [(); 2].map(|()| installation.links.pop().unwrap().to_string());
    agent(&state, &["enrol", &link, "--name", "edit-07"]).well();
    agent(&state, &["once"]).well();
    let refused = browser(installation.address, "localhost", &root).unwrap_err();
    assert!(refused.contains("self-signed certificate"), "{refused}");

    authority.issue("first", "localhost", 90);
    let give = |name: &str| {
        let (chain, key) =
            (authority.path(&format!("{name}.pem")), authority.path(&format!("{name}.key")));
        let (chain, key) = (chain.to_str().unwrap(), key.to_str().unwrap());
        certificate(&installation, &["use", "--certificate", chain, "--key", key])
    };
    let told = give("first").well().json();
    assert_eq!((&told["way"], &told["wants_attention"]), (&"given".into(), &false.into()));
    assert_eq!(told["in_use"]["issuer"], "Halide Post, Halide issuing");
    let seen = browser(installation.address, "localhost", &root).unwrap();
    assert!(authority.read("first.pem").contains(&seen));
    // The agent of before goes on under the same name, and a new one is enrolled.
    let run = agent(&state, &["once"]).well();
    assert!(run.stdout.contains("took 1 statement"), "{run:?}");
    let other = folder.path().join("other");
    agent(&other, &["enrol", &other_link, "--name", "edit-08"]).well();
    agent(&other, &["once"]).well();

    authority.issue("second", "localhost", 10);
    let told = give("second").well().json();
    assert_eq!(told["wants_attention"], false);
    let seen = browser(installation.address, "localhost", &root).unwrap();
    assert!(authority.read("second.pem").contains(&seen));

    // What is refused changes nothing, and says which of all it is.
    authority.issue("elsewhere", "closedset.halide.example", 90);
    authority.issue("ended", "localhost", 0);
    authority.write("mixed.pem", &authority.read("first.pem"));
    authority.write("mixed.key", &authority.read("second.key"));
    authority.write("turned.pem", &(authority.read("between.pem") + &authority.read("first.pem")));
    authority.write("turned.key", &authority.read("first.key"));
    let first = authority.read("first.pem");
    let leaf = first.strip_suffix(&authority.read("between.pem")).unwrap().to_owned();
    authority.write("gap.pem", &(leaf + &authority.read("root.pem")));
    authority.write("gap.key", &authority.read("first.key"));
    authority.write("locked.pem", &authority.read("first.pem"));
    let lock = ["-aes256", "-passout", "pass:halide"];
    authority.openssl(&["pkey", "-in", "first.key", "-out", "locked.key"], &[&lock]);
    for (name, words) in [
        ("elsewhere", "for closedset.halide.example, and the server is reached as localhost"),
        ("ended", "ended on"),
        ("mixed", "does not belong to the first certificate"),
        ("turned", "not made for a server"),
        ("gap", "Certificate 2 of the chain did not issue the one before"),
        ("locked", "openssl pkey -in KEY -out KEY-PLAIN"),
    ] {
        let run = give(name);
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        assert!(run.stdout.contains(words), "{name}: {run:?}");
        assert_eq!(browser(installation.address, "localhost", &root).as_ref(), Ok(&seen));
    }

    // After a restart it is the same, and passkeys, forms and cookies go by the name as ever.
    server.stop();
    let server = Server::start(&installation);
    assert_eq!(browser(installation.address, "localhost", &root).as_ref(), Ok(&seen));
    agent(&state, &["once"]).well();
    let told = certificate(&installation, &["own"]).well().json();
    assert_eq!((&told["way"], &told["in_use"]["issuer"]), (&"own".into(), &"Closedset".into()));
    browser(installation.address, "localhost", &root).unwrap_err();
    agent(&state, &["once"]).well();
    let client = Client::of(&installation);
    assert!(device(&client)["facts"].as_array().unwrap().len() > 1);
    assert_eq!(client.get("/api/v1/certificate").well().json()["way"], "own");
    let ways: Vec<_> = noted(&installation, "certificate.served")
        .iter()
        .map(|body| body["way"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ways, ["own", "given", "given", "own"]);
    installation.verified();
    server.stop();
}

#[test]
fn what_the_servers_own_key_asks_for_is_given_without_a_key_and_without_a_server() {
    let installation = Installation::new(0);
    let authority = Authority::new();
    // As it lies before any server ran on it.
    fs::write(installation.data().join("closedset.toml"), "").unwrap();
    let run = installation.run(&["certificate", "request"]).well();
    authority.write("asked.csr", &run.stdout);
    authority.sign("asked", "root", 90, "subjectAltName=DNS:localhost\n");
    let chain = authority.path("asked.pem");
    certificate(&installation, &["use", "--certificate", chain.to_str().unwrap()]).well();
    let server = Server::start(&installation);
    browser(installation.address, "localhost", &authority.path("root.pem")).unwrap();
    let told = shown(&installation);
    assert_eq!(told["in_use"]["key"], told["own"]["key"]);
    assert_eq!(told["own"]["key"], installation.pin.to_string());
    server.stop();
}

#[test]
fn files_that_another_program_renews_are_taken_up_without_a_restart() {
    let installation = Installation::new(0);
    let authority = Authority::new();
    authority.issue("served", "localhost", 60);
    let settings = format!(
        "certificate = {:?}\ncertificate_key = {:?}\n",
        authority.path("served.pem"),
        authority.path("served.key"),
    );
    fs::write(installation.data().join("closedset.toml"), settings).unwrap();
    let server = Server::start(&installation);
    let root = authority.path("root.pem");
    let before = browser(installation.address, "localhost", &root).unwrap();
    assert_eq!(shown(&installation)["way"], "files");
    authority.issue("served", "localhost", 90);
    until(Duration::from_secs(90), "the new one is served", || {
        browser(installation.address, "localhost", &root).unwrap() != before
    });
    let run = certificate(&installation, &["own"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("closedset.toml"), "{run:?}");
    server.stop();
    // Where they are gone the server starts all the same, and says what is to be done.
    fs::remove_file(authority.path("served.key")).unwrap();
    let server = Server::start(&installation);
    let run = certificate(&installation, &["show"]);
    assert_eq!((run.code, &run.json()["failure"]["code"]), (Some(1), &"certificate.file".into()));
    until(Duration::from_secs(10), "it is written down", || {
        !noted(&installation, "certificate.refused").is_empty()
    });
    server.stop();
}
