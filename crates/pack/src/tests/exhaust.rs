//! Packs that are recorded like any others and meant to take whoever verifies them forever, or all memory.
//! The example `hostile_pack` writes the same by the ten thousand, for measurements.

use super::edit::check;
use crate::{
    FindingKind::TooLarge,
    Outcome, PackError, VerifyOptions,
    rows::{AttestationRow, Check, Control, ExceptionRow, Interval, VerdictRow},
    sample::{BEGINNING, Sample},
};
use closedset_core::{
    Digest, Duration, Status, Subject,
    exception::{ExceptionForm, Terms},
    id::Id,
};
use closedset_pdf::{Limits, render_within};
use serde_json::json;
use std::collections::BTreeMap;

fn control(number: usize) -> Control {
    Control {
        id: format!("X-{number}"),
        title: "x".to_owned(),
        area: format!("area {number}"),
        asks: String::new(),
        verb: String::new(),
        status: Status::Unknown,
        because: String::new(),
        checks: Vec::new(),
    }
}

fn check_called(id: String) -> Check {
    Check {
        id,
        title: String::new(),
        condition: String::new(),
        fresh_for: String::new(),
        needs: Vec::new(),
        version: "1".to_owned(),
        is_own: false,
    }
}

/// Exceptions in which people wrote this.
fn with_exceptions(count: usize, words: &str) -> Sample {
    let mut sample = Sample::empty();
    sample.input.controls.push(control(0));
    let at = sample.input.heading.scope.to;
    for number in 0..count {
        let terms = Terms {
            form: ExceptionForm::NotApplicable,
            control: "X-0".to_owned(),
            check: None,
            subject: None,
            covers_unknown: false,
            reason: format!("{number}{words}"),
            measure: words.to_owned(),
            valid_to: at + Duration::from_days(90),
        };
        let mut row = ExceptionRow {
            exception: Id::from_bits(0x2_0000_0000 + number as u128),
            terms,
            asked_by: words.to_owned(),
            approved_by: words.to_owned(),
            has_second_person: false,
            granted_at: at,
            withdrawn_at: None,
            asked: 0,
            entry: 0,
        };
        let mut body =
            json!({"exception": row.exception, "terms": row.terms, "asked_by": row.asked_by});
        row.asked = sample.log.record("exception.asked", &body, at);
        body["asked"] = row.asked.into();
        body["approved_by"] = row.approved_by.clone().into();
        body["has_second_person"] = false.into();
        row.entry = sample.log.record("exception.granted", &body, at);
        sample.input.exceptions.push(row);
    }
    sample
}

/// Statements that people signed, all of this text.
fn with_statements(count: usize, text: &str) -> Sample {
    let mut sample = Sample::empty();
    sample.input.controls.push(control(0));
    let signed_at = BEGINNING + Duration::from_days(4);
    for number in 0..count {
        let mut row = AttestationRow {
            attestation: Id::from_bits(0x1_0000_0000 + number as u128),
            digest: Digest::of(text.as_bytes()),
            control: "X-0".to_owned(),
            signed_by: "Jonas Okafor".to_owned(),
            signed_at,
            valid_from: signed_at,
            valid_to: signed_at + Duration::from_days(90),
            withdrawn_at: None,
            entry: 0,
            left_out: None,
        };
        let body = json!({
            "attestation": row.attestation,
            "control": row.control,
            "digest": row.digest,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "signed_by": row.signed_by,
        });
        row.entry = sample.log.record("attestation.signed", &body, signed_at);
        sample.attestations.push((row, Some(text.to_owned())));
    }
    sample
}

/// Makes the report within so many rows and letters; says whether it is shortened. It has at most so many pages.
fn shortened(sample: &Sample, (rows, letters): (usize, usize), pages: usize) -> bool {
    let (document, is_shortened) = sample.report_within(rows, letters).unwrap();
    let limits = Limits { pages, letters: 2_000_000 };
    render_within(&document, limits).unwrap();
    let first = format!("{:?}", document.sections[0].blocks[0]);
    assert_eq!(is_shortened, first.contains("This report is shortened"), "{first}");
    is_shortened
}

#[test]
fn nobodys_words_make_a_report_without_end() {
    let texts = [
        "x".repeat(1_500),
        "\u{1f3ac}".repeat(1_500),
        "\n".repeat(1_400) + "x",
        "e\u{301}\u{308}".repeat(700),
        "\u{5d0}\u{202e}\u{2067}a".repeat(300),
        "東".repeat(1_500),
        "\u{e000}\u{10ffff}\u{378}".repeat(500),
    ];
    for text in texts {
        // Whole, a row has at most three pages.
        let sample = with_exceptions(20, &text);
        assert!(!shortened(&sample, (1_000, 1_000_000), 70), "{text:.40}");
        assert!(shortened(&sample, (1_000, 8_000), 30), "{text:.40}");
        assert!(shortened(&sample, (5, 1_000_000), 30), "{text:.40}");
    }
}

#[test]
fn a_statement_of_empty_lines_does_not_make_pages_without_end() {
    let sample = with_statements(20, &("\n".repeat(3_900) + "x"));
    // Each a text of at most 200 lines.
    assert!(!shortened(&sample, (1_000, 1_000_000), 90));
    assert!(shortened(&sample, (1_000, 20_000), 20));
}

#[test]
fn what_a_report_leaves_out_it_names_with_its_number() {
    let sample = with_exceptions(30, "because");
    let (document, is_shortened) = sample.report_within(6, 1_000_000).unwrap();
    assert!(is_shortened);
    let all = format!("{document:?}");
    // One row went to the control that asks for attention.
    assert!(all.contains("25 more stand in exceptions.json."), "{all}");
    let (document, is_shortened) = sample.report_within(20_000, 1_000_000).unwrap();
    assert!(!is_shortened && !format!("{document:?}").contains("more stand in"));
}

/// A facility with all that the server takes gets its pack, and the verifier accepts it.
#[test]
fn whatever_people_wrote_there_is_a_pack_and_it_is_whole() {
    for text in ["\u{1f3ac}".repeat(1_000), "W".repeat(1_000), "\n".repeat(999) + "x"] {
        let mut sample = with_exceptions(12, &text);
        let pack = sample.build().unwrap();
        let report = check(&pack, Some(&sample.log.key()));
        assert_eq!(report.outcome(), Outcome::Valid, "{:#?}", report.findings);
    }
}

#[test]
fn more_controls_or_checks_than_a_catalogue_has_are_refused_and_not_made() {
    for (controls, checks) in [(1_001, 0), (1, 4_001)] {
        let mut sample = Sample::empty();
        sample.input.controls = (0..controls).map(control).collect();
        sample.input.controls[0].checks =
            (0..checks).map(|number| check_called(format!("x{number}"))).collect();
        let pack = sample.forge(None, b"").unwrap();
        let report = check(&pack, None);
        let is_it = |one: &crate::Finding| one.kind == TooLarge && one.place == "controls.json";
        assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
        assert_eq!(report.outcome(), Outcome::NotValid);
        assert!(matches!(sample.build(), Err(PackError::TooMany { .. })));
    }
}

/// One fact whose field's name is a megabyte, and verdicts that rest on it again and again.
#[test]
fn a_fact_is_not_repeated_at_length_for_each_verdict_that_rests_on_it() {
    let mut sample = Sample::empty();
    let at = sample.input.heading.scope.to;
    let said = json!({ "k".repeat(1 << 20): "v" });
    let device = sample.add_device_saying(BTreeMap::from([("x_long".to_owned(), said)]));
    let fact = sample.facts[0].0.clone();
    let mut list = control(0);
    list.status = Status::Fail;
    let mut turns = Vec::new();
    let entry = sample.log.size();
    for number in 0..50 {
        let id = format!("x{number}");
        list.checks.push(check_called(id.clone()));
        turns.push(json!({"check": id, "subject": device, "status": "fail", "version": 1, "because": "", "was": null}));
        sample.input.verdicts.push(VerdictRow {
            check: id.clone(),
            subject: device.clone(),
            subject_name: fact.subject_name.clone(),
            status: Status::Fail,
            because: String::new(),
            facts: vec![fact.digest; 100],
            excepted: None,
            since: at,
        });
        sample.input.history.push(Interval {
            check: id,
            check_version: "1".to_owned(),
            subject: device.clone(),
            subject_name: fact.subject_name.clone(),
            status: Status::Fail,
            because: String::new(),
            excepted: None,
            from: at,
            to: None,
            entry,
        });
    }
    let body = json!({"subject": device, "at": at, "facts": [], "verdicts": turns});
    sample.log.record("subject.assessed", &body, at);
    sample.input.controls.push(list);
    let pack = sample.build().unwrap();
    let mut files = super::edit::Files::of(&pack);
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    assert!(page.len() < 3_000_000, "{}", page.len());
    assert_eq!(page.matches("60 more stand in").count(), 50);
    let report = check(&pack, Some(&sample.log.key()));
    assert_eq!(report.outcome(), Outcome::Valid, "{:#?}", report.findings);
}

/// Many rows call one thing otherwise whose name is a megabyte.
#[test]
fn findings_do_not_repeat_what_a_pack_says_at_length() {
    let mut sample = Sample::empty();
    let mut long = control(0);
    long.title = "n".repeat(1 << 20);
    let subject = Subject::control(&long.id);
    sample.input.controls.push(long);
    for number in 0..2_000 {
        sample.input.verdicts.push(VerdictRow {
            check: format!("c{number}"),
            subject: subject.clone(),
            subject_name: "x".to_owned(),
            status: Status::Fail,
            because: String::new(),
            facts: Vec::new(),
            excepted: None,
            since: BEGINNING,
        });
    }
    let report = check(&sample.forge(None, b"").unwrap(), None);
    assert_eq!(report.outcome(), Outcome::NotValid);
    let longest = report.findings.iter().map(|one| one.what.len() + one.place.len()).max();
    assert!(longest.unwrap() < 5_000);
    let options = VerifyOptions { expected_key: Some("k".repeat(1 << 20)), ..Default::default() };
    let pack = Sample::empty().build().unwrap();
    let report = crate::verify(std::io::Cursor::new(pack), &options).unwrap();
    assert!(report.findings.iter().all(|one| one.what.len() < 5_000));
}
