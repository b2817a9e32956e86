//! Units that wait together are committed together, and none of them can tell.

use super::{Fixture, count, insert, log, make, on_both, scope};
use crate::{Scope, StoreError, Tx, params};
use closedset_core::entry::Log;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};
use tokio::runtime::Runtime;

on_both![
    units_that_wait_together_succeed_and_fail_each_by_itself,
    a_pseudonym_of_an_undone_unit_is_not_given_to_the_next_of_its_group,
    a_unit_nobody_waits_for_any_more_is_left_out_of_its_group,
    units_of_the_installation_that_wait_together_are_all_kept,
];

type Outcome = Result<(), StoreError>;
type Unit = Box<dyn Fn(&mut Tx<'_>) -> Outcome + Send>;

/// Lets `units` wait behind a unit that holds the scope until all of them are in the queue, and says
/// how each ended.
fn together(fixture: &Fixture, scope: Scope, units: Vec<Unit>) -> Vec<Outcome> {
    together_and(fixture, scope, units, usize::MAX)
}

/// The same; nobody waits any more for the one in place `left`.
fn together_and(fixture: &Fixture, scope: Scope, units: Vec<Unit>, left: usize) -> Vec<Outcome> {
    let (begun, wait_for_begin) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, wait) = (Mutex::new(begun), Mutex::new(wait));
    let store = fixture.store.clone();
    let holding = thread::spawn(move || {
        store.write_blocking(scope, move |_| -> Outcome {
            begun.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    wait_for_begin.recv().unwrap();
    let mut waiting: Vec<_> = units
        .into_iter()
        .map(|unit| {
            let store = fixture.store.clone();
            let unit = move |tx: &mut Tx<'_>| unit(tx);
            Some(Box::pin(async move { store.write(scope, unit).await }))
        })
        .collect();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(std::future::poll_fn(|context| {
        for unit in waiting.iter_mut().flatten() {
            assert!(unit.as_mut().poll(context).is_pending());
        }
        std::task::Poll::Ready(())
    }));
    if let Some(left) = waiting.get_mut(left) {
        *left = None;
    }
    go_on.send(()).unwrap();
    holding.join().unwrap().unwrap();
    waiting.into_iter().flatten().map(|unit| runtime.block_on(unit)).collect()
}

fn units_that_wait_together_succeed_and_fail_each_by_itself(fixture: &Fixture) {
    let outcomes = together(
        fixture,
        scope(1),
        (0..100)
            .map(|number| -> Unit {
                Box::new(move |tx| {
                    let before = count(tx, "thing")?;
                    let entry = make(tx, 1, &format!("thing-{number}"))?;
                    assert_eq!(entry.index, before);
                    match number % 5 {
                        0 => Err(StoreError::Closed),
                        1 => insert(tx, &format!("thing-{number}"), 0),
                        2 => panic!("on purpose"),
                        _ => Ok(()),
                    }
                })
            })
            .collect(),
    );
    for (number, outcome) in outcomes.into_iter().enumerate() {
        match (number % 5, outcome) {
            (0, Err(StoreError::Closed))
            | (1, Err(StoreError::Constraint { .. }))
            | (2, Err(StoreError::Panicked(_)))
            | (3 | 4, Ok(())) => {}
            (_, other) => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!(fixture.count("thing"), 40);
    let last =
        fixture.read(|tx| tx.query_opt("SELECT MAX(idx) FROM entry", params![], |row| row.int(0)));
    assert_eq!(last.unwrap(), Some(39));
}

fn a_pseudonym_of_an_undone_unit_is_not_given_to_the_next_of_its_group(fixture: &Fixture) {
    let outcomes = together(
        fixture,
        scope(1),
        vec![
            Box::new(|tx| make(tx, 1, "a").and(Err(StoreError::Closed))),
            Box::new(|tx| make(tx, 1, "a").map(|_| ())),
            Box::new(|tx| super::record(tx, log(1), "thing:a").map(|_| ())),
        ],
    );
    assert!(outcomes[0].is_err() && outcomes[1].is_ok() && outcomes[2].is_ok());
    let unknown = fixture.read(|tx| {
        tx.query_opt(
            "SELECT COUNT(*) FROM entry e LEFT JOIN pseudonym p \
             ON p.log = e.log AND p.pseudonym = e.subject WHERE p.name IS NULL",
            params![],
            |row| row.int(0),
        )
    });
    assert_eq!(unknown.unwrap(), Some(0));
    assert_eq!(fixture.count("entry"), 2);
}

fn a_unit_nobody_waits_for_any_more_is_left_out_of_its_group(fixture: &Fixture) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let outcomes = together_and(
        fixture,
        scope(1),
        vec![
            Box::new(|tx| make(tx, 1, "a").map(|_| ())),
            Box::new(move |tx| {
                counted.fetch_add(1, Ordering::SeqCst);
                make(tx, 1, "b").map(|_| ())
            }),
            Box::new(|tx| make(tx, 1, "c").map(|_| ())),
        ],
        1,
    );
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(fixture.count("thing"), 2);
}

fn units_of_the_installation_that_wait_together_are_all_kept(fixture: &Fixture) {
    let outcomes = together(
        fixture,
        Scope::Installation,
        (0..10u128)
            .map(|number| -> Unit {
                Box::new(move |tx| {
                    let own = log(1 + number % 2);
                    tx.lock(own)?;
                    super::record(tx, own, "thing:a")?;
                    super::record(tx, Log::Installation, "thing:a").map(|_| ())
                })
            })
            .collect(),
    );
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(fixture.count("entry"), 20);
}

#[test]
fn a_group_whose_connection_is_lost_runs_again_and_only_the_culprit_is_refused() {
    let Some(fixture) = Fixture::postgres() else { return };
    let outcomes = together(
        &fixture,
        scope(1),
        (0..8)
            .map(|number| -> Unit {
                Box::new(move |tx| {
                    make(tx, 1, &format!("thing-{number}"))?;
                    if number == 5 {
                        let end = "SELECT pg_terminate_backend(pg_backend_pid())";
                        tx.query(end, params![], |_| Ok(()))?;
                    }
                    Ok(())
                })
            })
            .collect(),
    );
    for (number, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number != 5, "{number}: {outcome:?}");
    }
    assert_eq!(fixture.count("thing"), 7);
    assert_eq!(fixture.count("entry"), 7);
}

#[test]
fn a_rule_that_one_unit_breaks_at_commit_leaves_the_others_of_its_group() {
    let Some(server) = closedset_testing::Postgres::shared() else { return };
    let database = server.database();
    let fixture = Fixture::at(&database.url);
    let name = database.url.rsplit('/').next().unwrap();
    server.sql(
        name,
        "ALTER TABLE part ADD CONSTRAINT late UNIQUE (number) DEFERRABLE INITIALLY DEFERRED;",
    );
    let outcomes = together(
        &fixture,
        scope(1),
        (0..6)
            .map(|number| -> Unit {
                Box::new(move |tx| {
                    let id = format!("thing-{number}");
                    make(tx, 1, &id)?;
                    let twice = if number == 4 { 0 } else { number };
                    tx.execute(
                        "INSERT INTO part (id, thing, number) VALUES ($1, $2, $3)",
                        params![&id, &id, twice],
                    )?;
                    Ok(())
                })
            })
            .collect(),
    );
    for (number, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number != 4, "{number}: {outcome:?}");
    }
    assert_eq!(fixture.count("thing"), 5);
}
