//! Numbers are dense and in the order of commits, and rules that read before they write hold,
//! whoever else is at work.

use super::{Fixture, count, log, make, on_both, scope};
use crate::{Store, StoreError, params};
use closedset_core::{Clock, Duration};
use std::thread;

on_both![
    numbers_are_dense_and_in_commit_order_under_16_clients,
    two_servers_number_one_log_without_gaps,
    a_rule_that_counts_before_it_writes_holds_under_16_clients,
    several_entries_of_a_unit_stand_together,
    no_later_number_has_an_earlier_time_when_a_clock_goes_back,
];

/// Each unit must find as many things as its own number says: it is numbered as it is committed.
fn client(store: &Store, name: usize, organisation: u128, units: usize) -> Vec<i64> {
    (0..units)
        .map(|unit| {
            let id = format!("{organisation}-{name}-{unit}");
            let made = store.write_blocking(scope(organisation), move |tx| {
                let before = tx.query_opt(
                    "SELECT COUNT(*) FROM thing WHERE organisation = $1",
                    params![organisation.to_string()],
                    |row| row.int(0),
                )?;
                let entry = super::record(tx, log(organisation), &format!("thing:{id}"))?;
                tx.execute(
                    "INSERT INTO thing (id, organisation, number) VALUES ($1, $2, $3)",
                    params![&id, organisation.to_string(), entry.index],
                )?;
                assert_eq!(before, Some(entry.index));
                Ok::<_, StoreError>(entry.index)
            });
            made.unwrap()
        })
        .collect()
}

fn crowd(stores: &[Store], clients: usize, organisations: usize, units: usize) -> Vec<Vec<i64>> {
    let threads: Vec<_> = (0..clients)
        .map(|name| {
            let store = stores[name % stores.len()].clone();
            let organisation = 1 + (name / stores.len() % organisations) as u128;
            (organisation, thread::spawn(move || client(&store, name, organisation, units)))
        })
        .collect();
    let mut indices = vec![Vec::new(); organisations];
    for (organisation, thread) in threads {
        let own = thread.join().unwrap();
        assert!(own.is_sorted(), "a client's later unit has a later number");
        indices[organisation as usize - 1].extend(own);
    }
    indices
}

fn is_dense(mut indices: Vec<i64>) -> bool {
    indices.sort_unstable();
    indices.iter().copied().eq(0..indices.len() as i64)
}

fn numbers_are_dense_and_in_commit_order_under_16_clients(fixture: &Fixture) {
    for indices in crowd(std::slice::from_ref(&fixture.store), 16, 3, 20) {
        assert!(is_dense(indices));
    }
    assert_eq!(fixture.count("entry"), 320);
}

fn two_servers_number_one_log_without_gaps(fixture: &Fixture) {
    let stores = [fixture.store.clone(), fixture.second()];
    for indices in crowd(&stores, 8, 2, 15) {
        assert!(is_dense(indices));
    }
}

fn a_rule_that_counts_before_it_writes_holds_under_16_clients(fixture: &Fixture) {
    let threads: Vec<_> = (0..16)
        .map(|name| {
            let store = fixture.store.clone();
            thread::spawn(move || {
                for unit in 0..5 {
                    let made = store.write_blocking(scope(1), move |tx| {
                        if count(tx, "thing")? < 10 {
                            make(tx, 1, &format!("{name}-{unit}"))?;
                        }
                        Ok::<_, StoreError>(())
                    });
                    made.unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(fixture.count("thing"), 10);
}

fn several_entries_of_a_unit_stand_together(fixture: &Fixture) {
    for many in [1, 3, 4, 21, 40] {
        let indices = fixture.write(1, move |tx| {
            (0..many)
                .map(|number| super::record(tx, log(1), &format!("thing:{number}")))
                .map(|entry| entry.map(|entry| entry.index))
                .collect::<Result<Vec<_>, _>>()
        });
        let indices = indices.unwrap();
        assert!(indices.windows(2).all(|pair| pair[1] == pair[0] + 1));
    }
    assert_eq!(fixture.count("entry"), 69);
    assert_eq!(fixture.count("entry_body"), 69);
}

fn no_later_number_has_an_earlier_time_when_a_clock_goes_back(fixture: &Fixture) {
    let write = |organisation: u128| {
        let made = fixture.store.write_blocking(scope(organisation), move |tx| {
            let entry = super::record(tx, log(organisation), "thing:1")?;
            assert_eq!(entry.at, tx.now());
            Ok::<_, StoreError>(entry.at)
        });
        made.unwrap()
    };
    let start = fixture.clock.now();
    assert_eq!(write(1), start);
    fixture.clock.set(start - Duration::from_hours(23));
    assert_eq!(write(1), start);
    // Another log has no reason to wait.
    assert_eq!(write(2), start - Duration::from_hours(23));
    fixture.clock.set(start + Duration::from_millis(1));
    assert_eq!(write(1), start + Duration::from_millis(1));
    // A clock that was days ahead by mistake is not waited for.
    fixture.clock.set(start + Duration::from_days(30));
    assert_eq!(write(1), start + Duration::from_days(30));
    fixture.clock.set(start + Duration::from_hours(1));
    assert_eq!(write(1), start + Duration::from_hours(1));
    fixture.clock.set(start);
    assert_eq!(write(1), start + Duration::from_hours(1));
}
