//! A digest, a key's fingerprint or a hash: long, shortened for the eye, copied whole.

use askama::Template;
use askama::filters::HtmlSafe;

/// A long hexadecimal or base64 text. The page shows its beginning and its end; the whole can be
/// copied, and stands in the title and in print.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/digest.html")]
pub struct DigestText {
    /// The whole text.
    pub text: String,
}

impl HtmlSafe for DigestText {}

impl DigestText {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The first ten characters and the last six with an ellipsis between, or the whole when it
    /// is hardly longer.
    pub fn short(&self) -> String {
        let characters: Vec<char> = self.text.chars().collect();
        if characters.len() <= 20 {
            return self.text.clone();
        }
        let head: String = characters.iter().take(10).collect();
        let tail: String = characters.iter().skip(characters.len() - 6).collect();
        format!("{head}\u{2026}{tail}")
    }
}
