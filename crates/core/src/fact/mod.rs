//! Facts: what one source says of one subject.
//!
//! A fact has a kind (`screen_lock`), and a body that is a JSON object of the kind's [`Shape`].
//! What a source tried to read and could not stands in the body's reserved field `unread`, path by
//! path with the reason: it is evidence too, and no check may pass over it.

pub mod device;
pub mod evidence;
pub mod people;
mod record;
mod shape;

pub use shape::{Field, Shape, ShapeError, Shaped};

use crate::{Digest, SubjectKind, canonical};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest canonical body, in bytes.
pub const BODY_LIMIT: usize = 2 << 20;
/// The reserved field that holds what could not be read.
pub const UNREAD: &str = "unread";
/// The reserved field by which a body cannot be found from its digest by trying likely ones.
pub const SALT: &str = "salt";

/// A struct that is the body of one kind of fact.
pub trait FactRecord: Shaped + Serialize {
    /// The kind's word in text, SQL and the catalogue.
    const KIND: &'static str;
    /// What it is about.
    const SUBJECT: SubjectKind;
    /// What it is, in a few words for people.
    const TITLE: &'static str;
}

/// One kind of fact, as the catalogue and the pages see it.
#[derive(Debug, Clone)]
pub struct FactKind {
    /// Its word.
    pub name: &'static str,
    /// What it is about.
    pub subject: SubjectKind,
    /// What it is, in a few words for people.
    pub title: &'static str,
    /// The shape of its body; always a record.
    pub shape: Shape,
}

impl FactKind {
    fn of<T: FactRecord>() -> Self {
        Self { name: T::KIND, subject: T::SUBJECT, title: T::TITLE, shape: T::shape() }
    }
}

/// Every kind of fact this program knows.
pub fn kinds() -> Vec<FactKind> {
    let mut kinds = device::kinds();
    kinds.extend(evidence::kinds());
    kinds.extend(people::kinds());
    kinds
}

/// Something that a source tried to read and could not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// The field it would have filled, dotted; empty for the whole fact.
    pub path: String,
    /// Why, and if a person can change that, how.
    pub why: String,
}

/// The body of a fact: a JSON object without nulls, bounded, with canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(Map<String, Value>);

/// Why a body cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Not a JSON object.
    #[error("the body of a fact is a JSON object")]
    NotAnObject,
    /// Larger than [`BODY_LIMIT`].
    #[error("the body of a fact is at most {BODY_LIMIT} bytes, this one has {0}")]
    TooLarge(usize),
    /// A field of the wrong type.
    #[error("the body does not fit its kind")]
    Shape(#[from] ShapeError),
    /// No canonical form.
    #[error("the body has no canonical form")]
    Canonical(#[from] canonical::CanonicalError),
}

impl Body {
    /// The body that says all of `record`, and what could not be read.
    pub fn read<T: FactRecord>(record: &T, unread: Vec<Unread>) -> Result<Self, BodyError> {
        let value = serde_json::to_value(record).map_err(canonical::CanonicalError::Json)?;
        let Value::Object(mut fields) = without_nulls(value) else {
            return Err(BodyError::NotAnObject);
        };
        add_unread(&mut fields, unread);
        Ok(Self(fields))
    }

    /// The body of a fact of which nothing could be read.
    pub fn unreadable(why: impl Into<String>) -> Self {
        let mut fields = Map::new();
        add_unread(&mut fields, vec![Unread { path: String::new(), why: why.into() }]);
        Self(fields)
    }

    /// Takes a body from a stranger: checked against the kind's shape and the limits. Fields that
    /// this program does not know are kept (a newer agent may say more) but no check sees them.
    pub fn from_foreign(kind: &FactKind, value: Value) -> Result<Self, BodyError> {
        let Value::Object(fields) = value else {
            return Err(BodyError::NotAnObject);
        };
        let whole_unread = fields.get(UNREAD).is_some_and(|unread| {
            unread
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one.get("path") == Some(&Value::from(""))))
        });
        if let Some(unread) = fields.get(UNREAD) {
            Vec::<Unread>::shape_of_unread().validate(unread)?;
        }
        let body = Self(fields);
        if !whole_unread {
            kind.shape.validate_object(&body.0)?;
        }
        let size = canonical::to_vec(&body)?.len();
        if size > BODY_LIMIT { Err(BodyError::TooLarge(size)) } else { Ok(body) }
    }

    /// The body with this [`SALT`] in it.
    #[must_use]
    pub fn salted(mut self, salt: String) -> Self {
        self.0.insert(SALT.to_owned(), Value::String(salt));
        self
    }

    /// The [`SALT`] in it.
    pub fn salt(&self) -> Option<&str> {
        self.0.get(SALT)?.as_str()
    }

    /// The fields.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// What could not be read.
    pub fn unread(&self) -> Vec<Unread> {
        self.0
            .get(UNREAD)
            .and_then(|value| serde_json::from_value(value.clone()).ok())
            .unwrap_or_default()
    }

    /// The record of type `T`, if the body holds one.
    pub fn record<T: FactRecord + for<'de> Deserialize<'de>>(&self) -> Option<T> {
        serde_json::from_value(Value::Object(self.0.clone())).ok()
    }

    /// The canonical bytes.
    pub fn canonical(&self) -> Result<Vec<u8>, canonical::CanonicalError> {
        canonical::to_vec(&self.0)
    }

    /// The digest of the canonical bytes.
    pub fn digest(&self) -> Result<Digest, canonical::CanonicalError> {
        self.canonical().map(|bytes| Digest::of(&bytes))
    }
}

trait UnreadShape {
    fn shape_of_unread() -> Shape;
}
impl UnreadShape for Vec<Unread> {
    fn shape_of_unread() -> Shape {
        Shape::List(Box::new(Shape::Record(vec![
            Field { name: "path", words: "", shape: Shape::Text },
            Field { name: "why", words: "", shape: Shape::Text },
        ])))
    }
}

fn add_unread(fields: &mut Map<String, Value>, mut unread: Vec<Unread>) {
    if unread.is_empty() {
        return;
    }
    unread.sort();
    unread.dedup();
    let list = unread
        .into_iter()
        .map(|one| {
            Value::Object(Map::from_iter([
                ("path".to_owned(), Value::from(one.path)),
                ("why".to_owned(), Value::from(one.why)),
            ]))
        })
        .collect();
    fields.insert(UNREAD.to_owned(), Value::Array(list));
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
