//! A line to the server: TLS, and exactly the bytes that a test wants to say.

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

#[derive(Clone)]
pub struct Line {
    config: Arc<ClientConfig>,
    address: SocketAddr,
}

pub type Tls = StreamOwned<ClientConnection, TcpStream>;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Line {
    pub fn to(address: SocketAddr) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let anyone = Arc::new(Anyone(provider.signature_verification_algorithms));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(anyone)
            .with_no_client_auth();
        Self { config: Arc::new(config), address }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection on which TLS came about and nothing else was said.
    pub fn connect(&self) -> io::Result<Tls> {
        let mut socket = TcpStream::connect(self.address)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut connection = ClientConnection::new(self.config.clone(), name).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        Ok(StreamOwned::new(connection, socket))
    }

    /// Says these bytes on a connection of their own.
    pub fn begin(&self, bytes: &[u8]) -> Tls {
        let mut stream = self.connect().unwrap();
        // It may have been answered and closed before all of it was sent.
        let _ = stream.write_all(bytes).and_then(|()| stream.flush());
        stream
    }

    pub fn say(&self, bytes: &[u8]) -> Answer {
        hear(&mut self.begin(bytes)).unwrap()
    }
}

/// The head of a request with a body of so many bytes.
pub fn post(path: &str, kind: &str, authorization: &str, length: usize) -> Vec<u8> {
    let authorization = match authorization {
        "" => String::new(),
        words => format!("authorization: {words}\r\n"),
    };
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}content-type: {kind}\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// The answer, to the end of the connection; none where it was let go without a word.
pub fn hear(stream: &mut Tls) -> Option<Answer> {
    let mut said = Vec::new();
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        said.extend_from_slice(&buffer[..count]);
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    let (head, body) = said.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

/// The certificate that the other side showed.
pub fn shown(stream: &Tls) -> Vec<u8> {
    stream.conn.peer_certificates().unwrap()[0].to_vec()
}

/// Takes any certificate: those of these tests hold by a clock that stands still.
#[derive(Debug)]
struct Anyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
