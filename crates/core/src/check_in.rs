//! What a device sends: a statement that it signs, and the facts the statement speaks of.
//!
//! The statement is six lines of text (see [`Statement::signed_bytes`]), so that anybody can check
//! the Ed25519 signature (RFC 8032) with common tools. It names all of the device's facts by one
//! digest: the SHA-256 of the canonical JSON object `{kind: digest of the body}`. A device that has
//! nothing new to say sends the statement alone.

use crate::{
    Digest, Time, canonical,
    fact::Body,
    id::{Device, Enrolment, Id, Organisation},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The largest check-in in bytes, over the wire.
pub const CHECK_IN_LIMIT: usize = 4 << 20;
/// The most facts of one device.
pub const FACT_LIMIT: usize = 64;

/// What a device signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Where the device belongs.
    pub organisation: Id<Organisation>,
    /// The device.
    pub device: Id<Device>,
    /// Counts up by at least one with every statement; a repeated or lower one is a replay or a clone.
    pub counter: i64,
    /// When the facts were read, by the device's clock.
    pub collected_at: Time,
    /// See [`facts_digest`].
    pub facts: Digest,
}

impl Statement {
    /// The bytes that are signed: a label and the five fields, a line each.
    pub fn signed_bytes(&self) -> Vec<u8> {
        format!(
            "closedset/check-in/v1\n{}\n{}\n{}\n{}\n{}\n",
            self.organisation, self.device, self.counter, self.collected_at, self.facts
        )
        .into_bytes()
    }

    /// Signs with the device's key.
    pub fn sign(&self, key: &SigningKey) -> DeviceSignature {
        DeviceSignature(key.sign(&self.signed_bytes()).to_bytes())
    }

    /// Whether `signature` is the device's.
    pub fn is_signed_by(&self, key: &VerifyingKey, signature: &DeviceSignature) -> bool {
        key.verify_strict(&self.signed_bytes(), &Signature::from_bytes(&signature.0)).is_ok()
    }
}

/// An Ed25519 signature; base64 as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceSignature(pub [u8; 64]);

/// An Ed25519 public key of a device; base64 as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey(pub [u8; 32]);

impl DeviceKey {
    /// The key to verify with; none if the bytes are no point of the curve or a weak one.
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak())
    }
    /// The digest of the key's bytes, for people to compare.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.0)
    }
}

macro_rules! base64_text {
    ($type:ident, $length:literal) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&STANDARD.encode(self.0))
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                let bytes = STANDARD.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
                bytes.try_into().map(Self).map_err(|_| {
                    serde::de::Error::custom(concat!(
                        stringify!($length),
                        " bytes in base64 are wanted"
                    ))
                })
            }
        }
    };
}
base64_text!(DeviceSignature, 64);
base64_text!(DeviceKey, 32);

/// A check-in: the statement, its signature, and the facts unless the server knows them already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// What is signed.
    pub statement: Statement,
    /// By the device.
    pub signature: DeviceSignature,
    /// The digest of every fact, by kind; absent in a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<BTreeMap<String, Digest>>,
    /// The bodies that changed since the last check-in that was accepted, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bodies: BTreeMap<String, Body>,
}

/// The digest of a device's facts: SHA-256 of the canonical JSON of `{kind: digest}`.
pub fn facts_digest(
    digests: &BTreeMap<String, Digest>,
) -> Result<Digest, canonical::CanonicalError> {
    canonical::to_vec(digests).map(|bytes| Digest::of(&bytes))
}

/// The salt of what a device says of this kind: 128 bits in hexadecimal, which nobody can tell who has not its key.
///
/// It stays the same, so that what does not change has the same digest; and it is another one for each kind and
/// device, so that what is shown of one tells nothing of another.
pub fn fact_salt(key: &SigningKey, kind: &str) -> String {
    const LABEL: &[u8] = b"closedset/fact-salt/v1\n";
    let seed = Zeroizing::new(key.to_bytes());
    let secret = Zeroizing::new([LABEL, &seed[..], kind.as_bytes()].concat());
    hex::encode(&Digest::of(&secret).bytes()[..16])
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInAnswer {
    /// What became of it.
    pub outcome: Outcome,
    /// The entry's index in the organisation's log; absent for a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// Seconds until the next check-in is wanted.
    pub next_in_s: i64,
}

/// What became of a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken, and it changed what is known.
    Changed,
    /// Taken; nothing new.
    Confirmed,
    /// Already known: the same statement was taken before.
    Repeated,
    /// The server does not know every fact the statement speaks of: send all bodies, with a new
    /// counter.
    SendAll,
}

/// A device asks to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The one-time token from the link.
    pub token: String,
    /// The device's public key.
    pub key: DeviceKey,
    /// Proof that it holds the key: a signature over [`enrol_bytes`].
    pub signature: DeviceSignature,
    /// The name the computer gives itself; at most 253 characters.
    pub name: String,
}

/// What a device signs to be enrolled.
pub fn enrol_bytes(token: &str, key: &DeviceKey) -> Vec<u8> {
    format!("closedset/enrol/v1\n{token}\n{}\n", STANDARD.encode(key.0)).into_bytes()
}

impl EnrolRequest {
    /// A request signed with `key`.
    pub fn signed(token: String, key: &SigningKey, name: String) -> Self {
        let public = DeviceKey(key.verifying_key().to_bytes());
        let signature = DeviceSignature(key.sign(&enrol_bytes(&token, &public)).to_bytes());
        Self { token, key: public, signature, name }
    }

    /// Whether the asker holds the key it names.
    pub fn is_signed(&self) -> bool {
        self.key.verifying_key().is_some_and(|key| {
            let bytes = enrol_bytes(&self.token, &self.key);
            key.verify_strict(&bytes, &Signature::from_bytes(&self.signature.0)).is_ok()
        })
    }
}

/// The device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// The link that was used.
    pub enrolment: Id<Enrolment>,
    /// Where it belongs.
    pub organisation: Id<Organisation>,
    /// What it is called.
    pub device: Id<Device>,
    /// Seconds between check-ins.
    pub every_s: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            organisation: Id::from_bits(1),
            device: Id::from_bits(2),
            counter: 3,
            collected_at: Time::from_millis(4_000),
            facts: Digest::of(b"facts"),
        }
    }

    #[test]
    fn any_altered_field_breaks_the_signature() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signature = statement().sign(&key);
        assert!(statement().is_signed_by(&key.verifying_key(), &signature));
        let altered = [
            Statement { organisation: Id::from_bits(9), ..statement() },
            Statement { device: Id::from_bits(9), ..statement() },
            Statement { counter: 9, ..statement() },
            Statement { collected_at: Time::from_millis(9), ..statement() },
            Statement { facts: Digest::of(b"other"), ..statement() },
        ];
        for statement in altered {
            assert!(!statement.is_signed_by(&key.verifying_key(), &signature));
        }
    }

    #[test]
    fn an_enrolment_signed_with_another_key_is_not_signed() {
        let request = EnrolRequest::signed(
            "token".into(),
            &SigningKey::from_bytes(&[7; 32]),
            "suite-1".into(),
        );
        assert!(request.is_signed());
        let other = DeviceKey(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
        assert!(!EnrolRequest { key: other, ..request.clone() }.is_signed());
        assert!(!EnrolRequest { token: "other".into(), ..request }.is_signed());
    }

    #[test]
    fn unknown_fields_and_short_signatures_are_refused() {
        let check_in = CheckIn {
            statement: statement(),
            signature: DeviceSignature([0; 64]),
            digests: None,
            bodies: BTreeMap::new(),
        };
        let text = serde_json::to_string(&check_in).unwrap();
        assert_eq!(serde_json::from_str::<CheckIn>(&text).unwrap(), check_in);
        assert!(serde_json::from_str::<CheckIn>(&text.replacen('{', "{\"more\":1,", 1)).is_err());
        assert!(serde_json::from_str::<DeviceSignature>("\"AAAA\"").is_err());
    }
}
