//! Text in a terminal: what of it may be shown, how wide it is, where it may be broken.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` on one line, without what would move the cursor, change colours or turn the direction of
/// writing: facts hold names that strangers chose, of wireless networks for instance.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { shown(letter) }).collect()
}

/// As [`clean`], for text of several lines.
pub(super) fn clean_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(clean)
}

fn shown(letter: char) -> char {
    // The bidirectional controls of Unicode (UAX 9, 2.1 to 2.6), besides the control characters.
    let turns = matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if letter.is_control() || turns { char::REPLACEMENT_CHARACTER } else { letter }
}

/// The columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// `text` with spaces up to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` in lines of at most `columns`, broken between words, or in a word that is longer.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for letter in word.chars() {
            if width(&line) + letter.width().unwrap_or(0) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

/// One line of commands as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CommandLine {
    /// A comment.
    Comment(String),
    /// A line that may be moved to the right.
    Indented(String),
    /// A line that begins within quotes: white space before it would change what it does.
    Flush(String),
}

/// Shell commands in lines of at most `columns` that can still be copied as they stand: a long one
/// is continued with a backslash, and only outside quotes. What cannot be broken stays whole.
pub(super) fn commands(text: &str, columns: usize) -> Vec<CommandLine> {
    if text.contains("<<") {
        return clean_lines(text).map(CommandLine::Flush).collect();
    }
    let mut lines = Vec::new();
    let mut quote = None;
    for line in clean_lines(text) {
        let is_within_quotes = quote.is_some();
        let (words, ends_in) = shell_words(&line, quote);
        quote = ends_in;
        if is_within_quotes {
            lines.push(CommandLine::Flush(line));
        } else if line.trim_start().starts_with('#') {
            lines.extend(comment(&line, columns));
        } else if width(&line) <= columns {
            lines.push(CommandLine::Indented(line));
        } else {
            let aside = words.iter().position(|word| word.starts_with('#'));
            let (words, aside) = words.split_at(aside.unwrap_or(words.len()));
            if !aside.is_empty() {
                lines.extend(comment(&aside.join(" "), columns));
            }
            lines.extend(continued(words, columns));
        }
    }
    lines
}

fn comment(line: &str, columns: usize) -> impl Iterator<Item = CommandLine> {
    let words = line.trim_start().trim_start_matches('#').trim_start();
    let lines = wrapped(words, columns.saturating_sub(2));
    lines.into_iter().map(|line| CommandLine::Comment(format!("# {line}")))
}

/// Words in lines, with a backslash at the end of all but the last; broken before `&&`, `||` and
/// `|` and after `;` where that is enough.
fn continued(words: &[&str], columns: usize) -> Vec<CommandLine> {
    const CONTINUES: &str = " \\";
    const INDENT: &str = "  ";
    let room = columns.saturating_sub(CONTINUES.len());
    let mut lines: Vec<String> = Vec::new();
    for part in
        words.chunk_by(|word, next| !word.ends_with(';') && !matches!(*next, "&&" | "||" | "|"))
    {
        let whole = part.join(" ");
        let fits_in_one = width(INDENT) + width(&whole) <= room;
        let pieces = if fits_in_one { vec![whole.as_str()] } else { part.to_vec() };
        for (place, piece) in pieces.into_iter().enumerate() {
            let joins = fits_in_one || place > 0;
            match lines.last_mut() {
                Some(line) if joins && width(line) + 1 + width(piece) <= room => {
                    line.push(' ');
                    line.push_str(piece);
                }
                Some(_) => lines.push(format!("{INDENT}{piece}")),
                None => lines.push(piece.to_owned()),
            }
        }
    }
    let last = lines.pop().unwrap_or_default();
    let broken = lines.into_iter().map(|line| format!("{line}{CONTINUES}"));
    broken.chain([last]).map(CommandLine::Indented).collect()
}

/// The words of a line between spaces outside quotes, and the quote in which the line ends. Spaces
/// between words are not kept: to a shell one is as good as many.
fn shell_words(line: &str, begins_in: Option<char>) -> (Vec<&str>, Option<char>) {
    let mut words = Vec::new();
    let mut quote = begins_in;
    let mut is_escaped = false;
    let mut start = begins_in.map(|_| 0);
    for (at, letter) in line.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match (quote, letter) {
            (None, '#') if start.is_none() => {
                // The rest is a comment; quotes in it are letters.
                words.extend(line[at..].split_whitespace());
                return (words, None);
            }
            (None, ' ') => {
                if let Some(start) = start.take() {
                    words.push(&line[start..at]);
                }
                continue;
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => is_escaped = true,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        words.push(&line[start..]);
    }
    (words, quote)
}
