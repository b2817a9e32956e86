//! What ours is held against: the engines by themselves.

use crate::{store::CLIENTS, world};
use anyhow::{Context as _, Result, bail};
use closedset_testing::Postgres;
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Rows that one thread commits one by one with rusqlite, as safely as the store does.
pub(crate) fn sqlite_rows_per_second(folder: &Path, seconds: f64) -> Result<f64> {
    let path = folder.join("plain.sqlite");
    let _ = std::fs::remove_file(&path);
    let connection = rusqlite::Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE plain (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
    )?;
    let body = [0x5a_u8; 300];
    let mut insert = connection.prepare("INSERT INTO plain (body) VALUES (?1)")?;
    let begun = Instant::now();
    let until = Duration::from_secs_f64(seconds);
    let mut count = 0u64;
    while begun.elapsed() < until {
        insert.execute([body.as_slice()])?;
        count += 1;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

const TABLES: &str = "
    CREATE TABLE log (log BIGINT PRIMARY KEY, next_index BIGINT NOT NULL);
    CREATE TABLE state (device BIGINT PRIMARY KEY, counter BIGINT NOT NULL);
    CREATE TABLE entry (log BIGINT, idx BIGINT, envelope BYTEA NOT NULL, PRIMARY KEY (log, idx));
    CREATE TABLE entry_body (log BIGINT, idx BIGINT, body BYTEA NOT NULL, PRIMARY KEY (log, idx));
    CREATE TABLE fact_body (log BIGINT, digest BYTEA, body BYTEA NOT NULL, PRIMARY KEY (log, digest));
    CREATE TABLE fact (device BIGINT PRIMARY KEY, digest BYTEA NOT NULL, entry BIGINT NOT NULL);
    INSERT INTO log SELECT number, 0 FROM generate_series(0, 63) number;
    INSERT INTO state SELECT number, 0 FROM generate_series(0, 63) number;";

/// The rows of one unit, as a person would write them by hand: the log's row locked first.
const SCRIPT: &str = "
\\set log :client_id % :organisations
BEGIN;
SELECT next_index FROM log WHERE log = :log FOR NO KEY UPDATE \\gset
UPDATE state SET counter = counter + 1 WHERE device = :client_id;
INSERT INTO fact_body VALUES (:log, sha256(convert_to(:next_index::TEXT, 'UTF8')), convert_to(repeat('b', 120), 'UTF8'));
INSERT INTO fact VALUES (:client_id, convert_to(repeat('d', 32), 'UTF8'), :next_index) ON CONFLICT (device) DO UPDATE SET digest = excluded.digest, entry = excluded.entry;
INSERT INTO entry VALUES (:log, :next_index, convert_to(repeat('e', 400), 'UTF8'));
INSERT INTO entry_body VALUES (:log, :next_index, convert_to(repeat('b', 400), 'UTF8'));
UPDATE log SET next_index = next_index + 1 WHERE log = :log;
COMMIT;
";

/// Transactions a second by `pgbench` with as many clients, each with a connection of its own, on
/// the server that the store uses.
pub(crate) fn pgbench_per_second(organisations: usize, seconds: f64) -> Result<f64> {
    let server = Postgres::shared().context("PostgreSQL is not installed")?;
    let database = world::postgres()?;
    let name = database.url.rsplit('/').next().unwrap_or_default();
    server.sql(name, TABLES);
    let script = tempfile::Builder::new().suffix(".sql").tempfile()?;
    std::fs::write(script.path(), SCRIPT)?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--time={}", seconds.ceil().max(1.0)))
        .arg(format!("--define=organisations={organisations}"))
        .arg("--file")
        .arg(script.path())
        .arg(&database.url)
        .output()
        .context("pgbench could not be started")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| {
        line.strip_prefix("tps = ")?.split_whitespace().next()?.parse::<f64>().ok()
    });
    match rate {
        Some(rate) if output.status.success() => Ok(rate),
        _ => bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr)),
    }
}
