//! A log's tiles as files, read the way the Merkle code wants them.

use crate::{App, Problem};
use closedset_core::entry::Log;
use closedset_merkle::{TilePath, TileReader, tree::Fault};
use closedset_objects::ObjectsError;

/// The tiles of one log.
pub(crate) struct LogTiles<'a> {
    pub(crate) app: &'a App,
    pub(crate) log: Log,
}

/// Why a tile could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TileError {
    /// The file is not there.
    #[error("the tile {0} is missing")]
    Missing(TilePath),
    /// The file could not be read.
    #[error(transparent)]
    Files(#[from] ObjectsError),
}

impl TileReader for LogTiles<'_> {
    type Error = TileError;

    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, TileError> {
        self.app.tiles().tile(self.log, &path.to_string())?.ok_or(TileError::Missing(*path))
    }
}

/// What does not fit, with the cause.
pub(super) fn sentence(fault: &Fault<TileError>) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// The problem that a file of the log is damaged, by name.
pub(super) fn damaged(log: Log, fault: &Fault<TileError>) -> Problem {
    Problem::fault(&format!("a file of the log {log} is damaged"), sentence(fault))
}
