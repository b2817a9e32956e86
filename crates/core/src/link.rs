//! The one-time link by which a device is enrolled: where the server is, how to know it, and a
//! token.
//!
//! `https://HOST:PORT/enrol#TOKEN.PIN.ORGANISATION.ENROLMENT`: the part behind `#` is never sent by a
//! browser. PIN is the SHA-256 of the server's public key (SubjectPublicKeyInfo), in base64url, so
//! that the device trusts this server and no other, whatever its certificate says. The two ids are
//! for a computer without network, which signs what it is called before it was told (see
//! [`device_of`]); links of earlier versions lack them.

use crate::{
    Digest, Secret,
    id::{Device, Enrolment, Id, Organisation},
};
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
    /// Where the device will belong; none in a link of an earlier version.
    pub home: Option<Home>,
}

/// Where a device will belong, and by which link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// Where it will belong.
    pub organisation: Id<Organisation>,
    /// The link's own id.
    pub enrolment: Id<Enrolment>,
}

/// The device that a link makes: one link enrols one device, so they share their 128 bits, and
/// whoever holds the link knows the device's id before the server was asked.
pub const fn device_of(enrolment: Id<Enrolment>) -> Id<Device> {
    Id::from_bits(enrolment.bits())
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
        write!(f, "{}/enrol#{}.{pin}", self.server, self.token.to_token())?;
        match self.home {
            Some(home) => write!(f, ".{}.{}", home.organisation, home.enrolment),
            None => Ok(()),
        }
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
        let (token, pin, home) = match *fragment.split('.').collect::<Vec<_>>() {
            [token, pin] => (token, pin, None),
            [token, pin, organisation, enrolment] => {
                let organisation = organisation.parse().map_err(|_| LinkError)?;
                let enrolment = enrolment.parse().map_err(|_| LinkError)?;
                (token, pin, Some(Home { organisation, enrolment }))
            }
            _ => return Err(LinkError),
        };
        let pin = Secret::<32>::from_token(pin).ok_or(LinkError)?;
        Ok(Self {
            server: server.to_owned(),
            token: Secret::from_token(token).ok_or(LinkError)?,
            pin: Digest::from_bytes(*pin.expose()),
            home,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> EnrolLink {
        EnrolLink {
            server: "https://localhost:8443".into(),
            token: Secret::new([1; 32]),
            pin: Digest::of(b"key"),
            home: Some(Home { organisation: Id::from_bits(2), enrolment: Id::from_bits(3) }),
        }
    }

    #[test]
    fn a_link_reads_back_and_anything_less_is_refused() {
        let text = link().to_string();
        assert_eq!(text.parse(), Ok(link()));
        let swapped = text.replace(".org_", ".enr_");
        for bad in [
            "",
            "https://localhost:8443/enrol",
            "http://a/enrol#x.y",
            &text[..text.len() - 2],
            &text[..text.len() - 31],
            &swapped,
            &format!("{text}.more"),
            "https://a@b/enrol#AA.AA",
        ] {
            assert_eq!(bad.parse::<EnrolLink>(), Err(LinkError), "{bad}");
        }
    }

    #[test]
    fn a_link_of_an_earlier_version_is_read_and_says_not_where_the_device_belongs() {
        let earlier = EnrolLink { home: None, ..link() };
        let text = earlier.to_string();
        assert_eq!(text.matches('.').count(), 1);
        assert_eq!(text.parse(), Ok(earlier));
    }

    #[test]
    fn two_links_never_make_the_same_device() {
        let (one, other) = (Id::from_bits(3), Id::from_bits(4));
        assert_ne!(device_of(one), device_of(other));
        assert_eq!(device_of(one).bits(), 3);
    }
}
