//! Every audit pack, and the form that makes one.

use crate::Shell;
use crate::components::{Field, TimeText};
use askama::Template;

/// The packs of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/packs.html")]
pub struct Packs {
    /// The frame around the page.
    pub shell: Shell,
    /// The packs, newest first.
    pub packs: Vec<PackLine>,
    /// The first day that a new pack is to cover.
    pub from: Field,
    /// The last day that a new pack is to cover.
    pub to: Field,
    /// To whom it is to be encrypted, one a line.
    pub recipients: Field,
}

/// Somebody to whom a pack is encrypted.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The whole of it.
    pub whole: String,
    /// Its beginning and end, by which people know it.
    pub short: String,
}

impl Recipient {
    /// As a page shows it.
    pub fn new(whole: String) -> Self {
        let end = whole.len().saturating_sub(4);
        let short = match (whole.get(..9), whole.get(end..)) {
            (Some(first), Some(last)) if end > 9 => format!("{first}\u{2026}{last}"),
            _ => whole.clone(),
        };
        Self { whole, short }
    }
}

/// A pack in the list.
#[derive(Debug, Clone)]
pub struct PackLine {
    /// Its id.
    pub id: String,
    /// The first day it covers.
    pub from: TimeText,
    /// The last day it covers.
    pub to: TimeText,
    /// When it was made.
    pub made: TimeText,
    /// Who made it.
    pub by: String,
    /// The file's size with its unit; none if the pack was not finished.
    pub size: Option<String>,
    /// To whom it is encrypted; none if it is not.
    pub recipients: Vec<Recipient>,
}
