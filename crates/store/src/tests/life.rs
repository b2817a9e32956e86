//! Opening, waiting, closing, and the schema's growth.

use super::{Fixture, make, migrations, on_both, open, scope};
use crate::{
    Store, StoreError,
    migrate::{MIGRATIONS, Migration},
    params,
};
use std::{
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

on_both![
    opening_again_changes_nothing,
    a_newer_database_is_refused,
    a_migration_that_was_changed_is_refused,
    a_migration_that_fails_changes_nothing,
    servers_that_open_at_once_migrate_once,
    what_was_accepted_is_done_before_closing,
    after_closing_units_are_refused,
    the_last_clone_closes,
];

fn opening_again_changes_nothing(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let register = |store: &Store| {
        store
            .read_blocking(|tx| {
                tx.query(
                    "SELECT number, name, applied_at FROM migration ORDER BY number",
                    params![],
                    |row| Ok((row.int(0)?, row.text(1)?, row.time(2)?)),
                )
            })
            .map_err(|error: StoreError| error)
            .unwrap()
    };
    let before = register(&fixture.store);
    fixture.clock.advance(closedset_core::Duration::from_hours(1));
    let again = fixture.second();
    assert_eq!(register(&again), before);
    assert_eq!(before.len(), MIGRATIONS.len() + 1);
    assert_eq!(again.write_blocking(scope(1), |tx| make(tx, 1, "b")).unwrap().index, 1);
}

fn a_newer_database_is_refused(fixture: &Fixture) {
    let refused = Store::open(fixture.options.clone()).unwrap_err();
    let program = MIGRATIONS.len() as i64;
    assert_eq!(
        refused.to_string(),
        format!(
            "the database is at migration 1000, and this program knows only {program}: \
             use a newer Closedset"
        )
    );
}

fn a_migration_that_was_changed_is_refused(fixture: &Fixture) {
    let mut changed = migrations();
    changed[0].sql = "CREATE TABLE other (a BIGINT);";
    let refused = Store::open_with(fixture.options.clone(), &changed);
    assert!(matches!(refused, Err(StoreError::MigrationChanged { number: 1 })));
}

fn a_migration_that_fails_changes_nothing(fixture: &Fixture) {
    let mut more = migrations();
    let step = |number, name, sql| Migration { number, name, sql };
    more.push(step(1_001, "good", "CREATE TABLE good (a BIGINT);"));
    more.push(step(1_002, "bad", "CREATE TABLE bad (a BIGINT); INSERT INTO nowhere VALUES (1);"));
    assert!(Store::open_with(fixture.options.clone(), &more).is_err());
    more.pop();
    more.push(step(1_002, "mended", "CREATE TABLE bad (a BIGINT);"));
    Store::open_with(fixture.options.clone(), &more).unwrap();
}

fn servers_that_open_at_once_migrate_once(fixture: &Fixture) {
    let mut more = migrations();
    more.push(Migration { number: 1_001, name: "more", sql: "CREATE TABLE more (a BIGINT);" });
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let (options, more) = (fixture.options.clone(), more.clone());
            thread::spawn(move || Store::open_with(options, &more).map(Store::close))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

/// A unit that has begun and ends when told.
fn hold(store: &Store) -> (mpsc::Sender<()>, thread::JoinHandle<Result<(), StoreError>>) {
    let (begun, wait_for_begin) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, wait) = (Mutex::new(begun), Mutex::new(wait));
    let store = store.clone();
    let holding = thread::spawn(move || {
        store.write_blocking(scope(1), move |_| {
            begun.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    wait_for_begin.recv().unwrap();
    (go_on, holding)
}

fn what_was_accepted_is_done_before_closing(fixture: &Fixture) {
    let (go_on, holding) = hold(&fixture.store);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Polled once, a unit is in the queue.
    let mut units: Vec<_> = (0..20)
        .map(|number| {
            let store = fixture.store.clone();
            Box::pin(async move {
                store.write(scope(1), move |tx| make(tx, 1, &number.to_string())).await
            })
        })
        .collect();
    runtime.block_on(std::future::poll_fn(|context| {
        for unit in &mut units {
            assert!(unit.as_mut().poll(context).is_pending());
        }
        std::task::Poll::Ready(())
    }));
    let closing = fixture.store.clone();
    let closing = thread::spawn(move || closing.close());
    go_on.send(()).unwrap();
    holding.join().unwrap().unwrap();
    closing.join().unwrap();
    for unit in units {
        runtime.block_on(unit).unwrap();
    }
    assert_eq!(open(&fixture.options).read_blocking(|tx| super::count(tx, "thing")).unwrap(), 20);
}

fn after_closing_units_are_refused(fixture: &Fixture) {
    let other = fixture.store.clone();
    other.close();
    assert!(matches!(fixture.write(1, |tx| make(tx, 1, "a")), Err(StoreError::Closed)));
    assert!(matches!(fixture.read(|tx| super::count(tx, "thing")), Err(StoreError::Closed)));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let refused = runtime.block_on(fixture.store.write(scope(1), |tx| make(tx, 1, "a")));
    assert!(matches!(refused, Err(StoreError::Closed)));
}

fn the_last_clone_closes(fixture: &Fixture) {
    let store = fixture.second();
    store.write_blocking(scope(1), |tx| make(tx, 1, "a")).unwrap();
    let clone = store.clone();
    drop(store);
    clone.write_blocking(scope(1), |tx| make(tx, 1, "b")).unwrap();
    drop(clone);
    assert_eq!(fixture.count("thing"), 2);
}

#[test]
fn a_full_queue_refuses_after_its_patience() {
    let fixture = Fixture::sqlite_with(|options| {
        options.queue_limit = 1;
        options.queue_timeout = Duration::from_millis(20);
    });
    let (go_on, holding) = hold(&fixture.store);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut waiting = Box::pin(fixture.store.write(scope(1), |tx| make(tx, 1, "a")));
    runtime.block_on(std::future::poll_fn(|context| {
        assert!(waiting.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    }));
    let refused = fixture.write(1, |tx| make(tx, 1, "b"));
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    let refused = runtime.block_on(fixture.store.write(scope(1), |tx| make(tx, 1, "b")));
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    go_on.send(()).unwrap();
    holding.join().unwrap().unwrap();
    runtime.block_on(waiting).unwrap();
    fixture.write(1, |tx| make(tx, 1, "c")).unwrap();
}

#[test]
fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::sqlite();
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let crate::DatabaseUrl::Sqlite(path) = &fixture.options.url else { unreachable!() };
    for suffix in ["", "-wal"] {
        let path = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}
