//! The period that a pack is to cover.

use super::edit::{Files, assert_errors, check};
use crate::{FindingKind::*, sample::Sample};
use closedset_core::{Duration, Time};

type Alter = fn(&mut Sample);

#[test]
fn a_period_ends_after_it_began_and_not_after_the_pack_was_made() {
    let cases: [(&str, Alter); 3] = [
        ("years to come", |sample| {
            sample.input.heading.scope.to = sample.input.heading.made_at + Duration::from_days(900);
        }),
        ("backwards", |sample| {
            let scope = &mut sample.input.heading.scope;
            scope.from = scope.to + Duration::from_hours(1);
        }),
        ("the log's beginning", |sample| {
            sample.input.log.begins_at = sample.input.log.begins_at - Duration::from_days(400);
        }),
    ];
    for (name, alter) in cases {
        let mut sample = Sample::with_devices(1);
        alter(&mut sample);
        let report = check(&sample.build().unwrap(), Some(&sample.log.key()));
        let is_it =
            |one: &crate::Finding| one.kind == Contradiction && one.place == "manifest.json";
        assert!(report.findings.iter().any(is_it), "{name}: {:#?}", report.findings);
    }
}

#[test]
fn where_the_record_begins_within_the_period_page_and_report_say_so() {
    let mut sample = Sample::with_devices(1);
    let key = sample.log.key();
    let silent = sample.clone().build().unwrap();
    assert!(!check(&silent, Some(&key)).summary().contains("record begins"));
    sample.input.heading.scope.from = "2001-01-01T00:00:00Z".parse::<Time>().unwrap();
    let pack = sample.build().unwrap();
    let report = check(&pack, Some(&key));
    assert_errors("from 2001", &report, &[]);
    let summary = report.summary();
    assert!(
        summary.contains("1 January 2001 to 1 July 2026 (its record begins on 1 June 2026, 01:00)"),
        "{summary}"
    );
    let page = String::from_utf8(Files::of(&pack).file("index.html").clone()).unwrap();
    assert!(page.contains("the record begins on 1 June 2026, 01:00</span>"), "{page}");
}

#[test]
fn who_made_a_pack_is_the_facilitys_word() {
    let mut sample = Sample::with_devices(1);
    sample.input.heading.made_by = "R. Smith, assessor, after inspection on site".into();
    let page = Files::of(&sample.build().unwrap()).file("index.html").clone();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("; by the word of Halide Post, made by R. Smith"), "{page}");
}
