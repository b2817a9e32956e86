//! Timestamped cosignatures of checkpoints (c2sp.org/tlog-cosignature, type 0x04, Ed25519).
//!
//! A cosigner states that it saw this checkpoint at this time and nothing inconsistent before.
//! Whether a checkpoint is consistent is for the caller to prove first, with
//! [`crate::tree::verify_consistency`].

use crate::{
    checkpoint::Checkpoint,
    note::{KeyKind, KeyName, NoteSignature, VerifierKey},
};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;

/// The largest time a cosignature may state, in Unix seconds.
pub const MAX_TIME_S: u64 = i64::MAX as u64;

/// The secret half of a key that cosigns checkpoints; zeroed when dropped.
///
/// Its seed must serve no other purpose: the message signed does not name the cosigner.
#[derive(Clone)]
pub struct Cosigner {
    key: SigningKey,
    verifier: VerifierKey,
}

/// The time lies beyond [`MAX_TIME_S`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cosignature cannot state the time {0}")]
pub struct CosignatureTimeError(pub u64);

impl Cosigner {
    /// The cosigner with this name and 32-byte seed.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::of(name, KeyKind::Cosignature, key.verifying_key());
        Self { key, verifier }
    }

    /// The public half.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The cosignature of `checkpoint` at `time_s`, in Unix seconds.
    pub fn cosign(
        &self,
        checkpoint: &Checkpoint,
        time_s: u64,
    ) -> Result<NoteSignature, CosignatureTimeError> {
        if time_s > MAX_TIME_S {
            return Err(CosignatureTimeError(time_s));
        }
        let mut bytes = time_s.to_be_bytes().to_vec();
        let message = message(&checkpoint.to_string(), time_s);
        bytes.extend_from_slice(&self.key.sign(message.as_bytes()).to_bytes());
        Ok(NoteSignature { name: self.verifier.name().clone(), id: self.verifier.id(), bytes })
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({} {})", self.verifier.name(), self.verifier.id())
    }
}

/// The time that `key` states in its cosignature of `text`; `None` if the signature is wrong.
pub(crate) fn verify(text: &str, signature: &[u8], key: &VerifierKey) -> Option<u64> {
    let (time, signature) = signature.split_first_chunk::<8>()?;
    let time_s = u64::from_be_bytes(*time);
    let is_right = time_s <= MAX_TIME_S && key.accepts(message(text, time_s).as_bytes(), signature);
    is_right.then_some(time_s)
}

fn message(text: &str, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}
