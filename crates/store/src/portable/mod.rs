//! The database's content in a form that belongs to no engine: for backups, and for moving from one
//! engine to the other.
//!
//! A [`Schema`] says which migrations were applied and which tables they make, in an order in which
//! they can be filled. A [`Snapshot`] reads one state of a database beside the program that uses it;
//! an [`Import`] fills an empty one, all or nothing. Between them go rows, in the order of their keys,
//! a chunk at a time; [`lines`] are their form outside of any database.
//!
//! What else belongs to a backup (files, objects, encryption) is not known here.

mod import;
pub mod lines;
mod schema;
mod snapshot;

pub use import::Import;
pub use lines::{TableDigest, TableHasher};
pub use schema::{Applied, Column, ColumnKind, LEFT_OUT, Schema, Table};
pub use snapshot::Snapshot;

use crate::{Row, StoreError, Value, engine::postgres_error, engine::sqlite_error, row};
use postgres::fallible_iterator::FallibleIterator as _;

/// The values of a row in the order of its table's columns.
pub type Cells = Vec<Value<'static>>;

/// A connection that rows are read from.
enum Reading<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut postgres::Client),
}

/// Reads every row of a table in the order of its key, one after the other.
fn read_rows<E: From<StoreError>>(
    reading: Reading<'_>,
    table: &Table,
    each: &mut dyn FnMut(Cells) -> Result<(), E>,
) -> Result<(), E> {
    let cells = |row: &Row<'_>| -> Result<Cells, StoreError> {
        let cells: Cells =
            (0..table.columns.len()).map(|column| row.value(column)).collect::<Result<_, _>>()?;
        table.check(&cells)?;
        Ok(cells)
    };
    let sql = table.select();
    match reading {
        Reading::Sqlite(connection) => {
            let says = |error: rusqlite::Error| sqlite_error::of(&error);
            let mut statement = connection.prepare_cached(&sql).map_err(says)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(says)? {
                each(cells(&Row(row::Inner::Sqlite(row)))?)?;
            }
        }
        Reading::Postgres(client) => {
            let says = |error: postgres::Error| postgres_error::of(&error);
            let none: [&str; 0] = [];
            let mut rows = client.query_raw(sql.as_str(), none).map_err(says)?;
            while let Some(row) = rows.next().map_err(says)? {
                each(cells(&Row(row::Inner::Postgres(&row)))?)?;
            }
        }
    }
    Ok(())
}
