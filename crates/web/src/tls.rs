//! The server's certificate: our own, made once and kept; its key's digest is what agents pin.

use closedset_core::{Digest, Time};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, SanType};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fs, io, path::Path, sync::Arc};

/// A certificate with its key.
#[derive(Debug)]
pub struct Certificate {
    config: Arc<rustls::ServerConfig>,
    pin: Digest,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A file is there but is no certificate or key.
    #[error(
        "{path} holds no usable certificate or key in PEM; remove both files in this folder to have new ones made"
    )]
    Pem {
        /// The file.
        path: String,
    },
    /// The certificate could not be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
    /// The certificate cannot be served.
    #[error("cannot serve the certificate")]
    Serve(#[from] rustls::Error),
}

impl Certificate {
    /// The certificate in `folder` (`certificate.pem`, `key.pem`), made for `names` if there is none.
    /// Whoever has a trusted certificate lays it there.
    pub fn open(folder: &Path, names: &[String], now: Time) -> Result<Self, TlsError> {
        let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
        if !key_file.exists() {
            make(folder, names, now)?;
        }
        let read = |path: &Path| fs::read(path).map_err(file(path));
        let pem = |path: &Path| TlsError::Pem { path: path.display().to_string() };
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&read(&certificate_file)?)
                .collect::<Result<_, _>>()
                .map_err(|_| pem(&certificate_file))?;
        let key = PrivateKeyDer::from_pem_slice(&read(&key_file)?).map_err(|_| pem(&key_file))?;
        let first = chain.first().ok_or_else(|| pem(&certificate_file))?;
        let pin = {
            let (_, parsed) =
                x509_parser::parse_x509_certificate(first).map_err(|_| pem(&certificate_file))?;
            Digest::of(parsed.tbs_certificate.subject_pki.raw)
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), pin })
    }

    /// SHA-256 of the public key (SubjectPublicKeyInfo).
    pub fn pin(&self) -> Digest {
        self.pin
    }

    pub(crate) fn config(&self) -> Arc<rustls::ServerConfig> {
        self.config.clone()
    }
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.display().to_string();
    move |cause| TlsError::File { path, cause }
}

fn make(folder: &Path, names: &[String], now: Time) -> Result<(), TlsError> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Closedset");
    for name in names {
        params.subject_alt_names.push(match name.parse::<std::net::IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into()?),
        });
    }
    let date = |time: Time| {
        let date = time.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        rcgen::date_time_ymd(i32::from(date.year()), date.month() as u8, date.day() as u8)
    };
    let day = closedset_core::Duration::from_days;
    params.not_before = date(now - day(1));
    params.not_after = date(now + day(825));
    let certificate = params.self_signed(&key)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file(folder))?;
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        let mut options = fs::OpenOptions::new();
        let opened = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        opened
            .and_then(|mut opened| {
                io::Write::write_all(&mut opened, text.as_bytes())?;
                opened.sync_all()
            })
            .map_err(file(&path))
    };
    write("certificate.pem", certificate.pem())?;
    write("key.pem", key.serialize_pem())
}
