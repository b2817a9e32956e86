//! What is kept of a renumbering while it goes on, so that one which was stopped leaves no statement
//! twice and none behind a later one.

use crate::{AgentError, state::Folder};
use serde::{Deserialize, Serialize};

const FILE: &str = "renumbering.json";

/// A renumbering that has not ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Renumbering {
    /// The first of the new numbers.
    first: i64,
    /// Everything lies there under its new number.
    is_written: bool,
}

impl Renumbering {
    /// The one that was left; none if none was.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, AgentError> {
        folder.read_json(FILE)
    }

    /// From here on the new numbers do not count.
    pub(super) fn begin(folder: &Folder, first: i64) -> Result<(), AgentError> {
        folder.write_json(FILE, &Self { first, is_written: false })
    }

    /// From here on the old numbers do not count.
    pub(super) fn written(folder: &Folder, first: i64) -> Result<(), AgentError> {
        folder.write_json(FILE, &Self { first, is_written: true })
    }

    /// From here on everything counts that lies there.
    pub(super) fn end(folder: &Folder) -> Result<(), AgentError> {
        folder.remove(FILE)
    }

    /// Whether a statement with this number does not count.
    pub(super) fn is_void(&self, counter: i64) -> bool {
        (counter < self.first) == self.is_written
    }
}
