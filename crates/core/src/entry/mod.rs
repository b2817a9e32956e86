//! Entries of the ledger: one thing that happened, in canonical JSON.
//!
//! The envelope is the leaf of the log. It names actor and subject by pseudonyms and commits to the
//! body by salted digests, so that bodies, salts and the pseudonyms' meaning can be erased and the
//! log still verifies. How it commits is told in [`body`].

pub mod body;

pub use body::{BodyError, Commitment, Salt, commitment, commitment_v1};

use crate::{Digest, Time, canonical, id};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of entries that are recorded now: each field of the body is committed to by itself.
pub const VERSION: i64 = 2;
/// The version of entries that were recorded before: the body is committed to as a whole. They are read for ever.
pub const VERSION_1: i64 = 1;
/// The largest envelope in bytes; a tlog-tiles bundle holds up to 65,535.
pub const ENVELOPE_LIMIT: usize = 4_096;
/// The largest body in bytes. With its envelope in base64 and its salt it stays below the 1 MiB that an
/// entry may have in an audit pack.
pub const BODY_LIMIT: usize = 1_000_000;
/// The kind of the entry that says that everything in an installation is invented: the first of its own
/// log, and of the log of each of its organisations.
pub const DEMONSTRATION: &str = "demonstration.begun";
/// What the origin of each log of such an installation begins with.
pub const DEMONSTRATION_ORIGIN: &str = "closedset/demonstration/";

/// A log: one for each organisation, and one of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    /// What concerns accounts and the installation as a whole.
    Installation,
    /// What concerns one organisation.
    Organisation(id::Id<id::Organisation>),
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installation => f.write_str("installation"),
            Self::Organisation(id) => write!(f, "{id}"),
        }
    }
}

impl std::str::FromStr for Log {
    type Err = id::IdError;
    fn from_str(text: &str) -> Result<Self, id::IdError> {
        if text == "installation" {
            Ok(Self::Installation)
        } else {
            text.parse().map(Self::Organisation)
        }
    }
}

impl Serialize for Log {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// How it commits to its body: [`VERSION`] or [`VERSION_1`].
    pub version: i64,
    /// The entry's id.
    pub id: id::Id<id::Entry>,
    /// The log it stands in.
    pub log: Log,
    /// When the server recorded it.
    pub at: Time,
    /// Who did it, as a pseudonym of this log.
    pub actor: String,
    /// What it is about, as a pseudonym of this log.
    pub subject: String,
    /// What happened: an area and a past participle, `device.enrolled`.
    pub kind: String,
    /// What commits to the body, see [`body`].
    pub body: Digest,
}

impl Envelope {
    /// The leaf's bytes.
    pub fn canonical(&self) -> Result<Vec<u8>, canonical::CanonicalError> {
        canonical::to_vec(self)
    }

    /// The envelope whose canonical bytes are exactly `bytes`.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, canonical::CanonicalError> {
        if bytes.len() > ENVELOPE_LIMIT {
            return Err(canonical::CanonicalError::NotCanonical);
        }
        // Canonical JSON alone is not enough: a time, say, can be written in several ways.
        let envelope: Self = serde_json::from_slice(bytes)?;
        if envelope.canonical()? == bytes {
            Ok(envelope)
        } else {
            Err(canonical::CanonicalError::NotCanonical)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_reads_back_from_its_canonical_bytes_and_from_no_others() {
        let envelope = Envelope {
            version: VERSION,
            id: id::Id::from_bits(1),
            log: Log::Installation,
            at: Time::from_millis(0),
            actor: "a".into(),
            subject: "s".into(),
            kind: "device.enrolled".into(),
            body: commitment_v1(&[0; 32], b"{}"),
        };
        let bytes = envelope.canonical().unwrap();
        assert_eq!(Envelope::from_canonical(&bytes).unwrap(), envelope);
        let text = String::from_utf8(bytes).unwrap();
        for (there, instead) in
            [(",", ", "), (":00.000Z", ":00,000Z"), (":00.000Z", ":00Z"), ("\"a\"", "\"\\u0061\"")]
        {
            let other = text.replacen(there, instead, 1);
            assert_ne!(other, text);
            assert!(Envelope::from_canonical(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn the_same_body_under_another_salt_has_another_commitment() {
        assert_ne!(commitment_v1(&[0; 32], b"{}"), commitment_v1(&[1; 32], b"{}"));
    }
}
