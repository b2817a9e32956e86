//! Files of sections and `key=value` lines: desktop settings, display managers, units.

use std::collections::BTreeMap;

/// Sections and their keys; keys before the first section stand in section `""`. A later
/// line wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ini(BTreeMap<String, BTreeMap<String, String>>);

impl Ini {
    /// Reads `text`. Nested sections of KDE's form `[A][B]` get the name `A][B`.
    pub fn parse(text: &str) -> Self {
        let mut sections = Self::default();
        sections.add(text);
        sections
    }

    /// Reads a further file over this one.
    pub fn add(&mut self, text: &str) {
        let mut section = String::new();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(rest) = line.strip_prefix('[')
                && !line.contains('=')
            {
                // KDE marks a section that a person cannot change with a final `[$i]`.
                section = rest.trim_end_matches("[$i]").trim_end_matches(']').to_owned();
                continue;
            }
            if let Some((key, value)) = line.split_once('=') {
                let key = key.trim();
                let plain = key.strip_suffix("[$i]").unwrap_or(key);
                self.0
                    .entry(section.clone())
                    .or_default()
                    .insert(plain.to_owned(), value.trim().to_owned());
            }
        }
    }

    /// The value of `key` in `section`.
    pub fn value(&self, section: &str, key: &str) -> Option<&str> {
        self.0.get(section)?.get(key).map(String::as_str)
    }

    /// Every section's name and keys.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        self.0.iter().map(|(name, keys)| (name.as_str(), keys))
    }
}
