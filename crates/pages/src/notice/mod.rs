//! Pages that say that something was not done, or is not there.

use crate::Shell;
use askama::Template;

/// Something was not carried out.
#[derive(Debug, Clone, Template)]
#[template(path = "notice/error.html")]
pub struct ErrorPage {
    /// The frame around the page.
    pub shell: Shell,
    /// A stable code, for support.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do next.
    pub remedy: String,
    /// The operation's id, for whoever runs the server; empty if the fault is not the server's.
    pub operation: String,
}

/// There is no such page.
#[derive(Debug, Clone, Template)]
#[template(path = "notice/not_found.html")]
pub struct NotFound {
    /// The frame around the page.
    pub shell: Shell,
}

/// A form that was not carried out, with what was typed.
#[derive(Debug, Clone, Template)]
#[template(path = "notice/lost_form.html")]
pub struct LostForm {
    /// The frame around the page.
    pub shell: Shell,
    /// Whether the session had ended; else the form belongs to an earlier one.
    pub is_signed_out: bool,
    /// After how many minutes without use a session ends.
    pub minutes: i64,
    /// The page of ours on which the form stood.
    pub back: String,
    /// What was typed.
    pub kept: Vec<Kept>,
}

/// One field of a form that was not carried out.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// What it asked.
    pub words: String,
    /// What was typed.
    pub value: String,
    /// How many lines it takes, about.
    pub rows: usize,
}
