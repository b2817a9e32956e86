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
    /// Why.
    pub reason: LostReason,
    /// The page of ours on which the form stood.
    pub back: String,
    /// What was typed.
    pub kept: Vec<Kept>,
}

/// Why a form was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LostReason {
    /// The session had ended, as it does after so many minutes without use.
    SignedOut(i64),
    /// The form belongs to an earlier session of the browser.
    OutOfDate,
    /// The form belongs to another organisation; the sentence names both.
    Moved(String),
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
