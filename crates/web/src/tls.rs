//! The server's certificate: our own, unless somebody laid another there. The digest of its key is
//! what agents pin.

mod own;

use closedset_core::{Digest, Time};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Certificate {
    folder: PathBuf,
    names: Vec<String>,
    read: Read,
}

/// What lies in the folder.
#[derive(Debug, Clone)]
struct Read {
    config: Arc<rustls::ServerConfig>,
    /// Of the public key.
    pin: Digest,
    /// Of the certificate.
    digest: Digest,
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
    /// The certificate in `folder` (`certificate.pem`, `key.pem`), made for `names` if there is none,
    /// and made anew with the same key if it is ours and lacks one of them, ends soon or has not
    /// begun. Whoever has a trusted certificate lays it there.
    pub fn open(folder: &Path, names: &[String], now: Time) -> Result<Self, TlsError> {
        let names: Vec<String> = names.iter().map(|name| own::plain(name)).collect();
        if !folder.join("key.pem").exists() {
            own::make(folder, &names, now)?;
        }
        own::renew(folder, &names, now)?;
        Ok(Self { read: read(folder)?, folder: folder.to_owned(), names })
    }

    /// Makes it anew where it must be; whether there is another one now, also by somebody else's
    /// hand. One with another key is left for the next start: everything goes by the present one's.
    pub(crate) fn renew(&mut self, now: Time) -> Result<bool, TlsError> {
        own::renew(&self.folder, &self.names, now)?;
        let lies_there = read(&self.folder)?;
        if lies_there.digest == self.read.digest || lies_there.pin != self.read.pin {
            return Ok(false);
        }
        self.read = lies_there;
        Ok(true)
    }

    /// SHA-256 of the public key (SubjectPublicKeyInfo).
    pub fn pin(&self) -> Digest {
        self.read.pin
    }

    pub(crate) fn config(&self) -> Arc<rustls::ServerConfig> {
        self.read.config.clone()
    }
}

fn read(folder: &Path) -> Result<Read, TlsError> {
    let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let read = |path: &Path| fs::read(path).map_err(file(path));
    let pem = |path: &Path| TlsError::Pem { path: path.display().to_string() };
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&read(&certificate_file)?)
            .collect::<Result<_, _>>()
            .map_err(|_| pem(&certificate_file))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&key_file)?).map_err(|_| pem(&key_file))?;
    let first = chain.first().ok_or_else(|| pem(&certificate_file))?;
    let digest = Digest::of(first);
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
    Ok(Read { config: Arc::new(config), pin, digest })
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.display().to_string();
    move |cause| TlsError::File { path, cause }
}
