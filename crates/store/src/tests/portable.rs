//! One state of a database goes into another, of whichever engine, and is the same there.

use super::{Fixture, count, insert, make, migrations, on_both};
use crate::{
    DatabaseUrl, Store, StoreError, StoreOptions, Value,
    migrate::MIGRATIONS,
    params,
    portable::{Import, LEFT_OUT, Snapshot, TableDigest, lines},
};
use closedset_core::Time;
use closedset_testing::Postgres;
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;

on_both!(
    everything_arrives_in_the_other_engine_and_in_the_same_and_comes_back,
    a_snapshot_stays_as_it_was_taken_while_others_write,
    what_was_begun_and_not_finished_leaves_nothing,
    a_database_that_is_not_empty_is_not_filled,
    rows_that_break_a_rule_are_refused,
    where_nothing_of_closedset_lies_is_no_snapshot,
);

const NOW: Time = Time::from_millis(1_773_307_800_000);

/// Empty places for a database, of both engines.
fn places(folder: &TempDir, name: &str) -> Vec<DatabaseUrl> {
    let file = DatabaseUrl::Sqlite(folder.path().join(name));
    let server = Postgres::shared().map(|server| server.database().url.parse().unwrap());
    [Some(file), server].into_iter().flatten().collect()
}

fn snapshot(url: &DatabaseUrl) -> Snapshot {
    Snapshot::open_with(url, &migrations()).unwrap()
}

/// What each table holds.
fn digests(snapshot: &mut Snapshot) -> BTreeMap<String, TableDigest> {
    let tables = snapshot.schema().tables.clone();
    let of = |table| snapshot.chunks::<StoreError>(table, 1 << 10, |_, _| Ok(())).unwrap();
    tables.iter().map(|table| table.name.clone()).zip(tables.iter().map(of)).collect()
}

/// Fills `to` with what `from` holds, by way of lines.
fn transfer(from: &mut Snapshot, to: &DatabaseUrl) -> Result<(), StoreError> {
    let schema = from.schema().clone();
    let mut import = Import::begin_with(to, schema.applied.clone(), &migrations())?;
    for table in &schema.tables {
        let read = from.chunks::<StoreError>(table, 1 << 10, |rows, text| {
            let again = lines::read(table, text)?;
            assert_eq!(rows, again);
            import.rows(table, &again)
        })?;
        assert_eq!(import.digest(table)?, read, "{}", table.name);
    }
    import.finish(NOW)
}

/// A database with a row in as many ways as there are.
fn filled(fixture: &Fixture) {
    for number in 0..40 {
        fixture.write(1, move |tx| make(tx, 1, &format!("thing-{number:02}"))).unwrap();
    }
    fixture
        .write(2, |tx| {
            make(tx, 2, "Ünïcode \"and\" \\ ✓\n\u{7f}\u{2028}")?;
            insert(tx, "least", i64::MIN)?;
            tx.execute(
                "UPDATE thing SET number = $1, note = $2, body = $3 WHERE id = 'thing-03'",
                params![i64::MAX, "", &[0u8, 255, 10, 34]],
            )?;
            tx.execute(
                "UPDATE thing SET body = $1 WHERE id = 'thing-04'",
                params![vec![7u8; 5_000]],
            )?;
            tx.execute("UPDATE thing SET number = NULL WHERE id = 'thing-05'", params![])?;
            tx.execute(
                "INSERT INTO part (id, thing, number) VALUES ('p', 'thing-00', 0)",
                params![],
            )
        })
        .unwrap();
}

fn everything_arrives_in_the_other_engine_and_in_the_same_and_comes_back(fixture: &Fixture) {
    filled(fixture);
    let folder = tempfile::tempdir().unwrap();
    let mut taken = snapshot(&fixture.options.url);
    taken.verify().unwrap();
    let before = digests(&mut taken);
    assert_eq!(before["thing"].rows, 42);
    assert!(before.values().filter(|one| one.rows > 0).count() >= 5);
    for (one, place) in places(&folder, "there").iter().enumerate() {
        transfer(&mut taken, place).unwrap();
        let mut there = snapshot(place);
        there.verify().unwrap();
        assert_eq!(digests(&mut there), before);
        for back in places(&folder, &format!("back-{one}")) {
            transfer(&mut there, &back).unwrap();
            assert_eq!(digests(&mut snapshot(&back)), before);
        }
        drop(there);
        // It is a database like any other: the log goes on at its number.
        let options = StoreOptions { url: place.clone(), ..fixture.options.clone() };
        let store = super::open(&options);
        let entry = store.write_blocking(super::scope(1), |tx| make(tx, 1, "afterwards")).unwrap();
        assert_eq!(entry.index, 40);
        store.close();
    }
}

fn a_snapshot_stays_as_it_was_taken_while_others_write(fixture: &Fixture) {
    filled(fixture);
    let mut taken = snapshot(&fixture.options.url);
    let table = taken.schema().table("thing").unwrap().clone();
    let mut seen = 0;
    taken
        .chunks::<StoreError>(&table, 1, |rows, _| {
            seen += rows.len();
            let id = format!("later-{seen}");
            fixture.write(1, move |tx| make(tx, 1, &id)).map(|_| ())
        })
        .unwrap();
    assert_eq!(seen, 42);
    assert_eq!(taken.rows(&table).unwrap().len(), 42);
    assert_eq!(fixture.count("thing"), 84);
}

/// The files in the folder of a database.
fn files(path: &Path) -> Vec<String> {
    let folder = fs::read_dir(path.parent().unwrap()).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn what_was_begun_and_not_finished_leaves_nothing(fixture: &Fixture) {
    filled(fixture);
    let mut taken = snapshot(&fixture.options.url);
    let schema = taken.schema().clone();
    let folder = tempfile::tempdir().unwrap();
    for place in places(&folder, "there") {
        for _ in 0..2 {
            let applied = schema.applied.clone();
            let mut import = Import::begin_with(&place, applied, &migrations()).unwrap();
            let table = schema.table("log").unwrap();
            let rows = taken.rows(table).unwrap();
            import.rows(table, &rows).unwrap();
            if let DatabaseUrl::Sqlite(path) = &place {
                assert!(!path.exists(), "nothing has its name yet");
            }
            drop(import);
            assert!(matches!(
                Snapshot::open_with(&place, &migrations()),
                Err(StoreError::NoDatabase)
            ));
        }
        transfer(&mut taken, &place).unwrap();
        if let DatabaseUrl::Sqlite(path) = &place {
            assert_eq!(files(path), ["there"]);
        }
    }
}

fn a_database_that_is_not_empty_is_not_filled(fixture: &Fixture) {
    let mut taken = snapshot(&fixture.options.url);
    let before = digests(&mut taken);
    let refused = transfer(&mut taken, &fixture.options.url);
    assert!(matches!(refused, Err(StoreError::NotEmpty)), "{refused:?}");
    assert_eq!(digests(&mut snapshot(&fixture.options.url)), before);
}

fn rows_that_break_a_rule_are_refused(fixture: &Fixture) {
    let taken = snapshot(&fixture.options.url);
    let schema = taken.schema().clone();
    let folder = tempfile::tempdir().unwrap();
    let part = schema.table("part").unwrap();
    for place in places(&folder, "there") {
        let begin = || Import::begin_with(&place, schema.applied.clone(), &migrations()).unwrap();
        let dangling = vec![Value::from("p"), Value::from("nowhere"), Value::from(1i64)];
        let mut import = begin();
        let refused = import.rows(part, &[dangling]).and_then(|()| import.finish(NOW));
        assert!(refused.is_err(), "a reference that leads nowhere");
        let lease = schema.table("lease").unwrap();
        let twice = [vec![Value::from("a")], vec![Value::from("a")]];
        assert!(begin().rows(lease, &twice).is_err(), "a key that comes twice");
        assert!(begin().rows(lease, &[vec![Value::Null]]).is_err(), "a required column");
        assert!(begin().rows(lease, &[vec![Value::from(1i64)]]).is_err(), "another type");
    }
}

fn where_nothing_of_closedset_lies_is_no_snapshot(_: &Fixture) {
    let folder = tempfile::tempdir().unwrap();
    for place in places(&folder, "nothing") {
        let opened = Snapshot::open_with(&place, &migrations());
        assert!(matches!(opened, Err(StoreError::NoDatabase)));
    }
    let other = folder.path().join("other.sqlite");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a)").unwrap();
    drop(connection);
    let opened = Snapshot::open_with(&DatabaseUrl::Sqlite(other), &migrations());
    assert!(matches!(opened, Err(StoreError::NoDatabase)));
}

#[test]
fn an_older_schema_is_brought_up_to_date_with_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Fixture::sqlite();
    let old = |name: &str| StoreOptions {
        url: DatabaseUrl::Sqlite(folder.path().join(name)),
        ..fixture.options.clone()
    };
    let store = Store::open_with(old("old"), &MIGRATIONS[..11]).unwrap();
    store.close();
    let connection = rusqlite::Connection::open(folder.path().join("old")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO log VALUES ('installation', 'closedset/installation', 1, 0, 5);
             INSERT INTO entry VALUES ('installation', 0, 'e', 77, 'k', 'a', 's', x'00');",
        )
        .unwrap();
    drop(connection);
    let last_at = |url: &DatabaseUrl| {
        let mut taken = Snapshot::open(url).unwrap();
        let log = taken.schema().table("log").unwrap().clone();
        taken.rows(&log).unwrap()[0][log.place("last_at").unwrap()].clone()
    };
    for place in places(&folder, "new") {
        let mut taken = Snapshot::open(&old("old").url).unwrap();
        let schema = taken.schema().clone();
        assert_eq!(schema.applied.len(), 11);
        let mut import = Import::begin(&place, schema.applied.clone()).unwrap();
        for table in &schema.tables {
            import.rows(table, &taken.rows(table).unwrap()).unwrap();
        }
        import.finish(NOW).unwrap();
        assert_eq!(last_at(&place), Value::Int(77), "what a migration makes of rows is made");
        Store::open(StoreOptions { url: place, ..fixture.options.clone() }).unwrap().close();
    }
}

#[test]
fn a_damaged_page_is_found() {
    let fixture = Fixture::sqlite();
    filled(&fixture);
    let DatabaseUrl::Sqlite(path) = &fixture.options.url else { unreachable!() };
    fixture.store.clone().close();
    snapshot(&fixture.options.url).verify().unwrap();
    let whole = fs::read(path).unwrap();
    let mut found = 0;
    for page in 2..whole.len() / 4_096 {
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * 4_096..page * 4_096 + 64] {
            *byte = 0x5a;
        }
        fs::write(path, &bytes).unwrap();
        let opened = Snapshot::open_with(&fixture.options.url, &migrations());
        found += usize::from(opened.and_then(|taken| taken.verify()).is_err());
    }
    assert!(found > 20, "{found} of {} damaged pages were found", whole.len() / 4_096);
}

#[test]
fn a_reference_that_leads_nowhere_is_found() {
    let fixture = Fixture::sqlite();
    let DatabaseUrl::Sqlite(path) = &fixture.options.url else { unreachable!() };
    fixture.store.clone().close();
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO part VALUES ('p', 'nowhere', 1)")
        .unwrap();
    drop(connection);
    let found = snapshot(&fixture.options.url).verify().unwrap_err();
    assert!(matches!(&found, StoreError::Damaged(cause) if cause.to_string().contains("part")));
}

#[test]
fn sessions_stay_behind() {
    let fixture = Fixture::sqlite();
    let taken = snapshot(&fixture.options.url);
    for (table, reason) in LEFT_OUT {
        assert!(taken.schema().table(table).is_err() && reason.len() > 20);
        assert_eq!(fixture.read(|tx| count(tx, table)).unwrap(), 0, "the table is there");
    }
}
