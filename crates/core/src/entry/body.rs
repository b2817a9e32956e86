//! What commits to the body of an entry without showing it.
//!
//! In version 1 that is one salted digest over the whole body. In version 2 it is a digest over salted
//! digests of the body's fields, so that some fields can be shown and others not:
//!
//! ```text
//! field salt   = SHA-256("closedset/entry-field-salt/v2\n" | salt | SHA-256(name))
//! field digest = SHA-256("closedset/entry-field/v2\n" | field salt | SHA-256(name) | value)
//! commitment   = SHA-256("closedset/entry-body/v2\n" | SHA-256(name) | field digest | ... of the next field | ...)
//! ```
//!
//! Here `|` joins bytes, salts and digests have 32 of them, a name is in UTF-8, a value in canonical JSON, and
//! the fields follow each other as in the body's canonical form. Whatever stands before a value has a fixed length, so
//! that no two bodies have the same bytes; and what is hashed to make a salt has a fixed length, so that nobody
//! who knows one of them can go on to another. An entry keeps its one salt, and all else follows from it.

use super::Envelope;
use crate::{Digest, canonical};
use serde_json::Value;
use sha2::Digest as _;
use std::cmp::Ordering;

/// 32 random bytes that keep what is committed to from being guessed.
pub type Salt = [u8; 32];

/// Why nothing can commit to a body.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Entries of version 2 have fields.
    #[error("the body is not an object")]
    NotAnObject,
    /// It has no canonical form.
    #[error("the body has no canonical form")]
    Canonical(#[from] canonical::CanonicalError),
}

/// What commits to the body of an entry of version 1: SHA-256 over a label, the salt and the body's
/// canonical bytes.
pub fn commitment_v1(salt: &Salt, body: &[u8]) -> Digest {
    hash(&[b"closedset/entry-body/v1\n", salt, body])
}

/// What commits to the body of an entry of version 2.
pub fn commitment(salt: &Salt, body: &Value) -> Result<Digest, BodyError> {
    let Value::Object(fields) = body else { return Err(BodyError::NotAnObject) };
    let mut digests = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        digests.push((name.as_str(), field_digest(&field_salt(salt, name), name, value)?));
    }
    Ok(commitment_of_fields(digests))
}

/// The salt of one field. It tells nothing of the entry's or of another field's.
pub fn field_salt(salt: &Salt, name: &str) -> Salt {
    *hash(&[b"closedset/entry-field-salt/v2\n", salt, Digest::of(name.as_bytes()).bytes()]).bytes()
}

/// What commits to one field.
pub fn field_digest(
    salt: &Salt,
    name: &str,
    value: &Value,
) -> Result<Digest, canonical::CanonicalError> {
    let name = Digest::of(name.as_bytes());
    Ok(hash(&[b"closedset/entry-field/v2\n", salt, name.bytes(), &canonical::to_vec(value)?]))
}

/// What commits to a body whose fields have these digests; each name is there once.
pub fn commitment_of_fields<'a>(fields: impl IntoIterator<Item = (&'a str, Digest)>) -> Digest {
    let mut fields: Vec<(&str, Digest)> = fields.into_iter().collect();
    fields.sort_unstable_by(|(one, _), (other, _)| order(one, other));
    let mut hash = sha2::Sha256::new();
    hash.update(b"closedset/entry-body/v2\n");
    for (name, digest) in fields {
        hash.update(Digest::of(name.as_bytes()).bytes());
        hash.update(digest.bytes());
    }
    Digest::from_bytes(hash.finalize().into())
}

/// The order of fields in canonical JSON: by UTF-16 code units (RFC 8785, section 3.2.3).
fn order(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update(part);
    }
    Digest::from_bytes(hash.finalize().into())
}

/// What an entry commits to, and in which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// The version of the entry.
    pub version: i64,
    /// The digest that its envelope has.
    pub digest: Digest,
}

impl Commitment {
    /// Whether it is to the body with these canonical bytes.
    pub fn is_to(&self, salt: &Salt, body: &[u8]) -> bool {
        let found = match self.version {
            super::VERSION_1 => Some(commitment_v1(salt, body)),
            super::VERSION => {
                canonical::from_slice(body).ok().and_then(|body| commitment(salt, &body).ok())
            }
            _ => None,
        };
        found == Some(self.digest)
    }

    /// Whether it is to a body whose fields have these digests, all of them and no others. No entry of version 1
    /// commits to fields.
    pub fn is_to_fields<'a>(&self, fields: impl IntoIterator<Item = (&'a str, Digest)>) -> bool {
        self.version == super::VERSION && commitment_of_fields(fields) == self.digest
    }
}

impl Envelope {
    /// What the entry commits to.
    pub fn commitment(&self) -> Commitment {
        Commitment { version: self.version, digest: self.body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Value::Null;
    use serde_json::json;

    fn sample() -> Value {
        json!({"asked_by": "Ada Example", "terms": {"control": "IS-7"}, "exception": 7})
    }

    fn digests(salt: &Salt, body: &Value) -> Vec<(String, Digest)> {
        let of = |(name, value): (&String, &Value)| {
            (name.clone(), field_digest(&field_salt(salt, name), name, value).unwrap())
        };
        body.as_object().unwrap().iter().map(of).collect()
    }

    fn of_fields(fields: &[(String, Digest)]) -> Digest {
        commitment_of_fields(fields.iter().map(|(name, digest)| (name.as_str(), *digest)))
    }

    #[test]
    fn a_body_is_committed_to_by_the_digests_of_its_fields_in_whatever_order_they_come() {
        let salt = [7; 32];
        let whole = commitment(&salt, &sample()).unwrap();
        let mut fields = digests(&salt, &sample());
        assert_eq!(of_fields(&fields), whole);
        fields.reverse();
        assert_eq!(of_fields(&fields), whole);
    }

    #[test]
    fn another_salt_name_value_or_number_of_fields_is_another_commitment() {
        let salt = [7; 32];
        let whole = commitment(&salt, &sample()).unwrap();
        assert_ne!(commitment(&[8; 32], &sample()).unwrap(), whole);
        let fields = digests(&salt, &sample());
        for place in 0..fields.len() {
            let mut fewer = fields.clone();
            fewer.remove(place);
            assert_ne!(of_fields(&fewer), whole);
            let mut swapped = fields.clone();
            swapped[place].1 = fields[(place + 1) % fields.len()].1;
            assert_ne!(of_fields(&swapped), whole);
            let mut renamed = fields.clone();
            renamed[place].0.push('x');
            assert_ne!(of_fields(&renamed), whole);
        }
        assert_ne!(
            commitment(&salt, &json!({"a": ""})).unwrap(),
            commitment(&salt, &json!({})).unwrap()
        );
    }

    #[test]
    fn a_field_has_another_digest_under_the_salt_of_another_or_with_its_name() {
        let salt = [7; 32];
        let name = field_salt(&salt, "name");
        assert_ne!(name, field_salt(&salt, "other"));
        assert_ne!(name, salt);
        let digest = |salt: &Salt, name| field_digest(salt, name, &Null).unwrap();
        assert_ne!(digest(&name, "name"), digest(&name, "other"));
        assert_ne!(digest(&name, "name"), digest(&field_salt(&salt, "other"), "name"));
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for body in [json!([1]), json!("a"), Null, json!(1)] {
            assert!(matches!(commitment(&[0; 32], &body), Err(BodyError::NotAnObject)));
        }
        assert!(matches!(commitment(&[0; 32], &json!({"a": 0.5})), Err(BodyError::Canonical(_))));
    }

    #[test]
    fn each_version_has_its_own_commitment_and_no_other_version_any() {
        let (salt, body) = ([7; 32], canonical::to_vec(&sample()).unwrap());
        let (one, two) = (commitment_v1(&salt, &body), commitment(&salt, &sample()).unwrap());
        let commits_to = |version, digest, salt: &Salt, body: &[u8]| {
            Commitment { version, digest }.is_to(salt, body)
        };
        assert!(commits_to(1, one, &salt, &body) && commits_to(2, two, &salt, &body));
        assert!(!commits_to(1, two, &salt, &body) && !commits_to(2, one, &salt, &body));
        for version in [i64::MIN, 0, 3, i64::MAX] {
            assert!(
                !commits_to(version, one, &salt, &body) && !commits_to(version, two, &salt, &body)
            );
        }
        // Only canonical bytes are a body.
        let spaced = String::from_utf8(body).unwrap().replacen(':', ": ", 1);
        assert!(!commits_to(2, two, &salt, spaced.as_bytes()));
    }

    /// So that whoever writes a verifier of their own can compare.
    #[test]
    fn the_form_is_the_one_that_is_written_down() {
        let salt: Salt = std::array::from_fn(|place| place as u8);
        let body = json!({"control": "IS-7", "asked_by": "Ada Example"});
        assert_eq!(
            hex(&field_salt(&salt, "asked_by")),
            "8f4eb7d8bcadfce816f61b03d0772f1799043d51a9dc5864c85108b032453ad0"
        );
        let digest = field_digest(&field_salt(&salt, "asked_by"), "asked_by", &body["asked_by"]);
        assert_eq!(
            digest.unwrap().to_string(),
            "55f274bc032b34809de1b8e721dc5d58e1136dccb4b61b4cea15709097aa9eb2"
        );
        assert_eq!(
            commitment(&salt, &body).unwrap().to_string(),
            "054713bdb17d2c00fda8cadb4b14e33a387d5a2fb972ef60662608e975fab7f4"
        );
    }

    fn hex(bytes: &Salt) -> String {
        Digest::from_bytes(*bytes).to_string()
    }
}
