//! Whose word an exception is, beneath the reason of the verdict that it covers, which tells what the
//! check says without it.

use super::TimeText;
use askama::Template;
use askama::filters::HtmlSafe;

/// An exception as it stands beside what it covers.
#[derive(Debug, Clone, Template)]
#[template(path = "components/cover.html")]
pub struct Cover {
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
