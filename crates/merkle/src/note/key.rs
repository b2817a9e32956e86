//! Key names, key ids and verifier keys (signed-note, "Signatures" and "Verifier keys").

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// The longest key name accepted, in bytes.
const MAX_NAME_LENGTH: usize = 255;

/// The name of a key: not empty, without spaces, plus signs and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// The short identifier of a key; it finds a key and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

/// What a key signs, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// 0x01: Ed25519 over the note's text.
    Ed25519,
    /// 0x04: timestamped Ed25519 cosignature of a checkpoint.
    Cosignature,
}

/// The public half of a key, with its name: `name+hex(id)+base64(type || key)`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    kind: KeyKind,
    key: VerifyingKey,
}

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, too long, or has spaces, plus signs or control characters.
    #[error("a key name has 1 to 255 bytes without spaces, '+' and control characters")]
    Name,
    /// There are not three parts separated by `+`.
    #[error("a verifier key reads name+id+base64")]
    Parts,
    /// A signer key does not begin with `PRIVATE+KEY+`.
    #[error("a signer key reads PRIVATE+KEY+name+id+base64")]
    NotPrivate,
    /// The id is not eight lower-case hexadecimal characters.
    #[error("a key id is 8 lower-case hexadecimal characters")]
    Id,
    /// The key material is not base64.
    #[error("the key is not base64")]
    Base64,
    /// The signature type is neither 0x01 nor 0x04.
    #[error("signature type {0:#04x} is not spoken here")]
    Kind(u8),
    /// The key material has a wrong length.
    #[error("an Ed25519 key has 32 bytes, not {0}")]
    Length(usize),
    /// The bytes are no point of the curve, or one of small order.
    #[error("the bytes are not a usable Ed25519 public key")]
    Point,
    /// The id is not that of this name and key.
    #[error("the key's id is {computed}, not {stated}")]
    WrongId {
        /// The id that name and key give.
        computed: KeyId,
        /// The id in the text.
        stated: KeyId,
    },
}

impl KeyName {
    /// Checks and takes a name.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let is_refused = |c: char| c.is_whitespace() || c == '+' || c.is_control();
        if name.is_empty() || name.len() > MAX_NAME_LENGTH || name.chars().any(is_refused) {
            return Err(KeyError::Name);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::new(text)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// `SHA-256(name || 0x0A || type || public key)[:4]`
    fn of(name: &KeyName, kind: KeyKind, key: &VerifyingKey) -> Self {
        let digest = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', kind.byte()])
            .chain_update(key.as_bytes())
            .finalize();
        Self([digest[0], digest[1], digest[2], digest[3]])
    }

    fn from_hex(text: &str) -> Result<Self, KeyError> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 8 || !text.bytes().all(is_digit) {
            return Err(KeyError::Id);
        }
        let id = u32::from_str_radix(text, 16).map_err(|_| KeyError::Id)?;
        Ok(Self(id.to_be_bytes()))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl KeyKind {
    /// The signature type identifier byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    fn of_byte(byte: u8) -> Result<Self, KeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::Cosignature),
            other => Err(KeyError::Kind(other)),
        }
    }
}

impl VerifierKey {
    /// The key with this name and these 32 bytes of Ed25519 public key.
    pub fn new(name: KeyName, kind: KeyKind, public_key: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self::of(name, kind, key))
    }

    /// For keys made from a seed, which are never weak.
    pub(crate) fn of(name: KeyName, kind: KeyKind, key: VerifyingKey) -> Self {
        let id = KeyId::of(&name, kind, &key);
        Self { name, id, kind, key }
    }

    /// The key under a stated id, as one forged to collide would have.
    #[cfg(test)]
    pub(super) fn with_id(self, id: KeyId) -> Self {
        Self { id, ..self }
    }

    /// Its name.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What it signs.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` is this key's over `message`; strict, so that no second signature
    /// passes for the same message.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        self.key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![self.kind.byte()];
        typed.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let parts = KeyParts::parse(text)?;
        let typed = STANDARD.decode(parts.material).map_err(|_| KeyError::Base64)?;
        let (kind, public_key) = split_material(&typed)?;
        let key = Self::new(parts.name, kind, public_key)?;
        if key.id != parts.id {
            return Err(KeyError::WrongId { computed: key.id, stated: parts.id });
        }
        Ok(key)
    }
}

/// The three parts that verifier and signer keys share.
pub(super) struct KeyParts<'t> {
    pub(super) name: KeyName,
    pub(super) id: KeyId,
    pub(super) material: &'t str,
}

/// Name, id and 33 bytes of base64 take no more.
const MAX_KEY_LENGTH: usize = 512;

impl<'t> KeyParts<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY_LENGTH {
            return Err(KeyError::Parts);
        }
        let (name, rest) = text.split_once('+').ok_or(KeyError::Parts)?;
        let (id, material) = rest.split_once('+').ok_or(KeyError::Parts)?;
        Ok(Self { name: KeyName::new(name)?, id: KeyId::from_hex(id)?, material })
    }
}

/// Divides `type || 32 bytes`.
pub(super) fn split_material(typed: &[u8]) -> Result<(KeyKind, &[u8; 32]), KeyError> {
    let (kind, material) = typed.split_first().ok_or(KeyError::Length(0))?;
    let kind = KeyKind::of_byte(*kind)?;
    let material = material.try_into().map_err(|_| KeyError::Length(material.len()))?;
    Ok((kind, material))
}
