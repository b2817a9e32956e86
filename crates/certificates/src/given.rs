//! A certificate chain with its key as somebody gives it: read, and held against what browsers ask.

use crate::{Facts, Refusal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::Time;
use rustls::{
    InconsistentKeys, RootCertStore,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject},
    server::ParsedCertificate,
    sign::CertifiedKey,
};
use std::{fmt, sync::Arc, time::Duration};
use x509_parser::{certificate::X509Certificate, public_key::PublicKey};

/// The most bytes that a chain or a key may have, and the most certificates of a chain.
const SIZE_LIMIT: usize = 256 << 10;
const CHAIN_LIMIT: usize = 10;
/// Signatures with MD5 and SHA-1 (RFC 8017, RFC 3279), which nobody believes any more.
const WEAK_SIGNATURES: [&str; 4] =
    ["1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];
const ED25519: &str = "1.3.101.112";
const RSA_LEAST_BITS: usize = 2048;

/// A certificate chain in PEM, and its key unless it is the server's own.
#[derive(Clone)]
pub struct Material {
    /// The server's certificate and what issued it.
    pub chain: Vec<u8>,
    /// Its key, in PEM.
    pub key: Option<Vec<u8>>,
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Material").finish_non_exhaustive()
    }
}

impl Material {
    /// What one file holds: the chain, and the key if there is one in it.
    pub(crate) fn of_file(bytes: Vec<u8>) -> Self {
        let key = is_key_in(&bytes).then(|| bytes.clone());
        Self { chain: bytes, key }
    }

    /// One file that holds it all and nothing besides, as it was understood here: the certificates of the
    /// chain, and the key that was held against them. What else the given files hold (a second key, the
    /// chain once more) would be read otherwise from one file than it was from two.
    pub(crate) fn to_file(&self) -> Result<Vec<u8>, Refusal> {
        let mut text = String::new();
        for der in certificates(&self.chain)? {
            pem(&mut text, "CERTIFICATE", &der);
        }
        if let Some(key) = &self.key {
            let key = private_key(key)?;
            let label = match &key {
                PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
                PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
                _ => "PRIVATE KEY",
            };
            pem(&mut text, label, key.secret_der());
        }
        Ok(text.into_bytes())
    }
}

/// Adds a section in PEM (RFC 7468).
fn pem(text: &mut String, label: &str, der: &[u8]) {
    let encoded = STANDARD.encode(der);
    let (mut rest, mut lines) = (encoded.as_str(), Vec::new());
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        lines.push(line);
        rest = after;
    }
    *text += &format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
}

fn is_key_in(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("PRIVATE KEY-----")
}

/// A certificate that can be shown.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) facts: Facts,
    pub(crate) certified: Arc<CertifiedKey>,
}

/// Reads chain and key and holds them against each other. Names and dates are left to
/// [`hold_against`]: a certificate that was good is shown on until there is a better one.
pub(crate) fn read(material: &Material, own: &CertifiedKey) -> Result<Given, Refusal> {
    let chain = certificates(&material.chain)?;
    let mut parsed = Vec::new();
    for der in &chain {
        let (_, one) =
            x509_parser::parse_x509_certificate(der).map_err(|_| Refusal::NoCertificate)?;
        parsed.push(one);
    }
    let first = parsed.first().ok_or(Refusal::NoCertificate)?;
    let facts = Facts::parsed(&chain[0], first);
    check_purpose(first)?;
    check_strength(&parsed)?;
    let certified = match &material.key {
        Some(key) => certified(chain.clone(), key)?,
        None => {
            let certified = CertifiedKey::new(chain.clone(), own.key.clone());
            certified.keys_match().map_err(|_| Refusal::KeyNotOurs)?;
            certified
        }
    };
    check_order(&parsed)?;
    check_signatures(&chain, &parsed)?;
    Ok(Given { facts, certified: Arc::new(certified) })
}

/// Whether it is good now, for the host by which people reach the server.
pub(crate) fn hold_against(facts: &Facts, host: &str, now: Time) -> Result<(), Refusal> {
    if !facts.covers(host) {
        let names = match facts.names.is_empty() {
            true => "no name".to_owned(),
            false => facts.names.join(", "),
        };
        return Err(Refusal::Name { names, host: host.to_owned() });
    }
    if facts.ends <= now {
        return Err(Refusal::Ended { at: facts.ends });
    }
    if now < facts.begins {
        return Err(Refusal::NotBegun { at: facts.begins });
    }
    Ok(())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    if pem.len() > SIZE_LIMIT {
        return Err(Refusal::NoCertificate);
    }
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| Refusal::NoCertificate)?;
    match chain.len() {
        1..=CHAIN_LIMIT => Ok(chain),
        _ => Err(Refusal::NoCertificate),
    }
}

/// The first private key that stands there.
fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, Refusal> {
    if pem.len() > SIZE_LIMIT {
        return Err(Refusal::NoKey);
    }
    let text = String::from_utf8_lossy(pem);
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(Refusal::KeyEncrypted);
    }
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| Refusal::NoKey)
}

/// Refuses a chain whose file holds another private key than the one beside it: whoever gave both
/// meant one of them, and nobody can tell which.
pub(crate) fn check_only_key(material: &Material) -> Result<(), Refusal> {
    let Some(key) = material.key.as_ref().filter(|_| is_key_in(&material.chain)) else {
        return Ok(());
    };
    match private_key(&material.chain) {
        Ok(inside) if inside == private_key(key)? => Ok(()),
        _ => Err(Refusal::KeyTwice),
    }
}

fn certified(chain: Vec<CertificateDer<'static>>, key: &[u8]) -> Result<CertifiedKey, Refusal> {
    let key = private_key(key)?;
    let key = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| Refusal::KeyUnusable)?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) => Ok(certified),
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
            Err(Refusal::KeyUnusable)
        }
        Err(_) => Err(Refusal::KeyOther),
    }
}

fn check_purpose(first: &X509Certificate<'_>) -> Result<(), Refusal> {
    if first.is_ca() {
        return Err(Refusal::Purpose);
    }
    match first.extended_key_usage() {
        Ok(Some(usage)) if !usage.value.server_auth && !usage.value.any => Err(Refusal::Purpose),
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::NoCertificate),
    }
}

fn check_strength(chain: &[X509Certificate<'_>]) -> Result<(), Refusal> {
    for one in chain {
        let algorithm = one.signature_algorithm.algorithm.to_id_string();
        let is_root = one.issuer() == one.subject();
        if !is_root && WEAK_SIGNATURES.contains(&algorithm.as_str()) {
            return Err(Refusal::Weak { what: "it is signed with SHA-1 or MD5".into() });
        }
        let key = &one.tbs_certificate.subject_pki;
        if key.algorithm.algorithm.to_id_string() == ED25519 {
            return Err(Refusal::Weak { what: "its key is one of Ed25519".into() });
        }
        if let Ok(PublicKey::RSA(key)) = key.parsed()
            && key.key_size() < RSA_LEAST_BITS
        {
            let what = format!("its key of RSA has {} bits", key.key_size());
            return Err(Refusal::Weak { what });
        }
    }
    Ok(())
}

fn check_order(chain: &[X509Certificate<'_>]) -> Result<(), Refusal> {
    for (at, pair) in chain.windows(2).enumerate() {
        if pair[0].issuer().as_raw() != pair[1].subject().as_raw() {
            return Err(Refusal::Order { number: at + 2 });
        }
    }
    Ok(())
}

/// By the last of the chain, at a moment when all of it was good. One that stands alone is believed:
/// what issued it is not here.
fn check_signatures(
    chain: &[CertificateDer<'static>],
    parsed: &[X509Certificate<'_>],
) -> Result<(), Refusal> {
    let [first, between @ .., last] = chain else { return Ok(()) };
    let broken = |why: String| Refusal::Chain { why };
    let begins = parsed.iter().map(|one| one.validity().not_before.timestamp()).max();
    let moment = u64::try_from(begins.unwrap_or_default()).unwrap_or_default();
    let mut roots = RootCertStore::empty();
    roots.add(last.clone()).map_err(|error| broken(error.to_string()))?;
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    let end = ParsedCertificate::try_from(first).map_err(|error| broken(error.to_string()))?;
    verify_server_cert_signed_by_trust_anchor(
        &end,
        &roots,
        between,
        UnixTime::since_unix_epoch(Duration::from_secs(moment)),
        provider.signature_verification_algorithms.all,
    )
    .map_err(|error| broken(error.to_string()))
}

#[cfg(test)]
mod tests;
