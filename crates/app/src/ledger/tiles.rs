//! A log's tiles as files, read the way the Merkle code wants them.

use crate::App;
use closedset_core::entry::Log;
use closedset_merkle::{TilePath, TileReader};
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
