//! The Merkle tree of RFC 6962 section 2.1: its roots and its proofs, from tiles or leaf by leaf.
//!
//! [`root`], [`inclusion_proof`] and [`consistency_proof`] read a few tiles through
//! [`TileReader`]; [`verify_inclusion`] and [`verify_consistency`] need only the proof;
//! [`Frontier`] follows a growing tree in memory; [`audit`] names what is wrong in a whole log.
//! Elsewhere tiles are believed as they are read: what was made from bad tiles does not verify
//! against a signed root.

mod audit;
mod check;
mod frontier;
mod prove;
mod reader;
mod verify;

pub use audit::{Fault, MAX_FAULTS, audit};
pub use check::check_file;
pub use frontier::{Frontier, FrontierError};
pub use prove::{consistency_proof, inclusion_proof, root};
pub(crate) use reader::hashes_of_tile;
pub use reader::{MissingTile, TileReader, TreeError};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};

use crate::hash::Hash;
use std::fmt;

/// The position of a leaf, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

/// How many leaves a tree has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

/// A tree as proofs speak of it: its size and its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves it has.
    pub size: TreeSize,
    /// The root over them.
    pub root: Hash,
}

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The split of RFC 6962 section 2.1: the largest power of two below `leaves`, which is over 1.
fn split(leaves: u64) -> u64 {
    debug_assert!(leaves > 1);
    1 << (leaves - 1).ilog2()
}

#[cfg(test)]
mod tests;
