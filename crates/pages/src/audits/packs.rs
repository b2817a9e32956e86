//! Every audit pack, and the form that makes one.

use crate::Shell;
use crate::components::{Boxes, Choice, Field, TimeText};
use askama::Template;

/// The packs of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/packs.html")]
pub struct Packs {
    /// The frame around the page.
    pub shell: Shell,
    /// The packs, newest first.
    pub packs: Vec<PackLine>,
    /// The framework that a new pack is to be about.
    pub framework: Field,
    /// The frameworks that it can be about.
    pub frameworks: Vec<Choice>,
    /// The first day that a new pack is to cover.
    pub from: Field,
    /// The last day that a new pack is to cover.
    pub to: Field,
    /// The controls to which it can be limited.
    pub controls: Boxes,
    /// To whom it is to be encrypted, one a line.
    pub recipients: Field,
    /// Whether it is to name nobody.
    pub without_names: bool,
}

impl Packs {
    /// Whether a control is ticked, or something is wrong with what is.
    pub fn is_limiting(&self) -> bool {
        let boxes = self.controls.groups.iter().flat_map(|group| &group.boxes);
        self.controls.is_wrong() || boxes.clone().any(|one| one.is_ticked)
    }
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
    /// The framework that it is about; empty where that is not known.
    pub framework: String,
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
    /// The controls to which it is limited; none if it holds all.
    pub controls: Vec<String>,
    /// To whom it is encrypted; none if it is not.
    pub recipients: Vec<Recipient>,
    /// Nobody is named in it.
    pub without_names: bool,
}
