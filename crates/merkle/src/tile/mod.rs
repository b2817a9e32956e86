//! Tiles and entry bundles (c2sp.org/tlog-tiles): their paths, layout, content and growth.
//!
//! A tile is up to 256 consecutive hashes of one level; level 0 holds leaf hashes, and each hash
//! above is the root of a full tile below. Bundles hold the entries themselves. Nothing here
//! reads or writes files; proofs over tiles are in [`crate::tree`].

mod bundle;
mod grow;
mod layout;
mod path;

pub use bundle::{BundleError, MAX_ENTRY_LENGTH, decode_bundle, encode_bundle};
pub use grow::{TileFile, grow, grow_bundles};
pub use layout::{bundle_at, bundles_between, bundles_of, tile_at, tiles_between, tiles_of};
pub use path::{Layer, TilePath, TilePathError};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels that a tree of 64-bit size can have; the level holds one hash for 256^level leaves.
pub(crate) const LEVELS: u8 = 8;
