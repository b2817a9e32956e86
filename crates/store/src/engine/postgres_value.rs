//! Binds values for PostgreSQL, whose placeholders have types that the server infers.

use crate::Value;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use std::error::Error;

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => match *kind {
                Type::INT8 => value.to_sql(kind, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(kind, out),
                Type::BOOL => match value {
                    0 => false.to_sql(kind, out),
                    1 => true.to_sql(kind, out),
                    _ => Err("a truth value is 0 or 1".into()),
                },
                _ => Err(format!("a number is bound where {kind} is wanted").into()),
            },
            Self::Text(value) => match <&str as ToSql>::accepts(kind) {
                true => value.as_ref().to_sql(kind, out),
                false => Err(format!("a text is bound where {kind} is wanted").into()),
            },
            Self::Bytes(value) => match *kind {
                Type::BYTEA => value.as_ref().to_sql(kind, out),
                _ => Err(format!("bytes are bound where {kind} is wanted").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
