//! The facts of one subject, as they are assessed.

use closedset_core::fact::{Body, FactRecord, Unread};
use closedset_core::{Digest, Time};
use std::collections::BTreeMap;

/// A current fact with its source.
#[derive(Debug, Clone)]
pub struct SourcedFact {
    /// Who said it: `agent`, `osquery`, `closedset/devices`.
    pub source: String,
    /// A person attested it by hand: it counts only where no technical source exists.
    pub is_attested: bool,
    /// The digest of its canonical body.
    pub digest: Digest,
    /// When it was found so first.
    pub collected_at: Time,
    /// When it was last found to be so still; at least `collected_at`.
    pub confirmed_at: Time,
    body: Body,
    unread: Vec<Unread>,
}

impl SourcedFact {
    /// A fact from a technical source, found at `collected_at` and not confirmed since.
    pub fn new(source: impl Into<String>, body: Body, digest: Digest, collected_at: Time) -> Self {
        Self {
            source: source.into(),
            is_attested: false,
            digest,
            collected_at,
            confirmed_at: collected_at,
            unread: body.unread(),
            body,
        }
    }

    /// The same, found so still at `time`.
    pub fn confirmed(mut self, time: Time) -> Self {
        self.confirmed_at = time.max(self.collected_at);
        self
    }

    /// The same, but attested by a person.
    pub fn attested(mut self) -> Self {
        self.is_attested = true;
        self
    }

    /// Its body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// What its source could not read.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }
}

/// The current facts of one subject, by kind and source.
#[derive(Debug, Clone, Default)]
pub struct SubjectFacts(BTreeMap<String, Vec<SourcedFact>>);

impl SubjectFacts {
    /// No facts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact; it replaces the one of the same kind and source.
    pub fn put(&mut self, kind: &str, fact: SourcedFact) {
        let facts = self.0.entry(kind.to_owned()).or_default();
        facts.retain(|other| other.source != fact.source);
        facts.push(fact);
    }

    /// The facts of a kind, one for each source.
    pub fn of(&self, kind: &str) -> &[SourcedFact] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The kinds of which there is at least one fact.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The record of the fact of kind `T` that was confirmed last.
    pub fn latest<T: FactRecord + for<'de> serde::Deserialize<'de>>(&self) -> Option<T> {
        self.of(T::KIND)
            .iter()
            .max_by_key(|fact| fact.confirmed_at)
            .and_then(|fact| fact.body.record())
    }
}
