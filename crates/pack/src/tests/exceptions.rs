//! Exceptions that were forged, prolonged, hidden or stretched, by somebody who holds the ledger's key.

use super::edit::{assert_errors, check};
use crate::{
    ControlWords,
    FindingKind::{self, *},
    Recompute, Report, VerifyOptions,
    rows::{Control, ExceptionRow, Interval, VerdictRow},
    sample::Sample,
    verify,
    verify::{KnownFact, Remade, Said},
};
use closedset_core::{
    Duration, Status, Subject, Time,
    exception::{Excepted, Exception, ExceptionForm, Terms},
    id::Id,
};
use serde_json::{Value, json};
use std::io::Cursor;

const LIST: &str = "exceptions.json";
const VERDICTS: &str = "verdicts.json";

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// Builds what was altered, and demands these errors.
fn forge(name: &str, alter: impl FnOnce(&mut Sample), expected: &[(FindingKind, &str)]) {
    let mut sample = Sample::with_devices(6);
    alter(&mut sample);
    assert_errors(name, &report(&mut sample), expected);
}

fn row(sample: &mut Sample) -> &mut ExceptionRow {
    &mut sample.input.exceptions[0]
}

/// The verdict that the sample's exception covers, and its interval.
fn covered(sample: &mut Sample) -> (&mut VerdictRow, &mut Interval) {
    let verdict = sample.input.verdicts.iter_mut().find(|row| row.excepted.is_some());
    let interval = sample.input.history.iter_mut().find(|row| row.excepted.is_some());
    (verdict.unwrap(), interval.unwrap())
}

/// The log's entry at `index`, with another body.
fn relog(sample: &mut Sample, index: u64, kind: &str, alter: impl FnOnce(&mut Value)) {
    let mut body = serde_json::from_slice(&sample.log.entry(index).body.unwrap().bytes).unwrap();
    alter(&mut body);
    let at = sample.log.envelope(index).at;
    sample.log.rewrite_at(index, kind, &body, at);
}

/// What was asked for and what was granted become what the list says.
fn relog_terms(sample: &mut Sample) {
    let ExceptionRow { terms, asked, entry, .. } = row(sample).clone();
    for (index, kind) in [(asked, "exception.asked"), (entry, "exception.granted")] {
        relog(sample, index, kind, |body| body["terms"] = json!(terms));
    }
}

fn place(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}

#[test]
fn an_exception_that_nobody_granted_is_found_out() {
    // In the list alone.
    let listed = |sample: &mut Sample| {
        let made_up = ExceptionRow { exception: Id::from_bits(0x99), ..row(sample).clone() };
        sample.input.exceptions.push(made_up);
    };
    forge("listed", listed, &[(Contradiction, LIST)]);
    // A failure that names one: the log holds no such turn, and nobody granted that.
    let named = |sample: &mut Sample| {
        let is_bad = |row: &&mut VerdictRow| row.status == Status::Fail;
        let verdict = sample.input.verdicts.iter_mut().find(is_bad).unwrap();
        let (check, subject) = (verdict.check.clone(), verdict.subject.clone());
        let excepted = Some(Excepted { beneath: Status::Fail, exception: Id::from_bits(0x99) });
        (verdict.status, verdict.excepted) = (Status::Excepted, excepted);
        let open =
            |row: &&mut Interval| row.check == check && row.subject == subject && row.to.is_none();
        let interval = sample.input.history.iter_mut().find(open).unwrap();
        (interval.status, interval.excepted) = (Status::Excepted, excepted);
        let place = place(interval.entry);
        let mut controls = sample.input.controls.iter_mut();
        let is_its = |one: &&mut crate::rows::Control| one.checks.iter().any(|one| one.id == check);
        controls.find(is_its).unwrap().status = Status::Excepted;
        place
    };
    let mut sample = Sample::with_devices(6);
    let place = named(&mut sample);
    let wanted = [(Contradiction, VERDICTS), (Contradiction, place.as_str())];
    let found = report(&mut sample);
    assert!(!found.is_valid());
    for (kind, place) in wanted {
        let is_it = |one: &&crate::Finding| one.kind == kind && one.place == place;
        assert!(found.findings.iter().any(|one| is_it(&one)), "{place}: {:#?}", found.findings);
    }
}

#[test]
fn a_risk_that_is_accepted_names_its_exception() {
    let bare = |sample: &mut Sample| {
        let (verdict, interval) = covered(sample);
        (verdict.excepted, interval.excepted) = (None, None);
    };
    let mut sample = Sample::with_devices(2);
    bare(&mut sample);
    let entry = place(covered_entry(&sample));
    let expected = [(Contradiction, VERDICTS), (Contradiction, entry.as_str())];
    assert_errors("bare", &report(&mut sample), &expected);
    // What is beneath is what the entry says.
    let mut sample = Sample::with_devices(2);
    let (verdict, interval) = covered(&mut sample);
    let other = Excepted { beneath: Status::Fail, ..interval.excepted.unwrap() };
    (verdict.excepted, interval.excepted) = (Some(other), Some(other));
    assert_errors("beneath", &report(&mut sample), &[(Contradiction, &entry)]);
}

fn covered_entry(sample: &Sample) -> u64 {
    sample.input.history.iter().find(|row| row.status == Status::Excepted).unwrap().entry
}

#[test]
fn an_end_is_not_prolonged() {
    let longer = |sample: &mut Sample| {
        let terms = &mut row(sample).terms;
        terms.valid_to = terms.valid_to + Duration::from_days(30);
    };
    forge("longer", longer, &[(Contradiction, LIST)]);
    // In the log as well: no longer than any may last.
    let mut sample = Sample::with_devices(2);
    let index = row(&mut sample).entry;
    row(&mut sample).terms.valid_to = "2028-01-01T00:00:00Z".parse().unwrap();
    relog_terms(&mut sample);
    let place = place(index);
    assert_errors("two years", &report(&mut sample), &[(Contradiction, &place)]);
    // One that is over covers nothing, whatever the verdicts go on saying.
    let mut sample = Sample::with_devices(2);
    let over = sample.input.heading.made_at - Duration::from_hours(1);
    row(&mut sample).terms.valid_to = over;
    relog_terms(&mut sample);
    assert_errors("over", &report(&mut sample), &[(Contradiction, VERDICTS)]);
}

fn index_of(sample: &Sample) -> u64 {
    sample.input.exceptions[0].entry
}

#[test]
fn an_exception_is_not_hidden() {
    forge("left out", |sample| sample.input.exceptions.clear(), &[(Removed, LIST)]);
    let twice = |sample: &mut Sample| {
        let again = row(sample).clone();
        sample.input.exceptions.push(again);
    };
    forge("twice", twice, &[(Contradiction, LIST)]);
    // Nor is the entry that grants it, or the one that takes it back.
    let mut sample = Sample::with_devices(2);
    let index = index_of(&sample);
    sample.withheld.insert(index);
    let mut other = sample.clone();
    other.input.exceptions.clear();
    assert_errors("withheld", &report(&mut other), &[(Withheld, &place(index))]);
    let mut sample = Sample::with_devices(2);
    let at = sample.input.heading.made_at - Duration::from_hours(1);
    let id = row(&mut sample).exception;
    let body = json!({"exception": id, "control": "IS-9", "reason": "the laptop was replaced"});
    let index = sample.log.record("exception.withdrawn", &body, at);
    let mut hidden = sample.clone();
    assert_errors(
        "said to be in force",
        &report(&mut hidden),
        &[(Contradiction, LIST), (Contradiction, VERDICTS)],
    );
    sample.withheld.insert(index);
    assert_errors("withdrawal", &report(&mut sample), &[(Withheld, &place(index))]);
    // Nor does an erasure take away what it covered.
    let mut sample = Sample::with_devices(2);
    let index = index_of(&sample);
    sample.log.erase(index);
    sample.input.erased.push(index);
    assert_errors("erased", &report(&mut sample), &[(NotProven, &place(index))]);
}

#[test]
fn an_exception_is_not_stretched() {
    // Each changes what the entry grants, and the list with it; the verdict stays as it was.
    type Change = fn(&mut ExceptionRow);
    let changes: [(&str, Change); 5] = [
        ("another check", |row| row.terms.check = Some("device-firewall".into())),
        ("another subject", |row| row.terms.subject = Some(Subject::control("IS-8"))),
        ("not what is unknown", |row| row.terms.covers_unknown = false),
        ("another form", |row| {
            row.terms.form = ExceptionForm::NotApplicable;
            row.terms.covers_unknown = false;
        }),
        ("granted later", |row| row.granted_at = row.granted_at + Duration::from_hours(1)),
    ];
    for (name, change) in changes {
        let mut sample = Sample::with_devices(2);
        let index = index_of(&sample);
        change(row(&mut sample));
        relog_terms(&mut sample);
        let at = row(&mut sample).granted_at;
        let body = sample.log.entry(index).body.unwrap().bytes;
        let body: Value = serde_json::from_slice(&body).unwrap();
        sample.log.rewrite_at(index, "exception.granted", &body, at);
        let place = place(index);
        let mut expected = vec![(Contradiction, VERDICTS)];
        // "Not applicable" is never signed for a check.
        expected.extend((name == "another form").then_some((Contradiction, place.as_str())));
        assert_errors(name, &report(&mut sample), &expected);
    }
}

#[test]
fn who_asked_and_who_approved_is_what_the_log_says() {
    type Change = fn(&mut ExceptionRow);
    let changes: [(&str, Change); 6] = [
        ("asked by", |row| row.asked_by = "Somebody Else".into()),
        ("approved by", |row| row.approved_by = "The Content Owner".into()),
        ("a second person", |row| row.has_second_person = true),
        ("granted at", |row| row.granted_at = row.granted_at - Duration::from_days(9)),
        ("withdrawn", |row| row.withdrawn_at = Some(row.granted_at + Duration::from_days(1))),
        ("reason", |row| row.terms.reason = "Agreed with the content owner.".into()),
    ];
    for (name, change) in changes {
        forge(name, |sample| change(row(sample)), &[(Contradiction, LIST)]);
    }
    // Two people have two pseudonyms.
    let mut sample = Sample::with_devices(2);
    let index = index_of(&sample);
    relog(&mut sample, index, "exception.granted", |body| body["has_second_person"] = true.into());
    row(&mut sample).has_second_person = true;
    assert_errors("one and the same", &report(&mut sample), &[(Contradiction, &place(index))]);
    let mut sample = Sample::with_devices(2);
    relog(&mut sample, index, "exception.granted", |body| body["asked"] = 3.into());
    row(&mut sample).asked = 3;
    assert!(!report(&mut sample).is_valid());
}

#[test]
fn the_page_shows_what_is_beneath_and_who_accepted_it() {
    let mut sample = Sample::with_devices(2);
    let pack = sample.build().unwrap();
    let mut files = super::edit::Files::of(&pack);
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    for text in [
        "Without the exception that Ada Lindqvist approved until 29 September 2026: unknown.",
        "The vendor&#39;s tool needs the older system, which cannot encrypt.",
        "Done instead: The laptop stays in the locked grading room.",
        "It covers what is unknown as well",
        "not shown to be two people",
        "Every volume of each portable device is encrypted",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn what_was_asked_for_is_granted_and_nothing_else() {
    let mut sample = Sample::with_devices(2);
    let index = row(&mut sample).entry;
    let later = row(&mut sample).terms.valid_to + Duration::from_days(120);
    relog(&mut sample, index, "exception.granted", |body| {
        body["terms"]["valid_to"] = json!(later);
        body["asked_by"] = json!("Somebody Else");
    });
    row(&mut sample).terms.valid_to = later;
    row(&mut sample).asked_by = "Somebody Else".into();
    let found = report(&mut sample);
    assert_errors("prolonged", &found, &[(Contradiction, &place(index))]);
    let says = |what: &str| found.findings.iter().any(|one| one.what.contains(what));
    assert!(says("asked for other terms") && says("somebody else asked"), "{:#?}", found.findings);
}

#[test]
fn what_was_declined_is_not_granted_afterwards() {
    let mut sample = Sample::with_devices(2);
    let first = row(&mut sample).entry;
    let body = sample.log.entry(first).body.unwrap().bytes;
    let body: Value = serde_json::from_slice(&body).unwrap();
    let id = row(&mut sample).exception;
    let at = sample.log.envelope(first).at;
    let declined = json!({"exception": id, "control": "IS-9", "reason": "declined"});
    sample.log.rewrite_at(first, "exception.withdrawn", &declined, at);
    let again = sample.log.record("exception.granted", &body, at);
    row(&mut sample).entry = again;
    sample.input.more_entries.push(first);
    assert_errors("declined", &report(&mut sample), &[(Contradiction, &place(again))]);
}

/// A catalogue by which nothing can be granted for `IS-9`.
struct GrantsNothing;

impl ControlWords for GrantsNothing {
    fn because(&self, _: &Control, _: Said<'_>) -> Option<String> {
        None
    }
}

impl Recompute for GrantsNothing {
    fn assess(
        &self,
        _: &str,
        _: &Subject,
        _: &[KnownFact<'_>],
        _: &[Exception],
        _: Time,
    ) -> Option<Remade> {
        None
    }
    fn grants(&self, terms: &Terms) -> Option<bool> {
        (terms.control == "IS-9").then_some(false)
    }
}

#[test]
fn nothing_is_granted_that_the_catalogue_does_not_let_anybody_grant() {
    let with = |sample: &mut Sample| {
        let expected_key = Some(sample.log.key());
        let recompute: Option<&dyn Recompute> = Some(&GrantsNothing);
        let options = VerifyOptions { expected_key, recompute, ..VerifyOptions::default() };
        verify(Cursor::new(sample.build().unwrap()), &options).unwrap()
    };
    let mut sample = Sample::with_devices(1);
    let place = place(sample.input.exceptions[0].entry);
    assert_errors("granted", &with(&mut sample.clone()), &[(Contradiction, &place)]);
    // By the catalogue of then it may have been granted.
    let made_at = sample.input.heading.made_at;
    sample.log.record("catalogue.changed", &json!({}), made_at);
    let found = with(&mut sample);
    assert_errors("before", &found, &[]);
    let is_it = |one: &crate::Finding| one.kind == OtherCheck && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}
