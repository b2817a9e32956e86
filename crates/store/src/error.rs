//! What can go wrong in the store, in one enum for both engines.

use std::sync::Arc;

/// Why a unit of work, or opening the store, failed. Unless it is [`Self::OutcomeUnknown`],
/// nothing of the unit was kept.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Too many units wait already, or another program holds the database.
    #[error("the database is busy")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The database server cannot be reached.
    #[error("the database server cannot be reached")]
    Unavailable(#[source] Cause),
    /// COMMIT failed: the unit may be kept or not. Only an idempotency key can tell.
    #[error("whether the unit was kept is unknown")]
    OutcomeUnknown(#[source] Cause),
    /// Other units stood in the way, several times in a row.
    #[error("other units stand in the way")]
    Contended(#[source] Cause),
    /// The disk, or the space granted to the database, is full.
    #[error("the database's disk is full")]
    DiskFull,
    /// The files could not be opened, read or written.
    #[error("the database's files cannot be read or written")]
    Io(#[source] Cause),
    /// The database's files are damaged.
    #[error("the database's files are damaged")]
    Damaged(#[source] Cause),
    /// The unit panicked.
    #[error("the unit of work panicked: {0}")]
    Panicked(String),
    /// The unit changed rows and recorded no entry.
    #[error("rows of {tables} were changed and no entry was recorded")]
    NoEntry {
        /// The tables, by name, with commas.
        tables: String,
    },
    /// A unit that only reads tried to write.
    #[error("a unit that only reads cannot write to {table}")]
    ReadOnly {
        /// The table.
        table: String,
    },
    /// A unit of one organisation tried to record elsewhere.
    #[error("a unit of {scope} cannot record into the log {log}")]
    WrongLog {
        /// The log whose row the unit holds.
        scope: String,
        /// The log it tried to record into.
        log: String,
    },
    /// A row breaks a rule of its table.
    #[error("{constraint} is violated")]
    Constraint {
        /// Which kind of rule.
        constraint: Constraint,
        /// What the engine says.
        #[source]
        cause: Cause,
    },
    /// A statement that this store does not run on both engines.
    #[error("the statement is refused: {0}")]
    Statement(String),
    /// A column holds something else than what was asked for.
    #[error("column {column} is no {wanted}")]
    Column {
        /// Counted from 0.
        column: usize,
        /// What was asked for.
        wanted: &'static str,
    },
    /// A value in the database that no program of this version wrote.
    #[error("the database holds {text:?}, which is not {what}")]
    Corrupt {
        /// What it should be.
        what: &'static str,
        /// What it is.
        text: String,
    },
    /// An entry cannot be written in canonical form.
    #[error("the entry {kind} has no canonical form: {reason}")]
    Entry {
        /// The entry's kind.
        kind: &'static str,
        /// Why.
        reason: String,
    },
    /// A text with a NUL character, which PostgreSQL cannot hold.
    #[error("a text with a NUL character cannot be stored")]
    Nul,
    /// The database was written by a newer program.
    #[error(
        "the database is at migration {database}, and this program knows only {program}: use a newer Closedset"
    )]
    Newer {
        /// The newest migration in the database.
        database: i64,
        /// The newest that the program knows.
        program: i64,
    },
    /// A migration was applied in another form than the program carries.
    #[error("migration {number} was applied in another form than this program carries")]
    MigrationChanged {
        /// Its number.
        number: i64,
    },
    /// The database server is set up in a way that would lose or confuse data.
    #[error("{0}")]
    Settings(String),
    /// The address of a database is not understood.
    #[error("a database is written as sqlite:PATH or postgres://USER@HOST/NAME")]
    Url,
    /// There is no database of Closedset at this address.
    #[error("there is no database of Closedset")]
    NoDatabase,
    /// The database that is to be filled holds something already.
    #[error("the database is not empty")]
    NotEmpty,
    /// Something else that the engine says.
    #[error("the database refuses")]
    Engine(#[source] Cause),
}

/// What the engine said: its message, which names tables and rules but holds no row's content.
/// Shared, so that one failure can be told to a whole group of units.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Cause(Arc<str>);

impl Cause {
    pub(crate) fn new(text: impl std::fmt::Display) -> Self {
        Self(text.to_string().into())
    }
}

/// The kinds of rule that a row can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// The key is taken.
    Unique,
    /// A reference leads nowhere, or what is referred to would go.
    Reference,
    /// A column that must be set is not.
    NotNull,
    /// Any other.
    Check,
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unique => "a unique key",
            Self::Reference => "a reference",
            Self::NotNull => "a required column",
            Self::Check => "a rule of the table",
        })
    }
}

impl StoreError {
    /// The database holds `text`, which is not `what`.
    pub fn corrupt(what: &'static str, text: &str) -> Self {
        Self::Corrupt { what, text: text.chars().take(80).collect() }
    }

    pub(crate) fn statement(reason: impl Into<String>) -> Self {
        Self::Statement(reason.into())
    }
}
