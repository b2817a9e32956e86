//! The form of a backup: a tar archive in one age file. Common tools open it:
//! `age --decrypt FILE | tar --list`.
//!
//! The archive begins with a [`Header`], ends with a [`Manifest`], and holds between them files of the
//! data folder, the ledger's checkpoints, the database's rows and objects, each a [`Member`] with one
//! spelling of its name. [`write()`](Writer) makes one piece by piece, [`read()`] hands them out in the same way;
//! neither holds more than a piece in memory. age authenticates every byte, so that what is altered or
//! cut short is noticed; the manifest says that everything was written.
//!
//! What the rows mean, and whether they agree with the ledger and the objects, is not known here.

mod error;
mod header;
mod lock;
mod member;
mod read;
mod write;

pub use error::BackupError;
pub use header::{
    ColumnLine, FORMAT, Gap, GapReason, Header, LogLine, Manifest, MigrationLine, TableLine,
    Totals, VERSION,
};
pub use lock::{Keys, Lock, Passphrase, RecipientError, WitnessKey, wants_passphrase};
pub use member::{KeptFile, Member, ROW_LIMIT};
pub use read::{Visitor, read};
pub use write::Writer;

#[cfg(test)]
mod tests;
