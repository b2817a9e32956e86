//! The right edge of a growing tree: enough to append leaves and know the root.
//!
//! A tree of n leaves is kept as the roots of its perfect subtrees, one for each 1 in n written in
//! binary, largest first: at most 64 hashes.

use super::{TileReader, TreeError, TreeHead, TreeSize};
use crate::{
    hash::{Hash, empty_root, leaf_hash, node_hash, perfect_root},
    tile::{TILE_WIDTH, bundles_of, decode_bundle, tile_at},
    tree::hashes_of_tile,
};

/// A tree that grows leaf by leaf, without its leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

/// Why bytes are not a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// Fewer than the eight bytes of the size.
    #[error("a frontier begins with its size in 8 bytes")]
    NoSize,
    /// The size is beyond 2^63 - 1.
    #[error("a frontier of {0} leaves is too large")]
    TooLarge(u64),
    /// The hashes are not those that the size asks for.
    #[error("a frontier of {size} leaves has {expected} bytes, not {found}")]
    Length {
        /// Its size.
        size: u64,
        /// Bytes wanted.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
}

impl Frontier {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    /// The tree of `size` at the right edge of stored tiles; reads at most one tile a level.
    pub fn from_tiles<R: TileReader>(
        reader: &R,
        size: TreeSize,
    ) -> Result<Self, TreeError<R::Error>> {
        check_size(size.0).map_err(|_| TreeError::TooLarge { size })?;
        let mut roots = Vec::new();
        for level in (0..8u8).rev() {
            let tile = (size.0 >> (8 * u32::from(level))) / u64::from(TILE_WIDTH);
            let Some(path) = tile_at(level, tile, size) else {
                continue;
            };
            let hashes = hashes_of_tile(reader, &path)?;
            let mut rest = &hashes[..];
            while !rest.is_empty() {
                let (perfect, after) = rest.split_at(1 << rest.len().ilog2());
                roots.push(perfect_root(perfect));
                rest = after;
            }
        }
        Ok(Self { size: size.0, roots })
    }

    /// The tree over every entry of a log of `size`, hashed anew from its entry bundles.
    pub fn from_bundles<R: TileReader>(
        reader: &R,
        size: TreeSize,
    ) -> Result<Self, TreeError<R::Error>> {
        check_size(size.0).map_err(|_| TreeError::TooLarge { size })?;
        let mut frontier = Self::new();
        for path in bundles_of(size) {
            let read = reader.tile(&path);
            let bytes = read.map_err(|source| TreeError::Read { path, source })?;
            let entries = decode_bundle(&bytes, path.width());
            for entry in entries.map_err(|source| TreeError::Bundle { path, source })? {
                frontier.append(leaf_hash(entry));
            }
        }
        Ok(frontier)
    }

    /// How many leaves it has.
    pub const fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// Appends a leaf by its hash (see [`leaf_hash`]).
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("there is a root for each 1 in the size");
            node = node_hash(&left, &node);
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root of the tree so far.
    pub fn root(&self) -> Hash {
        let roots = self.roots.iter().rev().copied();
        roots.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// Size and root together.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size(), root: self.root() }
    }

    /// The size in 8 big-endian bytes, then the hashes, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for root in &self.roots {
            bytes.extend_from_slice(root.as_bytes());
        }
        bytes
    }

    /// Reads [`Self::to_bytes`]; whether the hashes are right shows only in the root.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk::<8>().ok_or(FrontierError::NoSize)?;
        let size = u64::from_be_bytes(*size);
        check_size(size)?;
        let expected = 8 + size.count_ones() as usize * Hash::LENGTH;
        if bytes.len() != expected {
            return Err(FrontierError::Length { size, expected, found: bytes.len() });
        }
        let (roots, _) = rest.as_chunks::<{ Hash::LENGTH }>();
        Ok(Self { size, roots: roots.iter().copied().map(Hash::from_bytes).collect() })
    }
}

/// A frontier read from outside has so much room left that appending cannot overflow.
fn check_size(size: u64) -> Result<(), FrontierError> {
    if size > i64::MAX as u64 {
        return Err(FrontierError::TooLarge(size));
    }
    Ok(())
}

impl Default for Frontier {
    fn default() -> Self {
        Self::new()
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        for leaf in leaves {
            self.append(leaf);
        }
    }
}
