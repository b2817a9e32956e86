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
}
