//! Prepares a PostgreSQL database: checks its settings and brings the schema up to date.

use super::{postgres as engine, postgres_address::Address, postgres_error};
use crate::{Row, StoreError, migrate, row};
use closedset_core::Time;
use postgres::Client;

/// The oldest version that is tested: 15.
const OLDEST: i64 = 150_000;

/// Checks the server and brings the schema up to date, all or nothing, while other servers wait.
pub(crate) fn prepare(
    address: &Address,
    migrations: &[migrate::Migration],
    now: Time,
) -> Result<(), StoreError> {
    let mut client = engine::open(address)?;
    check(&mut client)?;
    let says = |error: postgres::Error| postgres_error::of(&error);
    // Two servers that create the register at the same moment collide in the system tables.
    for attempt in 0.. {
        match client.batch_execute(&migrate::register_for_postgres()?) {
            Ok(()) => break,
            Err(_) if attempt < 3 => {}
            Err(error) => return Err(says(error)),
        }
    }
    let mut transaction = client.transaction().map_err(says)?;
    transaction.batch_execute("LOCK TABLE migration IN EXCLUSIVE MODE").map_err(says)?;
    let mut applied = Vec::new();
    for row in &transaction
        .query("SELECT number, digest FROM migration ORDER BY number", &[])
        .map_err(says)?
    {
        let row = Row(row::Inner::Postgres(row));
        applied.push((row.int(0)?, row.bytes(1)?));
    }
    for migration in migrate::missing(migrations, applied)? {
        transaction.batch_execute(&migration.for_postgres()?).map_err(says)?;
        transaction
            .execute(
                "INSERT INTO migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)",
                &[
                    &migration.number,
                    &migration.name,
                    &migration.digest().bytes().as_slice(),
                    &now.millis(),
                ],
            )
            .map_err(says)?;
    }
    transaction.commit().map_err(says)
}

/// Refuses a server that is too old or could lose what it confirmed.
pub(crate) fn check(client: &mut Client) -> Result<(), StoreError> {
    let mut setting = |name: &str| -> Result<String, StoreError> {
        let row = client
            .query_one("SELECT current_setting($1)", &[&name])
            .map_err(|error| postgres_error::of(&error))?;
        Row(row::Inner::Postgres(&row)).text(0)
    };
    let version = setting("server_version_num")?.parse::<i64>().unwrap_or(0);
    if version < OLDEST {
        return Err(StoreError::Settings(format!(
            "PostgreSQL 15 or newer is needed, and this is {}",
            setting("server_version")?
        )));
    }
    for (name, wanted) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on remote_write remote_apply"),
        ("server_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
    ] {
        let found = setting(name)?;
        if !wanted.split(' ').any(|wanted| wanted == found) {
            return Err(StoreError::Settings(format!(
                "PostgreSQL's {name} is {found}, and {wanted} is needed"
            )));
        }
    }
    Ok(())
}
