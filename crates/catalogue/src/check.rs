//! Checks: one testable question about one kind of subject.

use crate::framework::Platform;
use crate::language::{Condition, Wording};
use closedset_core::{Duration, SubjectKind};
use std::collections::BTreeMap;

/// One testable question.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its stable id: `device-screen-lock`.
    pub id: String,
    /// The control it proves.
    pub control: String,
    /// The framework that asks.
    pub framework: String,
    /// What it says when it passes, in plain words: `Screen locks within 15 minutes`.
    pub title: String,
    /// The kind of subject it asks about.
    pub over: SubjectKind,
    /// The kinds of fact it reads; the digests in a verdict follow this order.
    pub needs: Vec<String>,
    /// How long a fact counts after it was last confirmed; `None` if it never goes stale.
    pub fresh_for: Option<Duration>,
    /// What is wanted, in plain words.
    pub wanted: String,
    /// What mends it, by platform.
    pub fix: Fix,
    /// Raised with every change of what it asks.
    pub version: i64,
    /// It asks more than the source and never turns the framework red.
    pub is_beyond: bool,
    /// It asks whether evidence given by hand is in force.
    pub is_evidence: bool,
    /// It is the facility's own, written on screen or by the API.
    pub is_own: bool,

    /// The texts it was made of, as far as a stricter one repeats them.
    pub(crate) texts: Texts,
    pub(crate) applies: Option<Applies>,
    pub(crate) pass: Condition,
    pub(crate) because: Wording,
}

/// Texts of a check as they were written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    pub(crate) fresh_for: String,
    pub(crate) because: Vec<String>,
    pub(crate) may_be_empty: BTreeMap<String, String>,
    pub(crate) may_be_absent: BTreeMap<String, String>,
}

/// When a check concerns a subject.
#[derive(Debug, Clone)]
pub(crate) struct Applies {
    pub(crate) condition: Condition,
    /// Why it does not concern the others.
    pub(crate) otherwise: String,
}

/// Commands that mend what a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fix {
    /// On Linux.
    pub linux: Option<String>,
    /// On macOS.
    pub macos: Option<String>,
    /// On Windows.
    pub windows: Option<String>,
}

impl Fix {
    /// The one for `platform`.
    pub fn on(&self, platform: Platform) -> Option<&str> {
        match platform {
            Platform::Linux => self.linux.as_deref(),
            Platform::Macos => self.macos.as_deref(),
            Platform::Windows => self.windows.as_deref(),
        }
    }
}

impl Check {
    /// The condition as it stands in the catalogue.
    pub fn condition(&self) -> &str {
        self.pass.text()
    }

    /// The condition in words, with the limits' values.
    pub fn condition_words(&self) -> String {
        self.pass.words()
    }

    /// The condition that decides whether the check concerns a subject.
    pub fn applies(&self) -> Option<&str> {
        self.applies.as_ref().map(|applies| applies.condition.text())
    }

    pub(crate) fn names_limit(&self, limit: &str) -> bool {
        self.pass.limits().iter().any(|(name, _)| *name == limit)
    }

    /// The limits that the condition names, with the values in force.
    pub fn limits(&self) -> Vec<(&str, String)> {
        self.pass.limits()
    }
}
