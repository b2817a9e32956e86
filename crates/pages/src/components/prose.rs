//! Running text from the catalogue or from a person, written in Markdown.

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::fmt;

/// Text made from Markdown, safe to stand in a page: raw HTML is shown as text, images are left
/// out, links go to https or stay within the product, and headings begin at level three.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose(String);

impl HtmlSafe for Prose {}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Prose {
    /// The markup of this Markdown.
    pub fn from_markdown(markdown: &str) -> Self {
        let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(tame);
        let mut markup = String::with_capacity(markdown.len() * 5 / 4);
        html::push_html(&mut markup, events);
        Self(markup)
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn tame(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_safe(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lowered(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
        other => Some(other),
    }
}

fn is_safe(url: &str) -> bool {
    url.starts_with("https://")
        || url.starts_with("mailto:")
        || (url.starts_with('/') && !url.starts_with("//"))
}

const fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 | HeadingLevel::H3 => HeadingLevel::H3,
        HeadingLevel::H4 => HeadingLevel::H4,
        HeadingLevel::H5 => HeadingLevel::H5,
        HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::Prose;

    #[test]
    fn raw_html_becomes_text() {
        let prose = Prose::from_markdown("a <b onclick=x>b</b>\n\n<script>alert(1)</script>");
        assert!(!prose.0.contains("<b"), "{prose}");
        assert!(!prose.0.contains("<script"), "{prose}");
        assert!(prose.0.contains("&lt;script&gt;"), "{prose}");
    }

    #[test]
    fn a_link_to_a_script_goes_nowhere() {
        let prose = Prose::from_markdown("[x](javascript:alert) [y](//evil.example) [z](/board)");
        assert!(!prose.0.contains("javascript"), "{prose}");
        assert!(!prose.0.contains("evil"), "{prose}");
        assert!(prose.0.contains("href=\"/board\""), "{prose}");
    }

    #[test]
    fn headings_and_images_stay_below_the_page() {
        let prose = Prose::from_markdown("# Big\n\n![pixel](https://example.org/p.png)");
        assert!(prose.0.contains("<h3>Big</h3>"), "{prose}");
        assert!(!prose.0.contains("<img"), "{prose}");
    }
}
