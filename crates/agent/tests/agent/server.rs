//! A TLS server of a few lines, so that every byte of an answer is in the test's hands.

use closedset_core::Digest;
use rcgen::{CertifiedKey, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::PrivateKeyDer,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey as ServedKey,
};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub head: String,
    pub path: String,
    pub body: Vec<u8>,
}

/// What the server does with a request.
pub enum Act {
    /// These bytes, then the connection ends.
    Send(Vec<u8>),
    /// Not a byte, for as long as the client holds the line.
    BeSilent,
}

impl Act {
    pub fn json(status: u16, body: &impl serde::Serialize) -> Self {
        Self::json_with(status, "", body)
    }

    /// `headers` are whole lines.
    pub fn json_with(status: u16, headers: &str, body: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap();
        let mut bytes = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n{headers}\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend(body);
        Self::Send(bytes)
    }
}

type Handler = dyn Fn(&Request) -> Act + Send + Sync;

/// What the server shows in the handshake.
pub struct Shown {
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
    pub pin: Digest,
}

impl Shown {
    /// A certificate that no authority issued, for a name that nobody has.
    pub fn fresh() -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(vec!["closedset.invalid".into()]).unwrap();
        Self {
            certificate: cert.der().to_vec(),
            pin: Digest::of(&signing_key.subject_public_key_info()),
            key: signing_key.serialize_der(),
        }
    }

    /// Another's certificate, which is public, without the key to it.
    pub fn stolen_certificate(&self) -> Self {
        Self {
            certificate: self.certificate.clone(),
            key: KeyPair::generate().unwrap().serialize_der(),
            pin: self.pin,
        }
    }
}

trait PublicKeyInfo {
    fn subject_public_key_info(&self) -> Vec<u8>;
}
impl PublicKeyInfo for KeyPair {
    fn subject_public_key_info(&self) -> Vec<u8> {
        rcgen::PublicKeyData::subject_public_key_info(self)
    }
}

#[derive(Debug)]
struct Serves(Arc<ServedKey>);

impl ResolvesServerCert for Serves {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<ServedKey>> {
        Some(Arc::clone(&self.0))
    }
}

pub struct Server {
    pub address: SocketAddr,
    pub pin: Digest,
    /// Whether connections are dropped before a byte is read.
    pub is_unplugged: Arc<AtomicBool>,
    /// How many connections were accepted.
    pub connections: Arc<AtomicUsize>,
    /// Every request that got through.
    pub requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(handler: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Self {
        Self::showing(&Shown::fresh(), rustls::ALL_VERSIONS, handler)
    }

    pub fn showing(
        shown: &Shown,
        versions: &[&'static SupportedProtocolVersion],
        handler: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        let provider = aws_lc_rs::default_provider();
        let key = provider
            .key_provider
            .load_private_key(PrivateKeyDer::Pkcs8(shown.key.clone().into()))
            .unwrap();
        let served = ServedKey::new(vec![shown.certificate.clone().into()], key);
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Serves(Arc::new(served))));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = Self {
            address: listener.local_addr().unwrap(),
            pin: shown.pin,
            is_unplugged: Arc::default(),
            connections: Arc::default(),
            requests: Arc::default(),
            is_over: Arc::default(),
            listener: None,
        };
        let line = Line {
            config: Arc::new(config),
            requests: Arc::clone(&server.requests),
            handler: Arc::new(handler),
        };
        let is_unplugged = Arc::clone(&server.is_unplugged);
        let connections = Arc::clone(&server.connections);
        let is_over = Arc::clone(&server.is_over);
        server.listener = Some(std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                connections.fetch_add(1, Ordering::SeqCst);
                if is_unplugged.load(Ordering::SeqCst) {
                    continue;
                }
                let line = line.clone();
                std::thread::spawn(move || line.serve(stream.unwrap()));
            }
        }));
        server
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub fn unplug(&self) {
        self.is_unplugged.store(true, Ordering::SeqCst);
    }

    pub fn plug_in(&self) {
        self.is_unplugged.store(false, Ordering::SeqCst);
    }

    pub fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            listener.join().unwrap();
        }
    }
}

#[derive(Clone)]
struct Line {
    config: Arc<ServerConfig>,
    requests: Arc<Mutex<Vec<Request>>>,
    handler: Arc<Handler>,
}

impl Line {
    /// One request of one connection; a client that hangs up ends it.
    fn serve(&self, stream: TcpStream) -> Option<()> {
        let connection = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        let mut reader = BufReader::new(StreamOwned::new(connection, stream));
        let request = read_request(&mut reader)?;
        self.requests.lock().unwrap().push(request.clone());
        let stream = reader.get_mut();
        match (self.handler)(&request) {
            Act::Send(bytes) => {
                stream.write_all(&bytes).ok()?;
                stream.conn.send_close_notify();
                stream.flush().ok()
            }
            Act::BeSilent => stream.read(&mut [0]).ok().map(drop),
        }
    }
}

fn read_request(
    reader: &mut BufReader<StreamOwned<ServerConnection, TcpStream>>,
) -> Option<Request> {
    let mut head = String::new();
    loop {
        let before = head.len();
        reader.read_line(&mut head).ok().filter(|read| *read > 0)?;
        if &head[before..] == "\r\n" {
            break;
        }
    }
    let lower = head.to_ascii_lowercase();
    let (_, rest) = lower.split_once("content-length: ")?;
    let length: usize = rest.lines().next()?.trim().parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path: head.split(' ').nth(1)?.to_owned(), head, body })
}
