//! A certificate of our own, made with a key that is made once and kept.

use super::{TlsError, file};
use closedset_core::Time;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{fs, io, net::IpAddr, path::Path};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, x509::X509Name};

/// For how many days a certificate of ours is good.
const GOOD_DAYS: i64 = 825;
/// One of ours is made anew when it ends within so many days.
const RENEW_DAYS: i64 = 60;
/// Whom a certificate of ours is made out to, and by whom.
const OURS: &str = "Closedset";

pub(super) fn make(folder: &Path, names: &[String], now: Time) -> Result<(), TlsError> {
    use std::os::unix::fs::DirBuilderExt;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = issue(&key, names, now)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(file(folder))?;
    write(&folder.join("certificate.pem"), &certificate)?;
    write(&folder.join("key.pem"), &key.serialize_pem())
}

/// A name as it is written in a certificate: of the spellings of an address, the usual one.
pub(super) fn plain(name: &str) -> String {
    name.parse::<IpAddr>().map_or_else(|_| name.to_ascii_lowercase(), |address| address.to_string())
}

/// Makes a certificate of ours anew, with the same key, where it lacks one of `names` (each as it is
/// written), ends soon, or has not begun: it was made while the clock was ahead.
/// Somebody else's is left as it is. One that cannot be read is too: that is told when it is served.
pub(super) fn renew(folder: &Path, names: &[String], now: Time) -> Result<(), TlsError> {
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
    let has_begun = parsed.validity().not_before.timestamp() <= now.seconds();
    if missing.is_empty() && ends_in_s > RENEW_DAYS * 86_400 && has_begun {
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
        // An address of IPv6 was once taken for a name, with its brackets.
        GeneralName::DNSName(name) if !name.starts_with('[') => Some(plain(name)),
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
mod tests;
