//! The language of checks: a part of CEL (Common Expression Language, cel-spec 0.24) small enough
//! to be proven safe.
//!
//! Plain CEL passes wrongly typed and missing things. Here a text is measured before it is parsed
//! ([`scan`]), parsed by the `cel` crate, and lowered into typed [`term`]s by a checker with an
//! allow-list ([`lower`]): names come from the facts' schemas, both sides of an operator have the
//! same type, and everything else is refused by name. The terms are evaluated strictly
//! ([`evaluate`]): both sides of `&&` and `||` count, so that a missing value can never hide, and
//! every gap makes the answer unknown, naming the path. On whatever this evaluator answers, a
//! standard CEL evaluator answers the same; the tests hold it to that.
//!
//! A [`Condition`] decides and is kept to the strict part. A [`Wording`] only says what was found
//! and may also use `? :`, `map`, `filter` and `join`.

mod direction;
mod evaluate;
mod limit_text;
mod lower;
mod scan;
mod term;
mod words;

pub use direction::Direction;
pub(crate) use evaluate::{Gap, GapKind, Scope, Value};
pub(crate) use limit_text::replace_limit;
pub(crate) use term::{Path, Term};

use crate::limits::Limits;
use closedset_core::fact::{FactKind, Shape};
use std::collections::BTreeMap;

/// The longest text of a condition or wording, in bytes.
pub const TEXT_LIMIT: usize = 2_000;
/// The deepest nesting of brackets.
pub const BRACKET_LIMIT: usize = 32;
/// The longest wording that is said, in characters.
const SAID_LIMIT: usize = 600;

/// Why a text is not a condition or wording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LanguageError {
    /// Where in the text, in bytes.
    pub at: usize,
    /// What is wrong and what was meant.
    pub message: String,
}

impl LanguageError {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// What a condition may name.
pub(crate) struct Names<'a> {
    /// The kinds of fact, in the order in which a [`Scope`] holds them.
    pub facts: Vec<&'a FactKind>,
    /// The limits.
    pub limits: &'a Limits,
    /// Lists that may be empty, with the reason.
    pub may_be_empty: &'a BTreeMap<String, String>,
    /// Optional fields whose absence the rest of the condition accounts for, with the reason.
    pub may_be_absent: &'a BTreeMap<String, String>,
}

/// A condition proven well typed: true, false, or a gap.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    text: String,
    term: Term,
    paths: Vec<Path>,
}

impl Condition {
    /// Reads and checks a condition.
    pub(crate) fn compile(text: &str, names: &Names<'_>) -> Result<Self, LanguageError> {
        let lowered = lower::lower(text, names, lower::Part::Condition)?;
        if lowered.shape != Shape::Bool {
            return Err(LanguageError::new(
                0,
                format!("a condition is true or false, this one is {}", lowered.shape.words()),
            ));
        }
        Ok(Self { text: text.trim().to_owned(), term: lowered.term, paths: lowered.paths })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The condition in words, with the limits' values.
    pub(crate) fn words(&self) -> String {
        words::words(&self.term)
    }

    /// The limits it names, with their values.
    pub(crate) fn limits(&self) -> Vec<(&str, String)> {
        let mut limits = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Limit { name, value } = term
                && !limits.iter().any(|(known, _)| known == name)
            {
                limits.push((name.as_str(), value.to_string()));
            }
        });
        limits
    }

    /// Which way a limit is stricter; none if the condition does not prove it.
    pub(crate) fn direction(&self, limit: &str) -> Option<Direction> {
        direction::direction(&self.term, limit)
    }

    /// The paths into facts that it names, without those through a loop's variable.
    pub(crate) fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// Whether it holds.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<bool, Gap> {
        match evaluate::strictly(&self.term, &self.paths, scope)? {
            Value::Bool(holds) => Ok(holds),
            _ => Err(Gap::internal()),
        }
    }
}

/// Texts that say what was found; the first that can be said is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wording(Vec<Term>);

impl Wording {
    /// Reads and checks one more alternative.
    pub(crate) fn add(&mut self, text: &str, names: &Names<'_>) -> Result<(), LanguageError> {
        let lowered = lower::lower(text, names, lower::Part::Wording)?;
        if lowered.shape != Shape::Text {
            return Err(LanguageError::new(
                0,
                format!(
                    "this says what was found and is a text, but it is {}; write string(...)",
                    lowered.shape.words()
                ),
            ));
        }
        self.0.push(lowered.term);
        Ok(())
    }

    /// What was found, if any alternative can be said.
    pub(crate) fn say(&self, scope: &Scope<'_>) -> Option<String> {
        self.0.iter().find_map(|term| match evaluate::loosely(term, scope) {
            Ok(Value::Text(text)) => Some(tidy(&text)),
            _ => None,
        })
    }
}

/// Text from a device, fit for one line: no control characters, bounded.
fn tidy(text: &str) -> String {
    let mut said: String =
        text.chars().take(SAID_LIMIT).map(|one| if one.is_control() { ' ' } else { one }).collect();
    if text.chars().nth(SAID_LIMIT).is_some() {
        said.push('…');
    }
    said
}

#[cfg(test)]
mod tests;
