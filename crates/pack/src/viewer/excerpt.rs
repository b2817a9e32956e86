//! The beginning of each fact and attestation, for the page; the whole stands in its own file.

use crate::zone::{Zone, times_in};
use closedset_core::{Digest, Duration, Time};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most fields shown of a fact.
const FIELD_LIMIT: usize = 14;
/// The most characters shown of a field.
const VALUE_LIMIT: usize = 160;
/// The most characters shown of a field's name.
const NAME_LIMIT: usize = 80;
/// The most characters shown of an attestation.
const TEXT_LIMIT: usize = 4_000;

/// The beginnings, by digest.
#[derive(Debug, Default)]
pub(crate) struct Excerpts {
    facts: BTreeMap<Digest, Excerpt>,
    texts: BTreeMap<Digest, String>,
}

/// The beginning of a fact.
#[derive(Debug, Default, Clone)]
pub(crate) struct Excerpt {
    pub(crate) fields: Vec<(String, String)>,
    /// There is more in the file.
    pub(crate) is_cut: bool,
}

impl Excerpts {
    /// Remembers the beginning of a fact.
    pub(crate) fn add(&mut self, digest: Digest, body: &[u8]) {
        self.facts.entry(digest).or_insert_with(|| match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Excerpt {
                is_cut: fields.len() > FIELD_LIMIT,
                fields: fields
                    .iter()
                    .take(FIELD_LIMIT)
                    .map(|(name, value)| field(name, value))
                    .collect(),
            },
            _ => Excerpt::default(),
        });
    }

    /// Remembers the beginning of a text.
    pub(crate) fn add_text(&mut self, digest: Digest, text: &str) {
        self.texts.insert(digest, cut(text, TEXT_LIMIT));
    }

    /// The beginning of a fact, its times told in this zone.
    pub(crate) fn fact(&self, digest: Digest, zone: &Zone) -> Excerpt {
        let mut excerpt = self.facts.get(&digest).cloned().unwrap_or_default();
        for (_, value) in &mut excerpt.fields {
            *value = zone.tell(value);
        }
        excerpt
    }

    /// The times that stand in the beginnings of facts.
    pub(crate) fn times(&self) -> impl Iterator<Item = Time> {
        let values = self.facts.values().flat_map(|excerpt| &excerpt.fields);
        values.flat_map(|(_, value)| times_in(value))
    }

    pub(crate) fn text(&self, digest: Digest) -> String {
        self.texts.get(&digest).cloned().unwrap_or_default()
    }
}

/// A field as people read it; a unit at the end of its name goes to the value.
fn field(name: &str, value: &Value) -> (String, String) {
    let words = |name: &str| cut(name, NAME_LIMIT).replace('_', " ");
    match (name.strip_suffix("_s"), value.as_i64()) {
        (Some(stem), Some(seconds)) => (words(stem), Duration::from_seconds(seconds).words()),
        _ => (words(name), shown(value)),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let parts: Vec<String> = items.iter().take(8).map(shown).collect();
            parts.join(", ")
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().take(3).map(record).collect();
            let more = items.len().saturating_sub(3);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            format!("{}{more}", parts.join("; "))
        }
        Value::Object(_) => record(value),
    };
    cut(&text, VALUE_LIMIT)
}

/// A record in one line: its plain fields.
fn record(value: &Value) -> String {
    let Value::Object(fields) = value else {
        return shown(value);
    };
    let parts: Vec<String> = fields
        .iter()
        .take(2 * FIELD_LIMIT)
        .filter(|(_, value)| !value.is_object() && !value.is_array())
        // These are for programs.
        .filter(|(name, _)| !matches!(name.as_str(), "id" | "digest"))
        .map(|(name, value)| field(name, value))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    parts.join(", ")
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}
