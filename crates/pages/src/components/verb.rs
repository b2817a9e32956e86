//! How strongly the source asks for a control.

use askama::Template;
use askama::filters::HtmlSafe;

/// The verb with which the source asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "components/verb.html")]
pub enum Verb {
    /// It must be.
    Must,
    /// It should be.
    Should,
    /// It is asked where possible.
    WherePossible,
}

impl HtmlSafe for Verb {}
