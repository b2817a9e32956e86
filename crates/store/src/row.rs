//! A row of an answer, read by column number from 0, the same on both engines.

use crate::{StoreError, Value};
use closedset_core::{
    Digest, Time,
    id::{Id, Kind},
};
use jiff::civil::Date;
use postgres::types::{FromSql, Type};
use rusqlite::types::ValueRef;

/// One row, valid while it is read.
pub struct Row<'r>(pub(crate) Inner<'r>);

pub(crate) enum Inner<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

enum Cell<'c> {
    Null,
    Int(i64),
    Text(&'c str),
    Bytes(&'c [u8]),
}

macro_rules! readers {
    ($($(#[$doc:meta])* $name:ident, $optional:ident -> $type:ty),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(&self, column: usize) -> Result<$type, StoreError> {
            self.$optional(column)?.ok_or(StoreError::Column { column, wanted: stringify!($name) })
        }
    )*};
}

impl Row<'_> {
    readers! {
        /// A number.
        int, int_opt -> i64,
        /// 0 or 1, or a truth value computed by the statement.
        bool, bool_opt -> bool,
        /// A text.
        text, text_opt -> String,
        /// A text, borrowed from the row.
        text_ref, text_ref_opt -> &str,
        /// Bytes.
        bytes, bytes_opt -> Vec<u8>,
        /// Bytes, borrowed from the row.
        bytes_ref, bytes_ref_opt -> &[u8],
        /// Milliseconds since 1970.
        time, time_opt -> Time,
        /// A day, as text like 2026-09-30.
        day, day_opt -> Date,
        /// 32 bytes.
        digest, digest_opt -> Digest,
    }

    /// An id in its text form.
    pub fn id<K: Kind>(&self, column: usize) -> Result<Id<K>, StoreError> {
        self.id_opt(column)?.ok_or(StoreError::Column { column, wanted: K::PREFIX })
    }
    /// Exactly `N` bytes.
    pub fn bytes_n<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        self.bytes_n_opt(column)?.ok_or(StoreError::Column { column, wanted: "bytes" })
    }
    /// Exactly `N` bytes, or absent.
    pub fn bytes_n_opt<const N: usize>(
        &self,
        column: usize,
    ) -> Result<Option<[u8; N]>, StoreError> {
        self.bytes_ref_opt(column)?
            .map(|bytes| {
                bytes
                    .try_into()
                    .map_err(|_| StoreError::Column { column, wanted: "array of that length" })
            })
            .transpose()
    }
    /// A number, or absent.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(value)),
            Cell::Text(_) | Cell::Bytes(_) => Err(StoreError::Column { column, wanted: "number" }),
        }
    }
    /// 0 or 1, or absent.
    pub fn bool_opt(&self, column: usize) -> Result<Option<bool>, StoreError> {
        match self.int_opt(column)? {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(_) => Err(StoreError::Column { column, wanted: "truth value" }),
        }
    }
    /// A text, or absent.
    pub fn text_opt(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.text_ref_opt(column)?.map(str::to_owned))
    }
    /// A text borrowed from the row, or absent.
    pub fn text_ref_opt(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(value) => Ok(Some(value)),
            Cell::Int(_) | Cell::Bytes(_) => Err(StoreError::Column { column, wanted: "text" }),
        }
    }
    /// Bytes, or absent.
    pub fn bytes_opt(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.bytes_ref_opt(column)?.map(<[u8]>::to_vec))
    }
    /// Bytes borrowed from the row, or absent.
    pub fn bytes_ref_opt(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bytes(value) => Ok(Some(value)),
            Cell::Int(_) | Cell::Text(_) => Err(StoreError::Column { column, wanted: "bytes" }),
        }
    }
    /// Milliseconds since 1970, or absent.
    pub fn time_opt(&self, column: usize) -> Result<Option<Time>, StoreError> {
        Ok(self.int_opt(column)?.map(Time::from_millis))
    }
    /// A day, or absent.
    pub fn day_opt(&self, column: usize) -> Result<Option<Date>, StoreError> {
        self.text_ref_opt(column)?
            .map(|text| text.parse().map_err(|_| StoreError::corrupt("a day", text)))
            .transpose()
    }
    /// 32 bytes, or absent.
    pub fn digest_opt(&self, column: usize) -> Result<Option<Digest>, StoreError> {
        Ok(self.bytes_n_opt(column)?.map(Digest::from_bytes))
    }
    /// An id in its text form, or absent.
    pub fn id_opt<K: Kind>(&self, column: usize) -> Result<Option<Id<K>>, StoreError> {
        self.text_ref_opt(column)?
            .map(|text| text.parse().map_err(|_| StoreError::corrupt("an id", text)))
            .transpose()
    }

    /// Whatever the column holds.
    pub(crate) fn value(&self, column: usize) -> Result<Value<'static>, StoreError> {
        Ok(match self.cell(column)? {
            Cell::Null => Value::Null,
            Cell::Int(value) => Value::Int(value),
            Cell::Text(value) => Value::from(value.to_owned()),
            Cell::Bytes(value) => Value::from(value.to_vec()),
        })
    }

    fn cell(&self, column: usize) -> Result<Cell<'_>, StoreError> {
        let wrong = StoreError::Column { column, wanted: "column of this answer" };
        match &self.0 {
            Inner::Sqlite(row) => match row.get_ref(column).map_err(|_| wrong.clone())? {
                ValueRef::Null => Ok(Cell::Null),
                ValueRef::Integer(value) => Ok(Cell::Int(value)),
                ValueRef::Text(value) => {
                    std::str::from_utf8(value).map(Cell::Text).map_err(|_| wrong)
                }
                ValueRef::Blob(value) => Ok(Cell::Bytes(value)),
                ValueRef::Real(_) => Err(wrong),
            },
            Inner::Postgres(row) => row.try_get(column).map_err(|_| wrong),
        }
    }
}

impl<'c> FromSql<'c> for Cell<'c> {
    fn from_sql(
        kind: &Type,
        raw: &'c [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(<&str>::from_sql(kind, raw)?),
        })
    }
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }
    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::BYTEA)
            || <&str as FromSql>::accepts(kind)
    }
}
