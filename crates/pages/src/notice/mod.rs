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
