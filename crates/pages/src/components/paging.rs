//! Steps through a long list, by key and not by number.

use askama::Template;
use askama::filters::HtmlSafe;

/// Where a list stands and where it goes on. Paths are whole, with their query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "components/paging.html")]
pub struct Paging {
    /// How many rows this page shows.
    pub shown: i64,
    /// How many there are in all, where that is known.
    pub total: Option<i64>,
    /// Back to the beginning; none at the beginning.
    pub first: Option<String>,
    /// The rows that follow; none at the end.
    pub next: Option<String>,
}

impl HtmlSafe for Paging {}
