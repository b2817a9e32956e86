//! What an exception covers, beside the verdict: what the check says without it, and whose word it is.

use super::{Status, TimeText};
use askama::Template;
use askama::filters::HtmlSafe;

/// An exception as it stands beside what it covers.
#[derive(Debug, Clone, Template)]
#[template(path = "components/cover.html")]
pub struct Cover {
    /// What the check says without it.
    pub beneath: Status,
    /// Who approved it.
    pub by: String,
    /// The last day on which it counts.
    pub until: TimeText,
    /// Why.
    pub reason: String,
    /// What is done instead; may be empty.
    pub measure: String,
    /// It is not shown that two people asked and approved.
    pub is_one_person: bool,
}

impl HtmlSafe for Cover {}
