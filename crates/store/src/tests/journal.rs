//! What stands in the ledger, and what can be erased from beside it.

use super::{Fixture, insert, log, make, on_both, record, scope};
use crate::{
    Scope, StoreError,
    ledger::{
        self, LedgerHead, Page, entries_from, entries_of_subject, entry_at, entry_body_at,
        entry_count, entry_page, erase_body, erase_pseudonym, erasure_count, erasure_list,
        ledger_head, ledger_head_commit, log_list, pseudonym_name, pseudonym_of,
    },
};
use closedset_core::{
    Digest, Time,
    entry::{Envelope, Log, VERSION},
};

on_both![
    an_entry_commits_to_its_body_and_hides_its_names,
    a_name_has_one_pseudonym_in_a_log_and_another_elsewhere,
    a_pseudonym_of_an_undone_unit_is_not_used_again,
    pages_go_back_from_the_newest_by_kind_or_not,
    leaves_are_read_in_order,
    an_erased_body_leaves_a_tombstone,
    erasing_must_be_recorded,
    an_erased_name_gets_another_pseudonym_on_every_connection,
    an_erasure_that_is_undone_is_forgotten,
    the_head_moves_only_from_where_it_was,
    the_time_of_an_entry_is_the_units,
];

fn an_entry_commits_to_its_body_and_hides_its_names(fixture: &Fixture) {
    let made = fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let (row, body) = fixture
        .read(|tx| Ok((entry_at(tx, log(1), 0)?.unwrap(), entry_body_at(tx, log(1), 0)?.unwrap())))
        .unwrap();
    assert_eq!((row.index, row.id, row.at), (made.index, made.id, made.at));
    let envelope = Envelope::from_canonical(&row.envelope).unwrap();
    assert_eq!(envelope.version, VERSION);
    assert!(envelope.commitment().is_to(&body.salt, &body.body));
    assert_eq!(body.body, br#"{"subject":"thing:a"}"#);
    assert_eq!((envelope.id, envelope.at, envelope.log), (made.id, made.at, log(1)));
    assert_eq!((&envelope.kind, &envelope.subject), (&row.kind, &row.subject));
    assert_eq!(row.kind, "thing.made");
    assert_eq!(row.actor_name.as_deref(), Some("closedset"));
    assert_eq!(row.subject_name.as_deref(), Some("thing:a"));
    assert!(row.subject.len() == 26 && !row.is_erased);
}

fn a_name_has_one_pseudonym_in_a_log_and_another_elsewhere(fixture: &Fixture) {
    fixture
        .store
        .write_blocking(Scope::Installation, |tx| {
            insert(tx, "a", 0)?;
            for log in [log(1), log(2), log(1), Log::Installation] {
                record(tx, log, "thing:a")?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    fixture.write(1, |tx| record(tx, log(1), "thing:a")).unwrap();
    let of = |log: Log| fixture.read(move |tx| pseudonym_of(tx, log, "thing:a")).unwrap().unwrap();
    let (one, two, three) = (of(log(1)), of(log(2)), of(Log::Installation));
    assert!(one != two && two != three && one != three);
    let entries = fixture.read(|tx| entries_of_subject(tx, log(1), "thing:a", None, 10)).unwrap();
    assert_eq!(entries.len(), 3);
    assert!(entries.iter().all(|entry| entry.subject == one));
    let name = fixture.read(move |tx| pseudonym_name(tx, log(1), &one)).unwrap();
    assert_eq!(name.as_deref(), Some("thing:a"));
}

fn a_pseudonym_of_an_undone_unit_is_not_used_again(fixture: &Fixture) {
    for _ in 0..10 {
        let undone: Result<(), _> = fixture.write(1, |tx| {
            record(tx, log(1), "thing:a")?;
            Err(StoreError::Closed)
        });
        undone.unwrap_err();
    }
    fixture.write(1, |tx| record(tx, log(1), "thing:a")).unwrap();
    let row = fixture.read(|tx| entry_at(tx, log(1), 0)).unwrap().unwrap();
    assert_eq!(row.subject_name.as_deref(), Some("thing:a"));
}

fn pages_go_back_from_the_newest_by_kind_or_not(fixture: &Fixture) {
    for number in 0..7 {
        fixture.write(1, move |tx| make(tx, 1, &number.to_string())).unwrap();
        fixture.write(2, move |tx| make(tx, 2, &format!("other-{number}"))).unwrap();
    }
    let page = |before, kind| {
        let rows = fixture.read(move |tx| entry_page(tx, log(1), Page { before, kind, limit: 3 }));
        rows.unwrap().into_iter().map(|row| row.index).collect::<Vec<_>>()
    };
    assert_eq!(page(None, None), [6, 5, 4]);
    assert_eq!(page(Some(4), Some("thing.made")), [3, 2, 1]);
    assert_eq!(page(Some(1), None), [0]);
    assert!(page(None, Some("thing.lost")).is_empty());
    assert_eq!(fixture.read(|tx| entry_count(tx, log(1))).unwrap(), 7);
    assert_eq!(fixture.read(|tx| entry_count(tx, log(9))).unwrap(), 0);
    assert_eq!(fixture.read(log_list).unwrap(), [log(1), log(2)]);
}

fn leaves_are_read_in_order(fixture: &Fixture) {
    for number in 0..5 {
        fixture.write(1, move |tx| make(tx, 1, &number.to_string())).unwrap();
    }
    let leaves = fixture.read(|tx| entries_from(tx, log(1), 1, 3)).unwrap();
    let rows: Vec<Vec<u8>> = fixture
        .read(|tx| (1..4).map(|index| Ok(entry_at(tx, log(1), index)?.unwrap().envelope)).collect())
        .unwrap();
    assert_eq!(leaves, rows);
    assert!(fixture.read(|tx| entries_from(tx, log(1), 5, 3)).unwrap().is_empty());
}

fn an_erased_body_leaves_a_tombstone(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    fixture.write(1, |tx| make(tx, 1, "b")).unwrap();
    let before = fixture.read(|tx| entries_from(tx, log(1), 0, 1)).unwrap();
    let erase = |tx: &mut crate::Tx<'_>| {
        let is_erased = erase_body(tx, log(1), 0)?;
        record(tx, log(1), "thing:a")?;
        Ok(is_erased)
    };
    assert!(fixture.write(1, erase).unwrap());
    assert!(!fixture.write(1, erase).unwrap(), "there is nothing left to erase");
    assert_eq!(fixture.read(|tx| entry_body_at(tx, log(1), 0)).unwrap(), None);
    assert!(fixture.read(|tx| entry_body_at(tx, log(1), 1)).unwrap().is_some());
    assert!(fixture.read(|tx| entry_at(tx, log(1), 0)).unwrap().unwrap().is_erased);
    assert_eq!(fixture.read(|tx| entries_from(tx, log(1), 0, 1)).unwrap(), before);
    assert_eq!(fixture.read(|tx| erasure_count(tx, log(1))).unwrap(), 1);
    let list = fixture.read(|tx| erasure_list(tx, log(1), 0, 10)).unwrap();
    assert_eq!(list[0].0, 0);
}

fn erasing_must_be_recorded(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let refused = fixture.write(1, |tx| erase_body(tx, log(1), 0));
    assert!(matches!(refused, Err(StoreError::NoEntry { .. })));
    let refused = fixture.write(1, |tx| erase_pseudonym(tx, log(1), "thing:a"));
    assert!(matches!(refused, Err(StoreError::NoEntry { .. })));
    let refused = fixture.write(2, |tx| erase_body(tx, log(1), 0));
    assert!(matches!(refused, Err(StoreError::WrongLog { .. })));
    assert!(fixture.read(|tx| entry_body_at(tx, log(1), 0)).unwrap().is_some());
}

fn an_erased_name_gets_another_pseudonym_on_every_connection(fixture: &Fixture) {
    let second = fixture.second();
    let made = |store: &crate::Store| {
        store.write_blocking(scope(1), |tx| record(tx, log(1), "person:x")).unwrap().index
    };
    // Both servers, and on PostgreSQL several of their connections, know the first pseudonym.
    let early: Vec<_> = (0..12).flat_map(|_| [made(&fixture.store), made(&second)]).collect();
    let erased = fixture.write(1, |tx| {
        record(tx, log(1), "person:x")?;
        let erased = erase_pseudonym(tx, log(1), "person:x")?;
        record(tx, log(1), "request:1")?;
        Ok(erased)
    });
    assert!(erased.unwrap());
    let late: Vec<_> = (0..12).flat_map(|_| [made(&second), made(&fixture.store)]).collect();
    let rows = |indices: Vec<i64>| {
        fixture
            .read(move |tx| {
                indices.iter().map(|index| Ok(entry_at(tx, log(1), *index)?.unwrap())).collect()
            })
            .map(|rows: Vec<ledger::EntryRow>| rows)
            .unwrap()
    };
    let (early, late) = (rows(early), rows(late));
    assert!(early.iter().all(|row| row.subject_name.is_none() && row.subject == early[0].subject));
    assert!(late.iter().all(|row| row.subject == late[0].subject));
    assert_eq!(late[0].subject_name.as_deref(), Some("person:x"));
    assert_ne!(early[0].subject, late[0].subject);
    assert!(
        !fixture
            .write(1, |tx| {
                record(tx, log(1), "request:2")?;
                erase_pseudonym(tx, log(1), "person:nobody")
            })
            .unwrap()
    );
}

fn an_erasure_that_is_undone_is_forgotten(fixture: &Fixture) {
    fixture.write(1, |tx| record(tx, log(1), "person:x")).unwrap();
    for _ in 0..10 {
        let undone: Result<(), _> = fixture.write(1, |tx| {
            erase_pseudonym(tx, log(1), "person:x")?;
            record(tx, log(1), "person:x")?;
            Err(StoreError::Closed)
        });
        undone.unwrap_err();
    }
    fixture.write(1, |tx| record(tx, log(1), "person:x")).unwrap();
    let rows = fixture.read(|tx| entries_of_subject(tx, log(1), "person:x", None, 9)).unwrap();
    assert_eq!(rows.len(), 2);
}

fn the_head_moves_only_from_where_it_was(fixture: &Fixture) {
    let head = |size| LedgerHead {
        size,
        root: Digest::of(&[size as u8]),
        frontier: vec![size as u8; 64],
        committed_at: Time::from_millis(0),
    };
    let commit = |from, to| {
        fixture.write(1, move |tx| ledger_head_commit(tx, log(1), from, &head(to))).unwrap()
    };
    assert_eq!(fixture.read(|tx| ledger_head(tx, log(1))).unwrap(), None);
    assert!(!commit(3, 5));
    assert!(commit(0, 3));
    assert!(!commit(0, 4));
    assert!(commit(3, 5));
    assert!(!commit(3, 6));
    let now = fixture.read(|tx| ledger_head(tx, log(1))).unwrap().unwrap();
    assert_eq!((now.size, now.root, now.frontier), (5, head(5).root, head(5).frontier));
    assert_eq!(fixture.read(|tx| ledger_head(tx, log(2))).unwrap(), None);
}

fn the_time_of_an_entry_is_the_units(fixture: &Fixture) {
    let now = Time::from_millis(1_800_000_000_000);
    fixture.clock.set(now);
    let made = fixture.write(1, |tx| Ok((tx.now(), make(tx, 1, "a")?.at))).unwrap();
    assert_eq!(made, (now, now));
}
