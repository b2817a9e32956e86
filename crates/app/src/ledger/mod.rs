//! The ledger: numbering is the store's; here entries become a Merkle log that an outsider can
//! verify.
//!
//! [`integrate()`] writes tiles for the entries that are committed, commits the tree's head, and
//! only then signs a checkpoint. Tiles are a pure function of entries and a checkpoint carries no
//! time, so that whatever is interrupted is simply done again with the same bytes. [`Guard`] holds
//! the last signed checkpoint, which lies outside the database, against the database.

mod erase;
mod guard;
mod integrate;
mod key;
mod read;
mod registers;
mod run;
mod strike;
mod tiles;
mod verify;

pub use erase::entry_erase;
pub(crate) use erase::erased_tell;
pub(crate) use guard::MOVED;
pub use guard::{Guard, Verified, open};
pub use integrate::integrate;
pub use key::verifier_key;
pub(crate) use key::{scope, unsealed};
pub use read::{
    EntryDetail, LedgerHead, checkpoint, entry_detail, entry_list, entry_proof, head, is_ready,
    tile,
};
pub(crate) use registers::{DocumentKept, Registers};
pub use run::run;
pub(crate) use tiles::LogTiles;
pub(crate) use verify::verify_log;
pub use verify::{LedgerReport, verify};
