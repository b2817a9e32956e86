//! Signed notes (c2sp.org/signed-note): text with signature lines below it.
//!
//! A note's text means nothing until [`SignedNote::verify`] found a signature by a known key.
//! Two signature types are spoken: Ed25519 (0x01) and the timestamped cosignature (0x04, see
//! [`crate::cosignature`]). What the text says is for [`crate::checkpoint`].

mod key;
mod signed;
mod signer;

pub use key::{KeyError, KeyId, KeyKind, KeyName, VerifierKey};
pub use signed::{
    MAX_NOTE_LENGTH, MAX_SIGNATURES, NoteError, NoteSignature, SignedNote, VerifiedSignature,
};
pub use signer::SignerKey;

#[cfg(test)]
mod tests;
