//! What a policy is called, what it is about, and its words, read whole, so that all that is wrong is told at once.

use super::NewDraft;
use crate::{FieldProblem, Problem, evidence::invalid_unless_empty, people::is_line};
use closedset_core::{Digest, policy::Topic};
use std::collections::BTreeSet;

/// The longest text, in characters.
const TEXT_LIMIT: usize = 60_000;
/// The shortest that can be meant.
const TEXT_LEAST: usize = 40;
/// The longest name.
const NAME_LIMIT: usize = 100;

/// A draft that can be kept.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) topics: BTreeSet<Topic>,
    pub(super) text: String,
    pub(super) asks_again: bool,
}

impl Written {
    /// SHA-256 of the words.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }
}

/// The draft, if it can be kept.
pub(super) fn written(new: &NewDraft) -> Result<Written, Problem> {
    let mut problems = Vec::new();
    let mut wrong =
        |field, message: &str| problems.push(FieldProblem { field, message: message.to_owned() });
    let name = new.name.trim().to_owned();
    if name.is_empty() || !is_line(&name, NAME_LIMIT) {
        wrong("name", "Say what it is called, in at most 100 characters on one line.");
    }
    let topics: Option<BTreeSet<Topic>> =
        new.topics.iter().map(|word| Topic::from_word(word)).collect();
    let topics = topics.unwrap_or_default();
    if topics.is_empty() {
        wrong("topics", "Choose what it is about, one topic at least.");
    }
    let text = new.text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let count = text.chars().count();
    if count < TEXT_LEAST {
        wrong("text", "Write what everybody is to keep to, in at least 40 characters.");
    } else if count > TEXT_LIMIT {
        wrong("text", "A policy has at most 60,000 characters.");
    } else if !text.lines().all(|line| is_line(&line.replace('\t', " "), TEXT_LIMIT)) {
        wrong(
            "text",
            "The text holds characters that cannot be seen or turn the direction of what follows. Paste it as plain text.",
        );
    }
    invalid_unless_empty(problems)?;
    Ok(Written { name, topics, text, asks_again: new.asks_again })
}
