//! The one-time link by which a device is enrolled: where the server is, how to know it, and a
//! token.
//!
//! `https://HOST:PORT/enrol#TOKEN.PIN`: the part behind `#` is never sent by a browser. PIN is the
//! SHA-256 of the server's public key (SubjectPublicKeyInfo), in base64url, so that the device
//! trusts this server and no other, whatever its certificate says.

use crate::{Digest, Secret};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{fmt, str::FromStr};

/// An enrolment link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolLink {
    /// The server: `https://host:port`, without a slash at the end.
    pub server: String,
    /// The one-time token.
    pub token: Secret<32>,
    /// The server's key.
    pub pin: Digest,
}

/// Why a text is no enrolment link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an enrolment link looks like https://HOST:PORT/enrol#TOKEN.PIN; copy it whole from the devices page"
)]
pub struct LinkError;

impl fmt::Display for EnrolLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pin = URL_SAFE_NO_PAD.encode(self.pin.bytes());
        write!(f, "{}/enrol#{}.{pin}", self.server, self.token.to_token())
    }
}

impl FromStr for EnrolLink {
    type Err = LinkError;
    fn from_str(text: &str) -> Result<Self, LinkError> {
        let (server, fragment) = text.trim().split_once("/enrol#").ok_or(LinkError)?;
        let host = server.strip_prefix("https://").ok_or(LinkError)?;
        if host.is_empty() || host.len() > 260 || host.contains(['/', '@', '?', '#', ' ']) {
            return Err(LinkError);
        }
        let (token, pin) = fragment.split_once('.').ok_or(LinkError)?;
        let pin = Secret::<32>::from_token(pin).ok_or(LinkError)?;
        Ok(Self {
            server: server.to_owned(),
            token: Secret::from_token(token).ok_or(LinkError)?,
            pin: Digest::from_bytes(*pin.expose()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_and_anything_less_is_refused() {
        let link = EnrolLink {
            server: "https://localhost:8443".into(),
            token: Secret::new([1; 32]),
            pin: Digest::of(b"key"),
        };
        let text = link.to_string();
        assert_eq!(text.parse(), Ok(link));
        for bad in [
            "",
            "https://localhost:8443/enrol",
            "http://a/enrol#x.y",
            &text[..text.len() - 2],
            "https://a@b/enrol#AA.AA",
        ] {
            assert_eq!(bad.parse::<EnrolLink>(), Err(LinkError), "{bad}");
        }
    }
}
