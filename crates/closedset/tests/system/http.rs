//! A small HTTP client over TLS that believes the installation's own certificate, and can also say
//! what no decent client would.

use crate::installation::Installation;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::Value;
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The code of the problem that this is, which says what to do.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert!(self.head.contains("application/problem+json"), "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status);
        assert!(body["remedy"].as_str().is_some_and(|remedy| remedy.len() > 5), "{body}");
        body["code"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn well(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }
}

/// Whoever speaks with one server.
#[derive(Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    address: SocketAddr,
    pub token: String,
}

pub type Tls = StreamOwned<ClientConnection, TcpStream>;

impl Client {
    pub fn of(installation: &Installation) -> Self {
        let token = installation.token.clone();
        Self { token, ..Self::at(installation.address, installation.data()) }
    }

    /// Somebody without a token.
    pub fn at(address: SocketAddr, data: &std::path::Path) -> Self {
        let pem = std::fs::read(data.join("tls/certificate.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { config: Arc::new(config), address, token: String::new() }
    }

    /// A connection on which nothing was said yet.
    pub fn connect(&self) -> io::Result<Tls> {
        let socket = TcpStream::connect(self.address)?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(self.config.clone(), name).unwrap();
        Ok(StreamOwned::new(connection, socket))
    }

    /// Sends exactly these bytes on a connection of their own, and reads to its end.
    pub fn say(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = self.connect()?;
        // The server may answer and close before all of it is sent.
        let sent = stream.write_all(bytes).and_then(|()| stream.flush());
        let answer = read_to_end(&mut stream);
        if answer.is_empty() { sent.map(|()| answer) } else { Ok(answer) }
    }

    /// A whole request with the owner's token, and its answer.
    pub fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> io::Result<Answer> {
        let mut stream = self.connect()?;
        stream.write_all(&self.head(method, path, kind, body.len()))?;
        let sent = stream.write_all(body).and_then(|()| stream.flush());
        match read_answer(&mut stream) {
            Ok(answer) => Ok(answer),
            Err(error) => sent.and(Err(error)),
        }
    }

    /// The head of a request with the owner's token.
    pub fn head(&self, method: &str, path: &str, kind: &str, length: usize) -> Vec<u8> {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n",
            self.token
        )
        .into_bytes()
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "application/json", b"").unwrap()
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().as_bytes()).unwrap()
    }
}

/// What comes until the other side ends, however it ends.
pub fn read_to_end(stream: &mut Tls) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..count]);
    }
    answer
}

/// Reads one answer to the end of its connection; an error if it was cut short.
pub fn read_answer(stream: &mut Tls) -> io::Result<Answer> {
    parse(&read_to_end(stream))
}

pub fn parse(bytes: &[u8]) -> io::Result<Answer> {
    let cut = |what: &str| io::Error::new(io::ErrorKind::UnexpectedEof, what.to_owned());
    let end =
        bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| cut("no head"))?;
    let head =
        String::from_utf8(bytes[..end].to_vec()).map_err(|_| cut("a head that is no text"))?;
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| cut("no status"))?;
    let rest = &bytes[end + 4..];
    let field = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let body = match (field("content-length"), field("transfer-encoding")) {
        (Some(length), _) => {
            let length: usize = length.parse().map_err(|_| cut("no length"))?;
            rest.get(..length).ok_or_else(|| cut("the body was cut short"))?.to_vec()
        }
        (None, Some(_)) => chunks(rest).ok_or_else(|| cut("the chunks were cut short"))?,
        (None, None) => rest.to_vec(),
    };
    Ok(Answer { status, head, body })
}

fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        rest = &rest[end + 2..];
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}
