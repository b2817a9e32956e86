//! How tiles are handed in, and what can be wrong with them.

use super::{LeafIndex, TreeSize};
use crate::{
    hash::Hash,
    tile::{BundleError, TilePath},
};
use std::collections::BTreeMap;

/// Where tiles and entry bundles are read from: a directory, an object store, an archive.
pub trait TileReader {
    /// Why a tile could not be read.
    type Error: std::error::Error + 'static;

    /// The content of the tile or bundle at `path`.
    ///
    /// It must be exactly as wide as the path says: a reader that kept only the full tile cuts it
    /// to `path.width()` hashes or entries.
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, Self::Error>;
}

/// A map of tiles has no such tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no {0}")]
pub struct MissingTile(pub TilePath);

impl TileReader for BTreeMap<TilePath, Vec<u8>> {
    type Error = MissingTile;
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, MissingTile> {
        self.get(path).cloned().ok_or(MissingTile(*path))
    }
}

impl<F, E> TileReader for F
where
    F: Fn(&TilePath) -> Result<Vec<u8>, E>,
    E: std::error::Error + 'static,
{
    type Error = E;
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, E> {
        self(path)
    }
}

/// Why nothing could be computed from tiles; `E` is the reader's error.
#[derive(Debug, thiserror::Error)]
pub enum TreeError<E: std::error::Error + 'static> {
    /// The reader failed.
    #[error("cannot read {path}")]
    Read {
        /// The tile wanted.
        path: TilePath,
        /// What the reader said.
        source: E,
    },
    /// A tile is longer or shorter than its width.
    #[error("{path} has {found} bytes, {expected} are wanted")]
    Length {
        /// The tile.
        path: TilePath,
        /// 32 for each hash.
        expected: usize,
        /// What was read.
        found: usize,
    },
    /// An entry bundle is malformed.
    #[error("{path} is not a valid entry bundle")]
    Bundle {
        /// The bundle.
        path: TilePath,
        /// What is wrong with it.
        source: BundleError,
    },
    /// The leaf is not in the tree.
    #[error("leaf {index} is not in a tree of {size}")]
    OutsideTree {
        /// The leaf asked for.
        index: LeafIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// The older tree is the larger one.
    #[error("a tree of {old} cannot have grown into one of {new}")]
    Shrunk {
        /// The size said to be older.
        old: TreeSize,
        /// The size said to be newer.
        new: TreeSize,
    },
    /// The tree cannot take so many more leaves.
    #[error("a tree of {size} cannot grow so far")]
    TooLarge {
        /// Its size.
        size: TreeSize,
    },
}

/// The hashes of one tile, of which there are exactly as many as its path says.
pub(crate) fn hashes_of_tile<R: TileReader>(
    reader: &R,
    path: &TilePath,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    let read = reader.tile(path);
    let bytes = read.map_err(|source| TreeError::Read { path: *path, source })?;
    let expected = usize::from(path.width()) * Hash::LENGTH;
    if bytes.len() != expected {
        return Err(TreeError::Length { path: *path, expected, found: bytes.len() });
    }
    let (hashes, _) = bytes.as_chunks::<{ Hash::LENGTH }>();
    Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
}
