//! What of a resource is shown (RFC 7644, section 3.9): `attributes` and `excludedAttributes`.

use crate::{Refusal, Resource, Schema, read::bare};
use serde_json::Value;

/// More attributes are not named at once.
const NAMES: usize = 50;

/// What of a resource somebody wants.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    only: Vec<(String, Option<String>)>,
    without: Vec<(String, Option<String>)>,
}

impl Projection {
    /// What these lists of names, with commas between them, ask for.
    ///
    /// # Errors
    ///
    /// Both at once, or too many.
    pub fn of(schema: &Schema, only: Option<&str>, without: Option<&str>) -> Result<Self, Refusal> {
        let only = names(schema, only.unwrap_or_default())?;
        let without = names(schema, without.unwrap_or_default())?;
        if !only.is_empty() && !without.is_empty() {
            return Err(Refusal::value("Name attributes or excludedAttributes, not both."));
        }
        Ok(Self { only, without })
    }

    /// Whether this attribute is shown, or a part of it.
    pub fn shows(&self, name: &str) -> bool {
        if self.only.is_empty() {
            return !self.without.iter().any(|(one, part)| is(one, name) && part.is_none());
        }
        self.only.iter().any(|(one, _)| is(one, name))
    }

    /// The resource with what is wanted. What it is and its id are always shown.
    pub fn apply(&self, resource: Resource) -> Resource {
        let is_always = |name: &str| name == "schemas" || name == "id";
        resource
            .into_iter()
            .filter(|(name, _)| is_always(name) || self.shows(name))
            .map(|(name, value)| {
                let value = if is_always(&name) { value } else { self.cut(&name, value) };
                (name, value)
            })
            .collect()
    }

    fn cut(&self, name: &str, value: Value) -> Value {
        let whole = self.only.iter().any(|(one, part)| is(one, name) && part.is_none());
        let is_wanted = |part: &str| {
            let named = |list: &[(String, Option<String>)]| {
                list.iter().any(|(one, named)| {
                    is(one, name) && named.as_deref().is_some_and(|named| is(named, part))
                })
            };
            !named(&self.without) && (self.only.is_empty() || whole || named(&self.only))
        };
        match value {
            Value::Object(parts) => {
                Value::Object(parts.into_iter().filter(|(part, _)| is_wanted(part)).collect())
            }
            Value::Array(all) => {
                Value::Array(all.into_iter().map(|one| self.cut(name, one)).collect())
            }
            plain => plain,
        }
    }
}

fn is(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn names(schema: &Schema, list: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let named = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let named: Vec<_> = named
        .take(NAMES + 1)
        .map(|name| match bare(schema, name).split_once('.') {
            Some((name, part)) => (name.to_owned(), Some(part.to_owned())),
            None => (bare(schema, name).to_owned(), None),
        })
        .collect();
    if named.len() > NAMES {
        return Err(Refusal::value(format!("More than {NAMES} attributes are named.")));
    }
    Ok(named)
}
