//! One state of a database, read beside the program that uses it: on a connection of its own, which
//! writes nothing, brings no schema up to date and holds nobody up.

use super::{Applied, Cells, Reading, Schema, Table, TableDigest, TableHasher, lines, read_rows};
use crate::{
    DatabaseUrl, Row, StoreError,
    engine::{
        postgres as engine, postgres_address::Address, postgres_error, sqlite_error, sqlite_open,
    },
    error::Cause,
    migrate::{MIGRATIONS, Migration},
    row,
};
use std::path::Path;

const APPLIED: &str = "SELECT number, name, digest, applied_at FROM migration ORDER BY number";

/// One state of a database. Blocks; to be used outside of async code.
pub struct Snapshot {
    connection: Connection,
    schema: Schema,
}

enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Takes the database's state as it is now.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, MIGRATIONS)
    }

    pub(crate) fn open_with(
        url: &DatabaseUrl,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let (connection, applied) = match url {
            DatabaseUrl::Sqlite(path) => sqlite(path)?,
            DatabaseUrl::Postgres(url) => postgres(url)?,
        };
        if applied.is_empty() {
            return Err(StoreError::NoDatabase);
        }
        Ok(Self { connection, schema: Schema::with(applied, migrations)? })
    }

    /// The schema that the database has, which may be older than the program's.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Reads every row of a table in the order of its key. Rows come in chunks of about
    /// `chunk_bytes`, with their lines.
    pub fn chunks<E: From<StoreError>>(
        &mut self,
        table: &Table,
        chunk_bytes: usize,
        mut each: impl FnMut(Vec<Cells>, &[u8]) -> Result<(), E>,
    ) -> Result<TableDigest, E> {
        let (mut rows, mut text) = (Vec::new(), Vec::new());
        let mut hasher = TableHasher::default();
        read_rows(self.reading(), table, &mut |cells| {
            lines::write(&cells, &mut text);
            rows.push(cells);
            if text.len() >= chunk_bytes {
                hasher.add(rows.len(), &text);
                each(std::mem::take(&mut rows), &text)?;
                text.clear();
            }
            Ok::<(), E>(())
        })?;
        if !rows.is_empty() {
            hasher.add(rows.len(), &text);
            each(rows, &text)?;
        }
        Ok(hasher.finish())
    }

    /// Reads every row of a small table.
    pub fn rows(&mut self, table: &Table) -> Result<Vec<Cells>, StoreError> {
        let mut rows = Vec::new();
        read_rows(self.reading(), table, &mut |cells| {
            rows.push(cells);
            Ok::<(), StoreError>(())
        })?;
        Ok(rows)
    }

    /// Holds the database's files against themselves, as far as the engine can: on SQLite every page,
    /// index and reference; PostgreSQL keeps its rules by itself and is read through anyway.
    pub fn verify(&self) -> Result<(), StoreError> {
        match &self.connection {
            Connection::Sqlite(connection) => verify_sqlite(connection),
            Connection::Postgres(_) => Ok(()),
        }
    }

    fn reading(&mut self) -> Reading<'_> {
        match &mut self.connection {
            Connection::Sqlite(connection) => Reading::Sqlite(connection),
            Connection::Postgres(client) => Reading::Postgres(client),
        }
    }
}

/// Every page and index, and every reference.
pub(super) fn verify_sqlite(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let found: Vec<String> = connection
        .prepare("PRAGMA integrity_check(3)")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(says)?;
    if found != ["ok"] {
        return Err(StoreError::Damaged(Cause::new(found.join("; "))));
    }
    let dangling: Vec<String> = connection
        .prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check LIMIT 3")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(says)?;
    if !dangling.is_empty() {
        let tables = dangling.join(", ");
        return Err(StoreError::Damaged(Cause::new(format!(
            "rows of {tables} refer to rows that are not there"
        ))));
    }
    Ok(())
}

fn sqlite(path: &Path) -> Result<(Connection, Vec<Applied>), StoreError> {
    if !path.exists() {
        return Err(StoreError::NoDatabase);
    }
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let connection = sqlite_open::reader(path)?;
    // The state is taken by the first look, which is the next one.
    connection.execute_batch("BEGIN").map_err(says)?;
    if !connection.table_exists(None, "migration").map_err(says)? {
        return Err(StoreError::NoDatabase);
    }
    let mut applied = Vec::new();
    {
        let mut statement = connection.prepare(APPLIED).map_err(says)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(says)? {
            applied.push(applied_of(&Row(row::Inner::Sqlite(row)))?);
        }
    }
    Ok((Connection::Sqlite(connection), applied))
}

fn postgres(url: &str) -> Result<(Connection, Vec<Applied>), StoreError> {
    let says = |error: postgres::Error| postgres_error::of(&error);
    let mut client = engine::open(&Address::read(url)?)?;
    // What is done with the rows may take its time.
    client
        .batch_execute(
            "SET idle_in_transaction_session_timeout = 0;
             SET statement_timeout = 0;
             BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        )
        .map_err(says)?;
    let is_there = client
        .query_one("SELECT to_regclass('migration') IS NOT NULL", &[])
        .map_err(says)
        .and_then(|row| Row(row::Inner::Postgres(&row)).bool(0))?;
    if !is_there {
        return Err(StoreError::NoDatabase);
    }
    let mut applied = Vec::new();
    for row in &client.query(APPLIED, &[]).map_err(says)? {
        applied.push(applied_of(&Row(row::Inner::Postgres(row)))?);
    }
    Ok((Connection::Postgres(Box::new(client)), applied))
}

fn applied_of(row: &Row<'_>) -> Result<Applied, StoreError> {
    Ok(Applied {
        number: row.int(0)?,
        name: row.text(1)?,
        digest: row.digest(2)?,
        applied_at: row.time(3)?,
    })
}
