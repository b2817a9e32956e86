//! The words of an agreement, and the name it is known by.

use crate::{FieldProblem, people::is_line};

/// The longest text, in characters.
const TEXT_LIMIT: usize = 60_000;
/// The shortest that can be meant.
const TEXT_LEAST: usize = 40;
/// The longest name.
const NAME_LIMIT: usize = 100;

/// The words with line ends of one kind, if they can be an agreement.
pub(super) fn text(problems: &mut Vec<FieldProblem>, typed: &str) -> String {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let is_plain = text.lines().all(|line| is_line(&line.replace('\t', " "), TEXT_LIMIT));
    let count = text.chars().count();
    let message = if count < TEXT_LEAST {
        "Write or paste what is to be signed, at least 40 characters."
    } else if count > TEXT_LIMIT {
        "An agreement has at most 60,000 characters."
    } else if !is_plain {
        "The text holds characters that cannot be seen or turn the direction of what follows. Paste it as plain text."
    } else {
        return text;
    };
    problems.push(FieldProblem { field: "text", message: message.to_owned() });
    text
}

/// What it is called, on one line.
pub(super) fn name(problems: &mut Vec<FieldProblem>, typed: &str) -> String {
    let name = typed.trim().to_owned();
    if name.is_empty() || !is_line(&name, NAME_LIMIT) {
        let message = "Say what it is called, in at most 100 characters on one line.".to_owned();
        problems.push(FieldProblem { field: "name", message });
    }
    name
}
