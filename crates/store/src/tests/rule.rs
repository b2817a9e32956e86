//! What changes rows leaves an entry, in a log that the unit holds.

use super::{Fixture, insert, log, make, on_both, organisation, record};
use crate::{EXEMPT, Scope, StoreError, migrate::MIGRATIONS, params};
use closedset_core::entry::Log;

on_both![
    changes_without_an_entry_are_refused_by_the_tables_names,
    exempt_tables_and_statements_that_concern_no_row_need_no_entry,
    an_insert_that_answers_rows_is_a_change_too,
    only_the_store_writes_entries_and_numbers,
    a_unit_of_an_organisation_records_only_there,
    a_unit_of_the_installation_records_everywhere,
    a_unit_that_keeps_nothing_begins_no_log,
    an_entry_that_has_no_canonical_form_is_refused,
];

fn changes_without_an_entry_are_refused_by_the_tables_names(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    let refused = fixture.write(1, |tx| {
        tx.execute("INSERT INTO lease (id) VALUES ('x')", params![])?;
        tx.execute("UPDATE thing SET number = 5", params![])?;
        tx.execute("INSERT INTO part (id, thing, number) VALUES ('p', 'a', 1)", params![])?;
        tx.execute("DELETE FROM part", params![])
    });
    match refused {
        Err(StoreError::NoEntry { tables }) => assert_eq!(tables, "thing, part"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fixture.count("lease"), 0);
    let numbers =
        fixture.read(|tx| tx.query("SELECT number FROM thing", params![], |row| row.int(0)));
    assert_eq!(numbers.unwrap(), [0]);
}

fn exempt_tables_and_statements_that_concern_no_row_need_no_entry(fixture: &Fixture) {
    let rows = fixture.write(1, |tx| {
        tx.execute("INSERT INTO lease (id) VALUES ('x')", params![])?;
        tx.execute("UPDATE thing SET number = 5 WHERE id = 'nobody'", params![])
    });
    assert_eq!(rows.unwrap(), 0);
    assert_eq!(fixture.count("lease"), 1);
}

fn an_insert_that_answers_rows_is_a_change_too(fixture: &Fixture) {
    let sql = "WITH a AS (SELECT 'a' AS id) INSERT INTO thing (id, organisation) \
               SELECT id, 'o' FROM a RETURNING id";
    let refused =
        fixture.write(1, move |tx| tx.query_opt(sql, params![], |row| row.text(0)).map(|_| ()));
    assert!(matches!(refused, Err(StoreError::NoEntry { tables }) if tables == "thing"));
}

fn only_the_store_writes_entries_and_numbers(fixture: &Fixture) {
    fixture.write(1, |tx| make(tx, 1, "a")).unwrap();
    for sql in ["DELETE FROM entry", "UPDATE log SET next_index = 9", "DELETE FROM Migration"] {
        let refused = fixture.write(1, move |tx| {
            record(tx, log(1), "thing:a")?;
            tx.execute(sql, params![])
        });
        assert!(matches!(refused, Err(StoreError::Statement(_))), "{sql}: {refused:?}");
    }
    assert_eq!(fixture.count("entry"), 1);
}

fn a_unit_of_an_organisation_records_only_there(fixture: &Fixture) {
    for elsewhere in [log(2), Log::Installation] {
        let refused = fixture.write(1, move |tx| record(tx, elsewhere, "thing:a"));
        match refused {
            Err(StoreError::WrongLog { log, .. }) => assert_eq!(log, elsewhere.to_string()),
            other => panic!("{other:?}"),
        }
    }
}

fn a_unit_of_the_installation_records_everywhere(fixture: &Fixture) {
    let indices = fixture.store.write_blocking(Scope::Installation, |tx| {
        insert(tx, "a", 1)?;
        Ok::<_, StoreError>([
            record(tx, log(2), "thing:a")?.index,
            record(tx, Log::Installation, "thing:a")?.index,
            record(tx, log(1), "thing:a")?.index,
            record(tx, log(2), "thing:b")?.index,
        ])
    });
    assert_eq!(indices.unwrap(), [0, 0, 0, 1]);
    let origins = fixture
        .read(|tx| tx.query("SELECT origin FROM log ORDER BY log", params![], |row| row.text(0)));
    let wanted = [
        "closedset/installation".to_owned(),
        format!("closedset/{}", organisation(1)),
        format!("closedset/{}", organisation(2)),
    ];
    assert_eq!(origins.unwrap(), wanted);
}

fn a_unit_that_keeps_nothing_begins_no_log(fixture: &Fixture) {
    fixture.write(1, |_| Ok(())).unwrap();
    assert_eq!(fixture.count("log"), 0);
}

fn an_entry_that_has_no_canonical_form_is_refused(fixture: &Fixture) {
    let refused = fixture.write(1, |tx| {
        tx.record(
            log(1),
            crate::NewEntry {
                actor: &closedset_core::Actor::Closedset,
                subject: "thing:a".to_owned(),
                kind: "thing.made",
                body: serde_json::json!({"share": 0.5}),
            },
        )
    });
    assert!(matches!(refused, Err(StoreError::Entry { kind: "thing.made", .. })));
}

#[test]
fn every_exemption_has_a_reason_and_stands_once() {
    for (place, (name, reason)) in EXEMPT.iter().enumerate() {
        assert!(reason.len() > 10, "{name}");
        assert!(EXEMPT[..place].iter().all(|(other, _)| other != name), "{name}");
    }
    let known = ["lease", "upload"];
    for (name, _) in EXEMPT {
        let is_made = MIGRATIONS.iter().any(|m| m.sql.contains(&format!("CREATE TABLE {name} (")));
        assert!(is_made || known.contains(name), "{name} is no table");
    }
}
