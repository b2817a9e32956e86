//! The server's certificate: our own, made with a key that is made once and kept; the key's digest is
//! what agents pin.

use closedset_core::{Digest, Time};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fs, io, net::IpAddr, path::Path, sync::Arc};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, x509::X509Name};

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
    /// The certificate in `folder` (`certificate.pem`, `key.pem`), made for `names` if there is none,
    /// and made anew with the same key if it is ours and lacks one of them or ends soon.
    /// Whoever has a trusted certificate lays it there.
    pub fn open(folder: &Path, names: &[String], now: Time) -> Result<Self, TlsError> {
        let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
        if !key_file.exists() {
            make(folder, names, now)?;
        }
        renew(folder, names, now)?;
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

/// For how many days a certificate of ours is good.
const GOOD_DAYS: i64 = 825;
/// One of ours is made anew when it ends within so many days.
const RENEW_DAYS: i64 = 60;
/// Whom a certificate of ours is made out to, and by whom.
const OURS: &str = "Closedset";

fn make(folder: &Path, names: &[String], now: Time) -> Result<(), TlsError> {
    use std::os::unix::fs::DirBuilderExt;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = issue(&key, names, now)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file(folder))?;
    write(&folder.join("certificate.pem"), &certificate)?;
    write(&folder.join("key.pem"), &key.serialize_pem())
}

/// Makes a certificate of ours anew, with the same key, where it lacks one of `names` or ends soon.
/// Somebody else's is left as it is. One that cannot be read is too: that is told when it is served.
fn renew(folder: &Path, names: &[String], now: Time) -> Result<(), TlsError> {
    let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let Ok(first) = CertificateDer::from_pem_file(&certificate_file) else { return Ok(()) };
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(&first) else { return Ok(()) };
    let is_named = |name: &X509Name<'_>| {
        let mut words = name.iter_common_name().filter_map(|word| word.as_str().ok());
        name.iter_attributes().count() == 1 && words.next() == Some(OURS)
    };
    if !is_named(parsed.subject()) || !is_named(parsed.issuer()) {
        return Ok(());
    }
    let mut known = known_names(&parsed);
    let missing: Vec<&String> = names.iter().filter(|name| !known.contains(name)).collect();
    let ends_in_s = parsed.validity().not_after.timestamp() - now.seconds();
    if missing.is_empty() && ends_in_s > RENEW_DAYS * 86_400 {
        return Ok(());
    }
    let text = fs::read_to_string(&key_file).map_err(file(&key_file))?;
    // A key of another kind is one that somebody laid there.
    let Ok(key) = KeyPair::from_pem(&text) else { return Ok(()) };
    tracing::info!(
        ?missing,
        ends_in_days = ends_in_s / 86_400,
        "the certificate is made anew, with the same key"
    );
    known.extend(missing.into_iter().cloned());
    write(&certificate_file, &issue(&key, &known, now)?)
}

/// The names that a certificate is good for.
fn known_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// A certificate for `names`, in PEM.
fn issue(key: &KeyPair, names: &[String], now: Time) -> Result<String, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, OURS);
    for name in names {
        params.subject_alt_names.push(match name.parse::<IpAddr>() {
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
    params.not_after = date(now + day(GOOD_DAYS));
    Ok(params.self_signed(key)?.pem())
}

/// Writes the file whole or not at all: half a certificate would cost every agent's trust.
fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    use std::os::unix::fs::OpenOptionsExt;
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut opened| {
            io::Write::write_all(&mut opened, text.as_bytes())?;
            opened.sync_all()
        })
        .and_then(|()| fs::rename(&new, path))
        .map_err(file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_773_307_800_000);

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn lies_in(folder: &Path) -> (Vec<String>, i64) {
        let first = CertificateDer::from_pem_file(folder.join("certificate.pem")).unwrap();
        let (_, parsed) = x509_parser::parse_x509_certificate(&first).unwrap();
        (known_names(&parsed), parsed.validity().not_after.timestamp())
    }

    #[test]
    fn a_new_name_is_added_and_agents_still_know_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let first = names(&["localhost", "127.0.0.1"]);
        let pin = Certificate::open(folder.path(), &first, NOW).unwrap().pin();
        let made = fs::read(folder.path().join("certificate.pem")).unwrap();
        assert_eq!(Certificate::open(folder.path(), &first, NOW).unwrap().pin(), pin);
        assert_eq!(fs::read(folder.path().join("certificate.pem")).unwrap(), made);
        let more = names(&["localhost", "::1", "closedset.example"]);
        assert_eq!(Certificate::open(folder.path(), &more, NOW).unwrap().pin(), pin);
        let all = names(&["localhost", "127.0.0.1", "::1", "closedset.example"]);
        assert_eq!(lies_in(folder.path()).0, all);
    }

    #[test]
    fn one_that_ends_soon_is_made_anew_with_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let first = names(&["localhost"]);
        let pin = Certificate::open(folder.path(), &first, NOW).unwrap().pin();
        let (_, ends) = lies_in(folder.path());
        let day = closedset_core::Duration::from_days;
        Certificate::open(folder.path(), &first, NOW + day(760)).unwrap();
        assert_eq!(lies_in(folder.path()).1, ends);
        let later = Certificate::open(folder.path(), &first, NOW + day(770)).unwrap();
        assert_eq!(later.pin(), pin);
        assert_eq!(lies_in(folder.path()).1, ends + 770 * 86_400);
    }

    #[test]
    fn somebody_elses_certificate_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        Certificate::open(folder.path(), &names(&["localhost"]), NOW).unwrap();
        let key = fs::read_to_string(folder.path().join("key.pem")).unwrap();
        let mut params = CertificateParams::new(vec!["closedset.example".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "closedset.example");
        let theirs = params.self_signed(&KeyPair::from_pem(&key).unwrap()).unwrap().pem();
        fs::write(folder.path().join("certificate.pem"), &theirs).unwrap();
        Certificate::open(folder.path(), &names(&["other.example"]), NOW).unwrap();
        let lies = fs::read_to_string(folder.path().join("certificate.pem")).unwrap();
        assert_eq!(lies, theirs);
    }
}
