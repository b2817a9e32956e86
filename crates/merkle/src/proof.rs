//! Proof files: an entry's inclusion in a log, verifiable offline (c2sp.org/tlog-proof).

use crate::{
    checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint},
    decimal,
    hash::{Hash, leaf_hash},
    note::{MAX_NOTE_LENGTH, NoteError, SignedNote, VerifierKey},
    tree::{LeafIndex, VerifyError, verify_inclusion},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 64-bit size is at most so high.
const MAX_HASHES: usize = 64;
/// The most extra data carried, in bytes.
pub const MAX_EXTRA_LENGTH: usize = 64 * 1024;
/// Checkpoint, extra data in base64, hashes, and the words around them.
const MAX_PROOF_LENGTH: usize = MAX_NOTE_LENGTH + MAX_EXTRA_LENGTH * 2;

/// The file extension that the specification recommends.
pub const FILE_EXTENSION: &str = "tlog-proof";

/// A proof that an entry is in a log, not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Opaque data of the application; nothing authenticates it.
    pub extra: Option<Vec<u8>>,
    /// Where the entry is.
    pub index: LeafIndex,
    /// Siblings from the leaf upwards.
    pub hashes: Vec<Hash>,
    /// The log's signed checkpoint, with any cosignatures.
    pub checkpoint: SignedNote,
}

/// Why bytes are not a proof, or a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Longer than any proof.
    #[error("the proof has {0} bytes, at most {MAX_PROOF_LENGTH} are read")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the proof is not UTF-8")]
    NotUtf8,
    /// The first line is another.
    #[error("the proof does not begin with the line {HEADER}")]
    Header,
    /// The extra data is not base64, or too long.
    #[error("the proof's extra data is not base64 of at most {MAX_EXTRA_LENGTH} bytes")]
    Extra,
    /// The index line is missing or not a plain decimal number.
    #[error("the proof has no line 'index' with a decimal number without leading zeroes")]
    Index,
    /// A hash line is not 32 bytes of base64.
    #[error("hash line {0} is not 32 bytes of base64")]
    Hash(usize),
    /// More hashes than any tree needs.
    #[error("the proof has more than {MAX_HASHES} hashes")]
    TooManyHashes,
    /// No empty line with a checkpoint below it.
    #[error("the proof has no empty line followed by a checkpoint")]
    NoCheckpoint,
    /// The checkpoint is not a signed note.
    #[error("the proof's checkpoint is not a signed note")]
    Note(#[source] NoteError),
    /// The checkpoint is not a valid one of the log.
    #[error("the proof's checkpoint is not valid")]
    Checkpoint(#[source] CheckpointError),
    /// The entry is not where the proof says.
    #[error("the entry is not proven to be in the log")]
    Inclusion(#[source] VerifyError),
}

impl Proof {
    /// Reads a proof file; verifies nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > MAX_PROOF_LENGTH {
            return Err(ProofError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::NotUtf8)?;
        let (head, note) = text.split_once("\n\n").ok_or(ProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofError::Header);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(parse_extra).transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal::parse).map(LeafIndex).ok_or(ProofError::Index)?;
        let mut hashes = Vec::new();
        for (at, line) in lines.enumerate() {
            if at == MAX_HASHES {
                return Err(ProofError::TooManyHashes);
            }
            hashes.push(Hash::from_base64(line).map_err(|_| ProofError::Hash(at + 1))?);
        }
        let checkpoint = SignedNote::parse(note.as_bytes()).map_err(ProofError::Note)?;
        Ok(Self { extra, index, hashes, checkpoint })
    }

    /// Verifies that `entry` is in the log whose key is `log`, at the proof's index.
    pub fn verify(&self, entry: &[u8], log: &VerifierKey) -> Result<OpenedCheckpoint, ProofError> {
        self.verify_leaf(&leaf_hash(entry), log, &[])
    }

    /// [`Self::verify`] by the entry's leaf hash; also verifies cosignatures by `witnesses`.
    ///
    /// How many cosignatures are enough is the caller's rule.
    pub fn verify_leaf(
        &self,
        leaf: &Hash,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<OpenedCheckpoint, ProofError> {
        let opened = Checkpoint::open_note(&self.checkpoint, log, witnesses);
        let opened = opened.map_err(ProofError::Checkpoint)?;
        verify_inclusion(opened.checkpoint.head(), (self.index, leaf), &self.hashes)
            .map_err(ProofError::Inclusion)?;
        Ok(opened)
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, ProofError> {
    let extra = line.strip_prefix("extra ").ok_or(ProofError::Extra)?;
    let extra = STANDARD.decode(extra).map_err(|_| ProofError::Extra)?;
    if extra.len() > MAX_EXTRA_LENGTH {
        return Err(ProofError::Extra);
    }
    Ok(extra)
}

/// The proof file.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
