//! Names that one owner must not read: other owners' titles by name and alias, and clients under a non-disclosure
//! agreement. Titles of documents, statements and reasons are typed freely; what holds such a name is not told.

use crate::{Problem, people::name_key};
use closedset_core::id::{Client, Id, Organisation};
use closedset_store::{Tx, titles};
use std::collections::BTreeSet;

/// A shorter name is found only as a word of its own.
const WITHIN_WORDS: usize = 5;

/// What stands in place of a text.
pub(super) const NOT_TOLD: &str = "(not told here: it names another client’s work)";

/// The names.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    /// Those that are looked for anywhere, as [`name_key`] makes them.
    within: BTreeSet<String>,
    /// Those that are looked for as words.
    words: BTreeSet<String>,
}

impl Hidden {
    /// Those that `owner` must not read.
    pub(super) fn from(
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        owner: Id<Client>,
    ) -> Result<Self, Problem> {
        let mut hidden = Self::default();
        for title in titles::title_list(tx, organisation, None)? {
            if title.client != owner {
                hidden.add(&title.name);
                hidden.add(&title.alias);
            }
        }
        for client in titles::client_list(tx, organisation)? {
            if client.id != owner && client.is_confidential {
                hidden.add(&client.name);
            }
        }
        Ok(hidden)
    }

    fn add(&mut self, name: &str) {
        let key = name_key(name);
        match key.chars().count() {
            0 => {}
            count if count < WITHIN_WORDS => {
                self.words.insert(key);
            }
            _ => {
                self.within.insert(key);
            }
        }
    }

    /// The text, if no such name is in it.
    pub(super) fn told(&self, text: &str) -> String {
        let key = name_key(text);
        let mut words = text.split(|letter: char| !letter.is_alphanumeric()).map(name_key);
        let is_named = self.within.iter().any(|name| key.contains(name.as_str()))
            || words.any(|word| self.words.contains(&word))
            // A short name of several words, or with signs in it.
            || self.words.iter().any(|name| {
                name.chars().any(|letter| !letter.is_alphanumeric()) && key.contains(name.as_str())
            });
        if is_named { NOT_TOLD.to_owned() } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_such_a_name_is_not_told_however_it_is_written() {
        let mut hidden = Hidden::default();
        for name in ["Winter Harbour", "OTTER", "Up", "A-1", ""] {
            hidden.add(name);
        }
        for text in [
            "Report on Winter Harbour",
            "report: winter\u{a0}HARBOUR (final)",
            "winterharbour_v2.pdf",
            "Otters and others",
            "Sign-off: Up",
            "(UP)",
            "plan for a-1, signed",
            "Ｏｔｔｅｒ",
        ] {
            assert_eq!(hidden.told(text), NOT_TOLD, "{text}");
        }
        for text in ["Our winter policy", "Supplies", "Backup plan", "A 1", ""] {
            assert_eq!(hidden.told(text), text);
        }
    }
}
