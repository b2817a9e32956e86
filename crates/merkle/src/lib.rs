//! Transparency-log mathematics and text formats: tiles, proofs, signed notes, checkpoints.
//!
//! Everything here is a pure function of bytes: no files, no network, no clock, no randomness.
//! Callers hand over tiles through [`tree::TileReader`] and write what [`tile::grow`] yields.
//! The crate knows nothing of what an entry means; the ledger's envelope lives in the core.
//!
//! | module | specification |
//! |---|---|
//! | [`hash`] | RFC 6962 section 2.1 |
//! | [`tree`] | RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4 |
//! | [`tile`] | c2sp.org/tlog-tiles |
//! | [`note`] | c2sp.org/signed-note |
//! | [`checkpoint`] | c2sp.org/tlog-checkpoint |
//! | [`cosignature`] | c2sp.org/tlog-cosignature (type 0x04 alone) |
//! | [`proof`] | c2sp.org/tlog-proof |
//!
//! Whatever parses foreign bytes is strict (one text form for one value), bounded and never
//! panics.

pub mod checkpoint;
pub mod cosignature;
mod decimal;
pub mod hash;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint};
pub use cosignature::Cosigner;
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use note::{KeyError, KeyId, KeyName, NoteError, SignedNote, SignerKey, VerifierKey};
pub use proof::{Proof, ProofError};
pub use tile::{Layer, TilePath};
pub use tree::{Frontier, LeafIndex, TileReader, TreeError, TreeHead, TreeSize};
