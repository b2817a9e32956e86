//! What no decent client sends: refused or let go, and the server goes on for everybody else.

use crate::{
    computer::{CHECK_INS, Computer, deliver, way},
    http::{Client, parse, read_to_end},
    installation::Installation,
    server::Server,
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// A server that must be as good after the test as before.
pub struct Target {
    server: Server,
    installation: Installation,
    pub client: Client,
    before: u64,
}

impl Target {
    pub fn new(links: usize) -> Self {
        let installation = Installation::new(links);
        let server = Server::start(&installation);
        let client = Client::of(&installation);
        let before = client.get("/api/v1/ledger").well().json()["entries"].as_u64().unwrap();
        Self { server, installation, client, before }
    }

    pub fn prove_unharmed(self) {
        let after = self.client.get("/api/v1/ledger").well().json()["entries"].as_u64().unwrap();
        assert_eq!(after, self.before, "something was written");
        self.installation.verified();
        self.server.stop();
    }
}

#[test]
fn heads_that_are_no_http_are_refused_or_let_go() {
    let target = Target::new(0);
    let client = &target.client;
    let many: String = (0..2_000).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = "y".repeat(2 << 20);
    let refused: Vec<(Vec<u8>, &[u16])> = vec![
        (format!("GET / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n").into_bytes(), &[400, 431]),
        (
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n").into_bytes(),
            &[400, 431],
        ),
        (format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes(), &[400, 414, 431]),
        (b"GET / HTTP/1.1\r\nhost: localhost\r\nx: \0\r\n\r\n".to_vec(), &[400]),
        (b"GET / HTTP/9.9\r\nhost: localhost\r\n\r\n".to_vec(), &[400, 505]),
        (b"\x16\x03\x01 this is no http\r\n\r\n".to_vec(), &[400]),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".to_vec(), &[400]),
        (
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"
                .to_vec(),
            &[400],
        ),
        (
            b"POST /api/v1/agent/enrol HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
           transfer-encoding: chunked\r\n\r\nzz\r\n"
                .to_vec(),
            &[400, 422],
        ),
    ];
    for (bytes, statuses) in refused {
        let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        // Let go without a word is as good.
        if let Ok(said) = client.say(&bytes)
            && !said.is_empty()
        {
            let answer = parse(&said).unwrap();
            assert!(statuses.contains(&answer.status), "{begin:?}: {answer:?}");
        }
    }
    // Two lengths of one body: whatever comes first, the second half is no request of its own.
    let smuggled = b"POST /api/v1/agent/enrol HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
        content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let said = String::from_utf8_lossy(&client.say(smuggled).unwrap_or_default()).into_owned();
    assert!(!said.contains("ok\n"), "{said}");
    target.prove_unharmed();
}

#[test]
fn a_body_that_is_cut_short_leaves_nothing() {
    let mut target = Target::new(1);
    let computer = &mut Computer::enrolled(&mut target.installation, 1);
    target.before = target.client.get("/api/v1/ledger").json()["entries"].as_u64().unwrap();
    let client = &target.client;
    let body = serde_json::to_vec(&computer.full()).unwrap();
    for length in [0, 1, body.len() / 2, body.len() - 1] {
        let mut stream = client.connect().unwrap();
        stream.write_all(&client.head("POST", CHECK_INS, "application/json", body.len())).unwrap();
        stream.write_all(&body[..length]).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
        let said = read_to_end(&mut stream);
        assert!(said.is_empty() || parse(&said).unwrap().status >= 400, "{length}");
    }
    let path = "/api/v1/documents?control=AD-1&file_name=a.bin&valid_to=2027-01-01T00:00:00Z";
    let mut stream = client.connect().unwrap();
    stream.write_all(&client.head("POST", path, "application/octet-stream", 10 << 20)).unwrap();
    stream.write_all(&vec![7; 3 << 20]).unwrap();
    stream.flush().unwrap();
    drop(stream);
    // The next upload of the same bytes is none the worse for it.
    target.prove_unharmed();
}

#[test]
fn whoever_says_half_and_waits_is_let_go_while_others_are_served() {
    let mut target = Target::new(1);
    let mut computer = Computer::enrolled(&mut target.installation, 1);
    let client = target.client.clone();
    let begun = Instant::now();
    let mut waiting: Vec<_> = (0..300)
        .map(|number| {
            let mut stream = client.connect().unwrap();
            let half: &[u8] = match number % 3 {
                0 => b"GET / HTTP/1.1\r\nhost: loc",
                1 => b"",
                _ => b"POST /api/v1/agent/enrol HTTP/1.1\r\nx: y\r\n",
            };
            stream.write_all(half).unwrap();
            stream.flush().unwrap();
            stream
        })
        .collect();
    // And some that never come to TLS.
    let silent: Vec<_> =
        (0..50).map(|_| TcpStream::connect(target.installation.address).unwrap()).collect();
    computer.report(&*way(&target.installation));
    assert_eq!(client.get("/healthz").status, 200);
    for stream in &mut waiting {
        read_to_end(stream);
    }
    let longest = begun.elapsed();
    assert!(longest < Duration::from_secs(50), "half a head was waited for {longest:?}");
    for mut stream in silent {
        stream.set_read_timeout(Some(Duration::from_secs(50))).unwrap();
        let ended = stream.read(&mut [0; 64]);
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(100));
    target.before = client.get("/api/v1/ledger").json()["entries"].as_u64().unwrap();
    target.prove_unharmed();
}

#[test]
fn forged_replayed_and_stolen_statements_are_refused_over_the_line() {
    let mut target = Target::new(2);
    let mut computer = Computer::enrolled(&mut target.installation, 1);
    let other = Computer::enrolled(&mut target.installation, 2);
    let way = way(&target.installation);
    let first = computer.full();
    deliver(&*way, &first).unwrap().unwrap();
    computer.facts.insert("screen_lock".into(), crate::computer::screen_lock(60));
    let second = computer.full();
    deliver(&*way, &second).unwrap().unwrap();
    target.before = target.client.get("/api/v1/ledger").json()["entries"].as_u64().unwrap();
    let mut forged = computer.full();
    forged.signature = forged.statement.sign(&other.key);
    let mut ahead = computer.full();
    ahead.statement.collected_at =
        ahead.statement.collected_at + closedset_core::Duration::from_hours(1);
    ahead.signature = ahead.statement.sign(&computer.key);
    let mut stolen = computer.full();
    stolen.statement.device = other.device;
    stolen.signature = stolen.statement.sign(&computer.key);
    let mut swapped = computer.full();
    swapped.bodies.insert("screen_lock".into(), crate::computer::screen_lock(1));
    for (check_in, status) in
        [(first, 409), (forged, 401), (ahead, 422), (stolen, 401), (swapped, 422)]
    {
        assert_eq!(deliver(&*way, &check_in).unwrap().unwrap_err(), status);
    }
    let again = deliver(&*way, &second).unwrap().unwrap();
    assert_eq!(again.outcome, closedset_core::check_in::Outcome::Repeated);
    // Without TLS there is no answer that could be taken for one.
    let mut plain = TcpStream::connect(target.installation.address).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
    target.prove_unharmed();
}
