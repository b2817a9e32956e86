//! A moment or a day, in words for people and in ISO 8601 for machines.

use askama::Template;
use askama::filters::HtmlSafe;

/// A moment as it is shown. The one who fills the view words it; nothing here reads a clock.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/time.html")]
pub struct TimeText {
    /// ISO 8601, for instance `2026-03-12T09:41:00Z` or `2026-03-12`.
    pub iso: String,
    /// The same in words, for instance `2 minutes ago` or `12 March 2026`.
    pub words: String,
}

impl HtmlSafe for TimeText {}

impl TimeText {
    /// A moment with its words.
    pub fn new(iso: impl Into<String>, words: impl Into<String>) -> Self {
        Self { iso: iso.into(), words: words.into() }
    }
}
