//! A log that was restored from a backup says so in every pack.

use super::edit::{Files, assert_errors, check};
use crate::{
    FindingKind::{Contradiction, Restored as Restored_, Withheld},
    Report,
    rows::Restored,
    sample::Sample,
};
use closedset_core::Duration;
use serde_json::json;

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// Restored on the last day of the period; the row that tells of it.
fn restored() -> (Sample, Restored) {
    let mut sample = Sample::with_devices(1);
    let at = sample.input.heading.scope.to;
    let backup_made_at = at - Duration::from_days(2);
    let body = json!({"backup_made_at": backup_made_at, "entries": sample.log.size()});
    let entry = sample.log.record("log.restored", &body, at);
    (sample, Restored { at, backup_made_at, entry })
}

#[test]
fn a_restore_is_told_by_page_and_verifier_and_is_no_error() {
    let (mut sample, row) = restored();
    sample.input.log.restored = vec![row];
    let pack = sample.build().unwrap();
    let found = check(&pack, Some(&sample.log.key()));
    assert!(found.is_valid(), "{:#?}", found.findings);
    let told = found.findings.iter().find(|one| one.kind == Restored_).unwrap();
    assert!(told.what.contains("29 June 2026") && told.what.contains("may be"), "{}", told.what);
    let page = String::from_utf8(Files::of(&pack).file("index.html").clone()).unwrap();
    assert!(page.contains("Restored from a backup on 1 July 2026"));
    assert!(page.contains("The backup was made on 29 June 2026"));
}

#[test]
fn a_restore_is_not_kept_back_moved_or_made_up() {
    let (mut sample, row) = restored();
    let place = format!("ledger/entries/{}.json", row.entry);
    assert_errors("kept back", &report(&mut sample.clone()), &[(Contradiction, &place)]);
    let later = Restored { backup_made_at: row.at, ..row };
    sample.input.log.restored = vec![later];
    assert_errors("moved", &report(&mut sample.clone()), &[(Contradiction, &place)]);
    sample.input.log.restored = vec![row];
    sample.withheld.insert(row.entry);
    let expected = [(Withheld, place.as_str()), (Contradiction, &place)];
    assert_errors("withheld", &report(&mut sample), &expected);
    let mut sample = Sample::with_devices(1);
    sample.input.log.restored = vec![row];
    assert_errors("made up", &report(&mut sample), &[(Contradiction, "manifest.json")]);
    // What happened before the period is not of it.
    let (mut sample, row) = restored();
    sample.input.heading.scope.from = row.at + Duration::from_minutes(1);
    sample.input.heading.scope.to = row.at + Duration::from_minutes(2);
    assert!(!report(&mut sample).has(Restored_));
}
