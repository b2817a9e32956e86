//! Which tables a database has after so many migrations, as the program itself knows it: the
//! migrations are applied to an empty database in memory, and that is asked.

use crate::{
    StoreError, Value,
    engine::sqlite_error,
    migrate::{self, MIGRATIONS, Migration},
};
use closedset_core::{Digest, Time};
use rusqlite::Connection;
use std::fmt::Write as _;

/// Tables whose rows stay behind, each with its reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "session",
        "who is signed in where: a copy must not keep alive what was ended since; everybody signs in again",
    ),
    (
        "import",
        "lists of people that are held for a day: a copy must not keep them longer; they are brought again",
    ),
    (
        "comparison_list",
        "lists that are held for a day until they are compared: a copy must not keep them longer",
    ),
];

/// A migration that was applied to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// The digest of its text.
    pub digest: Digest,
    /// When it was applied.
    pub applied_at: Time,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A BIGINT.
    Integer,
    /// A TEXT.
    Text,
    /// A BYTEA.
    Bytes,
}

impl ColumnKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Bytes => "bytes",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be absent.
    pub is_optional: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in the order in which a row's values come.
    pub columns: Vec<Column>,
    /// The names of the columns of its key, in order.
    pub key: Vec<String>,
}

impl Table {
    /// The place of a column in a row.
    pub fn place(&self, column: &str) -> Result<usize, StoreError> {
        self.columns.iter().position(|known| known.name == column).ok_or_else(|| {
            StoreError::statement(format!("the table {} has no column {column}", self.name))
        })
    }

    /// Refuses a row that is none of this table.
    pub(super) fn check(&self, cells: &[Value<'_>]) -> Result<(), StoreError> {
        let fits = |(column, cell): (&Column, &Value<'_>)| match cell {
            Value::Null => column.is_optional,
            Value::Int(_) => column.kind == ColumnKind::Integer,
            Value::Text(_) => column.kind == ColumnKind::Text,
            Value::Bytes(_) => column.kind == ColumnKind::Bytes,
        };
        if cells.len() == self.columns.len() && self.columns.iter().zip(cells).all(fits) {
            Ok(())
        } else {
            Err(StoreError::corrupt("a row of its table", &self.name))
        }
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    }

    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {} ORDER BY {}", self.names(), self.name, self.key.join(", "))
    }

    pub(super) fn insert(&self) -> String {
        let mut sql = format!("INSERT INTO {} ({}) VALUES (", self.name, self.names());
        for place in 1..=self.columns.len() {
            let _ = write!(sql, "{}?{place}", if place == 1 { "" } else { ", " });
        }
        sql.push(')');
        sql
    }
}

/// The tables of a database, and the migrations that made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The migrations, in order.
    pub applied: Vec<Applied>,
    /// The tables in an order in which they can be filled: what is referred to comes first.
    pub tables: Vec<Table>,
}

impl Schema {
    /// The schema after these migrations. They must be the program's own first ones: a newer schema
    /// and one that was changed are refused.
    pub fn of(applied: Vec<Applied>) -> Result<Self, StoreError> {
        Self::with(applied, MIGRATIONS)
    }

    pub(super) fn with(applied: Vec<Applied>, known: &[Migration]) -> Result<Self, StoreError> {
        let told = applied
            .iter()
            .map(|migration| (migration.number, migration.digest.bytes().to_vec()))
            .collect();
        let missing = migrate::missing(known, told)?;
        let present = &known[..known.len() - missing.len()];
        Ok(Self { tables: tables(present)?, applied })
    }

    /// The table with this name.
    pub fn table(&self, name: &str) -> Result<&Table, StoreError> {
        self.tables
            .iter()
            .find(|table| table.name == name)
            .ok_or_else(|| StoreError::statement(format!("there is no table {name}")))
    }
}

/// The tables that these migrations make, in the order in which they make them.
fn tables(migrations: &[Migration]) -> Result<Vec<Table>, StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let scratch = Connection::open_in_memory().map_err(says)?;
    for migration in migrations {
        scratch.execute_batch(&migration.for_sqlite()?).map_err(says)?;
    }
    let names: Vec<String> = scratch
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY rowid",
        )
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(says)?;
    let is_taken = |name: &String| !LEFT_OUT.iter().any(|(left_out, _)| left_out == name);
    names.into_iter().filter(is_taken).map(|name| table(&scratch, name)).collect()
}

fn table(scratch: &Connection, name: String) -> Result<Table, StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let found: Vec<(String, String, bool, i64)> = scratch
        .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")
        .and_then(|mut statement| {
            let read =
                |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            statement.query_map([&name], read)?.collect()
        })
        .map_err(says)?;
    let mut columns = Vec::with_capacity(found.len());
    let mut key = Vec::new();
    for (column, kind, is_required, place) in found {
        let kind = match kind.as_str() {
            "INTEGER" => ColumnKind::Integer,
            "TEXT" => ColumnKind::Text,
            "BLOB" => ColumnKind::Bytes,
            other => {
                return Err(StoreError::statement(format!("{name}.{column} is of type {other}")));
            }
        };
        if place > 0 {
            key.push((place, column.clone()));
        }
        columns.push(Column { name: column, kind, is_optional: !is_required });
    }
    key.sort();
    if key.is_empty() {
        return Err(StoreError::statement(format!("the table {name} has no key")));
    }
    Ok(Table { name, columns, key: key.into_iter().map(|(_, column)| column).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(migrations: &[Migration]) -> Vec<Applied> {
        let told = |migration: &Migration| Applied {
            number: migration.number,
            name: migration.name.to_owned(),
            digest: migration.digest(),
            applied_at: Time::from_millis(0),
        };
        migrations.iter().map(told).collect()
    }

    #[test]
    fn every_table_of_the_migrations_is_taken_but_those_with_a_reason() {
        let schema = Schema::of(applied(MIGRATIONS)).unwrap();
        let mut made: Vec<&str> = MIGRATIONS
            .iter()
            .flat_map(|migration| migration.sql.lines())
            .filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split(' ').next())
            .filter(|name| !LEFT_OUT.iter().any(|(left_out, _)| left_out == name))
            .collect();
        let mut taken: Vec<&str> = schema.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(made, taken, "in the order in which they are made");
        assert!(taken.len() > 25);
        made.sort_unstable();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(made, taken);
    }

    #[test]
    fn an_older_schema_has_its_own_columns() {
        let columns = |migrations: &[Migration]| {
            let schema = Schema::of(applied(migrations)).unwrap();
            let log = schema.table("log").unwrap();
            assert_eq!(log.key, ["log"]);
            log.place("last_at").is_ok()
        };
        assert!(!columns(&MIGRATIONS[..11]));
        assert!(columns(&MIGRATIONS[..12]));
    }

    #[test]
    fn a_newer_schema_and_a_changed_one_are_refused() {
        let mut newer = applied(MIGRATIONS);
        let next = MIGRATIONS.len() as i64 + 1;
        newer.push(Applied { number: next, ..newer[0].clone() });
        assert!(
            matches!(Schema::of(newer), Err(StoreError::Newer { database, .. }) if database == next)
        );
        let mut changed = applied(MIGRATIONS);
        changed[3].digest = Digest::of(b"something else");
        assert!(matches!(Schema::of(changed), Err(StoreError::MigrationChanged { number: 4 })));
    }

    #[test]
    fn a_row_of_another_shape_is_refused() {
        let schema = Schema::of(applied(MIGRATIONS)).unwrap();
        let table = schema.table("entry_erasure").unwrap();
        let row = [Value::from("log"), Value::from(1i64), Value::from(2i64)];
        table.check(&row).unwrap();
        assert!(table.check(&row[..2]).is_err());
        assert!(table.check(&[Value::from("log"), Value::Null, Value::from(2i64)]).is_err());
        assert!(table.check(&[Value::from("log"), Value::from("1"), Value::from(2i64)]).is_err());
    }
}
