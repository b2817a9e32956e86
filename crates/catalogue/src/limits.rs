//! Named thresholds, so that a number stands in one place and has a name.

use closedset_core::Duration;
use std::collections::BTreeMap;
use std::fmt;

/// Every limit of the catalogue by its name, which conditions write `limit.<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits(pub(crate) BTreeMap<String, Limit>);

/// One limit's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// A whole number.
    Integer(i64),
    /// A span, written `7d`, `12h`, `15m` or `40s`.
    Duration(Duration),
    /// Texts, for `in`.
    Texts(Vec<String>),
}

impl Limits {
    /// The value of a limit.
    pub fn value(&self, name: &str) -> Option<&Limit> {
        self.0.get(name)
    }

    /// Every limit, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Limit)> {
        self.0.iter().map(|(name, limit)| (name.as_str(), limit))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Duration(span) => f.write_str(&span.words()),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

/// Reads `7d`, `12h`, `15m` or `40s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 6 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = number.parse().ok()?;
    match unit {
        "d" => Some(Duration::from_days(number)),
        "h" => Some(Duration::from_hours(number)),
        "m" => Some(Duration::from_minutes(number)),
        "s" => Some(Duration::from_seconds(number)),
        _ => None,
    }
}
