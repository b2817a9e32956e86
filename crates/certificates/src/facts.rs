//! What a certificate says of itself.

use closedset_core::{Digest, Time};
use std::{fmt::Write as _, net::IpAddr};
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, time::ASN1Time, x509::X509Name,
};

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The names and addresses that it is good for.
    pub names: Vec<String>,
    /// Who issued it, in words.
    pub issuer: String,
    /// From when it is good.
    pub begins: Time,
    /// Until when.
    pub ends: Time,
    /// SHA-256 of the certificate: what browsers show as its fingerprint.
    pub digest: Digest,
    /// SHA-256 of its public key (SubjectPublicKeyInfo): what agents know.
    pub pin: Digest,
    /// Whether Closedset issued it to itself.
    pub is_ours: bool,
}

/// Whom a certificate of ours is made out to, and by whom.
pub(crate) const OURS: &str = "Closedset";

impl Facts {
    /// Reads a certificate in DER; none if it is none.
    pub(crate) fn of(der: &[u8]) -> Option<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
        Some(Self::parsed(der, &parsed))
    }

    pub(crate) fn parsed(der: &[u8], parsed: &X509Certificate<'_>) -> Self {
        let time = |time: ASN1Time| Time::from_millis(time.timestamp().saturating_mul(1_000));
        Self {
            names: names(parsed),
            issuer: words(parsed.issuer()),
            begins: time(parsed.validity().not_before),
            ends: time(parsed.validity().not_after),
            digest: Digest::of(der),
            pin: Digest::of(parsed.tbs_certificate.subject_pki.raw),
            is_ours: is_named_ours(parsed.subject()) && is_named_ours(parsed.issuer()),
        }
    }

    /// Whether it is good for a host: a name, of which a star stands for the first word (RFC 6125),
    /// or an address.
    pub fn covers(&self, host: &str) -> bool {
        let host = plain(host);
        let rest = host.split_once('.').map(|(_, rest)| rest);
        let is_address = host.parse::<IpAddr>().is_ok();
        self.names.iter().any(|name| {
            let under_star = name.strip_prefix("*.").filter(|_| !is_address);
            *name == host || (under_star.is_some() && under_star == rest)
        })
    }

    /// The fingerprint as browsers write it and people compare it: pairs with colons between.
    pub fn fingerprint(&self) -> String {
        pairs(&self.digest)
    }
}

/// A digest in pairs, as browsers write it.
pub(crate) fn pairs(digest: &Digest) -> String {
    digest.bytes().iter().enumerate().fold(String::new(), |mut text, (at, byte)| {
        let colon = if at == 0 { "" } else { ":" };
        // Writing to a text does not fail.
        let _ = write!(text, "{colon}{byte:02X}");
        text
    })
}

/// A name as it is written in a certificate: of the spellings of an address, the usual one.
pub(crate) fn plain(name: &str) -> String {
    name.parse::<IpAddr>().map_or_else(|_| name.to_ascii_lowercase(), |address| address.to_string())
}

fn is_named_ours(name: &X509Name<'_>) -> bool {
    let mut words = name.iter_common_name().filter_map(|word| word.as_str().ok());
    name.iter_attributes().count() == 1 && words.next() == Some(OURS)
}

/// The names that a certificate is good for.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
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

/// Who that is: the organisation and the common name, else whatever there is.
fn words(name: &X509Name<'_>) -> String {
    let organisation = name.iter_organization().filter_map(|word| word.as_str().ok()).next();
    let common = name.iter_common_name().filter_map(|word| word.as_str().ok()).next();
    let text = match (organisation, common) {
        (Some(organisation), Some(common)) if organisation != common => {
            format!("{organisation}, {common}")
        }
        (Some(word), _) | (None, Some(word)) => word.to_owned(),
        (None, None) => name.to_string(),
    };
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_word_and_never_for_an_address() {
        let facts = |names: &[&str]| Facts {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            issuer: String::new(),
            begins: Time::from_millis(0),
            ends: Time::from_millis(0),
            digest: Digest::of(b""),
            pin: Digest::of(b""),
            is_ours: false,
        };
        let star = facts(&["*.halide.example", "192.0.2.7"]);
        for host in ["closedset.halide.example", "Closedset.Halide.example", "192.0.2.7"] {
            assert!(star.covers(host), "{host}");
        }
        for host in ["halide.example", "a.b.halide.example", "192.0.2.8", "localhost", ""] {
            assert!(!star.covers(host), "{host}");
        }
        assert!(!facts(&["*.0.2.7"]).covers("192.0.2.7"));
        assert!(star.fingerprint().starts_with("E3:B0:C4:42:"));
        assert_eq!(star.fingerprint().len(), 95);
    }
}
