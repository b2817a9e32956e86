//! What is bound to the placeholders of a statement.

use closedset_core::{
    Actions, Digest, Role, Status, Subject, SubjectKind, Time,
    engagement::EngagementForm,
    entry::Log,
    id::{Id, Kind},
};
use jiff::civil::Date;
use std::borrow::Cow;

/// One bound value. Columns are BIGINT, TEXT and BYTEA; there is nothing else to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'v> {
    /// Absent.
    Null,
    /// A BIGINT: numbers, times in milliseconds, 0 and 1.
    Int(i64),
    /// A TEXT.
    Text(Cow<'v, str>),
    /// A BYTEA.
    Bytes(Cow<'v, [u8]>),
}

/// The values of a statement's placeholders in order: `params![id, name]`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] };
}

macro_rules! from_int {
    ($($type:ty),*) => {$(
        impl From<$type> for Value<'_> {
            fn from(value: $type) -> Self { Self::Int(i64::from(value)) }
        }
    )*};
}
from_int!(i64, i32, u32, u16, u8, bool);

macro_rules! from_word {
    ($($type:ty),*) => {$(
        impl From<$type> for Value<'_> {
            fn from(value: $type) -> Self { Self::Text(Cow::Borrowed(value.as_str())) }
        }
    )*};
}
from_word!(Status, SubjectKind, Role, EngagementForm);

macro_rules! from_display {
    ($($type:ty),*) => {$(
        impl From<$type> for Value<'_> {
            fn from(value: $type) -> Self { Self::Text(Cow::Owned(value.to_string())) }
        }
    )*};
}
from_display!(Actions, Log, &Log, &Subject, Date);

impl From<Time> for Value<'_> {
    fn from(value: Time) -> Self {
        Self::Int(value.millis())
    }
}
impl<'v> From<&'v str> for Value<'v> {
    fn from(value: &'v str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}
impl<'v> From<&'v String> for Value<'v> {
    fn from(value: &'v String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}
impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}
impl<'v> From<Cow<'v, str>> for Value<'v> {
    fn from(value: Cow<'v, str>) -> Self {
        Self::Text(value)
    }
}
impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(value: &'v [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}
impl<'v, const N: usize> From<&'v [u8; N]> for Value<'v> {
    fn from(value: &'v [u8; N]) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}
impl<'v> From<&'v Vec<u8>> for Value<'v> {
    fn from(value: &'v Vec<u8>) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}
impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Cow::Owned(value))
    }
}
impl From<Digest> for Value<'_> {
    fn from(value: Digest) -> Self {
        Self::Bytes(Cow::Owned(value.bytes().to_vec()))
    }
}
impl<'v> From<&'v Digest> for Value<'v> {
    fn from(value: &'v Digest) -> Self {
        Self::Bytes(Cow::Borrowed(value.bytes()))
    }
}
impl<K: Kind> From<Id<K>> for Value<'_> {
    fn from(value: Id<K>) -> Self {
        Self::Text(Cow::Owned(value.to_string()))
    }
}
impl<'v, T> From<Option<T>> for Value<'v>
where
    Value<'v>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}
