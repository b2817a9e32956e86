//! Words in Markdown as they become pieces of a PDF.

use closedset_pdf::{Block, Style, Text};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The words in pieces. Markup that is known becomes headings, paragraphs and lists; all else stays as it was
/// written.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut words, mut strong) = (Vec::new(), Text::default(), 0_u32);
    let (mut lists, mut links): (Vec<Option<u64>>, Vec<String>) = (Vec::new(), Vec::new());
    let flush = |blocks: &mut Vec<Block>, words: &mut Text| {
        let words = std::mem::take(words);
        if words.0.iter().any(|span| !span.text.trim().is_empty()) {
            blocks.push(Block::Paragraph(words));
        }
    };
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => flush(&mut blocks, &mut words),
            Event::End(TagEnd::Heading(_)) => {
                let heading: String =
                    std::mem::take(&mut words).0.into_iter().map(|span| span.text).collect();
                blocks.push(Block::Heading(heading));
            }
            Event::Start(Tag::List(first)) => {
                flush(&mut blocks, &mut words);
                lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
            }
            Event::Start(Tag::Item) => {
                flush(&mut blocks, &mut words);
                let mark = match lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "– ".to_owned(),
                };
                words = words.and(Style::Plain, mark);
            }
            Event::End(TagEnd::Item | TagEnd::Paragraph | TagEnd::CodeBlock) => {
                flush(&mut blocks, &mut words);
            }
            // Paper is not pressed: where a link leads stands beside it.
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
            Event::End(TagEnd::Link) => {
                let target = links.pop().unwrap_or_default();
                words = std::mem::take(&mut words).and(Style::Plain, format!(" ({target})"));
            }
            Event::Start(Tag::Strong) => strong += 1,
            Event::End(TagEnd::Strong) => strong = strong.saturating_sub(1),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                let style = if strong > 0 { Style::Strong } else { Style::Plain };
                words = std::mem::take(&mut words).and(style, text.to_string());
            }
            Event::SoftBreak | Event::HardBreak => {
                words = std::mem::take(&mut words).and(Style::Plain, " ");
            }
            _ => {}
        }
    }
    flush(&mut blocks, &mut words);
    blocks
}
