//! What both engines must do, each behaviour written once and run on each. Beside them, what only
//! one engine can suffer: a full disk, a server that goes away.

mod full_disk;
mod group;
mod growth;
mod journal;
mod life;
mod order;
mod portable;
mod rule;
mod server;
mod tls;
mod units;
mod values;
mod verdict_pages;

use crate::{
    DatabaseUrl, EntryRef, NewEntry, Scope, Store, StoreError, StoreOptions, Tx,
    migrate::{MIGRATIONS, Migration},
    params,
};
use closedset_core::{
    Actor, Time,
    entry::Log,
    id::{Id, Organisation},
    randomness::Seeded,
    time::ManualClock,
};
use closedset_testing::Postgres;
use std::sync::Arc;

/// Runs each behaviour on both engines.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {$(
            #[test]
            fn $name() {
                super::$name(&$crate::tests::Fixture::sqlite());
            }
        )*}
        mod postgres {$(
            #[test]
            fn $name() {
                if let Some(fixture) = $crate::tests::Fixture::postgres() {
                    super::$name(&fixture);
                }
            }
        )*}
    };
}
pub(super) use on_both;

const TABLES: Migration = Migration {
    number: 1_000,
    name: "tables_for_tests",
    sql: "CREATE TABLE thing (
            id TEXT NOT NULL PRIMARY KEY,
            organisation TEXT NOT NULL,
            number BIGINT,
            note TEXT,
            body BYTEA
          );
          CREATE TABLE part (
            id TEXT NOT NULL PRIMARY KEY,
            thing TEXT NOT NULL REFERENCES thing (id),
            number BIGINT NOT NULL CHECK (number >= 0)
          );
          CREATE TABLE lease (id TEXT NOT NULL PRIMARY KEY);",
};

/// A database with the program's tables and a few for tests.
pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) options: StoreOptions,
    pub(super) clock: Arc<ManualClock>,
    _directory: Option<tempfile::TempDir>,
}

impl Fixture {
    pub(super) fn sqlite() -> Self {
        Self::sqlite_with(|_| {})
    }

    pub(super) fn sqlite_with(change: impl FnOnce(&mut StoreOptions)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("closedset.db"));
        Self::new(url, Some(directory), change)
    }

    pub(super) fn postgres() -> Option<Self> {
        Postgres::shared().map(|server| Self::at(&server.database().url))
    }

    pub(super) fn at(url: &str) -> Self {
        Self::new(url.parse().unwrap(), None, |_| {})
    }

    fn new(
        url: DatabaseUrl,
        directory: Option<tempfile::TempDir>,
        change: impl FnOnce(&mut StoreOptions),
    ) -> Self {
        let clock = Arc::new(ManualClock::new(Time::from_millis(1_773_307_800_000)));
        let mut options = StoreOptions::new(url, clock.clone(), Arc::new(Seeded::new(7)));
        change(&mut options);
        let store = open(&options);
        Self { store, options, clock, _directory: directory }
    }

    /// Another store on the same database, as another server would be.
    pub(super) fn second(&self) -> Store {
        let mut options = self.options.clone();
        options.randomness = Arc::new(Seeded::new(8));
        open(&options)
    }

    pub(super) fn write<T: Send + 'static>(
        &self,
        organisation: u128,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.store.write_blocking(scope(organisation), unit)
    }

    pub(super) fn read<T: Send + 'static>(
        &self,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.store.read_blocking(unit)
    }

    pub(super) fn count(&self, table: &'static str) -> i64 {
        self.read(move |tx| count(tx, table)).unwrap()
    }
}

pub(super) fn open(options: &StoreOptions) -> Store {
    Store::open_with(options.clone(), &migrations()).unwrap()
}

pub(super) fn migrations() -> Vec<Migration> {
    MIGRATIONS.iter().copied().chain([TABLES]).collect()
}

pub(super) fn organisation(number: u128) -> Id<Organisation> {
    Id::from_bits(number)
}

pub(super) fn scope(number: u128) -> Scope {
    Scope::Organisation(organisation(number))
}

pub(super) fn log(number: u128) -> Log {
    Log::Organisation(organisation(number))
}

pub(super) fn count(tx: &mut Tx<'_>, table: &str) -> Result<i64, StoreError> {
    let rows =
        tx.query_opt(&format!("SELECT COUNT(*) FROM {table}"), params![], |row| row.int(0))?;
    Ok(rows.unwrap())
}

pub(super) fn insert(tx: &mut Tx<'_>, id: &str, number: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO thing (id, organisation, number) VALUES ($1, $2, $3)",
        params![id, "org", number],
    )?;
    Ok(())
}

pub(super) fn record(tx: &mut Tx<'_>, log: Log, subject: &str) -> Result<EntryRef, StoreError> {
    tx.record(
        log,
        NewEntry {
            actor: &Actor::Closedset,
            subject: subject.to_owned(),
            kind: "thing.made",
            body: serde_json::json!({"subject": subject}),
        },
    )
}

/// Inserts a thing and records it.
pub(super) fn make(tx: &mut Tx<'_>, organisation: u128, id: &str) -> Result<EntryRef, StoreError> {
    let entry = record(tx, log(organisation), &format!("thing:{id}"))?;
    insert(tx, id, entry.index)?;
    Ok(entry)
}
