//! Why a pack could not be made.

use crate::zone::ZoneError;
use closedset_core::{Digest, canonical::CanonicalError};
use std::io;

/// Why a pack could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The report could not be made.
    #[error("the report cannot be made")]
    Report(#[from] closedset_pdf::PdfError),
    /// Writing failed.
    #[error("cannot write the pack")]
    Write(#[from] io::Error),
    /// What was to be packed could not be read.
    #[error("cannot read the content of {name}")]
    Content {
        /// The file's path in the pack.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A name that a pack may not hold, or holds already.
    #[error("{0:?} is no name for a file in this pack, or is taken")]
    Name(String),
    /// More than ZIP holds in one file.
    #[error("{0} is larger than the 4 GiB that one file in a pack may have")]
    FileTooLarge(String),
    /// A list, an entry or a fact that no verifier would look into.
    #[error("{name} has {size} bytes, more than the {limit} that it may have in a pack")]
    TooLarge {
        /// The file's path in the pack.
        name: String,
        /// Its size.
        size: u64,
        /// What it may have.
        limit: u64,
    },
    /// More controls or checks than any verifier would look into.
    #[error("{count} {what} are more than the {limit} that a pack may have")]
    TooMany {
        /// `controls` or `checks`.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Bytes that do not have the digest they are said to have.
    #[error("{what} has the digest {found}, not {expected}")]
    Digest {
        /// Which.
        what: String,
        /// What it should be.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// A value without canonical form.
    #[error("{what} has no canonical form")]
    Canonical {
        /// Which.
        what: String,
        /// Why.
        source: CanonicalError,
    },
    /// Something without content that does not say why.
    #[error("{0} has no content and no reason why it is left out")]
    NoReason(String),
    /// A time zone in which the pack's days and times cannot be told.
    #[error("the pack's days and times cannot be told in the time zone {name:?}")]
    Zone {
        /// Its name.
        name: String,
        /// Why.
        source: ZoneError,
    },
    /// The viewer could not be made.
    #[error("cannot make the viewer")]
    Viewer(#[from] askama::Error),
    /// An entry that the pack speaks of was not given.
    #[error("entry {0} is spoken of in the pack and was not given")]
    EntryMissing(u64),
    /// An entry that the pack does not speak of was given, or one twice.
    #[error("entry {0} was given and the pack does not speak of it, or it was given twice")]
    EntryUnasked(u64),
    /// An entry that does not fit the log.
    #[error("entry {index} cannot be packed: {because}")]
    Entry {
        /// Which.
        index: u64,
        /// Why.
        because: String,
    },
    /// No entry holds the manifest's digest.
    #[error("no entry of kind pack.created holds this manifest's digest")]
    NotRecorded,
    /// The checkpoint, the key or the tiles do not fit each other.
    #[error("the ledger cannot be packed: {0}")]
    Ledger(String),
}
