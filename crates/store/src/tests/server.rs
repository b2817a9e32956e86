//! PostgreSQL goes away, comes back, or is set up badly.

use super::{Fixture, count, log, make, record, scope};
use crate::{Store, StoreError, Tx, params};
use closedset_testing::Postgres;
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

const END_OF_CONNECTION: &str = "SELECT pg_terminate_backend(pg_backend_pid())";

#[test]
fn acknowledged_units_survive_a_crash_and_work_goes_on_afterwards() {
    let Some(server) = Postgres::start() else { return };
    let fixture = Fixture::at(&server.database().url);
    let stop = Arc::new(AtomicBool::new(false));
    let (progress, seen) = mpsc::channel();
    let threads: Vec<_> = (0..8)
        .map(|name| {
            let (store, stop, progress) =
                (fixture.store.clone(), Arc::clone(&stop), progress.clone());
            thread::spawn(move || {
                let mut kept = Vec::new();
                let mut number = 0;
                while !stop.load(Ordering::SeqCst) {
                    let id = format!("{name}-{number}");
                    number += 1;
                    let own = id.clone();
                    match store
                        .write_blocking(scope(1 + name % 3), move |tx| make(tx, 1 + name % 3, &own))
                    {
                        Ok(_) => {
                            kept.push(id);
                            let _ = progress.send(true);
                        }
                        Err(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)) => {
                            let _ = progress.send(false);
                            thread::yield_now();
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
                kept
            })
        })
        .collect();
    let wait_for = |wanted: bool, times: usize| {
        seen.iter().filter(|kept| *kept == wanted).take(times).for_each(drop);
    };
    wait_for(true, 50);
    server.crash();
    wait_for(false, 20);
    server.resume().unwrap();
    // Whatever succeeded before the crash may still stand in the channel.
    while seen.try_recv().is_ok() {}
    wait_for(true, 50);
    stop.store(true, Ordering::SeqCst);
    let kept: BTreeSet<String> =
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let (things, numbers) = fixture
        .read(|tx| {
            let things = tx.query("SELECT id FROM thing", params![], |row| row.text(0))?;
            let numbers = tx.query(
                "SELECT log, COUNT(*), MIN(idx), MAX(idx) FROM entry GROUP BY log",
                params![],
                |row| Ok((row.text(0)?, row.int(1)?, row.int(2)?, row.int(3)?)),
            )?;
            Ok((things.into_iter().collect::<BTreeSet<_>>(), numbers))
        })
        .unwrap();
    assert!(kept.is_subset(&things));
    assert_eq!(numbers.len(), 3);
    for (log, count, first, last) in numbers {
        assert_eq!((first, last), (0, count - 1), "{log}");
    }
}

#[test]
fn a_server_in_order_to_stop_refuses_reads_and_comes_back() {
    let Some(server) = Postgres::start() else { return };
    let fixture = Fixture::at(&server.database().url);
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    server.pause();
    assert!(matches!(fixture.read(|tx| count(tx, "thing")), Err(StoreError::Unavailable(_))));
    assert!(matches!(fixture.write(1, |tx| make(tx, 1, "b")), Err(StoreError::Unavailable(_))));
    server.resume().unwrap();
    while fixture.read(|tx| count(tx, "thing")).is_err() {
        thread::yield_now();
    }
    while fixture.write(1, |tx| make(tx, 1, "c")).is_err() {
        thread::yield_now();
    }
    assert_eq!(fixture.count("thing"), 2);
}

#[test]
fn where_one_finds_the_way_back_all_do() {
    let Some(server) = Postgres::start() else { return };
    let fixture = Fixture::at(&server.database().url);
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    // As many at once as there are threads that read, so that each of them meets the server.
    let all_read = || {
        thread::scope(|scope| {
            let read = || fixture.read(|tx| count(tx, "thing"));
            let asked: Vec<_> = (0..32).map(|_| scope.spawn(read)).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        })
    };
    assert!(all_read().iter().all(Result::is_ok));
    server.pause();
    // Until connecting is tried as seldom as it ever is.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        assert!(all_read().iter().all(Result::is_err));
        assert!(fixture.write(1, |tx| make(tx, 1, "b")).is_err());
    }
    server.resume().unwrap();
    while fixture.read(|tx| count(tx, "thing")).is_err() {
        thread::yield_now();
    }
    fixture.write(1, |tx| make(tx, 1, "c")).unwrap();
    for answer in all_read() {
        assert_eq!(answer.unwrap(), 2);
    }
}

fn impatient(server: &Postgres) -> Fixture {
    let url = server.database().url;
    Fixture::new(url.parse().unwrap(), None, |options| {
        options.silence_limit = Duration::from_millis(500);
    })
}

#[test]
fn a_server_that_hangs_keeps_nobody_waiting_and_loses_nothing_when_it_goes_on() {
    let Some(server) = Postgres::start() else { return };
    let fixture = impatient(&server);
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    assert_eq!(fixture.count("thing"), 1);
    server.freeze();
    // Whoever asks first waits until it is plain that nobody answers; whether it is stored is unknown.
    let unknown = fixture.write(1, |tx| make(tx, 1, "b"));
    assert!(matches!(unknown, Err(StoreError::OutcomeUnknown(_))), "{unknown:?}");
    // Everybody after that is refused at once, and nothing of theirs is stored later.
    let refused = Instant::now();
    for _ in 0..100 {
        assert!(matches!(fixture.read(|tx| count(tx, "thing")), Err(StoreError::Unavailable(_))));
        let made = fixture.write(1, |tx| make(tx, 1, "c"));
        assert!(matches!(made, Err(StoreError::Unavailable(_))), "{made:?}");
    }
    assert!(refused.elapsed() < Duration::from_secs(20), "they waited");
    server.thaw();
    while fixture.write(1, |tx| make(tx, 1, "d")).is_err() {
        thread::yield_now();
    }
    let things = |tx: &mut Tx<'_>| {
        tx.query("SELECT id FROM thing ORDER BY id", params![], |row| row.text(0))
    };
    assert_eq!(fixture.read(things).unwrap(), ["a", "b", "d"], "b had begun");
}

#[test]
fn a_store_closes_beside_a_server_that_hangs() {
    let Some(server) = Postgres::start() else { return };
    let fixture = impatient(&server);
    server.freeze();
    assert!(fixture.read(|tx| count(tx, "thing")).is_err());
    drop(fixture);
    server.thaw();
}

#[test]
fn a_unit_whose_connection_is_lost_before_commit_runs_again() {
    let Some(fixture) = Fixture::postgres() else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let made = fixture.write(1, move |tx| {
        let made = make(tx, 1, "a")?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            tx.query(END_OF_CONNECTION, params![], |_| Ok(()))?;
        }
        Ok(made)
    });
    assert_eq!(made.unwrap().index, 0);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(fixture.count("thing"), 1);
}

#[test]
fn a_connection_lost_at_commit_leaves_the_outcome_unknown() {
    let Some(server) = Postgres::shared() else { return };
    let database = server.database();
    let fixture = Fixture::at(&database.url);
    let name = database.url.rsplit('/').next().unwrap();
    server.sql(
        name,
        "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
         CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON part DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION leave();",
    );
    let outcome = fixture.write(1, |tx| {
        make(tx, 1, "a")?;
        tx.execute("INSERT INTO part (id, thing, number) VALUES ('p', 'a', 1)", params![])
    });
    assert!(matches!(outcome, Err(StoreError::OutcomeUnknown(_))), "{outcome:?}");
    fixture.write(1, |tx| make(tx, 1, "b")).unwrap();
}

#[test]
fn units_that_block_each_other_through_rows_run_again() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture
        .write(1, |tx| {
            make(tx, 1, "a")?;
            make(tx, 1, "b")
        })
        .unwrap();
    // Two organisations that change the same two rows in opposite order, over and over.
    let threads: Vec<_> = [("a", "b"), ("b", "a")]
        .into_iter()
        .zip(1u128..)
        .map(|((first, second), organisation)| {
            let store = fixture.store.clone();
            thread::spawn(move || {
                for _ in 0..4 {
                    let done = store.write_blocking(scope(organisation), move |tx| {
                        for id in [first, second] {
                            tx.execute(
                                "UPDATE thing SET number = number + 1 WHERE id = $1",
                                params![id],
                            )?;
                        }
                        record(tx, log(organisation), "thing:a")
                    });
                    if let Err(error) = done {
                        assert!(matches!(error, StoreError::Contended(_)), "{error:?}");
                    }
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let numbers = fixture
        .read(|tx| tx.query("SELECT number FROM thing ORDER BY id", params![], |row| row.int(0)));
    let numbers = numbers.unwrap();
    assert_eq!(numbers[0], numbers[1] - 1);
}

#[test]
fn one_organisations_long_queue_does_not_hold_up_another() {
    let Some(fixture) = Fixture::postgres() else { return };
    let (begun, wait_for_begin) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, wait) = (Mutex::new(begun), Mutex::new(wait));
    let store = fixture.store.clone();
    let holding = thread::spawn(move || {
        store.write_blocking(scope(1), move |_| -> Result<(), StoreError> {
            begun.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    wait_for_begin.recv().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut waiting: Vec<_> = (0..4 * fixture.options.writers)
        .map(|number| {
            let store = fixture.store.clone();
            Box::pin(async move {
                store.write(scope(1), move |tx| make(tx, 1, &number.to_string())).await
            })
        })
        .collect();
    runtime.block_on(std::future::poll_fn(|context| {
        for unit in &mut waiting {
            assert!(unit.as_mut().poll(context).is_pending());
        }
        std::task::Poll::Ready(())
    }));
    fixture.write(2, |tx| make(tx, 2, "other")).unwrap();
    go_on.send(()).unwrap();
    holding.join().unwrap().unwrap();
    for (number, unit) in waiting.into_iter().enumerate() {
        assert_eq!(runtime.block_on(unit).unwrap().index, number as i64);
    }
}

#[test]
fn a_server_that_could_lose_what_it_confirmed_is_refused() {
    let Some(server) = Postgres::shared() else { return };
    let database = server.database_with("TEMPLATE template0 ENCODING 'SQL_ASCII'");
    let options = crate::StoreOptions {
        url: database.url.parse().unwrap(),
        ..Fixture::sqlite().options.clone()
    };
    let refused = Store::open(options).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "PostgreSQL's server_encoding is SQL_ASCII, and UTF8 is needed"
    );
}

#[test]
fn weaker_commits_of_a_database_are_made_durable() {
    let Some(server) = Postgres::shared() else { return };
    let database = server.database();
    let name = database.url.rsplit('/').next().unwrap();
    server.sql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let fixture = Fixture::at(&database.url);
    let setting = fixture.write(1, |tx| {
        tx.query_opt("SELECT current_setting('synchronous_commit')", params![], |row| row.text(0))
    });
    assert_eq!(setting.unwrap().as_deref(), Some("on"));
}
