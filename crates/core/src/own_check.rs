//! A facility's own checks: what it asks beyond any framework, word for word.
//!
//! Terms are never edited: each change is a version, and its terms stand in the entry
//! `catalogue.check_written`. Whoever assesses, and whoever verifies a pack, make a check of the same
//! terms, so that both come to the same answer. What they mean is the catalogue's to say.

use crate::id::{self, Id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of the entry that holds a version's terms.
pub const WRITTEN: &str = "catalogue.check_written";
/// The kind of the entry that ends an own check.
pub const RETIRED: &str = "catalogue.check_retired";

/// What is asked of every computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The control beside whose checks it stands.
    pub control: String,
    /// What is so when it passes.
    pub title: String,
    /// The condition, in the language of checks.
    pub pass: String,
    /// What was found, in the same language: the first that can be said is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// What is wanted, in plain words.
    pub wanted: String,
    /// What mends it, in plain words or commands; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// How long a fact counts after it was last confirmed: `7d`.
    pub fresh_for: String,
    /// The condition that decides which computers it concerns; all, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<Applies>,
    /// Paths that may be an empty list, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub may_be_empty: BTreeMap<String, String>,
    /// Paths that may be missing, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub may_be_absent: BTreeMap<String, String>,
    /// The framework's check that this one asks with a stricter number, if it is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stricter: Option<Stricter>,
}

/// Which computers a check concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// The condition; it sees only what a person confirmed of the computer.
    pub when: String,
    /// Why the check does not concern the others.
    pub otherwise: String,
}

/// Of which check of a framework this is the stricter one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stricter {
    /// The framework's check.
    pub than: String,
    /// The version of it that was copied.
    pub version: i64,
    /// The limit that is replaced.
    pub limit: String,
    /// The number that takes its place.
    pub value: i64,
}

/// An own check in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCheck {
    /// Its id.
    pub id: Id<id::OwnCheck>,
    /// Counts from 1.
    pub version: i64,
    /// What it asks.
    pub terms: Terms,
}
