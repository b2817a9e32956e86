//! Signing notes with Ed25519 (signed-note, "Ed25519 signatures"; RFC 8032).
//!
//! The text form of a signer key, `PRIVATE+KEY+name+hex(id)+base64(0x01 || seed)`, is the one of
//! Go's `golang.org/x/mod/sumdb/note`; the specification has none.

use super::{
    KeyError, KeyKind, KeyName, NoteSignature, VerifierKey,
    key::{KeyParts, split_material},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "PRIVATE+KEY+";

/// The secret half of a key that signs notes; zeroed when dropped.
#[derive(Clone)]
pub struct SignerKey {
    key: SigningKey,
    verifier: VerifierKey,
}

impl SignerKey {
    /// The key with this name and 32-byte seed.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::of(name, KeyKind::Ed25519, key.verifying_key());
        Self { key, verifier }
    }

    /// Reads [`Self::to_text`].
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let parts = KeyParts::parse(text.strip_prefix(PREFIX).ok_or(KeyError::NotPrivate)?)?;
        let typed = STANDARD.decode(parts.material).map_err(|_| KeyError::Base64)?;
        let typed = Zeroizing::new(typed);
        let (kind, seed) = split_material(&typed)?;
        if kind != KeyKind::Ed25519 {
            return Err(KeyError::Kind(kind.byte()));
        }
        let signer = Self::from_seed(parts.name, seed);
        let computed = signer.verifier.id();
        if computed != parts.id {
            return Err(KeyError::WrongId { computed, stated: parts.id });
        }
        Ok(signer)
    }

    /// The secret key as text; keep it as secret as the seed.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut typed = Zeroizing::new([KeyKind::Ed25519.byte(); 33]);
        typed[1..].copy_from_slice(self.key.as_bytes());
        let material = Zeroizing::new(STANDARD.encode(*typed));
        let (name, id) = (self.verifier.name(), self.verifier.id());
        Zeroizing::new(format!("{PREFIX}{name}+{id}+{}", *material))
    }

    /// The public half.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Its signature of a note's text.
    pub(super) fn signature(&self, text: &str) -> NoteSignature {
        NoteSignature {
            name: self.verifier.name().clone(),
            id: self.verifier.id(),
            bytes: self.key.sign(text.as_bytes()).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({} {})", self.verifier.name(), self.verifier.id())
    }
}
