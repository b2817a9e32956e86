//! The lines of PAM's stacks (pam.d(5)), and files of `key = value` lines beside them.

use std::collections::BTreeMap;

/// One line of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `auth`, `account`, `password`, `session`.
    pub kind: String,
    /// The module's file name: `pam_unix.so`.
    pub module: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Line {
    /// The value of the argument `name=value`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.arguments
            .iter()
            .filter_map(|argument| argument.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// The lines of a stack, in order.
pub fn stack(text: &str) -> Vec<Line> {
    super::telling_lines(&text.replace("\\\n", " "))
        .filter_map(|line| {
            let line = line.strip_prefix('-').unwrap_or(line);
            let (kind, rest) = line.split_once(char::is_whitespace)?;
            let rest = rest.trim_start();
            // The control is a word or stands in brackets.
            let rest = if rest.starts_with('[') {
                rest.split_once(']')?.1
            } else {
                rest.split_once(char::is_whitespace)?.1
            };
            let mut words = rest.split_whitespace();
            let module = words.next()?.rsplit('/').next()?;
            Some(Line {
                kind: kind.into(),
                module: module.into(),
                arguments: words.map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// The settings of `pwquality.conf` or `faillock.conf`; a word alone is a switch and gets an empty
/// value.
pub fn settings(text: &str) -> BTreeMap<String, String> {
    super::telling_lines(text)
        .map(|line| line.split('#').next().unwrap_or_default())
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}
