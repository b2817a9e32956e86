//! What a check found, what it wants and what mends it.

use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::facts::SubjectFacts;
use crate::framework::Platform;
use closedset_core::fact::device::OperatingSystem;
use closedset_core::{Time, Verdict};

/// A verdict with all that a person needs to act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The verdict; its `because` is what was found, or what is missing.
    pub verdict: Verdict,
    /// What is wanted.
    pub wanted: String,
    /// The condition as it stands in the catalogue.
    pub condition: String,
    /// The condition in words, with the limits' values.
    pub condition_words: String,
    /// The limits it names, with their values.
    pub limits: Vec<(String, String)>,
    /// Which system the subject runs, if it is known.
    pub platform: Option<Platform>,
    /// What mends it on that system.
    pub fix: Option<String>,
}

impl Catalogue {
    /// Explains what `check` says of the subject that has these facts.
    pub fn explain(&self, check: &Check, facts: &SubjectFacts, now: Time) -> Explanation {
        let platform = facts
            .latest::<OperatingSystem>()
            .and_then(|system| Platform::from_word(&system.family));
        let limits = check.limits();
        Explanation {
            verdict: self.assess(check, facts, now),
            wanted: check.wanted.clone(),
            condition: check.condition().to_owned(),
            condition_words: check.condition_words(),
            limits: limits.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            platform,
            fix: platform.and_then(|platform| check.fix.on(platform)).map(str::to_owned),
        }
    }
}
