//! Intervals are read a page at a time along their index, and none is read twice or left out.

use super::{Fixture, log, on_both, organisation, record, scope};
use crate::{
    StoreError, Tx,
    verdicts::{
        First, VerdictRow, verdict_began, verdict_begin, verdict_counts_as_of, verdict_end,
        verdict_page, verdict_standings,
    },
};
use closedset_core::{Clock as _, Duration, Status, Subject, Time};

on_both![
    pages_hold_every_interval_once_in_the_order_in_which_they_were_written,
    what_stood_where_at_a_time_is_counted,
    what_some_verdict_said_at_each_of_several_times_is_told,
    what_began_is_told_from_either_end_with_what_it_was,
];

/// An interval that begins now.
fn begin(tx: &mut Tx<'_>, number: u128, status: Status) -> Result<VerdictRow, StoreError> {
    let entry = record(tx, log(1), &format!("device:{number}"))?;
    let row = VerdictRow {
        id: tx.new_id(),
        check: "device-screen-lock".into(),
        check_version: 1,
        subject: Subject::device(closedset_core::Id::from_bits(number)),
        status,
        because: "locks after 10 min".into(),
        facts: Vec::new(),
        excepted: None,
        began_at: tx.now(),
        ended_at: None,
        recorded_at: tx.now(),
        entry: entry.index,
    };
    verdict_begin(tx, organisation(1), &row)?;
    Ok(row)
}

fn pages_hold_every_interval_once_in_the_order_in_which_they_were_written(fixture: &Fixture) {
    let begins = fixture.clock.now();
    let mut written = Vec::new();
    // Several in the same millisecond, so that a page ends between them.
    for round in 0..4u128 {
        fixture.clock.advance(Duration::from_minutes(1));
        let rows = fixture.store.write_blocking(scope(1), move |tx| {
            (0..7)
                .map(|one| begin(tx, round * 7 + one, Status::Pass))
                .collect::<Result<Vec<_>, StoreError>>()
        });
        written.extend(rows.unwrap().into_iter().map(|row| (row.recorded_at, row.id)));
    }
    written.sort();
    let until = fixture.clock.now();
    for limit in [1, 3, 7, 100] {
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let page = fixture.store.read_blocking(move |tx| {
                verdict_page(tx, organisation(1), (begins, until), after, limit)
            });
            let page = page.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.recorded_at, last.id));
            read.extend(page.iter().map(|row| (row.recorded_at, row.id)));
        }
        assert_eq!(read, written, "{limit} at a time");
    }
}

fn what_stood_where_at_a_time_is_counted(fixture: &Fixture) {
    let first = fixture.store.write_blocking(scope(1), |tx| begin(tx, 1, Status::Fail)).unwrap();
    fixture.clock.advance(Duration::from_hours(1));
    fixture
        .store
        .write_blocking(scope(1), move |tx| {
            verdict_end(tx, first.id, tx.now())?;
            begin(tx, 1, Status::Pass)
        })
        .unwrap();
    let at = |time: Time| {
        let counts = fixture
            .store
            .read_blocking(move |tx| verdict_counts_as_of(tx, organisation(1), time))
            .unwrap();
        counts.into_iter().map(|(_, status, count)| (status, count)).collect::<Vec<_>>()
    };
    let now = fixture.clock.now();
    assert_eq!(at(now - Duration::from_hours(2)), []);
    assert_eq!(at(now - Duration::from_millis(1)), [(Status::Fail, 1)]);
    assert_eq!(at(now), [(Status::Pass, 1)]);
}

const CHECK: &str = "device-screen-lock";

/// Two subjects, of which the first fails for an hour, and the second half an hour later for another.
fn two_that_fail(fixture: &Fixture) -> Time {
    let half = Duration::from_minutes(30);
    let begins = fixture.clock.now();
    let turn = |number: u128, before: Option<VerdictRow>, status: Status| {
        let unit = move |tx: &mut Tx<'_>| -> Result<VerdictRow, StoreError> {
            if let Some(before) = &before {
                verdict_end(tx, before.id, tx.now())?;
            }
            begin(tx, number, status)
        };
        fixture.store.write_blocking(scope(1), unit).unwrap()
    };
    let (one, two) = (turn(1, None, Status::Pass), turn(2, None, Status::Pass));
    fixture.clock.advance(half);
    let one = turn(1, Some(one), Status::Fail);
    fixture.clock.advance(half);
    let two = turn(2, Some(two), Status::Fail);
    fixture.clock.advance(half);
    turn(1, Some(one), Status::Pass);
    fixture.clock.advance(half);
    turn(2, Some(two), Status::Pass);
    begins
}

fn what_some_verdict_said_at_each_of_several_times_is_told(fixture: &Fixture) {
    let begins = two_that_fail(fixture);
    let moments: Vec<Time> =
        (-1..=5).map(|half| begins + Duration::from_minutes(30 * half)).collect();
    let asked = moments.clone();
    let said = fixture.store.read_blocking(move |tx| {
        verdict_standings(tx, organisation(1), &[CHECK, "another's"], &asked)
    });
    let said = said.unwrap();
    assert!(said.iter().all(|(_, check, _)| check == CHECK));
    let at = |half: usize| {
        let of = said.iter().filter(|(at, ..)| *at == moments[half]);
        of.map(|(.., status)| *status).collect::<std::collections::BTreeSet<_>>()
    };
    let (pass, both) = ([Status::Pass].into(), [Status::Fail, Status::Pass].into());
    assert_eq!(at(0), [].into(), "before there was anything");
    assert_eq!([at(1), at(5), at(6)], [pass, [Status::Pass].into(), [Status::Pass].into()]);
    assert_eq!([at(2), at(4)], [both, [Status::Fail, Status::Pass].into()]);
    assert_eq!(at(3), [Status::Fail].into(), "both of them failed");
    for (checks, moments) in [(&[][..], &moments[..]), (&[CHECK][..], &[][..])] {
        let (checks, moments) = (checks.to_vec(), moments.to_vec());
        let said = fixture
            .store
            .read_blocking(move |tx| verdict_standings(tx, organisation(1), &checks, &moments));
        assert_eq!(said.unwrap(), []);
    }
    let theirs = fixture
        .store
        .read_blocking(move |tx| verdict_standings(tx, organisation(2), &[CHECK], &moments));
    assert_eq!(theirs.unwrap(), []);
}

fn what_began_is_told_from_either_end_with_what_it_was(fixture: &Fixture) {
    let begins = two_that_fail(fixture);
    let began = |status, from: i64, to: i64, first, limit| {
        let period =
            (begins + Duration::from_minutes(30 * from), begins + Duration::from_minutes(30 * to));
        let rows = fixture.store.read_blocking(move |tx| {
            verdict_began(tx, organisation(1), (CHECK, status), period, first, limit)
        });
        rows.unwrap()
            .into_iter()
            .map(|(row, was)| (row.began_at.since(begins).seconds() / 1800, was))
            .collect::<Vec<_>>()
    };
    let (fail, pass) = (Some(Status::Fail), Some(Status::Pass));
    assert_eq!(began(Status::Fail, -1, 9, First::Earliest, 10), [(1, pass), (2, pass)]);
    assert_eq!(began(Status::Fail, -1, 9, First::Latest, 1), [(2, pass)]);
    assert_eq!(began(Status::Fail, 1, 2, First::Earliest, 10), [(2, pass)], "after, and until");
    assert_eq!(began(Status::Pass, 0, 9, First::Latest, 10), [(4, fail), (3, fail)]);
    assert_eq!(began(Status::Pass, -1, 0, First::Latest, 10), [(0, None), (0, None)]);
}

/// Whoever changes the statement or the index is told that the index no longer serves it.
#[test]
fn no_page_is_sorted_and_none_reads_what_lies_before_it() {
    let fixture = Fixture::sqlite();
    let crate::DatabaseUrl::Sqlite(path) = &fixture.options.url else { panic!("it is SQLite") };
    let connection = rusqlite::Connection::open(path).unwrap();
    let plan = |sql: &str| {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan = String::new();
        while let Some(row) = rows.next().unwrap() {
            plan += &row.get::<_, String>(3).unwrap();
            plan.push('\n');
        }
        plan
    };
    let said = plan(&crate::verdicts::page_sql());
    assert!(said.contains("verdict_written") && said.contains("(recorded_at,id)>"), "{said}");
    assert!(!said.contains("TEMP B-TREE"), "{said}");
    let said = plan(&crate::verdicts::counts_as_of_sql());
    assert!(said.contains("COVERING INDEX verdict_over_time"), "{said}");
    assert!(!said.contains("TEMP B-TREE"), "{said}");
    let said = plan(&crate::verdicts::standings_sql(59, 19));
    assert!(said.contains("COVERING INDEX verdict_over_time"), "{said}");
    assert!(said.contains("status=? AND began_at<?"), "{said}");
    assert!(!said.contains("TEMP B-TREE"), "{said}");
    for first in [First::Earliest, First::Latest] {
        let said = plan(&crate::verdicts::began_sql(first));
        assert!(
            said.contains("verdict_over_time (organisation=? AND check_id=? AND status=?"),
            "{said}"
        );
    }
    let said = plan(&crate::verdicts::wanting_as_of_sql());
    assert!(said.contains("COVERING INDEX verdict_wanting_over_time"), "{said}");
}
