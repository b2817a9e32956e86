//! `/etc/os-release` (os-release(5)): variable assignments as a shell would read them.

use std::collections::BTreeMap;

/// The variables and their values.
pub fn parse(text: &str) -> BTreeMap<String, String> {
    super::telling_lines(text)
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim())))
        .collect()
}

fn unquoted(value: &str) -> String {
    let inner = ['"', '\'']
        .iter()
        .find_map(|&quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}
