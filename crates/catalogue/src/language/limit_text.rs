//! Writes a number into a text where a limit is named.

/// The text with `limit.<name>` replaced by the number, outside of quotes. The text was read before.
pub(crate) fn replace_limit(text: &str, name: &str, value: i64) -> String {
    let wanted = format!("limit.{name}");
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(next) = rest.chars().next() {
        let length = if matches!(next, '\'' | '"') {
            quoted(rest, next)
        } else if !is_word(before) && before != '.' && is_named(rest, &wanted) {
            replaced.push_str(&value.to_string());
            before = '0';
            rest = rest.get(wanted.len()..).unwrap_or_default();
            continue;
        } else {
            next.len_utf8()
        };
        let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        replaced.push_str(taken);
        before = taken.chars().next_back().unwrap_or(' ');
        rest = left;
    }
    replaced
}

fn is_named(rest: &str, wanted: &str) -> bool {
    rest.strip_prefix(wanted).is_some_and(|after| !after.chars().next().is_some_and(is_word))
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// How long the text in quotes is with which `rest` begins; a backslash has no meaning in it.
fn quoted(rest: &str, quote: char) -> usize {
    let end = rest.char_indices().skip(1).find(|(_, letter)| *letter == quote);
    end.map_or(rest.len(), |(at, letter)| at + letter.len_utf8())
}
