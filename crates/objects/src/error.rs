//! Why a file could not be stored or served.

use closedset_core::{
    Digest,
    entry::Log,
    id::{Id, Organisation},
};
use std::{io, path::PathBuf};

/// Why a file could not be stored or served.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// No such object.
    #[error("there is no object {digest} of {organisation}")]
    Missing {
        /// Whose it would be.
        organisation: Id<Organisation>,
        /// Which one.
        digest: Digest,
    },
    /// The object's bytes are no longer those that were stored. Nothing that was seen to differ was
    /// handed out; restore the object from a backup.
    #[error("object {digest} of {organisation} no longer has the bytes that were stored")]
    Corrupt {
        /// Whose it is.
        organisation: Id<Organisation>,
        /// Which one.
        digest: Digest,
    },
    /// More bytes were written than the caller allows.
    #[error("the file is larger than the {limit} bytes that are allowed")]
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
    },
    /// The disk or the quota is full. Nothing of the file is left behind.
    #[error("the disk is full: free some space and try again")]
    DiskFull {
        /// What the operating system said.
        source: io::Error,
    },
    /// A tile stands there already with other bytes: two histories of one log.
    #[error("{path} of log {log} exists with other bytes: the log would have two histories")]
    TileConflict {
        /// The log.
        log: Log,
        /// The tile's path.
        path: String,
    },
    /// A path that no tile has.
    #[error("{path:?} is not the path of a tile")]
    TilePath {
        /// The path.
        path: String,
    },
    /// The operating system refused something.
    #[error("cannot {doing} {path}", path = path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ObjectsError {
    /// Turns an error of the operating system into one that says what was being done to what.
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { source },
            _ => Self::Io { doing, path, source },
        }
    }

    /// The error inside an [`io::Error`] that an [`crate::ObjectReader`] gave, if it was one of these.
    pub fn inside(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}
