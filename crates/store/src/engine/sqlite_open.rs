//! Opens SQLite connections with the settings that evidence needs, and checks that they took.

use super::sqlite_error;
use crate::{StoreError, error::Cause, migrate};
use closedset_core::Time;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};
use std::{
    fs::OpenOptions, io::ErrorKind, os::unix::fs::OpenOptionsExt as _, path::Path, time::Duration,
};

/// Statements kept prepared on a connection.
const STATEMENTS: usize = 256;
/// How long SQLite waits for another program, such as an online copy.
const BUSY: Duration = Duration::from_secs(5);

/// The one connection that writes; creates the file, readable by its owner alone.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StoreError::Io(Cause::new(error))),
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000;")
}

/// Lets the file grow to so many pages and no further.
pub(crate) fn limit(connection: &Connection, pages: u32) -> Result<(), StoreError> {
    connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .map_err(|error| sqlite_error::of(&error))
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, "PRAGMA query_only = ON;")
}

fn open(path: &Path, flags: OpenFlags, more: &str) -> Result<Connection, StoreError> {
    let connection = prepare(path, flags, more).map_err(|error| sqlite_error::of(&error))?;
    for (setting, wanted) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")]
    {
        let found = connection
            .pragma_query_value(None, setting, |row| match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(value) => Ok(value.to_string()),
                other => Ok(other.as_str()?.to_owned()),
            })
            .map_err(|error| sqlite_error::of(&error))?;
        if found != wanted {
            return Err(StoreError::Settings(format!(
                "SQLite keeps {setting} at {found}, and {wanted} is needed: is the database on a network drive?"
            )));
        }
    }
    Ok(connection)
}

fn prepare(path: &Path, flags: OpenFlags, more: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A misspelt column in double quotes must not silently be a text, as PostgreSQL has it too.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Without this, SQLite plans many prepared statements anew whenever other values are bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(more)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA cell_size_check = ON;
         PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Brings the schema up to date, all or nothing.
pub(crate) fn migrate(
    connection: &mut Connection,
    migrations: &[migrate::Migration],
    now: Time,
) -> Result<(), StoreError> {
    let says = |error: rusqlite::Error| sqlite_error::of(&error);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(says)?;
    transaction.execute_batch(&migrate::register_for_sqlite()?).map_err(says)?;
    let applied = transaction
        .prepare("SELECT number, digest FROM migration ORDER BY number")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(says)?;
    for migration in migrate::missing(migrations, applied)? {
        transaction.execute_batch(&migration.for_sqlite()?).map_err(says)?;
        transaction
            .execute(
                "INSERT INTO migration (number, name, digest, applied_at) VALUES (?1, ?2, ?3, ?4)",
                (migration.number, migration.name, migration.digest().bytes(), now.millis()),
            )
            .map_err(says)?;
    }
    transaction.commit().map_err(says)
}
