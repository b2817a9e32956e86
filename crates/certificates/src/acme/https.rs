//! The way to an authority: HTTP/1.1 over TLS, a connection for each exchange. The authority itself is
//! believed by the certificates that this system trusts, or by those that were named.

use super::Failed;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// How long one exchange may take.
const EXCHANGE: Duration = Duration::from_secs(30);
/// The most bytes of an answer.
const ANSWER_LIMIT: usize = 1 << 20;

/// The way to an authority.
#[derive(Clone)]
pub(super) struct Https(TlsConnector);

impl Https {
    /// Believes the authorities in this PEM, or else this system's.
    pub(super) fn new(authorities: Option<&str>) -> Result<Self, Failed> {
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
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// The address of the terms of service that a directory names.
    pub(super) async fn terms(&self, directory: &str) -> Result<Option<String>, Failed> {
        let request = Request::get(directory).body(Bytes::new());
        let request = request.map_err(|error| Failed::odd(&error))?;
        let response = self.exchange(request).await?;
        if !response.status().is_success() {
            let why = format!("its directory answers {}", response.status());
            return Err(Failed::Odd { why });
        }
        let body = response.into_body().collect().await.map_err(|error| Failed::odd(&error))?;
        let directory: serde_json::Value = serde_json::from_slice(&body.to_bytes())
            .map_err(|_| Failed::Odd { why: "its address holds no directory".into() })?;
        if !directory["newOrder"].is_string() {
            return Err(Failed::Odd { why: "its address holds no directory".into() });
        }
        let terms = directory["meta"]["termsOfService"].as_str();
        Ok(terms.filter(|terms| terms.starts_with("https://")).map(str::to_owned))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, Failed> {
        match timeout(EXCHANGE, self.say(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(unreachable("it does not answer")),
        }
    }

    async fn say(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, Failed> {
        let failed = |error: &dyn std::error::Error| unreachable(error.to_string());
        let (mut head, body) = request.into_parts();
        let authority = head.uri.authority().cloned();
        let authority = authority.filter(|_| head.uri.scheme_str() == Some("https"));
        let authority = authority.ok_or_else(|| unreachable("its address is not https://"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|error| failed(&error))?;
        let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(443)))
            .await
            .map_err(|error| failed(&error))?;
        let stream = self.0.connect(name, stream).await.map_err(|error| failed(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failed(&error))?;
        let driver = tokio::spawn(connection);
        let named = HeaderValue::from_str(authority.as_str()).map_err(|error| failed(&error))?;
        head.headers.insert(header::HOST, named);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri = path.parse::<Uri>().map_err(|error| failed(&error))?;
        let response = sender
            .send_request(Request::from_parts(head, Full::new(body)))
            .await
            .map_err(|error| failed(&error))?;
        let (head, body) = response.into_parts();
        let read = Limited::new(body, ANSWER_LIMIT).collect().await;
        driver.abort();
        let body = read.map_err(|error| unreachable(error.to_string()))?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let way = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes);
            let body = body.unwrap_or_else(|never| match never {});
            let answered = way.exchange(Request::from_parts(head, body)).await;
            answered.map(BytesResponse::from).map_err(|failed| Error::Other(Box::new(failed)))
        })
    }
}

fn unreachable(why: impl Into<String>) -> Failed {
    Failed::Unreachable { why: why.into() }
}
