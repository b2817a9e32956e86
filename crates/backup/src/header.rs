//! The first and the last member, both JSON.

use closedset_core::{
    Digest, Time,
    entry::Log,
    id::{Id, Organisation},
};
use serde::{Deserialize, Serialize};

/// What the header says that the file is.
pub const FORMAT: &str = "closedset-backup";
/// The version of the form.
pub const VERSION: u64 = 1;

/// What a reader must know before everything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u64,
    /// The program that made it.
    pub program: String,
    /// When the database's state was taken.
    pub made_at: Time,
    /// Whether the master key is in it.
    pub has_master_key: bool,
    /// The migrations that were applied to the database.
    pub migrations: Vec<MigrationLine>,
    /// The tables in the order in which they come.
    pub tables: Vec<TableLine>,
    /// The logs, with how far each tree was built.
    pub logs: Vec<LogLine>,
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationLine {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// The digest of its text.
    pub digest: Digest,
    /// When it was applied.
    pub applied_at: Time,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableLine {
    /// Its name.
    pub name: String,
    /// Its columns in the order in which a row's values come.
    pub columns: Vec<ColumnLine>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnLine {
    /// Its name.
    pub name: String,
    /// `integer`, `text`, or `bytes`, which are written in base64.
    pub kind: String,
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// Which.
    pub log: Log,
    /// How many entries its tree had.
    pub built: u64,
}

/// What everything must add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// How many members come before this one.
    pub members: u64,
    /// The SHA-256 over a line for each of them: name, size in bytes and SHA-256 in hexadecimal, with
    /// a space between and a line feed behind.
    pub digest: Digest,
    /// What was counted.
    #[serde(flatten)]
    pub totals: Totals,
    /// Objects that rows name and that are not in it; none in a backup that is whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// An object that a row names and that was lost before the backup was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Whose it is.
    pub organisation: Id<Organisation>,
    /// Its digest.
    pub digest: Digest,
    /// The documents and packs that it belongs to, in words: title, version and id.
    pub belongs_to: Vec<String>,
    /// What is wrong with it.
    pub why: GapReason,
}

/// Why an object is not in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// Its file was gone.
    Missing,
    /// Its file held something else, or could not be read.
    Damaged,
}

impl GapReason {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Damaged => "damaged",
        }
    }
}

/// How many rows, entries and objects there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows of all tables.
    pub rows: u64,
    /// Entries of all logs.
    pub entries: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of all objects.
    pub object_bytes: u64,
}
