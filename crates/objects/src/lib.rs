//! Files on disk that must not change unseen: documents and sealed objects by their digest
//! ([`Objects`]), and the ledger's tiles and checkpoints by their path ([`TileFiles`]).
//!
//! Both follow one discipline: a file is written under a temporary name, flushed to the disk, renamed
//! to its place, and its folder flushed too, so that after a power cut it is there whole or not at
//! all. Folders have mode 0700 and files 0600. Everything is synchronous; callers on an async runtime
//! move the work to blocking threads.
//!
//! What is kept where, and who may see it, is not decided here.

mod chunks;
mod error;
mod folder;
mod objects;
mod reader;
mod tiles;
mod upload;
mod verify;

pub use error::ObjectsError;
pub use objects::Objects;
pub use reader::ObjectReader;
pub use tiles::{CheckpointTurn, TileFiles};
pub use upload::{Stored, Upload};
pub use verify::{Broken, Progress, VerifyReport};

#[cfg(test)]
mod tests;
