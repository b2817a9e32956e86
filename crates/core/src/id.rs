//! Typed identifiers: a UUIDv7 (RFC 9562) with the kind of thing it names in its type.
//!
//! The text form is a TypeID (specification 0.3): a prefix, an underscore and the 128 bits in 26
//! characters of Crockford's base 32, lower case. Text sorts as creation time does.

use crate::{Randomness, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, marker::PhantomData, str::FromStr};

/// A kind of thing that has ids.
pub trait Kind: 'static {
    /// What stands before the underscore in the text form.
    const PREFIX: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {}
        impl Kind for $name { const PREFIX: &'static str = $prefix; }
    )*};
}

kinds! {
    /// A sign-in identity of the installation.
    Account = "acc",
    /// A company in the installation.
    Organisation = "org",
    /// Several people as a directory puts them together.
    Group = "grp",
    /// A site of an organisation.
    Facility = "fac",
    /// A human known to one organisation.
    Person = "per",
    /// A company whose content a facility works on.
    Client = "cli",
    /// A production whose content is protected.
    Title = "ttl",
    /// Somebody's dated work for an organisation.
    Engagement = "eng",
    /// Somebody's dated work on a title.
    Assignment = "asg",
    /// The end of what somebody does here.
    Leaving = "lvg",
    /// Something to be done at it.
    LeavingStep = "lvs",
    /// What whoever works here must sign.
    Agreement = "agr",
    /// Somebody's signature beneath it.
    Signature = "sgn",
    /// What whoever works here must know and keep to.
    Policy = "pol",
    /// Somebody's word that they read it.
    Acknowledgement = "ack",
    /// An agreement signed on paper, uploaded to be confirmed.
    Paper = "pap",
    /// A list of people that is held until it is written.
    Import = "imp",
    /// A list of people held against the register.
    Comparison = "cmp",
    /// What the two do not agree on.
    Difference = "dif",
    /// An audit or a penetration test.
    Audit = "aud",
    /// What one found.
    Finding = "fnd",
    /// What can happen to a facility and its content.
    Risk = "rsk",
    /// What an owner asks a facility in a file of their own.
    Questionnaire = "qst",
    /// A computer whose agent reports.
    Device = "dev",
    /// A file with versions.
    Document = "doc",
    /// One version of a document.
    DocumentVersion = "dcv",
    /// A signed statement given as evidence.
    Attestation = "att",
    /// What a person signed where a check does not pass.
    Exception = "exc",
    /// What a facility asks beyond any framework.
    OwnCheck = "chk",
    /// Something a person must do by a date.
    Task = "tsk",
    /// One thing that happened.
    Entry = "ent",
    /// A signed-in browser.
    Session = "ses",
    /// A passkey of an account.
    Passkey = "pky",
    /// As whom a provider knows an account.
    Identity = "idt",
    /// A token for programs.
    ApiToken = "tok",
    /// A one-time invitation for a device.
    Enrolment = "enr",
    /// A one-time invitation for a person.
    Invitation = "inv",
    /// An audit pack.
    Pack = "pck",
    /// A letter to one person.
    Mail = "mai",
    /// An interval during which a verdict held.
    VerdictInterval = "ver",
    /// One running of an operation, shown to a user beside an error.
    Operation = "op",
}

/// An identifier of one `K`.
pub struct Id<K> {
    bits: u128,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text before the last underscore is not the kind's prefix.
    #[error("an id of this kind begins with {expected}_")]
    Prefix {
        /// The kind's prefix.
        expected: &'static str,
    },
    /// The text after the prefix is not 26 characters of lower-case base 32 below 2^128.
    #[error("an id ends in 26 characters of lower-case base 32")]
    Suffix,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K: Kind> Id<K> {
    /// A new id: 48 bits of `now`, the rest random.
    pub fn new(now: Time, randomness: &dyn Randomness) -> Self {
        let mut random = [0u8; 10];
        randomness.fill(&mut random);
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        Self::from_bits(
            uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128(),
        )
    }

    /// The id with these 128 bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self { bits, kind: PhantomData }
    }

    /// The 128 bits.
    pub const fn bits(self) -> u128 {
        self.bits
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bits.cmp(&other.bits)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 26];
        for (place, letter) in text.iter_mut().enumerate() {
            let shift = 5 * (25 - place);
            *letter = ALPHABET[((self.bits >> shift) & 31) as usize];
        }
        let text = std::str::from_utf8(&text).map_err(|_| fmt::Error)?;
        write!(f, "{}_{text}", K::PREFIX)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let suffix = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::Prefix { expected: K::PREFIX })?;
        if suffix.len() != 26 || suffix.as_bytes()[0] > b'7' {
            return Err(IdError::Suffix);
        }
        let mut bits = 0u128;
        for letter in suffix.bytes() {
            let value =
                ALPHABET.iter().position(|known| *known == letter).ok_or(IdError::Suffix)?;
            bits = (bits << 5) | value as u128;
        }
        Ok(Self::from_bits(bits))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::Seeded;

    #[test]
    fn text_form_is_a_typeid_of_the_specification() {
        let id = Id::<Device>::from_bits(0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881);
        assert_eq!(id.to_string(), "dev_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!("dev_01h2xcejqtf2nbrexx3vqjhp41".parse(), Ok(id));
    }

    #[test]
    fn foreign_prefix_upper_case_and_overflow_are_refused() {
        assert_eq!(
            "per_01h2xcejqtf2nbrexx3vqjhp41".parse::<Id<Device>>(),
            Err(IdError::Prefix { expected: "dev" })
        );
        for bad in [
            "dev_",
            "dev_01H2XCEJQTF2NBREXX3VQJHP41",
            "dev_81h2xcejqtf2nbrexx3vqjhp41",
            "dev_01h2xcejqtf2nbrexx3vqjhpé",
        ] {
            assert_eq!(bad.parse::<Id<Device>>(), Err(IdError::Suffix), "{bad}");
        }
    }

    #[test]
    fn ids_made_later_sort_later_and_are_uuid_version_7() {
        let randomness = Seeded::new(1);
        let early = Id::<Device>::new(Time::from_millis(1_000), &randomness);
        let late = Id::<Device>::new(Time::from_millis(2_000), &randomness);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(uuid::Uuid::from_u128(late.bits()).get_version_num(), 7);
    }
}
