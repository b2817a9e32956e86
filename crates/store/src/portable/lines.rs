//! Rows as lines of JSON: one array a line, the values in the order of the table's columns. A BIGINT is
//! a number, a TEXT a string, a BYTEA a string in base64 (RFC 4648, section 4), what is absent is null.
//!
//! A row has one spelling, so that the digest of a table's lines says whether two databases hold the
//! same, whichever engine they lie in.

use super::{Cells, ColumnKind, Table};
use crate::{StoreError, Value};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::Digest;
use serde::de::{Deserialize, Deserializer, Visitor};
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, fmt, io::Write as _};

/// Adds a row's line.
pub fn write(cells: &[Value<'_>], out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    for (place, cell) in cells.iter().enumerate() {
        out.push(if place == 0 { b'[' } else { b',' });
        match cell {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Int(number) => {
                let _ = write!(out, "{number}");
            }
            Value::Text(text) => {
                let _ = serde_json::to_writer(&mut *out, text.as_ref());
            }
            Value::Bytes(bytes) => {
                out.push(b'"');
                let start = out.len();
                let length = bytes.len().div_ceil(3) * 4;
                out.resize(start + length, 0);
                let _ = STANDARD.encode_slice(bytes, &mut out[start..]);
                out.push(b'"');
            }
        }
    }
    out.extend_from_slice(b"]\n");
}

/// Reads lines back.
pub fn read(table: &Table, lines: &[u8]) -> Result<Vec<Cells>, StoreError> {
    let refuse = || StoreError::corrupt("lines of its table", &table.name);
    let Some(lines) = lines.strip_suffix(b"\n") else {
        return if lines.is_empty() { Ok(Vec::new()) } else { Err(refuse()) };
    };
    let line = |line: &[u8]| -> Result<Cells, StoreError> {
        let found: Vec<Cell<'_>> = serde_json::from_slice(line).map_err(|_| refuse())?;
        if found.len() != table.columns.len() {
            return Err(refuse());
        }
        let cells = found.into_iter().zip(&table.columns);
        let cells = cells
            .map(|(cell, column)| match (cell, column.kind) {
                (Cell::Null, _) if column.is_optional => Some(Value::Null),
                (Cell::Int(number), ColumnKind::Integer) => Some(Value::Int(number)),
                (Cell::Text(text), ColumnKind::Text) => Some(Value::from(text.into_owned())),
                (Cell::Text(text), ColumnKind::Bytes) => {
                    STANDARD.decode(text.as_bytes()).ok().map(Value::from)
                }
                _ => None,
            })
            .collect::<Option<Cells>>();
        cells.ok_or_else(refuse)
    };
    lines.split(|byte| *byte == b'\n').map(line).collect()
}

/// A value as it stands in a line.
enum Cell<'l> {
    Null,
    Int(i64),
    Text(Cow<'l, str>),
}

impl<'de> Deserialize<'de> for Cell<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Cell<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a whole number or a string")
            }
            fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
                Ok(Cell::Null)
            }
            fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
                Ok(Cell::Int(number))
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Cell<'de>, E> {
                number.try_into().map(Cell::Int).map_err(|_| E::custom("beyond 2^63 - 1"))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
                Ok(Cell::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
                Ok(Cell::Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// How many rows a table has, and the SHA-256 of all its lines in the order of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableDigest {
    /// How many.
    pub rows: u64,
    /// Of all lines.
    pub digest: Digest,
}

/// Takes a table's lines and says their digest.
#[derive(Debug, Default)]
pub struct TableHasher {
    rows: u64,
    lines: Sha256,
}

impl TableHasher {
    /// Takes the next lines, which hold so many rows.
    pub fn add(&mut self, rows: usize, lines: &[u8]) {
        self.rows += rows as u64;
        self.lines.update(lines);
    }

    /// The digest of what was taken.
    pub fn finish(self) -> TableDigest {
        let digest = Digest::from_bytes(self.lines.finalize().into());
        TableDigest { rows: self.rows, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::Column;
    use proptest::prelude::*;

    fn table() -> Table {
        let column =
            |name: &str, kind, is_optional| Column { name: name.into(), kind, is_optional };
        Table {
            name: "thing".into(),
            columns: vec![
                column("id", ColumnKind::Text, false),
                column("number", ColumnKind::Integer, true),
                column("body", ColumnKind::Bytes, true),
            ],
            key: vec!["id".into()],
        }
    }

    #[test]
    fn a_row_is_an_array_in_a_line() {
        let mut out = Vec::new();
        write(
            &[Value::from("a\n\"b\""), Value::from(i64::MIN), Value::from(b"\x00\xff".as_slice())],
            &mut out,
        );
        write(&[Value::from(""), Value::Null, Value::from(b"".as_slice())], &mut out);
        let text = String::from_utf8(out.clone()).unwrap();
        assert_eq!(text, "[\"a\\n\\\"b\\\"\",-9223372036854775808,\"AP8=\"]\n[\"\",null,\"\"]\n");
        assert_eq!(read(&table(), &out).unwrap().len(), 2);
        assert!(read(&table(), b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_line_of_the_table_is_refused() {
        for bad in [
            "[\"a\",1,null]",
            "\n",
            "[\"a\",1]\n",
            "[\"a\",1,null,null]\n",
            "[null,1,null]\n",
            "[1,1,null]\n",
            "[\"a\",\"1\",null]\n",
            "[\"a\",1.5,null]\n",
            "[\"a\",9223372036854775808,null]\n",
            "[\"a\",1,\"*\"]\n",
            "[\"a\",1,\"AP8\"]\n",
            "[\"a\",1,null]\n\n",
            "{}\n",
        ] {
            assert!(read(&table(), bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_row_reads_back(id: String, number: Option<i64>, body: Option<Vec<u8>>) {
            let row = vec![Value::from(id), Value::from(number), Value::from(body)];
            let mut out = Vec::new();
            write(&row, &mut out);
            prop_assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
            prop_assert_eq!(read(&table(), &out).unwrap(), vec![row]);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = read(&table(), &bytes);
        }
    }
}
