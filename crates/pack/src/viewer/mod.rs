//! `index.html`: the pack for people. One file without network, readable from a disk, on a phone and
//! on paper; each control with the evidence that speaks for or against it.
//!
//! The page proves nothing: it is covered by the manifest like every other file, and says how to
//! verify the pack. Text from people and devices is only ever escaped; a content security policy
//! inside the page allows its own script and style by their digests and nothing else.

mod excerpt;
mod page;
mod times;
pub(crate) mod view;

pub(crate) use excerpt::Excerpts;
pub(crate) use times::span;

use crate::{
    PackError,
    builder::PackInput,
    manifest::VIEWER,
    rows::{AttestationRow, DocumentRow, FactRow},
    spelling::limit_of,
};
use askama::Template as _;
use std::fmt;

/// All that the page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) input: &'a PackInput,
    pub(crate) facts: &'a [FactRow],
    pub(crate) documents: &'a [DocumentRow],
    pub(crate) attestations: &'a [AttestationRow],
    pub(crate) excerpts: &'a Excerpts,
}

/// The page.
pub(crate) fn render(content: &Content<'_>) -> Result<String, PackError> {
    let mut page = Bounded { text: String::new(), limit: limit_of(VIEWER), beyond: None };
    let rendered = page::Page::new(content).render_into(&mut page);
    if let Some(size) = page.beyond {
        return Err(too_large(size));
    }
    rendered?;
    let html = plain(page.text);
    if html.len() as u64 > limit_of(VIEWER) { Err(too_large(html.len())) } else { Ok(html) }
}

fn too_large(size: usize) -> PackError {
    PackError::TooLarge { name: VIEWER.to_owned(), size: size as u64, limit: limit_of(VIEWER) }
}

/// A text that does not become larger than a page may be.
struct Bounded {
    text: String,
    limit: u64,
    /// How large it would have become, at least.
    beyond: Option<usize>,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let size = self.text.len() + more.len();
        if size as u64 > self.limit {
            self.beyond = Some(size);
            return Err(fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}

/// Nothing on the page turns the direction of what stands beside it, steers a terminal to which it is
/// copied, or is there unseen: such characters are named in their place. The page's own parts have none.
fn plain(html: String) -> String {
    if !html.contains(is_unseen) {
        return html;
    }
    let mut plain = String::with_capacity(html.len() + 64);
    for letter in html.chars() {
        if is_unseen(letter) {
            plain += &format!("[U+{:04X}]", u32::from(letter));
        } else {
            plain.push(letter);
        }
    }
    plain
}

fn is_unseen(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\t' | '\r'))
        || matches!(letter, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Bounded;
    use std::fmt::Write as _;

    #[test]
    fn a_page_does_not_become_larger_than_one_may_be() {
        let mut page = Bounded { text: String::new(), limit: 10, beyond: None };
        assert!(write!(page, "{:>10}", "").is_ok());
        assert!(write!(page, "x").is_err());
        assert_eq!((page.text.len(), page.beyond), (10, Some(11)));
    }
}
