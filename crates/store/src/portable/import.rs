//! Fills an empty database, all or nothing. On SQLite the file has another name until it is finished;
//! on PostgreSQL everything is one transaction.

use super::{
    Applied, Cells, ColumnKind, Reading, Schema, Table, TableDigest, TableHasher, lines, read_rows,
    snapshot::verify_sqlite,
};
use crate::{
    DatabaseUrl, Row, StoreError, Value,
    engine::{
        postgres as engine, postgres_address::Address, postgres_error, postgres_open, sqlite_error,
    },
    error::Cause,
    migrate::{self, MIGRATIONS, Migration},
    row,
};
use closedset_core::Time;
use postgres::{
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};
use rusqlite::OpenFlags;
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// A database that is being filled. Blocks; to be used outside of async code. Dropped before it is
/// finished, it leaves nothing.
pub struct Import {
    connection: Connection,
    schema: Schema,
    known: Vec<Migration>,
}

enum Connection {
    Sqlite { connection: rusqlite::Connection, file: Unfinished },
    Postgres(Box<postgres::Client>),
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import").finish_non_exhaustive()
    }
}

impl Import {
    /// Begins to fill the database at `url`, which must be empty, with tables as they are after the
    /// migrations `applied`.
    pub fn begin(url: &DatabaseUrl, applied: Vec<Applied>) -> Result<Self, StoreError> {
        Self::begin_with(url, applied, MIGRATIONS)
    }

    pub(crate) fn begin_with(
        url: &DatabaseUrl,
        applied: Vec<Applied>,
        known: &[Migration],
    ) -> Result<Self, StoreError> {
        let schema = Schema::with(applied, known)?;
        let connection = match url {
            DatabaseUrl::Sqlite(path) => sqlite(path)?,
            DatabaseUrl::Postgres(url) => postgres(url)?,
        };
        let mut this = Self { connection, schema, known: known.to_vec() };
        this.define()?;
        Ok(this)
    }

    /// The schema that is filled.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Adds rows to a table.
    pub fn rows(&mut self, table: &Table, rows: &[Cells]) -> Result<(), StoreError> {
        rows.iter().try_for_each(|cells| table.check(cells))?;
        match &mut self.connection {
            Connection::Sqlite { connection, .. } => insert(connection, table, rows),
            Connection::Postgres(client) => copy(client, table, rows),
        }
    }

    /// Reads a table back and says its digest.
    pub fn digest(&mut self, table: &Table) -> Result<TableDigest, StoreError> {
        let mut hasher = TableHasher::default();
        let mut line = Vec::new();
        let reading = match &mut self.connection {
            Connection::Sqlite { connection, .. } => Reading::Sqlite(connection),
            Connection::Postgres(client) => Reading::Postgres(client),
        };
        read_rows(reading, table, &mut |cells| {
            line.clear();
            lines::write(&cells, &mut line);
            hasher.add(1, &line);
            Ok::<(), StoreError>(())
        })?;
        Ok(hasher.finish())
    }

    /// Brings the schema up to the program's, has the engine verify what it holds, and makes it
    /// durable under its name.
    pub fn finish(mut self, now: Time) -> Result<(), StoreError> {
        let later = self.known.split_off(self.schema.applied.len());
        for migration in &later {
            self.apply(migration, now)?;
        }
        match self.connection {
            Connection::Sqlite { connection, file } => {
                let says = |error: rusqlite::Error| sqlite_error::of(&error);
                connection.execute_batch("COMMIT").map_err(says)?;
                verify_sqlite(&connection)?;
                connection
                    .execute_batch("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL")
                    .map_err(says)?;
                connection.close().map_err(|(_, error)| says(error))?;
                file.place().map_err(|error| StoreError::Io(Cause::new(error)))
            }
            Connection::Postgres(mut client) => {
                let says = |error: postgres::Error| postgres_error::of(&error);
                client.batch_execute("COMMIT").map_err(says)?;
                // So that the first questions are planned with what is there.
                client.batch_execute("ANALYZE").map_err(says)
            }
        }
    }

    fn define(&mut self) -> Result<(), StoreError> {
        let register = match &self.connection {
            Connection::Sqlite { .. } => migrate::register_for_sqlite()?,
            Connection::Postgres(_) => migrate::register_for_postgres()?,
        };
        self.batch(&register)?;
        let applied = self.schema.applied.clone();
        for (migration, applied) in self.known.clone().iter().zip(&applied) {
            self.apply(migration, applied.applied_at)?;
        }
        Ok(())
    }

    fn apply(&mut self, migration: &Migration, at: Time) -> Result<(), StoreError> {
        let sql = match &self.connection {
            Connection::Sqlite { .. } => migration.for_sqlite()?,
            Connection::Postgres(_) => migration.for_postgres()?,
        };
        self.batch(&sql)?;
        let digest = migration.digest();
        match &mut self.connection {
            Connection::Sqlite { connection, .. } => connection
                .execute(
                    "INSERT INTO migration (number, name, digest, applied_at) VALUES (?1, ?2, ?3, ?4)",
                    (migration.number, migration.name, digest.bytes(), at.millis()),
                )
                .map(|_| ())
                .map_err(|error| sqlite_error::of(&error)),
            Connection::Postgres(client) => client
                .execute(
                    "INSERT INTO migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
                    &[
                        &migration.number,
                        &migration.name,
                        &digest.bytes().as_slice(),
                        &at.millis(),
                    ],
                )
                .map(|_| ())
                .map_err(|error| postgres_error::of(&error)),
        }
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.connection {
            Connection::Sqlite { connection, .. } => {
                connection.execute_batch(sql).map_err(|error| sqlite_error::of(&error))
            }
            Connection::Postgres(client) => {
                client.batch_execute(sql).map_err(|error| postgres_error::of(&error))
            }
        }
    }
}

fn insert(
    connection: &rusqlite::Connection,
    table: &Table,
    rows: &[Cells],
) -> Result<(), StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let mut statement = connection.prepare_cached(&table.insert()).map_err(says)?;
    for cells in rows {
        for (place, value) in cells.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, value).map_err(says)?;
        }
        statement.raw_execute().map_err(says)?;
    }
    Ok(())
}

fn copy(client: &mut postgres::Client, table: &Table, rows: &[Cells]) -> Result<(), StoreError> {
    let says = |error: postgres::Error| postgres_error::of(&error);
    let has_nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
    if rows.iter().flatten().any(has_nul) {
        return Err(StoreError::Nul);
    }
    let kinds: Vec<Type> = table
        .columns
        .iter()
        .map(|column| match column.kind {
            ColumnKind::Integer => Type::INT8,
            ColumnKind::Text => Type::TEXT,
            ColumnKind::Bytes => Type::BYTEA,
        })
        .collect();
    let sql = format!("COPY {} ({}) FROM STDIN BINARY", table.name, table.names());
    let mut writer = BinaryCopyInWriter::new(client.copy_in(&sql).map_err(says)?, &kinds);
    for cells in rows {
        let values: Vec<&(dyn ToSql + Sync)> =
            cells.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        writer.write(&values).map_err(says)?;
    }
    writer.finish().map_err(says).map(|_| ())
}

fn sqlite(path: &Path) -> Result<Connection, StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let file = Unfinished::begin(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        rusqlite::Connection::open_with_flags(&file.unfinished, flags).map_err(says)?;
    // Nothing of it is believed before it is finished, flushed and named; until then a journal and
    // flushing only cost. References are looked at when all rows are there.
    connection
        .execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
             BEGIN",
        )
        .map_err(says)?;
    Ok(Connection::Sqlite { connection, file })
}

fn postgres(url: &str) -> Result<Connection, StoreError> {
    let says = |error: postgres::Error| postgres_error::of(&error);
    let mut client = engine::open(&Address::read(url)?)?;
    postgres_open::check(&mut client)?;
    client
        .batch_execute(
            "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; BEGIN",
        )
        .map_err(says)?;
    let found = client
        .query_one(
            "SELECT count(*) FROM pg_catalog.pg_class \
             WHERE relnamespace = to_regnamespace(current_schema()::text) \
             AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')",
            &[],
        )
        .map_err(says)
        .and_then(|row| Row(row::Inner::Postgres(&row)).int(0))?;
    if found > 0 {
        return Err(StoreError::NotEmpty);
    }
    Ok(Connection::Postgres(Box::new(client)))
}

/// A database file that has another name until it is finished; gone when dropped before.
struct Unfinished {
    path: PathBuf,
    unfinished: PathBuf,
}

impl Unfinished {
    fn begin(path: &Path) -> Result<Self, StoreError> {
        let io = |error: io::Error| StoreError::Io(Cause::new(error));
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::NotEmpty);
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".unfinished");
        let unfinished = PathBuf::from(name);
        // Left by one that was killed.
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)
            .map_err(io)?;
        Ok(Self { path: path.to_owned(), unfinished })
    }

    fn place(&self) -> io::Result<()> {
        File::open(&self.unfinished)?.sync_all()?;
        fs::rename(&self.unfinished, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After the rename there is nothing under this name.
        let _ = fs::remove_file(&self.unfinished);
    }
}
