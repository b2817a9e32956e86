//! A command line to be copied.

use askama::Template;
use askama::filters::HtmlSafe;

/// A command line, shown with a button that copies it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/command.html")]
pub struct Command {
    /// The command line, as it is to be typed.
    pub text: String,
}

impl HtmlSafe for Command {}

impl Command {
    /// This command line.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}
