//! A unit is whole: all of it is kept and seen, or nothing.

use super::{Fixture, count, insert, log, make, on_both, record, scope};
use crate::{Constraint, StoreError, Tx, params};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
    mpsc,
};

on_both![
    a_unit_reads_its_own_writes_and_the_next_reads_them_too,
    an_error_of_the_unit_undoes_all_of_it,
    a_swallowed_error_of_a_statement_undoes_the_unit_nevertheless,
    the_units_before_and_after_a_refused_one_are_kept,
    broken_rules_of_a_table_are_told_apart,
    a_unit_that_only_reads_cannot_write,
    a_reading_unit_sees_one_state_of_the_database,
    a_panicking_unit_is_undone_and_the_thread_lives_on,
    the_units_own_error_type_is_kept,
    statements_of_one_engine_alone_are_refused,
    async_callers_write_and_read,
    a_unit_nobody_waits_for_is_not_begun,
];

fn a_unit_reads_its_own_writes_and_the_next_reads_them_too(fixture: &Fixture) {
    let seen = fixture.write(1, |tx| {
        make(tx, 1, "a")?;
        count(tx, "thing")
    });
    assert_eq!(seen.unwrap(), 1);
    assert_eq!(fixture.count("thing"), 1);
    assert_eq!(fixture.count("entry"), 1);
}

fn an_error_of_the_unit_undoes_all_of_it(fixture: &Fixture) {
    let refused: Result<(), StoreError> = fixture.write(1, |tx| {
        make(tx, 1, "a")?;
        Err(StoreError::Closed)
    });
    assert!(matches!(refused, Err(StoreError::Closed)));
    for table in ["thing", "entry", "entry_body", "pseudonym", "log"] {
        assert_eq!(fixture.count(table), 0, "{table}");
    }
}

fn a_swallowed_error_of_a_statement_undoes_the_unit_nevertheless(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let refused = fixture.write(1, |tx| {
        make(tx, 1, "b")?;
        let taken = insert(tx, "a", 0);
        assert!(taken.is_err());
        let after = count(tx, "thing");
        assert!(after.is_err(), "nothing runs after an error");
        Ok(())
    });
    assert!(matches!(refused, Err(StoreError::Constraint { .. })), "{refused:?}");
    assert_eq!(fixture.count("thing"), 1);
}

fn the_units_before_and_after_a_refused_one_are_kept(fixture: &Fixture) {
    let threads: Vec<_> = (0..12)
        .map(|number| {
            let store = fixture.store.clone();
            std::thread::spawn(move || {
                store.write_blocking(scope(1), move |tx| {
                    make(tx, 1, &format!("thing-{number}"))?;
                    match number % 3 {
                        0 => Err(StoreError::Closed),
                        1 => insert(tx, &format!("thing-{number}"), 0),
                        _ => Ok(()),
                    }
                })
            })
        })
        .collect();
    for (number, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap().is_ok(), number % 3 == 2, "{number}");
    }
    assert_eq!(fixture.count("thing"), 4);
    assert_eq!(fixture.count("entry"), 4);
}

fn broken_rules_of_a_table_are_told_apart(fixture: &Fixture) {
    let broken = |sql: &'static str| {
        let outcome = fixture.write(1, move |tx| {
            make(tx, 1, "a")?;
            tx.execute(sql, params![]).map(|_| ())
        });
        match outcome {
            Err(StoreError::Constraint { constraint, .. }) => constraint,
            other => panic!("{sql}: {other:?}"),
        }
    };
    let insert = "INSERT INTO thing (id, organisation) VALUES ('a', 'o')";
    assert_eq!(broken(insert), Constraint::Unique);
    let insert = "INSERT INTO part (id, thing, number) VALUES ('p', 'nowhere', 1)";
    assert_eq!(broken(insert), Constraint::Reference);
    let insert = "INSERT INTO part (id, thing, number) VALUES ('p', 'a', NULL)";
    assert_eq!(broken(insert), Constraint::NotNull);
    let insert = "INSERT INTO part (id, thing, number) VALUES ('p', 'a', -1)";
    assert_eq!(broken(insert), Constraint::Check);
}

fn a_unit_that_only_reads_cannot_write(fixture: &Fixture) {
    let refused = fixture.read(|tx| insert(tx, "a", 1));
    assert!(matches!(refused, Err(StoreError::ReadOnly { table }) if table == "thing"));
    let refused = fixture.read(|tx| {
        tx.query(
            "INSERT INTO thing (id, organisation) VALUES ('a', 'o') RETURNING id",
            params![],
            |row| row.text(0),
        )
    });
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
    let refused = fixture.read(|tx| record(tx, log(1), "thing:a"));
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
    assert_eq!(fixture.count("thing"), 0);
}

fn a_reading_unit_sees_one_state_of_the_database(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let (has_read, wait_for_read) = mpsc::channel();
    let (has_written, wait_for_write) = mpsc::channel();
    let (has_read, wait_for_write) = (Mutex::new(has_read), Mutex::new(wait_for_write));
    let store = fixture.store.clone();
    let reading = std::thread::spawn(move || {
        store.read_blocking(move |tx| -> Result<(i64, i64), StoreError> {
            let before = count(tx, "thing")?;
            has_read.lock().unwrap().send(()).unwrap();
            wait_for_write.lock().unwrap().recv().unwrap();
            Ok((before, count(tx, "thing")?))
        })
    });
    wait_for_read.recv().unwrap();
    fixture.write(1, |tx| make(tx, 1, "b")).unwrap();
    has_written.send(()).unwrap();
    assert_eq!(reading.join().unwrap().unwrap(), (1, 1));
    assert_eq!(fixture.count("thing"), 2);
}

fn a_panicking_unit_is_undone_and_the_thread_lives_on(fixture: &Fixture) {
    for _ in 0..20 {
        let refused: Result<(), StoreError> = fixture.write(1, |tx| {
            make(tx, 1, "a")?;
            panic!("on purpose")
        });
        assert!(matches!(refused, Err(StoreError::Panicked(words)) if words == "on purpose"));
        let refused: Result<(), StoreError> = fixture.read(|tx| {
            tx.query("SELECT 1 FROM thing", params![], |_| Ok(()))?;
            panic!("on purpose")
        });
        assert!(matches!(refused, Err(StoreError::Panicked(_))));
    }
    assert_eq!(fixture.count("thing"), 0);
    assert_eq!(fixture.write(1, |tx| make(tx, 1, "a")).unwrap().index, 0);
}

#[derive(Debug)]
enum Refusal {
    Taken,
    Store,
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}

fn the_units_own_error_type_is_kept(fixture: &Fixture) {
    let refuse = |_: &mut Tx<'_>| -> Result<(), Refusal> { Err(Refusal::Taken) };
    assert!(matches!(fixture.store.write_blocking(scope(1), refuse), Err(Refusal::Taken)));
    let unruly = |tx: &mut Tx<'_>| -> Result<(), Refusal> { Ok(insert(tx, "a", 1)?) };
    assert!(matches!(fixture.store.write_blocking(scope(1), unruly), Err(Refusal::Store)));
}

fn statements_of_one_engine_alone_are_refused(fixture: &Fixture) {
    for sql in [
        "PRAGMA user_version",
        "COMMIT",
        "DROP TABLE thing",
        "CREATE TABLE other (a BIGINT)",
        "SELECT 1; SELECT 2",
        "SELECT id::TEXT FROM thing",
        "SELECT id FROM thing WHERE id = ?1",
        "REPLACE INTO thing (id) VALUES ('a')",
        "TRUNCATE thing",
        "WITH gone AS (DELETE FROM thing RETURNING id) SELECT id FROM gone",
        "DELETE FROM main.thing",
    ] {
        let refused = fixture.write(1, move |tx| tx.query(sql, params![], |_| Ok(())));
        assert!(matches!(refused, Err(StoreError::Statement(_))), "{sql}: {refused:?}");
    }
    let two =
        fixture.read(|tx| tx.query_opt("SELECT 1 UNION SELECT 2", params![], |row| row.int(0)));
    assert!(matches!(two, Err(StoreError::Statement(_))));
}

fn async_callers_write_and_read(fixture: &Fixture) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let units = (0..50).map(|number| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                store.write(scope(1), move |tx| make(tx, 1, &number.to_string())).await
            })
        });
        for unit in units.collect::<Vec<_>>() {
            unit.await.unwrap().unwrap();
        }
        let seen = fixture.store.read(|tx| count(tx, "thing")).await;
        assert_eq!(seen.unwrap(), 50);
    });
}

fn a_unit_nobody_waits_for_is_not_begun(fixture: &Fixture) {
    let (begun, wait_for_begin) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, wait) = (Mutex::new(begun), Mutex::new(wait));
    let store = fixture.store.clone();
    let holding = std::thread::spawn(move || {
        store.write_blocking(scope(1), move |_| -> Result<(), StoreError> {
            begun.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    wait_for_begin.recv().unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let unit = fixture.store.write(scope(1), move |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            make(tx, 1, "a")
        });
        let mut unit = Box::pin(unit);
        // Puts the unit into the queue, then goes away.
        std::future::poll_fn(|context| {
            assert!(unit.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(unit);
    });
    go_on.send(()).unwrap();
    holding.join().unwrap().unwrap();
    fixture.write(1, |tx| make(tx, 1, "b")).unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(fixture.count("thing"), 1);
}
