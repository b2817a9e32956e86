//! What the server took last, what was lost on the way, and what stands in the way now. Nothing
//! here is needed to go on: without it the agent tells the server everything anew.

use super::Folder;
use crate::{AgentError, Refusal};
use closedset_core::{Digest, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = "progress.json";

/// The digest of every fact, by kind.
pub(crate) type Digests = BTreeMap<String, Digest>;

/// What the agent remembers of its talk with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Progress {
    /// What the server took last.
    pub(crate) accepted: Option<Accepted>,
    /// The facts that the server knows; none if it may not know them all.
    pub(crate) known: Option<Digests>,
    /// Seconds between check-ins, as the server wants it now.
    pub(crate) every_s: Option<i64>,
    /// What was lost on the way.
    pub(crate) dropped: Dropped,
    /// Counters that somebody else had used.
    pub(crate) replays: Replays,
    /// Why the device reports no more.
    pub(crate) revoked: Option<Refusal>,
    /// What stands in the way of delivery.
    pub(crate) trouble: Option<Trouble>,
}

/// The last statement that the server took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    /// When its answer came.
    pub(crate) at: Time,
    /// Its number.
    pub(crate) counter: i64,
    /// Its place in the ledger, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<i64>,
}

/// Statements that never reached the server, since the device was enrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dropped {
    /// Confirmations for which the queue had no room.
    pub confirmations: u64,
    /// Reports for which the queue had no room; what they said last went on with the next one.
    pub reports: u64,
    /// Statements that the server refused for good, or that could not be read back.
    pub refused: u64,
}

impl Dropped {
    /// Whether nothing was lost.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What was lost after `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            confirmations: self.confirmations - earlier.confirmations,
            reports: self.reports - earlier.reports,
            refused: self.refused - earlier.refused,
        }
    }

    /// Takes over what was lost meanwhile.
    pub(crate) fn add(&mut self, more: Self) {
        self.confirmations += more.confirmations;
        self.reports += more.reports;
        self.refused += more.refused;
    }
}

/// How often the server knew a higher counter than this computer: its key is used elsewhere, or
/// its disk was set back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Replays {
    /// How often.
    pub count: u64,
    /// When last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Time>,
}

/// What stands in the way of delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Since when there is trouble, though it may have been another.
    pub since: Time,
    /// What it is now.
    pub what: String,
    /// What a person can do about it.
    pub remedy: String,
}

impl Progress {
    /// What is remembered; nothing if it cannot be read.
    pub(crate) fn load(folder: &Folder) -> Result<Self, AgentError> {
        match folder.read_json(FILE) {
            Ok(progress) => Ok(progress.unwrap_or_default()),
            Err(AgentError::Damaged { path, what }) => {
                tracing::warn!(path = %path.display(), what, "damaged; everything is told anew");
                Ok(Self::default())
            }
            Err(error) => Err(error),
        }
    }

    /// Remembers this.
    pub(crate) fn store(&self, folder: &Folder) -> Result<(), AgentError> {
        folder.write_json(FILE, self)
    }
}
