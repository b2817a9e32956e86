//! Backups: one file with everything that an installation is, and the way back.
//!
//! [`make`] reads the database's state beside a running server and everything that it names, and holds
//! it against itself on the way; [`check`] does the same with what it reads from a backup, and
//! [`restore`] also puts it in place. [`database_move`] takes the rows alone from one database to
//! another. What they have in common is the [`Examination`]: entries, bodies, checkpoints, keys and
//! objects must agree, and the registers with the entries. [`settle`] builds a restored ledger's tree anew and writes down that it was
//! restored.
//!
//! All but `settle` block, and none knows of the running application: they work beside it. Who may read
//! the data folder may make a backup.

mod cells;
mod database_move;
mod error;
mod examine;
mod faults;
mod held;
mod known;
mod make;
mod note;
mod registers;
mod restore;
mod settle;
mod spool;

pub use database_move::database_move;
pub use error::BackupProblem;
pub use examine::{Examined, LogExamined};
pub use faults::About;
pub use known::Known;
pub use make::{Lost, Source, make};
pub use note::{Made, last_made, note};
pub use restore::{Restored, Target, check, restore};
pub use settle::{Move, Restoration, moved, settle};

use examine::Examination;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Bytes done in this phase.
    pub bytes: u64,
    /// Of how many, where that is known.
    pub of: Option<u64>,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The database's files are held against themselves.
    Integrity,
    /// Rows are read or written.
    Rows,
    /// Objects are read or written.
    Objects,
    /// What was written is read back.
    ReadingBack,
}

/// Is told how far it is.
pub type Watch<'w> = &'w mut dyn FnMut(Progress);

/// About how many bytes of rows go together.
const CHUNK: usize = 4 << 20;
