//! What stands in the lists of entries, found at once: a list may be long, and thousands of rows may name
//! its entry.

use super::entries::{OpenedEntries, text_of};
use crate::rows::FactRow;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Places in the lists of one entry.
#[derive(Debug, Default)]
struct Places {
    /// In `verdicts`, by check and subject, the first of them.
    turns: BTreeMap<(String, String), usize>,
    /// In `facts`: subject, kind, source and digest.
    facts: BTreeSet<[String; 4]>,
    /// The first subject of kind, source and digest.
    subjects: BTreeMap<[String; 3], String>,
}

/// Places in the lists of all entries.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeMap<u64, Places>);

/// Whether an entry's list of derived facts holds one.
pub(super) enum Listed {
    Yes,
    OfAnother(String),
    No,
}

impl Index {
    /// Of these entries.
    pub(super) fn of(entries: &OpenedEntries) -> Self {
        let places = |(index, body): (u64, &Value)| {
            let mut places = Places::default();
            for (place, turn) in list(body, "verdicts").enumerate() {
                if let (Some(check), Some(subject)) =
                    (text_of(turn, "check"), text_of(turn, "subject"))
                {
                    places.turns.entry((check.to_owned(), subject.to_owned())).or_insert(place);
                }
            }
            for fact in list(body, "facts") {
                let text = |field| text_of(fact, field).map(str::to_owned);
                let said = (text("subject"), text("kind"), text("source"), text("digest"));
                if let (Some(subject), Some(kind), Some(source), Some(digest)) = said {
                    let key = [kind, source, digest];
                    places.subjects.entry(key.clone()).or_insert_with(|| subject.clone());
                    let [kind, source, digest] = key;
                    places.facts.insert([subject, kind, source, digest]);
                }
            }
            let is_empty = places.turns.is_empty() && places.facts.is_empty();
            (!is_empty).then_some((index, places))
        };
        let bodies =
            entries.iter().filter_map(|(index, entry)| Some((*index, entry.body.as_ref()?)));
        Self(bodies.filter_map(places).collect())
    }

    /// The place of what the entry says of a check about a subject.
    pub(super) fn turn(&self, entry: u64, check: &str, subject: &str) -> Option<usize> {
        self.0.get(&entry)?.turns.get(&(check.to_owned(), subject.to_owned())).copied()
    }

    /// Whether the entry's list of derived facts holds this one.
    pub(super) fn fact(&self, row: &FactRow) -> Listed {
        let Some(places) = self.0.get(&row.entry) else { return Listed::No };
        let key = [row.kind.clone(), row.source.clone(), row.digest.to_string()];
        let [kind, source, digest] = key.clone();
        if places.facts.contains(&[row.subject.to_string(), kind, source, digest]) {
            return Listed::Yes;
        }
        match places.subjects.get(&key) {
            Some(other) => Listed::OfAnother(other.clone()),
            None => Listed::No,
        }
    }
}

fn list<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    body.get(name).and_then(Value::as_array).into_iter().flatten()
}
