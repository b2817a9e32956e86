//! Confirmations in entries: by the hour, an entry commits to all that devices signed meanwhile without
//! saying anything new, as the root of a Merkle tree of them.

use closedset_core::{
    Digest,
    check_in::{DeviceSignature, Statement},
};
use closedset_merkle::{
    Hash, LeafIndex, TilePath, TreeSize, leaf_hash,
    tile::grow,
    tree::{TreeHead, inclusion_proof, verify_inclusion},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands for a confirmation in the tree of an entry: the hash of the bytes that were signed, then
/// the signature.
pub fn confirmation_hash(statement: &Statement, signature: &DeviceSignature) -> Hash {
    let mut bytes = statement.signed_bytes();
    bytes.extend_from_slice(&signature.0);
    leaf_hash(&bytes)
}

/// That an entry commits to a confirmation: its place in the tree whose root the entry holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolledUp {
    /// The entry.
    pub entry: u64,
    /// Its place among the confirmations of that entry.
    pub index: u64,
    /// The proof: siblings from the leaf upwards, as in RFC 9162, 2.1.3.
    pub hashes: Vec<Digest>,
}

impl RolledUp {
    /// The proof for the confirmation at `index` of those of which `entry` holds the root, in their
    /// order; none if there are not so many.
    pub fn prove(entry: u64, all: &[Hash], index: u64) -> Option<Self> {
        let size = TreeSize(all.len() as u64);
        let files = grow(&BTreeMap::<TilePath, Vec<u8>>::new(), TreeSize(0), all).ok()?;
        let tiles: BTreeMap<TilePath, Vec<u8>> =
            files.into_iter().map(|file| (file.path, file.bytes)).collect();
        let hashes = inclusion_proof(&tiles, LeafIndex(index), size).ok()?;
        let hashes = hashes.iter().map(|hash| Digest::from_bytes(*hash.as_bytes())).collect();
        Some(Self { entry, index, hashes })
    }

    /// Whether the confirmation stands in the tree of so many with this root.
    pub(crate) fn holds(&self, leaf: &Hash, (count, root): (u64, Hash)) -> bool {
        let hashes: Vec<Hash> =
            self.hashes.iter().map(|digest| Hash::from_bytes(*digest.bytes())).collect();
        let head = TreeHead { size: TreeSize(count), root };
        verify_inclusion(&head, (LeafIndex(self.index), leaf), &hashes).is_ok()
    }
}
