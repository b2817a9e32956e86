//! A certificate of our own, made with a key that is made once and kept.

use crate::{
    TlsError,
    facts::{Facts, OURS},
    folder::{Folder, failed, write},
};
use closedset_core::{Duration, Time};
use rcgen::{
    CertificateParams, CertificateSigningRequest, DistinguishedName, DnType, KeyPair,
    PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{fs, net::IpAddr};

/// For how many days a certificate of ours is good.
const GOOD_DAYS: i64 = 825;
/// One of ours is made anew when it ends within so many days.
const RENEW_DAYS: i64 = 60;

/// Makes the key, and a certificate for it.
pub(crate) fn make(folder: &Folder, names: &[String], now: Time) -> Result<(), TlsError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = issue(&key, names, now)?;
    folder.make()?;
    write(&folder.certificate(), certificate.as_bytes())?;
    write(&folder.key(), key.serialize_pem().as_bytes())
}

/// When one of ours is made anew.
pub(crate) fn renews_at(facts: &Facts) -> Time {
    facts.ends - Duration::from_days(RENEW_DAYS)
}

/// Makes a certificate of ours anew, with the same key, where it lacks one of `names` (each as it is
/// written), ends soon, or has not begun: it was made while the clock was ahead.
/// Somebody else's is left as it is. One that cannot be read is too: that is told when it is served.
pub(crate) fn renew(folder: &Folder, names: &[String], now: Time) -> Result<(), TlsError> {
    let Ok(first) = CertificateDer::from_pem_file(folder.certificate()) else { return Ok(()) };
    let Some(facts) = Facts::of(&first).filter(|facts| facts.is_ours) else { return Ok(()) };
    let missing: Vec<&String> = names.iter().filter(|name| !facts.names.contains(name)).collect();
    if missing.is_empty() && now < renews_at(&facts) && facts.begins <= now {
        return Ok(());
    }
    let key_file = folder.key();
    let text = fs::read_to_string(&key_file).map_err(failed(&key_file))?;
    // A key of another kind is one that somebody laid there.
    let Ok(key) = KeyPair::from_pem(&text) else { return Ok(()) };
    let ends = facts.ends.to_string();
    tracing::info!(?missing, ends, "the certificate is made anew, with the same key");
    let mut names = facts.names.clone();
    names.extend(missing.into_iter().cloned());
    write(&folder.certificate(), issue(&key, &names, now)?.as_bytes())
}

/// A request for a certificate for `host` and our own key (PKCS #10, RFC 2986).
pub(crate) fn request(folder: &Folder, host: &str) -> Result<CertificateSigningRequest, TlsError> {
    let key_file = folder.key();
    let text = fs::read_to_string(&key_file).map_err(failed(&key_file))?;
    let key = KeyPair::from_pem(&text)?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    // No longer name fits there (X.520, ub-common-name), and browsers read the other one.
    if host.len() <= 64 {
        params.distinguished_name.push(DnType::CommonName, host);
    }
    params.subject_alt_names.push(alternative(host)?);
    Ok(params.serialize_request(&key)?)
}

fn alternative(name: &str) -> Result<SanType, TlsError> {
    Ok(match name.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into()?),
    })
}

/// A certificate for `names`, in PEM.
fn issue(key: &KeyPair, names: &[String], now: Time) -> Result<String, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, OURS);
    for name in names {
        params.subject_alt_names.push(alternative(name)?);
    }
    let date = |time: Time| {
        let date = time.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        rcgen::date_time_ymd(i32::from(date.year()), date.month() as u8, date.day() as u8)
    };
    params.not_before = date(now - Duration::from_days(1));
    params.not_after = date(now + Duration::from_days(GOOD_DAYS));
    Ok(params.self_signed(key)?.pem())
}

#[cfg(test)]
mod tests;
