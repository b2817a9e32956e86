//! What was given, taken back and erased as the program allows it: it takes nothing else with it, and
//! nothing may be put in its place.

use super::edit::{assert_errors, check};
use crate::{
    FindingKind::*,
    Outcome, Report,
    rows::{AttestationRow, DocumentRow, FactRow},
    sample::Sample,
};
use closedset_core::{Digest, Duration, Subject, Time, canonical, id::Id};
use serde_json::{Value, json};

const INVENTED: &str = "Inspected by the assessor of the trade's association, all in order.";

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

fn place(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}

fn until(sample: &Sample) -> Time {
    sample.input.heading.scope.to + Duration::from_days(100)
}

/// Something is given for a control: its entry.
fn give(sample: &mut Sample, form: &str, control: &str) -> u64 {
    let (at, to) = (sample.input.heading.scope.to, until(sample));
    let kind = if form == "document" { "document.added" } else { "attestation.signed" };
    let mut body = json!({
        "control": control, "digest": Digest::of(b"it names a neighbour"),
        "valid_from": at, "valid_to": to,
    });
    body[form] = json!(id(form));
    if form == "document" {
        (body["number"], body["title"]) = (json!(1), json!("Letter to a neighbour"));
    }
    sample.log.record(kind, &body, at)
}

fn id(form: &str) -> String {
    match form {
        "document" => Id::<closedset_core::id::Document>::from_bits(0x91).to_string(),
        _ => Id::<closedset_core::id::Attestation>::from_bits(0x91).to_string(),
    }
}

fn take_back(sample: &mut Sample, form: &str, control: &str) -> u64 {
    let at = sample.input.heading.scope.to;
    let mut body = json!({"control": control, "reason": "It names a neighbour."});
    body[form] = json!(id(form));
    sample.log.record(&format!("{form}.withdrawn"), &body, at)
}

fn erase(sample: &mut Sample, index: u64) {
    sample.log.erase(index);
    sample.input.erased.push(index);
}

fn evidence<'s>(sample: &'s mut Sample, control: &str) -> &'s mut (FactRow, Option<Vec<u8>>) {
    let subject = Subject::control(control);
    sample.facts.iter_mut().find(|(row, _)| row.subject == subject).unwrap()
}

/// The fact about what was given for the control says something else from now on; its place.
fn restate(sample: &mut Sample, control: &str, alter: impl FnOnce(&mut Value)) -> String {
    let (at, subject) = (sample.input.heading.scope.to, Subject::control(control));
    let (row, bytes) = evidence(sample, control);
    let mut said = serde_json::from_slice(bytes.as_ref().unwrap()).unwrap();
    alter(&mut said);
    let said = canonical::to_vec(&said).unwrap();
    let (before, digest) = (row.digest, Digest::of(&said));
    let fact =
        json!({"subject": subject, "kind": row.kind, "source": row.source, "digest": digest});
    let body = json!({"subject": subject, "at": at, "facts": [fact], "verdicts": []});
    let entry = sample.log.record("subject.assessed", &body, at);
    sample.input.more_entries.push(entry);
    let (row, bytes) = evidence(sample, control);
    (row.digest, row.entry, row.collected_at, *bytes) = (digest, entry, at, Some(said));
    for fact in sample.input.verdicts.iter_mut().flat_map(|row| &mut row.facts) {
        if *fact == before {
            *fact = digest;
        }
    }
    format!("facts/{digest}.json")
}

/// Given, taken back and erased by the program: the erased entry.
fn lawful(sample: &mut Sample, form: &str, control: &str) -> u64 {
    let entry = give(sample, form, control);
    take_back(sample, form, control);
    restate(sample, control, |said| said["taken_back"] = json!(1));
    erase(sample, entry);
    entry
}

#[test]
fn a_statement_that_was_taken_back_and_erased_takes_nothing_out_of_force() {
    let mut sample = Sample::with_devices(2);
    lawful(&mut sample, "attestation", "PH-1");
    let found = report(&mut sample);
    assert_errors("lawful", &found, &[]);
    assert_eq!(found.outcome(), Outcome::Valid, "{:#?}", found.findings);
    assert!(found.has(Erased));
    assert_eq!((found.counts.erased, found.counts.attestations), (1, 1));
    // What holds besides is compared as ever.
    let mut sample = Sample::with_devices(2);
    lawful(&mut sample, "attestation", "PH-1");
    let place = restate(&mut sample, "PH-1", |said| said["taken_back"] = json!(0));
    assert_errors("count", &report(&mut sample), &[(OtherFact, &place)]);
}

#[test]
fn an_erased_document_may_have_replaced_one_only_if_it_came_later() {
    let mut sample = Sample::with_devices(1);
    lawful(&mut sample, "document", "AD-5");
    let found = report(&mut sample);
    assert_errors("later", &found, &[]);
    assert!(found.has(ErasedEvidence), "{:#?}", found.findings);
    assert_eq!(found.outcome(), Outcome::NotProven);
    // Where no document is shown, none can have been replaced.
    let mut sample = Sample::with_devices(1);
    lawful(&mut sample, "document", "PH-1");
    assert_eq!(report(&mut sample).outcome(), Outcome::Valid);
}

#[test]
fn nothing_stands_in_place_of_what_was_erased() {
    let mut sample = Sample::with_devices(1);
    let entry = lawful(&mut sample, "attestation", "PH-1");
    let (row, _) = sample.attestations[0].clone();
    let made_up = AttestationRow {
        attestation: id("attestation").parse().unwrap(),
        digest: Digest::of(INVENTED.as_bytes()),
        signed_by: "R. Smith, assessor".into(),
        valid_to: until(&sample),
        entry,
        ..row
    };
    let file = format!("attestations/{}.txt", made_up.digest);
    sample.attestations.push((made_up, Some(INVENTED.into())));
    assert_errors("statement", &report(&mut sample), &[(NotProven, &file)]);
    let mut sample = Sample::with_devices(1);
    let entry = lawful(&mut sample, "document", "PH-1");
    let (row, _) = sample.documents[0].clone();
    let made_up = DocumentRow {
        document: id("document").parse().unwrap(),
        digest: Digest::of(INVENTED.as_bytes()),
        size: INVENTED.len() as u64,
        title: "Certificate".into(),
        file_name: "certificate.txt".into(),
        control: "PH-1".into(),
        entry,
        ..row
    };
    let file = format!("documents/{}/certificate.txt", made_up.digest);
    sample.documents.push((made_up, Some(INVENTED.into())));
    assert_errors("document", &report(&mut sample), &[(NotProven, &file)]);
}

#[test]
fn what_was_erased_does_not_count_and_no_words_stand_for_it() {
    let item = |sample: &Sample| {
        json!({
            "id": id("attestation"), "form": "attestation", "title": INVENTED,
            "digest": Digest::of(INVENTED.as_bytes()),
            "valid_from": sample.input.heading.scope.to, "valid_to": until(sample),
        })
    };
    let mut sample = Sample::with_devices(1);
    lawful(&mut sample, "attestation", "PH-1");
    let (item, to) = (item(&sample), until(&sample));
    let place = restate(&mut sample, "PH-1", |said| {
        (said["in_force"], said["items"], said["valid_to"]) = (json!(1), json!([item]), json!(to));
    });
    assert_errors("made up", &report(&mut sample), &[(OtherFact, &place)]);
    // Erased without having been taken back, it is not in force either.
    let mut sample = Sample::with_devices(1);
    let own = sample.attestations.remove(0).0.entry;
    erase(&mut sample, own);
    let place = format!("facts/{}.json", evidence(&mut sample, "PH-1").0.digest);
    assert_errors("in force", &report(&mut sample), &[(OtherFact, &place)]);
}

#[test]
fn what_takes_something_back_is_not_erased_and_speaks_of_what_was_given() {
    let mut sample = Sample::with_devices(1);
    let withdrawn = sample.attestations[0].0.attestation;
    let body = json!({"attestation": withdrawn, "control": "PH-1"});
    let at = sample.input.heading.scope.to;
    let entry = sample.log.record("attestation.withdrawn", &body, at);
    erase(&mut sample, entry);
    assert_errors("erased", &report(&mut sample), &[(NotProven, &place(entry))]);
    let mut sample = Sample::with_devices(1);
    let entry = take_back(&mut sample, "attestation", "PH-1");
    restate(&mut sample, "PH-1", |said| said["taken_back"] = json!(1));
    assert_errors("nothing", &report(&mut sample), &[(Contradiction, &place(entry))]);
}

#[test]
fn no_fact_is_shown_of_which_the_entry_was_erased() {
    let mut sample = Sample::with_devices(1);
    let (row, _) = evidence(&mut sample, "PH-1");
    let (entry, place) = (row.entry, format!("facts/{}.json", row.digest));
    erase(&mut sample, entry);
    let found = report(&mut sample);
    let is_it = |one: &crate::Finding| one.kind == NotProven && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn what_counted_within_the_period_and_lapsed_is_not_left_out() {
    let mut sample = Sample::with_devices(1);
    let from = sample.input.heading.scope.from;
    let body = |days: i64| {
        json!({
            "document": id("document"), "number": 1, "control": "AD-1", "title": "Plan",
            "digest": Digest::of(b"plan"), "valid_from": from - Duration::from_days(9),
            "valid_to": from + Duration::from_days(days),
        })
    };
    let at = sample.input.heading.scope.to;
    let entry = sample.log.record("document.added", &body(3), at);
    assert_errors("lapsed", &report(&mut sample.clone()), &[(Removed, "documents.json")]);
    // What lapsed before the period began is not asked for.
    sample.log.rewrite(entry, "document.added", &body(-1));
    assert_errors("before", &report(&mut sample), &[]);
}
