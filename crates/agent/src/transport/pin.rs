//! Trust in one key: a server is believed if its certificate holds the public key that the link
//! named and it proves in the handshake that it has the private one. Names, dates and issuers of
//! the certificate do not matter, so a facility needs no certificate authority.

use closedset_core::Digest;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use std::sync::Arc;

/// Offered beside HTTP/1.1 (ALPN, RFC 7301), by which a server that shows browsers another certificate
/// knows that this is an agent and shows the pinned key. A server that does not know it passes it over.
const AGENT: &[u8] = b"closedset-agent";

/// A TLS configuration that believes the key with this SHA-256 (over SubjectPublicKeyInfo) alone.
pub(super) fn tls_config(pin: &Digest) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = PinnedKey { pin: *pin, provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![AGENT.to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The server showed another key than the pinned one.
#[derive(Debug, thiserror::Error)]
#[error("the server shows the key {shown}, not the pinned one")]
pub(super) struct OtherKey {
    /// The SHA-256 of what it showed.
    pub(super) shown: Digest,
}

impl OtherKey {
    /// Finds this cause in what TLS reports.
    pub(super) fn within(error: &Error) -> Option<&Self> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
                cause.downcast_ref()
            }
            _ => None,
        }
    }
}

#[derive(Debug)]
struct PinnedKey {
    pin: Digest,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let shown = Digest::of(&certificate.subject_public_key_info());
        if shown == self.pin {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(OtherKey {
            shown,
        })))))
    }

    // A certificate is public: only these signatures prove that the server has the key.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
