//! The address that a provider calls itself, which is its name at the same time.

use closedset_https::is_loopback;
use http::Uri;
use std::fmt;

/// The longest address that is taken.
const LIMIT: usize = 255;

/// A provider's address: `https://`, or `http://` to this very machine, as a provider in tests has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// The address as it was entered, if it may be a provider's.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        // OpenID Connect Discovery 1.0, section 2: neither a query nor a fragment.
        let is_bare = !text.contains(['?', '#', '@', '\\']);
        (text.len() <= LIMIT && is_plain && is_bare && is_taken(text, true))
            .then(|| Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it says what it is.
    pub(crate) fn description(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.0.trim_end_matches('/'))
    }

    /// Whether an address that it names may be asked: never a less protected one than its own.
    pub(crate) fn may_name(&self, address: &str) -> bool {
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        is_plain
            && !address.contains(['#', '\\'])
            && address.len() <= 2_000
            && is_taken(address, self.0.starts_with("http://"))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_taken(address: &str, takes_loopback: bool) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    let is_named = !authority.host().is_empty() && !authority.as_str().contains('@');
    match uri.scheme_str() {
        Some("https") => is_named,
        Some("http") => is_named && takes_loopback && is_loopback(authority.host()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_an_encrypted_address_or_is_on_this_machine() {
        for good in [
            "https://login.example.com",
            "https://login.example.com/realms/film/",
            "https://login.example.com:8443",
            "http://127.0.0.1:4000",
            "http://[::1]:4000/a",
            "http://localhost:4000",
        ] {
            assert_eq!(Issuer::parse(&format!(" {good} ")).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "login.example.com",
            "http://login.example.com",
            "http://127.0.0.1.example.com",
            "http://192.168.1.4",
            "https://",
            "https:///a",
            "https://user@login.example.com",
            "https://login.example.com/?a=b",
            "https://login.example.com/#a",
            "https://login.exa mple.com",
            "https://login.example.com\\a",
            "javascript:alert(1)",
            "file:///etc/passwd",
            &format!("https://login.example.com/{}", "a".repeat(LIMIT)),
        ] {
            assert_eq!(Issuer::parse(bad), None, "{bad}");
        }
        let there = Issuer::parse("https://login.example.com/").unwrap();
        assert_eq!(
            there.description(),
            "https://login.example.com/.well-known/openid-configuration"
        );
        assert!(there.may_name("https://keys.example.com/a?b=c"));
        assert!(!there.may_name("http://127.0.0.1:4000/keys"), "nothing less protected");
        assert!(Issuer::parse("http://localhost:1").unwrap().may_name("http://localhost:1/keys"));
    }
}
