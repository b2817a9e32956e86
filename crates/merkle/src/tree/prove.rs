//! Roots and proofs from tiles alone (RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1).
//!
//! Each perfect subtree is found in one tile, so a proof reads at most two tiles a level.

use super::{LeafIndex, TileReader, TreeError, TreeSize, hashes_of_tile, split};
use crate::{
    hash::{Hash, empty_root, node_hash, perfect_root},
    tile::{TILE_WIDTH, TilePath, tile_at},
};
use std::collections::BTreeMap;

/// The root of the tree of `size`.
pub fn root<R: TileReader>(reader: &R, size: TreeSize) -> Result<Hash, TreeError<R::Error>> {
    if size.0 == 0 {
        return Ok(empty_root());
    }
    Tiles::new(reader, size).range_root(0, size.0)
}

/// The proof that the leaf at `index` is in the tree of `size`: siblings from the leaf upwards.
pub fn inclusion_proof<R: TileReader>(
    reader: &R,
    index: LeafIndex,
    size: TreeSize,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if index.0 >= size.0 {
        return Err(TreeError::OutsideTree { index, size });
    }
    let mut tiles = Tiles::new(reader, size);
    let mut proof = Vec::new();
    let (mut start, mut leaves) = (0, size.0);
    while leaves > 1 {
        let left = split(leaves);
        if index.0 - start < left {
            proof.push(tiles.range_root(start + left, leaves - left)?);
            leaves = left;
        } else {
            proof.push(tiles.range_root(start, left)?);
            start += left;
            leaves -= left;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of size `old` is the beginning of the tree of size `new`.
///
/// It is empty when `old` is 0 or both are the same.
pub fn consistency_proof<R: TileReader>(
    reader: &R,
    old: TreeSize,
    new: TreeSize,
) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if old > new {
        return Err(TreeError::Shrunk { old, new });
    }
    let mut proof = Vec::new();
    if old.0 == 0 || old == new {
        return Ok(proof);
    }
    let mut tiles = Tiles::new(reader, new);
    let (mut start, mut leaves, mut kept) = (0, new.0, old.0);
    while kept < leaves {
        let left = split(leaves);
        if kept <= left {
            proof.push(tiles.range_root(start + left, leaves - left)?);
            leaves = left;
        } else {
            proof.push(tiles.range_root(start, left)?);
            start += left;
            leaves -= left;
            kept -= left;
        }
    }
    if start > 0 {
        proof.push(tiles.range_root(start, leaves)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The tiles of one tree, each read once.
struct Tiles<'r, R> {
    reader: &'r R,
    size: TreeSize,
    read: BTreeMap<TilePath, Vec<Hash>>,
}

impl<'r, R: TileReader> Tiles<'r, R> {
    fn new(reader: &'r R, size: TreeSize) -> Self {
        Self { reader, size, read: BTreeMap::new() }
    }

    /// The root over `leaves` (at least one) leaves from `start`, as the tree divides them.
    fn range_root(&mut self, start: u64, leaves: u64) -> Result<Hash, TreeError<R::Error>> {
        let mut right_edge = leaves;
        let mut at = start;
        let mut roots = Vec::new();
        while right_edge > 0 {
            let height = right_edge.ilog2();
            roots.push(self.perfect_root(at, height)?);
            right_edge -= 1 << height;
            // At 2^64 leaves the sum would wrap, but then nothing is left to read.
            at = at.wrapping_add(1 << height);
        }
        let folded = roots.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
        Ok(folded.expect("at least one leaf gives at least one root"))
    }

    /// The root of the perfect subtree of 2^`height` leaves from `start`.
    fn perfect_root(&mut self, start: u64, height: u32) -> Result<Hash, TreeError<R::Error>> {
        let level = (height / 8) as u8;
        let first = start >> (8 * u32::from(level));
        let width = u64::from(TILE_WIDTH);
        let path = tile_at(level, first / width, self.size);
        let path = path.expect("a perfect subtree inside the tree lies in one of its tiles");
        if !self.read.contains_key(&path) {
            self.read.insert(path, hashes_of_tile(self.reader, &path)?);
        }
        let within = (first % width) as usize;
        Ok(perfect_root(&self.read[&path][within..within + (1 << (height % 8))]))
    }
}
