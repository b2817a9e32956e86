//! What can be wrong with a backup's file.

use std::io;

/// Why a backup could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file could not be written.
    #[error("the backup cannot be written")]
    Write(#[source] io::Error),
    /// The file could not be read.
    #[error("the backup cannot be read")]
    Read(#[source] io::Error),
    /// What was to be saved could not be read, or changed meanwhile.
    #[error("{name} cannot be saved")]
    Source {
        /// The member's name.
        name: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It does not begin as a file in age format.
    #[error("this is not a file in age format, or its beginning was altered")]
    NotAge,
    /// It is encrypted to recipients, and only a passphrase was given.
    #[error("this backup is encrypted to recipients: the file with an identity is needed")]
    WantsIdentity,
    /// It is encrypted to a passphrase, and none was given.
    #[error("this backup is encrypted to a passphrase")]
    WantsPassphrase,
    /// The passphrase or the identity does not open it.
    #[error("{0} does not open this backup")]
    WrongKey(&'static str),
    /// Opening it asks for more work than is reasonable.
    #[error("opening this backup asks for 2^{0} rounds of work, which is not reasonable")]
    Work(u8),
    /// The age header was altered.
    #[error("the head of this file was altered")]
    HeadAltered,
    /// A piece does not authenticate.
    #[error("this backup was altered, in the {kib} KiB before byte {at} of the file")]
    Altered {
        /// How far the file was read.
        at: u64,
        /// The size of a piece, in KiB.
        kib: u64,
    },
    /// The file ends before the backup does.
    #[error("this backup is cut short, or its last piece was altered: the file ends at byte {at}")]
    CutShort {
        /// Where it ends.
        at: u64,
    },
    /// What was decrypted is no backup of Closedset.
    #[error("what is encrypted here is no backup of Closedset: {0}")]
    NotABackup(String),
    /// The form is newer than this program's.
    #[error(
        "this backup has form {found}, and this program knows only {known}: use a newer Closedset"
    )]
    Newer {
        /// The form's version.
        found: u64,
        /// The newest that is known.
        known: u64,
    },
    /// The pieces are not those that were written.
    #[error("this backup does not hold what it says: {0}")]
    Contradicts(String),
}
