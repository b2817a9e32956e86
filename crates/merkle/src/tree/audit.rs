//! Reading a whole log and naming every file in it that does not fit.
//!
//! Each full tile is held against its hash in the tile above, each entry against its leaf, and
//! what no tile stands above against the root. Costs one hash for each node and entry.

use super::{Frontier, LeafIndex, TileReader, TreeError, TreeHead, TreeSize, hashes_of_tile};
use crate::{
    hash::{Hash, leaf_hash, perfect_root},
    tile::{Layer, TILE_WIDTH, TilePath, bundles_of, decode_bundle, tile_at, tiles_of},
};

/// Something in a log that does not fit; `E` is the reader's error.
#[derive(Debug, thiserror::Error)]
pub enum Fault<E: std::error::Error + 'static> {
    /// A file cannot be read or is malformed.
    #[error(transparent)]
    File(#[from] TreeError<E>),
    /// The tiles at the right edge do not lead to the root.
    #[error("the tiles lead to root {computed}, not to {expected}")]
    Root {
        /// The root they lead to.
        computed: Hash,
        /// The root that was to be reached.
        expected: Hash,
    },
    /// A full tile is not the one that the tile above was made from.
    #[error("{path} does not fit {above}")]
    Tile {
        /// The tile.
        path: TilePath,
        /// The tile that holds its root.
        above: TilePath,
    },
    /// An entry is not the one that its leaf was made from.
    #[error("entry {index} in {bundle} does not fit {tile}")]
    Entry {
        /// The first such entry in its bundle.
        index: LeafIndex,
        /// The bundle.
        bundle: TilePath,
        /// The tile that holds its leaf hash.
        tile: TilePath,
    },
}

/// The most faults named, so that a log that claims a vast size is not searched to its end.
pub const MAX_FAULTS: usize = 1000;

/// What is wrong in a log whose head is known from elsewhere, such as a checkpoint.
///
/// None means that every tile and every entry is exactly what the root commits to. Stops at
/// [`MAX_FAULTS`].
pub fn audit<R: TileReader>(reader: &R, head: &TreeHead) -> Vec<Fault<R::Error>> {
    let mut above = Above::new(reader, head.size);
    let full_tiles = tiles_of(head.size).filter(TilePath::is_full);
    let tile_faults = full_tiles.filter_map(|path| tile_fault(reader, &mut above, path));
    let bundle_faults =
        bundles_of(head.size).filter_map(|bundle| bundle_fault(reader, head.size, bundle));
    let faults = edge_fault(reader, head).into_iter().chain(tile_faults).chain(bundle_faults);
    faults.take(MAX_FAULTS).collect()
}

fn edge_fault<R: TileReader>(reader: &R, head: &TreeHead) -> Option<Fault<R::Error>> {
    match Frontier::from_tiles(reader, head.size) {
        Err(error) => Some(error.into()),
        Ok(edge) if edge.root() == head.root => None,
        Ok(edge) => Some(Fault::Root { computed: edge.root(), expected: head.root }),
    }
}

fn tile_fault<R: TileReader>(
    reader: &R,
    above: &mut Above<'_, R>,
    path: TilePath,
) -> Option<Fault<R::Error>> {
    let hashes = match hashes_of_tile(reader, &path) {
        Ok(hashes) => hashes,
        Err(error) => return Some(error.into()),
    };
    // Without a readable tile above, that tile is the fault, and named by itself.
    let (above, expected) = above.root_of(&path)?;
    (perfect_root(&hashes) != expected).then_some(Fault::Tile { path, above })
}

fn bundle_fault<R: TileReader>(
    reader: &R,
    size: TreeSize,
    bundle: TilePath,
) -> Option<Fault<R::Error>> {
    let path = bundle;
    let bytes = match reader.tile(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Some(TreeError::Read { path, source }.into()),
    };
    let entries = match decode_bundle(&bytes, path.width()) {
        Ok(entries) => entries,
        Err(source) => return Some(TreeError::Bundle { path, source }.into()),
    };
    let tile = tile_at(0, path.index(), size)?;
    let leaves = match hashes_of_tile(reader, &tile) {
        Ok(leaves) => leaves,
        // Full tiles were named above.
        Err(_) if tile.is_full() => return None,
        Err(error) => return Some(error.into()),
    };
    let wrong = entries.iter().zip(&leaves).position(|(entry, leaf)| leaf_hash(entry) != *leaf)?;
    let index = LeafIndex(path.index() * u64::from(TILE_WIDTH) + wrong as u64);
    Some(Fault::Entry { index, bundle, tile })
}

/// The tile above the one being looked at, read once for its 256 children.
struct Above<'r, R> {
    reader: &'r R,
    size: TreeSize,
    read: Option<(TilePath, Option<Vec<Hash>>)>,
}

impl<'r, R: TileReader> Above<'r, R> {
    fn new(reader: &'r R, size: TreeSize) -> Self {
        Self { reader, size, read: None }
    }

    fn root_of(&mut self, child: &TilePath) -> Option<(TilePath, Hash)> {
        let Layer::Hashes(level) = child.layer() else {
            return None;
        };
        let width = u64::from(TILE_WIDTH);
        let path = tile_at(level + 1, child.index() / width, self.size)?;
        if self.read.as_ref().is_none_or(|(read, _)| *read != path) {
            self.read = Some((path, hashes_of_tile(self.reader, &path).ok()));
        }
        let (_, hashes) = self.read.as_ref()?;
        let hash = hashes.as_ref()?.get((child.index() % width) as usize)?;
        Some((path, *hash))
    }
}
