//! Every document.

use crate::Shell;
use crate::components::{Paging, TimeText};
use askama::Template;

/// The documents of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/documents.html")]
pub struct Documents {
    /// The frame around the page.
    pub shell: Shell,
    /// The documents of this part of the list.
    pub documents: Vec<DocumentLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Which of the tabs this is.
    pub tab: &'static str,
}

/// A document in the list.
#[derive(Debug, Clone)]
pub struct DocumentLine {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The control it is given for.
    pub control: String,
    /// Whether it counts.
    pub standing: Standing,
    /// The last day on which its newest version counts.
    pub last_day: TimeText,
    /// How many versions there are.
    pub versions: i64,
    /// Who uploaded the newest.
    pub by: String,
}

/// Whether a document, or a version of one, counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    InForce,
    /// It counts, for less than 30 days more.
    Ending,
    /// Its period has not begun.
    NotYet,
    /// Its period has passed.
    Expired,
    /// A newer version stands in its place.
    Replaced,
    /// A person took it back.
    Withdrawn,
}
