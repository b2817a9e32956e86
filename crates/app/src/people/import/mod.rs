//! Lists of people that somebody brings from elsewhere: held for a day, looked at row by row against the register,
//! then written. Nothing is written before somebody has seen what would be, and what a row says that is known already
//! changes nothing, so that a list may be brought again.
//!
//! A list never changes what is known of somebody, nor an engagement that is there: it adds. Where a row contradicts
//! what is known it is refused, and says why by its cell.

mod columns;
mod day;
mod hold;
mod judge;
mod register;
mod rows;
mod write;

pub(crate) use columns::word as head_word;
pub use columns::{FORM_WORDS, template};
pub(crate) use hold::import_sweep;
pub use hold::{import_hold, import_list};
pub use judge::{Fate, ImportCounts, JudgedRow};
pub use preview::{ImportPreview, import_preview};
pub use write::{ImportWritten, import_write};

mod preview;

use closedset_core::Duration;

/// A list is held for so long.
pub const IMPORT_LIFE: Duration = Duration::from_hours(24);
/// So many lists of one organisation are held; then the oldest goes.
pub const IMPORTS: usize = 3;
/// So many rows are shown.
pub const IMPORT_ROWS: usize = 200;

/// What is wrong with a cell, or worth saying of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// The cell as a spreadsheet calls it: `C17`.
    pub cell: String,
    /// What is wrong with it and what is wanted.
    pub message: String,
}
