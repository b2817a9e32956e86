//! The way out to other people's servers over HTTPS: HTTP/1.1 over TLS, a connection for each exchange,
//! within a time and a size. Redirects are not followed. A server is believed by the certificates that
//! this system trusts, or by those that were named.
//!
//! What is said there, and what an answer means, `closedset-certificates` and `closedset-openid` know.
//! Agents have a way of their own, which believes one key.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// How long one exchange may take, and how large an answer may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the first word to the last of the answer.
    pub time: Duration,
    /// The most bytes of an answer's body.
    pub answer: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// The way out.
#[derive(Clone)]
pub struct Https {
    tls: TlsConnector,
    bounds: Bounds,
    /// Without encryption it goes to this machine itself, and nowhere else.
    takes_loopback: bool,
}

impl std::fmt::Debug for Https {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Https").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Https {
    /// Believes the authorities in this PEM, or else this system's.
    pub fn new(authorities: Option<&str>, bounds: Bounds) -> Result<Self, Unreachable> {
        let mut roots = RootCertStore::empty();
        match authorities {
            Some(pem) => {
                for one in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                    let added = one.ok().and_then(|one| roots.add(one).ok());
                    added
                        .ok_or_else(|| unreachable("its authority's file holds no certificate"))?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err(unreachable("this system trusts no authority; install ca-certificates"));
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unreachable(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        Ok(Self { tls, bounds, takes_loopback: false })
    }

    /// Takes addresses with `http://` too that lead to this very machine: see [`is_loopback`].
    #[must_use]
    pub fn with_loopback(self) -> Self {
        Self { takes_loopback: true, ..self }
    }

    /// Sends a request to the whole address that it names, and waits for the whole answer.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        match timeout(self.bounds.time, self.say(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(unreachable("it does not answer")),
        }
    }

    async fn say(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let (mut head, body) = request.into_parts();
        let uri = std::mem::take(&mut head.uri);
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(|| unreachable("its address is not https://"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let named = HeaderValue::from_str(authority.as_str()).map_err(failed)?;
        head.headers.insert(header::HOST, named);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri = path.parse::<Uri>().map_err(failed)?;
        let request = Request::from_parts(head, Full::new(body));
        let port = authority.port_u16();
        match uri.scheme_str() {
            Some("https") => {
                let name = ServerName::try_from(host.clone()).map_err(failed)?;
                let stream =
                    TcpStream::connect((host, port.unwrap_or(443))).await.map_err(failed)?;
                let stream = self.tls.connect(name, stream).await.map_err(failed)?;
                self.over(stream, request).await
            }
            Some("http") if self.takes_loopback && is_loopback(&host) => {
                let stream =
                    TcpStream::connect((host, port.unwrap_or(80))).await.map_err(failed)?;
                // A name says little: where it leads is asked of the connection.
                if !stream.peer_addr().map_err(failed)?.ip().is_loopback() {
                    return Err(unreachable("its address is not https://"));
                }
                self.over(stream, request).await
            }
            _ => Err(unreachable("its address is not https://")),
        }
    }

    async fn over<S>(
        &self,
        stream: S,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Unreachable>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
        let driver = Driver(tokio::spawn(connection));
        let response = sender.send_request(request).await.map_err(failed)?;
        let (head, body) = response.into_parts();
        let read = Limited::new(body, self.bounds.answer).collect().await;
        drop(driver);
        let body = read.map_err(|error| unreachable(error.to_string()))?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

/// Moves a connection's bytes; ends with whoever waits for them.
struct Driver<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for Driver<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether a host, as an address names it, is this very machine: `localhost`, or an address that leads
/// nowhere else.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn unreachable(why: impl Into<String>) -> Unreachable {
    Unreachable(why.into())
}

fn failed(error: impl std::error::Error) -> Unreachable {
    Unreachable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    const BOUNDS: Bounds = Bounds { time: Duration::from_millis(400), answer: 1_000 };

    fn way() -> Https {
        Https::new(None, BOUNDS).unwrap().with_loopback()
    }

    /// A server that answers everybody with these bytes, so often; and its address.
    async fn server(answer: &'static [u8], often: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut asked = [0; 1024];
                    let _ = stream.read(&mut asked).await;
                    for _ in 0..often {
                        if stream.write_all(answer).await.is_err() {
                            return;
                        }
                    }
                    std::future::pending::<()>().await;
                });
            }
        });
        address
    }

    async fn ask(way: &Https, address: &str) -> Result<Response<Bytes>, Unreachable> {
        way.exchange(Request::get(address).body(Bytes::new()).unwrap()).await
    }

    #[tokio::test]
    async fn this_machine_is_asked_without_encryption_where_that_is_said_and_no_other() {
        let address =
            server(b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 2\r\n\r\nok", 1).await;
        let answer = ask(&way(), &address).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (302, &b"ok"[..]));
        let strict = Https::new(None, BOUNDS).unwrap();
        for (way, address) in [
            (strict, address.as_str()),
            (way(), "http://192.0.2.1/"),
            (way(), "http://localhost.example/"),
            (way(), "http://user@127.0.0.1/"),
            (way(), "ftp://127.0.0.1/"),
        ] {
            let error = ask(&way, address).await.unwrap_err();
            assert_eq!(error.to_string(), "its address is not https://", "{address}");
        }
    }

    #[tokio::test]
    async fn whoever_hangs_or_answers_without_end_is_let_go() {
        let silent = server(b"", 0).await;
        assert_eq!(ask(&way(), &silent).await.unwrap_err().to_string(), "it does not answer");
        let slow = server(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nbegun", 1).await;
        assert_eq!(ask(&way(), &slow).await.unwrap_err().to_string(), "it does not answer");
        let large = server(b"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n", 1).await;
        assert!(ask(&way(), &large).await.is_err());
        let endless = server(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\nHTTP/1.1 200 OK",
            usize::MAX,
        )
        .await;
        assert!(ask(&way(), &endless).await.is_err());
    }
}
