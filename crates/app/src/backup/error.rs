//! Why a backup was not made or not restored.

use super::faults::About;
use closedset_backup::BackupError;
use closedset_objects::ObjectsError;
use closedset_store::StoreError;
use std::io;

/// Why a backup was not made or not restored. Nothing that looks whole is left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupProblem {
    /// The database.
    #[error("the database could not be read or filled")]
    Store(#[from] StoreError),
    /// Documents, packs or checkpoints.
    #[error("the files of the data folder could not be read or written")]
    Objects(#[from] ObjectsError),
    /// The backup's own file.
    #[error(transparent)]
    Form(#[from] BackupError),
    /// A file for work in between.
    #[error("a file for work in between could not be used")]
    Work(#[source] io::Error),
    /// A file of the data folder.
    #[error("{name} could not be written")]
    File {
        /// Which.
        name: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// What belongs together does not agree.
    #[error("what belongs together does not agree: {}", .told.join("; "))]
    Faults {
        /// The first of it, in words.
        told: Vec<String>,
        /// What it is about.
        about: About,
    },
    /// The backup has no master key, and none was given.
    #[error("this backup was made without the master key")]
    NoMasterKey,
    /// What was written is not what was read.
    #[error("the table {0} does not read back as it was written")]
    ReadBack(String),
    /// The backup is older than what its receiver holds.
    #[error(
        "this backup is older than what you hold it against: {missing} entries of the log {log} that \
         were signed since are not in it"
    )]
    Older {
        /// The log.
        log: String,
        /// How many entries.
        missing: u64,
    },
    /// The backup's history is not the one that its receiver holds.
    #[error(
        "the log {log} of this backup has another history than what you hold it against: they part \
         within the first {size} entries"
    )]
    Forked {
        /// The log.
        log: String,
        /// Within so many.
        size: u64,
    },
    /// The backup is of another installation than what its receiver holds.
    #[error("this backup is of another installation: it knows nothing of the log {log}")]
    Foreign {
        /// The log that is not in it.
        log: String,
    },
}

impl BackupProblem {
    /// What to do.
    pub fn remedy(&self) -> &'static str {
        use BackupError as F;
        match self {
            Self::Store(StoreError::Newer { .. }) | Self::Form(F::Newer { .. }) => {
                "Use the newest Closedset."
            }
            Self::Store(StoreError::NoDatabase) => {
                "Name the installation's data folder with --data, and its database with --database if it \
                 stands neither there nor in closedset.toml."
            }
            Self::Store(StoreError::NotEmpty) => {
                "Nothing was changed. Name an empty database, or one that is not there yet."
            }
            Self::Store(StoreError::Damaged(_)) => {
                "Do not overwrite the newest good backup. Look at the disk, then restore that one into \
                 another folder."
            }
            Self::Store(StoreError::DiskFull) => "Make room on the database's disk and try again.",
            Self::Store(_) => "See that the database can be reached, and try again.",
            Self::Objects(ObjectsError::Missing { .. } | ObjectsError::Corrupt { .. }) => {
                About::Objects.remedy()
            }
            Self::Objects(_) | Self::Work(_) | Self::File { .. } | Self::Form(F::Write(_)) => {
                "See that there is room and that this account may write there, and try again."
            }
            Self::Form(F::Source { .. } | F::Read(_)) => {
                "Look at the disk that it lies on, and try again."
            }
            Self::Form(F::WrongKey(_) | F::WantsIdentity | F::WantsPassphrase) => {
                "Give what it was encrypted to: the passphrase, or with --identity the file that age-keygen \
                 made."
            }
            Self::Form(_) => "Take another copy of this backup, or another backup.",
            Self::Faults { about, .. } => about.remedy(),
            Self::NoMasterKey => "Give the key with --master-key FILE, from where it is kept.",
            Self::ReadBack(_) => "Look at the disk, and try again elsewhere.",
            Self::Older { .. } => {
                "Look for a newer backup. If there is none, what is missing is lost: restore without --since, \
                 and tell whoever holds a newer pack. The ledger will say that it was restored."
            }
            Self::Forked { .. } => {
                "One of the two was made after an older backup was restored. Ask whoever runs the \
                 installation which history is the right one before you go on with any."
            }
            Self::Foreign { .. } => "Take the backup of the right installation.",
        }
    }
}
