//! Names that one owner must not read: other owners' titles by name and alias, and clients under a non-disclosure
//! agreement. Titles of documents, statements and reasons are typed freely; what holds such a name is not told.

use crate::{Problem, people::name_key};
use closedset_core::{
    entry::Log,
    id::{Client, Id, Organisation},
};
use closedset_store::{
    Tx,
    ledger::{self, EntryRow, Page},
    titles,
};
use serde_json::Value;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;

/// A shorter name is found only as a word of its own.
const WITHIN_WORDS: usize = 5;

/// Entries read in one go.
const BATCH: i64 = 500;
/// Entries that say how titles and clients were called, also those that were taken out since.
const NAMING: [&str; 4] = ["title.added", "title.changed", "client.added", "client.changed"];

/// The fields in which they do.
const NAMES: [&str; 4] = ["name", "was_name", "alias", "was_alias"];

/// What stands in place of a text.
pub(crate) const NOT_TOLD: &str = "(not told here: it names another client’s work)";

/// The names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hidden {
    /// Those that are looked for anywhere, as [`loose`] makes them.
    within: BTreeSet<String>,
    /// Those that are looked for as words, as [`loose`] makes them.
    words: BTreeSet<String>,
    /// Short ones with signs in them, as [`name_key`] makes them.
    signs: BTreeSet<String>,
}

/// Letters and digits alone, without case and accents: however somebody joined the words of a file's name.
fn loose(text: &str) -> String {
    let lowered = text.nfkd().collect::<String>().to_lowercase();
    lowered.nfkd().filter(|letter| letter.is_alphanumeric()).collect()
}

impl Hidden {
    /// Those that `owner` must not read.
    pub(crate) fn from(
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
        // What they were called before: documents keep the names of their time.
        let log = Log::Organisation(organisation);
        for kind in NAMING {
            let mut before = None;
            loop {
                let page = Page { before, kind: Some(kind), limit: BATCH };
                let entries = ledger::entry_page(tx, log, page)?;
                let Some(last) = entries.last() else { break };
                before = Some(last.index);
                for entry in &entries {
                    hidden.add_told(tx, (organisation, owner), entry)?;
                }
            }
        }
        Ok(hidden)
    }

    /// Adds the names that an entry told, unless it is about what the owner may read.
    fn add_told(
        &mut self,
        tx: &mut Tx<'_>,
        (organisation, owner): (Id<Organisation>, Id<Client>),
        entry: &EntryRow,
    ) -> Result<(), Problem> {
        let log = Log::Organisation(organisation);
        let Some(body) = ledger::entry_body_at(tx, log, entry.index)? else { return Ok(()) };
        let body: Value = serde_json::from_slice(&body.body)
            .map_err(|error| Problem::fault("the body of an entry could not be read", error))?;
        let id = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let is_hidden = if let Ok(title) = id("title").parse() {
            let row = titles::title_by_id(tx, organisation, title)?;
            row.is_some_and(|row| row.client != owner)
        } else if let Ok(client) = id("client").parse() {
            let row = titles::client_by_id(tx, organisation, client)?;
            row.is_some_and(|row| row.id != owner && row.is_confidential)
        } else {
            false
        };
        if is_hidden {
            self.add_names(&body);
        }
        Ok(())
    }

    fn add_names(&mut self, told: &Value) {
        let Some(fields) = told.as_object() else { return };
        for (key, value) in fields {
            match value {
                Value::String(name) if NAMES.contains(&key.as_str()) => self.add(name),
                value => self.add_names(value),
            }
        }
    }

    fn add(&mut self, name: &str) {
        let (key, exact) = (loose(name), name_key(name));
        let has_signs = exact.chars().any(|letter| !letter.is_alphanumeric());
        match key.chars().count() {
            count if count >= WITHIN_WORDS => {
                self.within.insert(key);
            }
            // Its letters alone would be found everywhere.
            _ if has_signs => {
                self.signs.insert(exact);
            }
            0 => {}
            _ => {
                self.words.insert(key);
            }
        }
    }

    /// The text, if no such name is in it.
    pub(crate) fn told(&self, text: &str) -> String {
        if self.is_named(text) { NOT_TOLD.to_owned() } else { text.to_owned() }
    }

    /// Whether such a name is in a text.
    pub(crate) fn is_named(&self, text: &str) -> bool {
        if self.within.is_empty() && self.words.is_empty() && self.signs.is_empty() {
            return false;
        }
        let (key, exact) = (loose(text), name_key(text));
        let composed: String = text.nfkc().collect();
        let mut words = composed.split(|letter: char| !letter.is_alphanumeric()).map(loose);
        self.within.iter().any(|name| key.contains(name.as_str()))
            || words.any(|word| self.words.contains(&word))
            || self.signs.iter().any(|name| exact.contains(name.as_str()))
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
            "Winter_Harbour_NDA.pdf",
            "the winter-harbour report",
            "Winter.Harbour",
            "W\u{ed}nter Harbo\u{fb}r",
            "Wi\u{301}nter Harbour",
            "sign_off_up_v2",
        ] {
            assert_eq!(hidden.told(text), NOT_TOLD, "{text}");
        }
        for text in ["Our winter policy", "Supplies", "Backup plan", "A 1", ""] {
            assert_eq!(hidden.told(text), text);
        }
    }
}
