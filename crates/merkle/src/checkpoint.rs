//! Checkpoints: the signed head of a log (c2sp.org/tlog-checkpoint).
//!
//! [`Checkpoint`] is the text; [`OpenedCheckpoint`] is what a note's verified signatures vouch
//! for. A checkpoint carries no time: only cosignatures and time stamps on it do.

use crate::{
    decimal,
    hash::{Hash, empty_root},
    note::{NoteError, SignedNote, SignerKey, VerifiedSignature, VerifierKey},
    tree::{TreeHead, TreeSize},
};
use std::fmt;

/// The longest origin accepted, in bytes.
const MAX_ORIGIN_LENGTH: usize = 255;
/// The longest text accepted, in bytes.
const MAX_TEXT_LENGTH: usize = 64 * 1024;

/// The head of one log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

/// A checkpoint that its log signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCheckpoint {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// Verified cosignatures by known witnesses, each witness once.
    pub cosignatures: Vec<VerifiedSignature>,
}

/// Why something is not a checkpoint, or not one of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text has fewer than three lines or does not end in a newline.
    #[error("a checkpoint has an origin, a size and a root, each on a line")]
    Lines,
    /// The text is longer than 64 KiB.
    #[error("the checkpoint has {0} bytes, at most {MAX_TEXT_LENGTH} are read")]
    TooLong(usize),
    /// The origin is empty, too long or has control characters.
    #[error("an origin has 1 to 255 bytes without control characters")]
    Origin,
    /// The size is not a plain decimal number.
    #[error("the checkpoint's size is not a decimal number without leading zeroes")]
    Size,
    /// The root is not 32 bytes of base64.
    #[error("the checkpoint's root is not 32 bytes of base64")]
    Root,
    /// A checkpoint of size 0 has another root than the empty tree.
    #[error("the checkpoint of an empty tree has the root {0}")]
    EmptyRoot(Hash),
    /// An extension line is empty or has control characters.
    #[error("extension line {0} is empty or has control characters")]
    Extension(usize),
    /// The note around it is malformed or wrongly signed.
    #[error("the checkpoint's note is not valid")]
    Note(#[source] NoteError),
    /// The log's own key did not sign.
    #[error("the log's key {0} did not sign the checkpoint")]
    NotSignedByLog(String),
    /// The checkpoint is signed by the log's key but names another log.
    #[error("the checkpoint is of {found}, not of {expected}")]
    OtherOrigin {
        /// The log key's name.
        expected: String,
        /// The checkpoint's origin.
        found: String,
    },
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointError> {
        let is_refused = origin.is_empty()
            || origin.len() > MAX_ORIGIN_LENGTH
            || origin.chars().any(char::is_control);
        if is_refused {
            return Err(CheckpointError::Origin);
        }
        if head.size == TreeSize(0) && head.root != empty_root() {
            return Err(CheckpointError::EmptyRoot(head.root));
        }
        Ok(Self { origin: origin.to_owned(), head, extensions: Vec::new() })
    }

    /// Reads a note's text; says nothing about who signed it.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if text.len() > MAX_TEXT_LENGTH {
            return Err(CheckpointError::TooLong(text.len()));
        }
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let size = decimal::parse(size).map(TreeSize).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).map_err(|_| CheckpointError::Root)?;
        let mut checkpoint = Self::new(origin, TreeHead { size, root })?;
        for (at, line) in lines.enumerate() {
            if line.is_empty() || line.chars().any(char::is_control) {
                return Err(CheckpointError::Extension(at + 1));
            }
            checkpoint.extensions.push(line.to_owned());
        }
        Ok(checkpoint)
    }

    /// Reads a signed checkpoint of the log whose key is `log`.
    ///
    /// The log's signature must be there and right, the origin must be the key's name, and a
    /// wrong cosignature by one of `witnesses` refuses it. How many cosignatures are enough is
    /// the caller's rule.
    pub fn open(
        note: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<OpenedCheckpoint, CheckpointError> {
        Self::open_note(&SignedNote::parse(note).map_err(CheckpointError::Note)?, log, witnesses)
    }

    /// [`Self::open`] for a note already read.
    pub fn open_note(
        note: &SignedNote,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<OpenedCheckpoint, CheckpointError> {
        let known: Vec<_> = std::iter::once(log).chain(witnesses).cloned().collect();
        let not_signed = || CheckpointError::NotSignedByLog(log.to_string());
        let mut cosignatures = note.verify(&known).map_err(|error| match error {
            NoteError::NoKnownKey => not_signed(),
            other => CheckpointError::Note(other),
        })?;
        let by_log = cosignatures.iter().position(|signature| signature.key == *log);
        cosignatures.remove(by_log.ok_or_else(not_signed)?);
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name().as_str() {
            let expected = log.name().to_string();
            return Err(CheckpointError::OtherOrigin { expected, found: checkpoint.origin });
        }
        Ok(OpenedCheckpoint { checkpoint, cosignatures })
    }

    /// The log's identity.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// Lines below the root, without meaning here; kept because signatures cover them.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The checkpoint as a note signed by the log.
    pub fn sign(&self, log: &SignerKey) -> SignedNote {
        let text = self.to_string();
        let mut note = SignedNote::new(text).expect("a checkpoint's text is a note's text");
        note.sign(log);
        note
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, self.head.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests;
