//! Running text from the catalogue or from a person, written in Markdown.

use askama::filters::HtmlSafe;
use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
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

    /// The markup of a page of the guide, which is ours: its headings keep their levels and are called as
    /// they say, tables and code scroll by themselves, and links lead where `address` says; one that leads
    /// nowhere is text.
    pub(crate) fn of_guide(markdown: &str, address: impl Fn(&str) -> Option<String>) -> Self {
        let (mut known, mut opens) = (Vec::new(), Vec::new());
        let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
        let mut tamed = Vec::with_capacity(events.len());
        for (at, event) in events.iter().enumerate() {
            let event = match event.clone() {
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => continue,
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let address = address(&dest_url);
                    opens.push(address.is_some());
                    let Some(address) = address else { continue };
                    Event::Start(Tag::Link { link_type, dest_url: address.into(), title, id })
                }
                Event::End(TagEnd::Link) if opens.pop() != Some(true) => continue,
                // How columns are aligned would be said inline, which the policy refuses.
                Event::Start(Tag::Table(columns)) => {
                    Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))
                }
                Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                    level,
                    id: Some(called(&events[at + 1..], &mut known).into()),
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }),
                other => other,
            };
            tamed.push(event);
        }
        let mut markup = String::with_capacity(markdown.len() * 5 / 4);
        html::push_html(&mut markup, tamed.into_iter());
        // What is written in code is escaped, so that these are tags of ours.
        let markup = markup
            .replace("<table>", "<div class=\"table-box\" tabindex=\"0\"><table class=\"table\">")
            .replace("</table>", "</table></div>")
            .replace("<pre>", "<pre tabindex=\"0\">");
        Self(markup)
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a heading is called, as links in the Markdown call it: its words in small letters, joined by `-`.
fn called(after: &[Event<'_>], known: &mut Vec<String>) -> String {
    let words: String = after
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(&**text),
            _ => None,
        })
        .collect();
    let letters = words.trim().chars().filter_map(|letter| match letter {
        letter if letter.is_whitespace() => Some('-'),
        letter if letter.is_alphanumeric() || matches!(letter, '-' | '_') => Some(letter),
        _ => None,
    });
    let plain = letters.collect::<String>().to_lowercase();
    let twins = known.iter().filter(|one| **one == plain).count();
    known.push(plain.clone());
    if twins == 0 { plain } else { format!("{plain}-{twins}") }
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
