//! One entry of the ledger as a file: `ledger/entries/<index>.json`, in canonical JSON.

use crate::without_names::shows;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::{
    Digest, canonical,
    entry::{
        Envelope, Salt, VERSION_1,
        body::{field_digest, field_salt},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// An entry as the builder takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its index in the log.
    pub index: u64,
    /// The leaf's exact bytes.
    pub envelope: Vec<u8>,
    /// Its body, or none if it was erased.
    pub body: Option<EntryBody>,
}

/// The body of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBody {
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The salt of the commitment in the envelope.
    pub salt: [u8; 32],
}

/// The file. Of a body either all is shown, or some fields of it, or nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryFile {
    /// The leaf's exact bytes, in base64.
    envelope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    /// In base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// The body's fields, where not all are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<BTreeMap<String, Field>>,
    /// The body was erased.
    tombstone: bool,
}

/// A field of a body.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Field {
    Shown(Shown),
    Hidden(Hidden),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// Of the field, in base64.
    salt: String,
    value: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    digest: Digest,
}

/// An entry that was read and fits its own envelope.
#[derive(Debug)]
pub(crate) struct OpenedEntry {
    pub(crate) leaf: Vec<u8>,
    pub(crate) envelope: Envelope,
    /// As much of it as is shown; none if it was erased or is left out.
    pub(crate) body: Option<Value>,
    /// The names of its fields that are not shown.
    pub(crate) hidden: BTreeSet<String>,
    /// It was erased.
    pub(crate) is_erased: bool,
}

impl OpenedEntry {
    /// Whether nothing of its body is shown although it was not erased.
    pub(crate) fn is_left_out(&self) -> bool {
        self.body.is_none() && !self.is_erased
    }
}

/// Why an entry file is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EntryFault {
    #[error("it is not an entry in canonical form")]
    Form,
    #[error("its envelope is not one in canonical form")]
    Envelope,
    #[error("its body is not the one that its envelope commits to")]
    Body,
}

impl EntryFile {
    /// The whole entry.
    pub(crate) fn new(entry: &LedgerEntry) -> Result<Self, EntryFault> {
        let envelope = STANDARD.encode(&entry.envelope);
        let Some(body) = &entry.body else {
            return Ok(Self { envelope, body: None, salt: None, fields: None, tombstone: true });
        };
        let value = canonical::from_slice(&body.bytes).map_err(|_| EntryFault::Form)?;
        Ok(Self {
            envelope,
            body: Some(value),
            salt: Some(STANDARD.encode(body.salt)),
            fields: None,
            tombstone: false,
        })
    }

    /// As much of the entry as names nobody. An entry of version 1 can only be shown whole, or not at all.
    pub(crate) fn without_names(entry: &LedgerEntry) -> Result<Self, EntryFault> {
        let mut whole = Self::new(entry)?;
        let (Some(body), Some(EntryBody { salt, .. })) = (whole.body.take(), &entry.body) else {
            return Ok(whole);
        };
        let Value::Object(body) = body else { return Ok(Self { salt: None, ..whole }) };
        let envelope =
            Envelope::from_canonical(&entry.envelope).map_err(|_| EntryFault::Envelope)?;
        let is_shown = |name: &str, value: &Value| shows(&envelope.kind, name, value);
        if body.iter().all(|(name, value)| is_shown(name, value)) {
            return Ok(Self { body: Some(Value::Object(body)), ..whole });
        }
        let bare = Self { salt: None, ..whole };
        if envelope.version == VERSION_1 {
            return Ok(bare);
        }
        let mut fields = BTreeMap::new();
        for (name, value) in body {
            let salt = field_salt(salt, &name);
            let field = if is_shown(&name, &value) {
                Field::Shown(Shown { salt: STANDARD.encode(salt), value })
            } else {
                let digest = field_digest(&salt, &name, &value).map_err(|_| EntryFault::Form)?;
                Field::Hidden(Hidden { digest })
            };
            fields.insert(name, field);
        }
        Ok(Self { fields: Some(fields), ..bare })
    }

    /// Reads the file. Only the bytes that are written for what it says are it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, EntryFault> {
        let file: Self = serde_json::from_slice(bytes).map_err(|_| EntryFault::Form)?;
        let written = canonical::to_vec(&file).map_err(|_| EntryFault::Form)?;
        if written == bytes { Ok(file) } else { Err(EntryFault::Form) }
    }

    /// Checks that envelope and body fit each other.
    pub(crate) fn open(self) -> Result<OpenedEntry, EntryFault> {
        let leaf = STANDARD.decode(&self.envelope).map_err(|_| EntryFault::Form)?;
        let envelope = Envelope::from_canonical(&leaf).map_err(|_| EntryFault::Envelope)?;
        let opened = |envelope, body| OpenedEntry {
            leaf,
            envelope,
            body,
            hidden: BTreeSet::new(),
            is_erased: self.tombstone,
        };
        match (self.body, self.salt, self.fields, self.tombstone) {
            (None, None, None, _) => Ok(opened(envelope, None)),
            (Some(body), Some(salt), None, false) => {
                let bytes = canonical::to_vec(&body).map_err(|_| EntryFault::Body)?;
                if !envelope.commitment().is_to(&decode(&salt)?, &bytes) {
                    return Err(EntryFault::Body);
                }
                Ok(opened(envelope, Some(body)))
            }
            (None, None, Some(fields), false) => {
                let (body, hidden) = open_fields(fields, &envelope)?;
                Ok(OpenedEntry { hidden, ..opened(envelope, Some(body)) })
            }
            _ => Err(EntryFault::Form),
        }
    }
}

/// What is shown of a body, and the names of what is not. Where all is shown, it is shown as a whole.
fn open_fields(
    fields: BTreeMap<String, Field>,
    envelope: &Envelope,
) -> Result<(Value, BTreeSet<String>), EntryFault> {
    let (mut body, mut hidden, mut digests) = (Map::new(), BTreeSet::new(), Vec::new());
    for (name, field) in fields {
        let digest = match field {
            Field::Hidden(Hidden { digest }) => {
                hidden.insert(name.clone());
                digest
            }
            Field::Shown(Shown { salt, value }) => {
                let digest = field_digest(&decode(&salt)?, &name, &value);
                body.insert(name.clone(), value);
                digest.map_err(|_| EntryFault::Body)?
            }
        };
        digests.push((name, digest));
    }
    let digests = digests.iter().map(|(name, digest)| (name.as_str(), *digest));
    if !envelope.commitment().is_to_fields(digests) {
        return Err(EntryFault::Body);
    }
    if hidden.is_empty() { Err(EntryFault::Form) } else { Ok((Value::Object(body), hidden)) }
}

fn decode(salt: &str) -> Result<Salt, EntryFault> {
    let salt = STANDARD.decode(salt).map_err(|_| EntryFault::Form)?;
    salt.try_into().map_err(|_| EntryFault::Form)
}
