//! The schema of a fact's body: what types its fields have, so that a check can be proven well
//! typed before it runs.

use crate::{Duration, Time};
use serde_json::{Map, Value};

/// The type of a value in a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// True or false.
    Bool,
    /// A whole number within ±2^53.
    Integer,
    /// Text.
    Text,
    /// A point in time; RFC 3339 text in JSON.
    Time,
    /// A span; whole seconds in JSON.
    Duration,
    /// Several of one shape.
    List(Box<Shape>),
    /// Named fields.
    Record(Vec<Field>),
    /// A field that may be absent; occurs only as the shape of a field.
    Optional(Box<Shape>),
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON and in conditions.
    pub name: &'static str,
    /// What it means, from its documentation.
    pub words: &'static str,
    /// Its type.
    pub shape: Shape,
}

/// A Rust type that has a shape.
pub trait Shaped {
    /// Its shape.
    fn shape() -> Shape;
}

macro_rules! shaped {
    ($($type:ty = $shape:expr),* $(,)?) => {$(
        impl Shaped for $type { fn shape() -> Shape { $shape } }
    )*};
}
shaped!(
    bool = Shape::Bool,
    i64 = Shape::Integer,
    String = Shape::Text,
    Time = Shape::Time,
    Duration = Shape::Duration
);

impl<T: Shaped> Shaped for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}
impl<T: Shaped> Shaped for Option<T> {
    fn shape() -> Shape {
        Shape::Optional(Box::new(T::shape()))
    }
}

/// A value that does not have the shape it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A required field is absent.
    #[error("{path} is missing")]
    Missing {
        /// The field, dotted.
        path: String,
    },
    /// A value of another type.
    #[error("{path} should be {expected}")]
    Mismatch {
        /// The field, dotted.
        path: String,
        /// The type it should have, in words.
        expected: &'static str,
    },
}

impl Shape {
    /// The type in words, as in "should be ...".
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Integer => "a whole number",
            Self::Text => "text",
            Self::Time => "a time such as 2026-03-12T09:30:00Z",
            Self::Duration => "a whole number of seconds",
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
            Self::Optional(inner) => inner.words(),
        }
    }

    /// The shape of the field `name`, if this is a record that has it.
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(fields) => {
                fields.iter().find(|field| field.name == name).map(|field| &field.shape)
            }
            _ => None,
        }
    }

    /// Whether `value` has this shape. Fields that the shape does not name are passed over.
    pub fn validate(&self, value: &Value) -> Result<(), ShapeError> {
        self.validate_at(value, &mut String::new())
    }

    /// Whether `value` says nothing but what this shape names: records within it have no other fields.
    pub fn knows(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Optional(inner), _) => inner.knows(value),
            (Self::List(inner), Value::Array(items)) => items.iter().all(|item| inner.knows(item)),
            (Self::Record(_), Value::Object(fields)) => fields
                .iter()
                .all(|(name, value)| self.field(name).is_some_and(|shape| shape.knows(value))),
            (_, Value::Array(_) | Value::Object(_)) => false,
            _ => true,
        }
    }

    /// Whether the object has this record's fields.
    pub fn validate_object(&self, object: &Map<String, Value>) -> Result<(), ShapeError> {
        self.validate_fields(object, &mut String::new())
    }

    fn validate_at(&self, value: &Value, path: &mut String) -> Result<(), ShapeError> {
        let fits = match self {
            Self::Bool => value.is_boolean(),
            Self::Integer | Self::Duration => value.as_i64().is_some_and(|number| {
                number.unsigned_abs() <= crate::canonical::INTEGER_LIMIT.unsigned_abs()
            }),
            Self::Text => value.is_string(),
            Self::Time => value.as_str().is_some_and(|text| text.parse::<Time>().is_ok()),
            Self::Optional(inner) => return inner.validate_at(value, path),
            Self::List(inner) => match value {
                Value::Array(items) => {
                    let end = path.len();
                    for (index, item) in items.iter().enumerate() {
                        path.push_str(&format!("[{index}]"));
                        inner.validate_at(item, path)?;
                        path.truncate(end);
                    }
                    true
                }
                _ => false,
            },
            Self::Record(_) => match value {
                Value::Object(object) => return self.validate_fields(object, path),
                _ => false,
            },
        };
        if fits {
            Ok(())
        } else {
            Err(ShapeError::Mismatch { path: path.clone(), expected: self.words() })
        }
    }

    fn validate_fields(
        &self,
        object: &Map<String, Value>,
        path: &mut String,
    ) -> Result<(), ShapeError> {
        let Self::Record(fields) = self else {
            return Ok(());
        };
        let end = path.len();
        for field in fields {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(field.name);
            match (object.get(field.name), &field.shape) {
                (Some(value), shape) => shape.validate_at(value, path)?,
                (None, Self::Optional(_)) => {}
                (None, _) => return Err(ShapeError::Missing { path: path.clone() }),
            }
            path.truncate(end);
        }
        Ok(())
    }
}
