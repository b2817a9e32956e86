//! One entry of the ledger as a file: `ledger/entries/<index>.json`, in canonical JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::{
    canonical,
    entry::{Envelope, commitment},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// The file.
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
    /// The body was erased.
    tombstone: bool,
}

/// An entry that was read and fits its own envelope.
#[derive(Debug)]
pub(crate) struct OpenedEntry {
    pub(crate) leaf: Vec<u8>,
    pub(crate) envelope: Envelope,
    /// None if it was erased.
    pub(crate) body: Option<Value>,
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
    pub(crate) fn new(entry: &LedgerEntry) -> Result<Self, EntryFault> {
        let envelope = STANDARD.encode(&entry.envelope);
        let Some(body) = &entry.body else {
            return Ok(Self { envelope, body: None, salt: None, tombstone: true });
        };
        let value = canonical::from_slice(&body.bytes).map_err(|_| EntryFault::Form)?;
        Ok(Self {
            envelope,
            body: Some(value),
            salt: Some(STANDARD.encode(body.salt)),
            tombstone: false,
        })
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
        match (self.body, self.salt, self.tombstone) {
            (None, None, true) => Ok(OpenedEntry { leaf, envelope, body: None }),
            (Some(body), Some(salt), false) => {
                let salt = STANDARD.decode(salt).map_err(|_| EntryFault::Form)?;
                let salt: [u8; 32] = salt.try_into().map_err(|_| EntryFault::Form)?;
                let bytes = canonical::to_vec(&body).map_err(|_| EntryFault::Body)?;
                if commitment(&salt, &bytes) != envelope.body {
                    return Err(EntryFault::Body);
                }
                Ok(OpenedEntry { leaf, envelope, body: Some(body) })
            }
            _ => Err(EntryFault::Form),
        }
    }
}
