//! Certificates from an authority that gives them to programs: Pebble, the authority that its protocol's
//! makers test with, against the real server. It looks at the port that people use, turns away some
//! nonces that are good, and forgets everything when it ends.

use crate::{
    agent::agent,
    certificate::{Authority, browser, certificate, noted, shown, until},
    http::Client,
    installation::{Installation, Run, closedset},
    server::Server,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

const HOST: &str = "closedset.halide.test";
const PATIENCE: Duration = Duration::from_secs(90);

/// Whether Pebble is installed; where it must be, it is.
fn has_pebble() -> bool {
    let there = ["pebble", "pebble-challtestsrv"].iter().all(|program| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(program).exists())
    });
    let is_required = std::env::var("CLOSEDSET_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
    assert!(there || !is_required, "pebble is not installed, and CLOSEDSET_REQUIRE_TOOLS is 1");
    if !there {
        eprintln!("left out: pebble is not installed");
    }
    there
}

fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

/// A process that is ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The authority, with a name server of its own by which every name leads to this machine.
struct Pebble {
    authority: Authority,
    address: SocketAddr,
    management: SocketAddr,
    names: SocketAddr,
    names_management: SocketAddr,
    name_server: Option<Running>,
    running: Option<Running>,
}

impl Pebble {
    /// One that looks at this port, and issues for so many seconds.
    fn start(looks_at: u16, valid_s: u32) -> Self {
        let authority = Authority::new();
        authority.issue("pebble", "localhost", 90);
        let [address, management, names, names_management] = [(); 4].map(|()| free_address());
        let configuration = json!({"pebble": {
            "listenAddress": address.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": authority.path("pebble.pem"),
            "privateKey": authority.path("pebble.key"),
            "httpPort": free_address().port(),
            "tlsPort": looks_at,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": valid_s,
        }});
        authority.write("pebble.json", &configuration.to_string());
        let mut pebble = Self {
            authority,
            address,
            management,
            names,
            names_management,
            name_server: None,
            running: None,
        };
        pebble.name_server = Some(pebble.name_server());
        pebble.begin();
        pebble
    }

    fn name_server(&self) -> Running {
        let mut command = Command::new("pebble-challtestsrv");
        command.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", ""]);
        command.args(["-https01", "", "-tlsalpn01", "", "-dns01", &self.names.to_string()]);
        command.args(["-management", &self.names_management.to_string()]);
        let running = Running(silent(&mut command));
        until(PATIENCE, "names are told", || TcpStream::connect(self.names_management).is_ok());
        running
    }

    fn begin(&mut self) {
        let mut command = Command::new("pebble");
        command.arg("-config").arg(self.authority.path("pebble.json"));
        command.args(["-dnsserver", &self.names.to_string(), "-strict", "true"]);
        // One nonce in twenty is turned away, as it does by itself.
        command.env("PEBBLE_VA_SLEEPTIME", "2").env("PEBBLE_WFE_NONCEREJECT", "5");
        self.running = Some(Running(silent(&mut command)));
        until(PATIENCE, "it answers", || {
            TcpStream::connect(self.address).is_ok() && TcpStream::connect(self.management).is_ok()
        });
    }

    fn end(&mut self) {
        self.running = None;
    }

    fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.address.port())
    }

    /// The file with what its own address is believed by.
    fn trust(&self) -> PathBuf {
        self.authority.path("root.pem")
    }

    /// The file with the root of what it issues in this life.
    fn root(&self) -> PathBuf {
        let output = Command::new("openssl")
            .args(["s_client", "-quiet", "-connect", &self.management.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .and_then(|mut child| {
                let mut stdin = child.stdin.take().expect("it is piped");
                stdin.write_all(b"GET /roots/0 HTTP/1.0\r\n\r\n")?;
                let mut said = String::new();
                child.stdout.take().expect("it is piped").read_to_string(&mut said)?;
                drop(stdin);
                child.wait()?;
                Ok(said)
            })
            .unwrap();
        let at = output.find("-----BEGIN").expect("it tells its root");
        self.authority.write("issued-by.pem", &output[at..]);
        self.authority.path("issued-by.pem")
    }

    /// Lets a name lead nowhere.
    fn forget(&self, host: &str) {
        let body = json!({"host": format!("{host}."), "addresses": ["127.0.0.2"]}).to_string();
        let mut stream = TcpStream::connect(self.names_management).unwrap();
        let head = format!("content-length: {}\r\nconnection: close", body.len());
        write!(stream, "POST /add-a HTTP/1.1\r\nhost: localhost\r\n{head}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn agree(&self, installation: &Installation, more: &[&str]) -> Run {
        let (directory, trust) = (self.directory(), self.trust());
        let trust = trust.to_str().unwrap();
        let words = ["acme", "--contact", "it@halide.example", "--directory", &directory];
        certificate(installation, &[&words, ["--authority", trust].as_slice(), more].concat())
    }
}

fn silent(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The server under a name on the network.
fn named(installation: &Installation) -> Server {
    let mut command = closedset();
    command.arg("serve").arg("--data").arg(installation.data());
    let (address, port) = (installation.address.to_string(), installation.address.port());
    command.args(["--listen", &address, "--public-url", &format!("https://{HOST}:{port}")]);
    let mut server = Server::spawn(command);
    server.wait_until_it_listens();
    server
}

fn seen(installation: &Installation, pebble: &Pebble) -> Result<String, String> {
    browser(installation.address, HOST, &pebble.root())
}

#[test]
fn an_authority_issues_renews_and_is_gone_and_back_while_an_agent_goes_on() {
    if !has_pebble() {
        return;
    }
    let mut installation = Installation::new(1);
    let mut pebble = Pebble::start(installation.address.port(), 45);
    let server = named(&installation);
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let link = installation.links.pop().unwrap().to_string();
    agent(&state, &["enrol", &link]).well();

    let unread = pebble.agree(&installation, &[]);
    assert_eq!(unread.code, Some(1), "{unread:?}");
    assert!(unread.stdout.contains("terms of service were not agreed to"), "{unread:?}");
    let told = pebble.agree(&installation, &["--agree-terms"]).well().json();
    assert_eq!((&told["way"], &told["in_use"]["names"]), (&"acme".into(), &json!([HOST])));
    assert_eq!(told["in_use"]["key"], told["own"]["key"], "agents know it");
    let first = seen(&installation, &pebble).unwrap();
    for name in ["acme.json", "acme.pem", "key.pem"] {
        let mode = fs::metadata(installation.data().join("tls").join(name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
    agent(&state, &["once"]).well();
    // Forms are taken under the new name, and not from another one.
    let client = Client::of(&installation);
    let posted = |origin: &str| {
        let request = format!(
            "POST /sign-in HTTP/1.1\r\nhost: {HOST}\r\norigin: https://{origin}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: 0\r\n\
             connection: close\r\n\r\n"
        );
        String::from_utf8_lossy(&client.say(request.as_bytes()).unwrap()).into_owned()
    };
    let (own, other) = (posted(HOST), posted("other.example"));
    assert!(other.contains("another site") && !own.contains("another site"), "{own} {other}");

    // By itself, when two thirds of its life are over.
    until(PATIENCE, "it is renewed", || seen(&installation, &pebble).unwrap() != first);
    // The authority is gone: what there is stays, and it is told.
    pebble.end();
    let refused = certificate(&installation, &["renew"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let told = shown(&installation);
    assert_eq!(told["failure"]["code"], "acme.unreachable", "{told}");
    assert_eq!((&told["way"], &told["wants_attention"]), (&"acme".into(), &true.into()));
    assert_eq!(certificate(&installation, &["show"]).code, Some(1));
    until(PATIENCE, "it is written down", || {
        noted(&installation, "certificate.refused")
            .iter()
            .any(|body| body["code"] == "acme.unreachable")
    });
    agent(&state, &["once"]).well();
    // Killed and started again it knows all that; the account that the authority forgot is a refusal.
    server.kill();
    pebble.begin();
    let server = named(&installation);
    assert_eq!(shown(&installation)["failure"]["code"], "acme.unreachable");
    let refused = certificate(&installation, &["renew"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert_eq!(shown(&installation)["failure"]["code"], "acme.account", "{refused:?}");
    let told = pebble.agree(&installation, &["--agree-terms"]).well().json();
    assert_eq!((&told["way"], &told["failure"]), (&"acme".into(), &Value::Null));
    seen(&installation, &pebble).unwrap();
    certificate(&installation, &["own"]).well();
    agent(&state, &["once"]).well();
    let ways: Vec<Value> =
        noted(&installation, "certificate.served").iter().map(|body| body["way"].clone()).collect();
    assert_eq!(ways.first(), Some(&"own".into()));
    assert_eq!(ways.last(), Some(&"own".into()));
    assert!(ways.iter().filter(|way| **way == "acme").count() >= 2, "{ways:?}");
    let agreed = noted(&installation, "authority.agreed");
    assert_eq!(agreed[0]["directory"], pebble.directory());
    installation.verified();
    server.stop();
}

#[test]
fn a_name_that_leads_elsewhere_is_told_and_changes_nothing() {
    if !has_pebble() {
        return;
    }
    let installation = Installation::new(0);
    let pebble = Pebble::start(installation.address.port(), 7_776_000);
    pebble.forget(HOST);
    let server = named(&installation);
    let refused = pebble.agree(&installation, &["--agree-terms"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stdout.contains("did not find this server under its name"), "{refused:?}");
    let told = shown(&installation);
    assert_eq!((&told["way"], &told["failure"]), (&"own".into(), &Value::Null));
    // The account is kept, and used when it is tried again.
    let account = fs::read(installation.data().join("tls/acme.json")).unwrap();
    let again = pebble.agree(&installation, &["--agree-terms"]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert_eq!(fs::read(installation.data().join("tls/acme.json")).unwrap(), account);
    // Whoever is no authority at all.
    let (trust, directory) =
        (pebble.trust(), format!("https://localhost:{}/", pebble.management.port()));
    let words = ["acme", "--contact", "it@halide.example", "--agree-terms", "--authority"];
    let more = [trust.to_str().unwrap(), "--directory", &directory];
    let run = certificate(&installation, &[words.as_slice(), &more].concat());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stdout.contains("makes no sense"), "{run:?}");
    server.stop();
}

#[test]
fn a_server_that_is_killed_while_it_asks_asks_again() {
    if !has_pebble() {
        return;
    }
    let installation = Installation::new(0);
    let pebble = Pebble::start(installation.address.port(), 7_776_000);
    let server = named(&installation);
    pebble.agree(&installation, &["--agree-terms"]).well();
    let before = seen(&installation, &pebble).unwrap();
    // While the authority looks the server is gone: what there was is there at the next start.
    let mut asking = closedset();
    asking.args(["certificate", "renew", "--data"]).arg(installation.data());
    let mut asking = Running(silent(&mut asking));
    std::thread::park_timeout(Duration::from_millis(700));
    server.kill();
    assert!(!asking.0.wait().unwrap().success());
    let server = named(&installation);
    assert_eq!(seen(&installation, &pebble).unwrap(), before);
    certificate(&installation, &["renew"]).well();
    let before = seen(&installation, &pebble).unwrap();
    // What was obtained is lost with the disk's last second, and the server with it.
    server.kill();
    fs::remove_file(installation.data().join("tls/acme.pem")).unwrap();
    let file = installation.data().join("tls/acme.json");
    let mut kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    kept["next_at"] = Value::Null;
    fs::write(&file, kept.to_string()).unwrap();
    let server = named(&installation);
    until(PATIENCE, "it has another", || {
        seen(&installation, &pebble).is_ok_and(|seen| seen != before)
    });
    assert_eq!(shown(&installation)["failure"], Value::Null);
    server.stop();
}
