//! What somebody holds of a log from elsewhere: the head in a pack, or a checkpoint as a file.

use closedset_core::entry::{DEMONSTRATION_ORIGIN, Log};
use closedset_merkle::{Checkpoint, Hash, SignedNote, TreeSize, VerifierKey};

/// A head of a log that was signed once, against which a backup is held.
#[derive(Debug, Clone)]
pub struct Known {
    pub(super) log: Log,
    pub(super) size: u64,
    pub(super) root: Hash,
    /// The note itself, where its signature was not verified before.
    note: Option<Vec<u8>>,
    key: Option<String>,
}

impl Known {
    /// What a verified pack shows: the log's origin, how many entries its checkpoint covers, the root in
    /// base64, and the key.
    pub fn of_pack(origin: &str, size: u64, root: &str, key: &str) -> Option<Self> {
        let root = Hash::from_base64(root).ok()?;
        Some(Self { log: log_of(origin)?, size, root, note: None, key: Some(key.to_owned()) })
    }

    /// A checkpoint as it was signed. Whether the log signed it shows when its key is known.
    pub fn of_checkpoint(note: &[u8]) -> Option<Self> {
        let signed = SignedNote::parse(note).ok()?;
        let checkpoint = Checkpoint::parse(signed.text()).ok()?;
        let head = checkpoint.head();
        Some(Self {
            log: log_of(checkpoint.origin())?,
            size: head.size.0,
            root: head.root,
            note: Some(note.to_vec()),
            key: None,
        })
    }

    /// Whether the holder of this key signed it.
    pub(super) fn is_signed_by(&self, key: &VerifierKey) -> bool {
        let is_note = |note: &Vec<u8>| {
            Checkpoint::open(note, key, &[])
                .is_ok_and(|opened| opened.checkpoint.head().size == TreeSize(self.size))
        };
        self.note.as_ref().is_none_or(is_note)
            && self.key.as_ref().is_none_or(|known| *known == key.to_string())
    }
}

/// The log whose origin this is, see the signer's names.
fn log_of(origin: &str) -> Option<Log> {
    let name =
        origin.strip_prefix(DEMONSTRATION_ORIGIN).or_else(|| origin.strip_prefix("closedset/"))?;
    if name.starts_with("installation/") { Some(Log::Installation) } else { name.parse().ok() }
}
