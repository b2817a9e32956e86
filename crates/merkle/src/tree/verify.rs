//! Verifying proofs without the tree (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

use super::{LeafIndex, TreeHead, TreeSize};
use crate::hash::{Hash, empty_root, node_hash};

/// Why a proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The leaf is not in the tree.
    #[error("leaf {index} is not in a tree of {size}")]
    OutsideTree {
        /// The leaf's index.
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
    /// The proof has too many or too few hashes for these sizes.
    #[error("the proof has {found} hashes, {expected} are wanted")]
    Length {
        /// Hashes wanted.
        expected: usize,
        /// Hashes found.
        found: usize,
    },
    /// Leaf and proof lead to another root.
    #[error("the proof leads to root {computed}, not to {expected}")]
    Root {
        /// The root they lead to.
        computed: Hash,
        /// The root that was to be reached.
        expected: Hash,
    },
    /// The consistency proof leads to another old root.
    #[error("the proof leads to old root {computed}, not to {expected}")]
    OldRoot {
        /// The root it leads to.
        computed: Hash,
        /// The root that was to be reached.
        expected: Hash,
    },
}

/// Verifies that the leaf with this index and hash is in the tree of `head`.
pub fn verify_inclusion(
    head: &TreeHead,
    (index, leaf): (LeafIndex, &Hash),
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if index.0 >= head.size.0 {
        return Err(VerifyError::OutsideTree { index, size: head.size });
    }
    check_length(inclusion_length(index.0, head.size.0), proof)?;
    let mut climb = Climb { node: index.0, last: head.size.0 - 1 };
    let mut computed = *leaf;
    for sibling in proof {
        computed = match climb.next_side() {
            Side::Left => node_hash(sibling, &computed),
            Side::Right => node_hash(&computed, sibling),
        };
    }
    check_root(computed, &head.root)
}

/// Verifies that the tree of `old` is the beginning of the tree of `new`.
///
/// Every tree begins with the empty one: for size 0 the proof is empty and the root the empty
/// root.
pub fn verify_consistency(
    old: &TreeHead,
    new: &TreeHead,
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if old.size > new.size {
        return Err(VerifyError::Shrunk { old: old.size, new: new.size });
    }
    if old.size.0 == 0 || old.size == new.size {
        check_length(0, proof)?;
        return check_without_proof(old, new);
    }
    check_length(consistency_length(old.size.0, new.size.0), proof)?;
    let (seed, path) = match proof.split_first() {
        Some((seed, path)) if !old.size.0.is_power_of_two() => (seed, path),
        _ => (&old.root, proof),
    };
    let perfect = (old.size.0 - 1).trailing_ones();
    let mut climb = Climb { node: (old.size.0 - 1) >> perfect, last: (new.size.0 - 1) >> perfect };
    let (mut computed_old, mut computed_new) = (*seed, *seed);
    for sibling in path {
        match climb.next_side() {
            Side::Left => {
                computed_old = node_hash(sibling, &computed_old);
                computed_new = node_hash(sibling, &computed_new);
            }
            Side::Right => computed_new = node_hash(&computed_new, sibling),
        }
    }
    check_old_root(computed_old, &old.root)?;
    check_root(computed_new, &new.root)
}

fn check_without_proof(old: &TreeHead, new: &TreeHead) -> Result<(), VerifyError> {
    if old.size.0 == 0 {
        check_old_root(empty_root(), &old.root)?;
    }
    if old.size == new.size {
        check_root(old.root, &new.root)?;
    }
    Ok(())
}

/// The way from a node up to the root, beside the way of the last node of the same row.
struct Climb {
    node: u64,
    last: u64,
}

/// Where the next sibling stands.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// Climbs to the next node that has a sibling and says on which side.
    fn next_side(&mut self) -> Side {
        let is_last = self.node == self.last;
        let side = if self.node % 2 == 1 || is_last { Side::Left } else { Side::Right };
        if is_last {
            // The last node of a row may have no sibling: it rises unchanged until it does.
            let alone = self.node.trailing_zeros();
            self.node = self.node.checked_shr(alone).unwrap_or(0);
            self.last = self.last.checked_shr(alone).unwrap_or(0);
        }
        self.node >>= 1;
        self.last >>= 1;
        side
    }
}

/// How many siblings a leaf has on its way up: those where its path and the right edge of the
/// tree differ, and one for each perfect subtree to the left of the shared rest.
fn inclusion_length(index: u64, size: u64) -> usize {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    (inner + border) as usize
}

/// As for the last leaf of the old tree, but from the largest perfect subtree that ends it; the
/// subtree itself is left out where it is the whole old tree.
fn consistency_length(old: u64, new: u64) -> usize {
    let from_leaf = inclusion_length(old - 1, new);
    let seed = usize::from(!old.is_power_of_two());
    from_leaf - old.trailing_zeros() as usize + seed
}

fn check_length(expected: usize, proof: &[Hash]) -> Result<(), VerifyError> {
    if proof.len() == expected {
        return Ok(());
    }
    Err(VerifyError::Length { expected, found: proof.len() })
}

fn check_root(computed: Hash, expected: &Hash) -> Result<(), VerifyError> {
    if computed == *expected {
        return Ok(());
    }
    Err(VerifyError::Root { computed, expected: *expected })
}

fn check_old_root(computed: Hash, expected: &Hash) -> Result<(), VerifyError> {
    if computed == *expected {
        return Ok(());
    }
    Err(VerifyError::OldRoot { computed, expected: *expected })
}
