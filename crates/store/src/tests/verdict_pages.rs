//! Intervals are read a page at a time along their index, and none is read twice or left out.

use super::{Fixture, log, on_both, organisation, record, scope};
use crate::{
    StoreError, Tx,
    verdicts::{VerdictRow, verdict_begin, verdict_counts_as_of, verdict_end, verdict_page},
};
use closedset_core::{Clock as _, Duration, Status, Subject, Time};

on_both![
    pages_hold_every_interval_once_in_the_order_in_which_they_were_written,
    what_stood_where_at_a_time_is_counted,
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
    let said = plan(&crate::verdicts::wanting_as_of_sql());
    assert!(said.contains("COVERING INDEX verdict_wanting_over_time"), "{said}");
}
