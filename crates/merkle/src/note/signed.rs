//! The signed note itself (signed-note, "Format" and "Signatures").

use super::{KeyId, KeyKind, KeyName, SignerKey, VerifierKey};
use crate::cosignature;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

/// The longest note read, in bytes.
pub const MAX_NOTE_LENGTH: usize = 1 << 20;

/// The most signatures read; the specification asks for 16 at least.
pub const MAX_SIGNATURES: usize = 100;

/// A text and signatures of it, none of them verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line: `— name base64(id || bytes)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: KeyName,
    /// The key's id.
    pub id: KeyId,
    /// What the key's kind says a signature is: 64 bytes of Ed25519, or time and 64 bytes.
    pub bytes: Vec<u8>,
}

/// A signature that a known key made over the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// The key.
    pub key: VerifierKey,
    /// For a cosignature: when the cosigner says it saw the checkpoint, in Unix seconds.
    pub cosigned_at_s: Option<u64>,
}

/// Why bytes are not a signed note, or a note is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`MAX_NOTE_LENGTH`].
    #[error("the note has {0} bytes, at most {MAX_NOTE_LENGTH} are read")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// A control character other than newline.
    #[error("the note has a control character in line {0}")]
    ControlCharacter(usize),
    /// The text is empty or does not end in a newline.
    #[error("a note's text is not empty and ends in a newline")]
    Text,
    /// No blank line with signatures below it.
    #[error("the note has no blank line followed by signatures")]
    NoSignatures,
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A signature line is not `— name base64`.
    #[error("signature line {0} does not read '— name base64'")]
    SignatureLine(usize),
    /// Two known keys have the same name and id.
    #[error("two known keys are named {name}+{id}")]
    AmbiguousKey {
        /// Their name.
        name: KeyName,
        /// Their id.
        id: KeyId,
    },
    /// A known key's signature does not fit the text.
    #[error("the signature by {name}+{id} is wrong")]
    WrongSignature {
        /// The key's name.
        name: KeyName,
        /// The key's id.
        id: KeyId,
    },
    /// No known key signed.
    #[error("no known key signed the note")]
    NoKnownKey,
}

impl SignedNote {
    /// A note without signatures yet; the text ends in a newline.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Text);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note with at least one signature; verifies none.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_LENGTH {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        let blank = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&whole[..=blank], &whole[blank + 2..]);
        let mut note = Self::new(text)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        for (at, line) in lines.split('\n').enumerate() {
            if at == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature = NoteSignature::parse(line);
            note.signatures.push(signature.ok_or(NoteError::SignatureLine(at + 1))?);
        }
        Ok(note)
    }

    /// The text, unverified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, unverified.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature of the text.
    pub fn sign(&mut self, key: &SignerKey) {
        self.signatures.push(key.signature(&self.text));
    }

    /// Adds a signature that was made elsewhere, such as a witness's.
    pub fn add_signature(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }

    /// The signatures by `known` keys, each key once; unknown keys are ignored.
    ///
    /// A wrong signature by a known key refuses the whole note, and so does the lack of any by a
    /// known key. Of several cosignatures by one key the earliest counts.
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<VerifiedSignature>, NoteError> {
        let mut verified: Vec<VerifiedSignature> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = signature.known_key(known)? else {
                continue;
            };
            let cosigned_at_s = signature.verify(&self.text, key)?;
            match verified.iter_mut().find(|earlier| earlier.key == *key) {
                Some(same) => same.cosigned_at_s = same.cosigned_at_s.min(cosigned_at_s),
                None => verified.push(VerifiedSignature { key: key.clone(), cosigned_at_s }),
            }
        }
        if verified.is_empty() {
            return Err(NoteError::NoKnownKey);
        }
        Ok(verified)
    }
}

/// The note as bytes: text, blank line, signatures.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, material) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(material).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        let name = KeyName::new(name).ok()?;
        (!bytes.is_empty()).then(|| Self { name, id: KeyId::from_bytes(*id), bytes: bytes.into() })
    }

    fn known_key<'k>(
        &self,
        known: &'k [VerifierKey],
    ) -> Result<Option<&'k VerifierKey>, NoteError> {
        let mut named = known.iter().filter(|key| *key.name() == self.name && key.id() == self.id);
        let first = named.next();
        if named.any(|other| Some(other) != first) {
            return Err(NoteError::AmbiguousKey { name: self.name.clone(), id: self.id });
        }
        Ok(first)
    }

    /// The time of a verified cosignature, if it is one.
    fn verify(&self, text: &str, key: &VerifierKey) -> Result<Option<u64>, NoteError> {
        let verified = match key.kind() {
            KeyKind::Ed25519 => key.accepts(text.as_bytes(), &self.bytes).then_some(None),
            KeyKind::Cosignature => cosignature::verify(text, &self.bytes, key).map(Some),
        };
        let wrong = || NoteError::WrongSignature { name: self.name.clone(), id: self.id };
        verified.ok_or_else(wrong)
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = self.id.as_bytes().to_vec();
        material.extend_from_slice(&self.bytes);
        write!(f, "— {} {}", self.name, STANDARD.encode(material))
    }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let is_control = |byte: u8| byte < 0x20;
    match text.split('\n').position(|line| line.bytes().any(is_control)) {
        Some(line) => Err(NoteError::ControlCharacter(line + 1)),
        None => Ok(()),
    }
}
