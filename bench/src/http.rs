//! A client that speaks just enough HTTP/1.1 over TLS to keep a server busy, and a server to ask.

use anyhow::{Context as _, Result, bail, ensure};
use axum::Router;
use closedset_certificates::{Keeper, Options};
use closedset_core::Clock as _;
use closedset_web::{Limits, Served};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Runtime,
    sync::oneshot,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// One connection that is kept open.
pub(crate) struct Connection {
    stream: TlsStream<TcpStream>,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// How to speak with a server whose certificate lies in `folder`.
pub(crate) fn connector(folder: &Path) -> Result<TlsConnector> {
    let pem = std::fs::read(folder.join("certificate.pem"))?;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr, connector: &TlsConnector) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost")?;
        let stream = connector.connect(name, stream).await?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 14) })
    }

    /// Sends a whole request and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?.to_owned();
        let status = text.split(' ').nth(1).context("no status")?.parse()?;
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        if let Some(length) = field("content-length") {
            let end = head + length.parse::<usize>()?;
            while self.buffer.len() < end {
                self.more().await?;
            }
            return Ok(Answer { status, head: text, body: self.buffer[head..end].to_vec() });
        }
        ensure!(field("transfer-encoding").is_some(), "an answer without a length: {text}");
        while !self.buffer.ends_with(b"0\r\n\r\n") {
            self.more().await?;
        }
        Ok(Answer { status, head: text, body: self.buffer[head..].to_vec() })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// A request without a body.
pub(crate) fn get(path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{cookie}\r\n").into_bytes()
}

/// A request with JSON.
pub(crate) fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// The product's own TLS server on a free port of this machine, on threads of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The certificate in `folder`, made if there is none.
pub(crate) fn certificate(folder: &Path) -> Result<Keeper> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let (folder, host) = (folder.to_owned(), "localhost".to_owned());
    let options = Options { folder, names: names.to_vec(), host, files: None };
    Ok(Keeper::open(options, crate::clock::SystemClock.now())?)
}

/// A free port of this machine; nobody else is expected to take it before it is used.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Server {
    /// Serves what `router` makes, which is called where async code runs.
    pub(crate) fn start(
        address: SocketAddr,
        certificate: Keeper,
        router: impl FnOnce() -> Router + Send + 'static,
    ) -> Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let tls = certificate.config()?;
        let runtime = Runtime::new()?;
        let thread = thread::Builder::new().name("server".into()).spawn(move || {
            let served = runtime.block_on(async {
                let stop = async {
                    let _ = stopped.await;
                };
                let told = move |address| {
                    let _ = ready.send(address);
                };
                let served = Served { address, tls, router: router(), limits: Limits::default() };
                closedset_web::serve(served, told, stop).await
            });
            served.expect("the server runs until it is told to stop");
        })?;
        let address = is_ready.recv().context("the server did not start")?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
