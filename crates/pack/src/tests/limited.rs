//! Packs that are limited to some controls: nothing else is in them, and nothing that counts for these is
//! missing.

use super::edit::{Files, assert_errors, check, errors, reseal};
use crate::{
    ControlWords,
    FindingKind::{self, *},
    Outcome, Recompute, Report, VerifyOptions,
    manifest::{CONTROLS, FileKind, MANIFEST},
    rows::{Check, Control, VerdictRow},
    sample::Sample,
    verify,
    verify::{KnownFact, Remade, Said},
};
use closedset_core::{Duration, Status, Subject, SubjectKind, Time, exception::Exception};
use serde_json::{Value, json};
use std::io::Cursor;

const CHOSEN: [&str; 2] = ["AD-5", "PH-1"];

fn limited() -> Sample {
    let mut sample = Sample::with_devices(4);
    sample.limit_to(&CHOSEN);
    sample
}

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// Demands that this error is among what was found.
fn assert_found(name: &str, report: &Report, kind: FindingKind, place: &str) {
    assert!(errors(report).contains(&(kind, place.to_owned())), "{name}: {:#?}", report.findings);
    assert_eq!(report.outcome(), Outcome::NotValid, "{name}");
}

fn body(sample: &Sample, index: u64) -> Value {
    serde_json::from_slice(&sample.log.entry(index).body.unwrap().bytes).unwrap()
}

/// The entries of a kind, oldest first.
fn entries(sample: &Sample, kind: &str) -> Vec<u64> {
    (0..sample.log.size()).filter(|index| sample.log.envelope(*index).kind == kind).collect()
}

#[test]
fn a_limited_pack_is_valid_and_says_that_it_is_limited() {
    let mut sample = limited();
    let pack = sample.build().unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert_errors("limited", &report, &[]);
    assert_eq!(report.about.unwrap().controls, CHOSEN);
    assert_eq!((report.counts.controls, report.counts.devices), (2, 0));
    let mut files = Files::of(&pack);
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    for part in ["2 controls: AD-5, PH-1", "The framework has other controls"] {
        assert!(page.contains(part), "{part}");
    }
    let whole = Sample::with_devices(4).build().unwrap();
    let whole = String::from_utf8(Files::of(&whole).file("index.html").clone()).unwrap();
    assert!(!whole.contains("Limited to"));
}

#[test]
fn nothing_is_in_it_that_only_other_controls_need() {
    let mut sample = Sample::with_devices(4);
    let named: Vec<String> = sample.input.devices.iter().map(|row| row.name.clone()).collect();
    let ids: Vec<String> = sample.input.devices.iter().map(|row| row.id.to_string()).collect();
    let reason = sample.input.exceptions[0].terms.reason.clone();
    sample.limit_to(&CHOSEN);
    let files = Files::of(&sample.build().unwrap());
    let others = ["device-firewall", "screen_lock", "nftables", "IS-9", "IS-7", "AD-1\""];
    let others = others.iter().map(|text| (*text).to_owned());
    for text in named.into_iter().chain(ids).chain([reason]).chain(others) {
        for (path, bytes) in files.0.iter().filter(|(path, _)| path.as_str() != "report.pdf") {
            let holds = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!holds, "{path} holds {text}");
        }
    }
    let index = |path: &str| {
        path.strip_prefix("ledger/entries/")?.strip_suffix(".json")?.parse::<u64>().ok()
    };
    for index in files.0.iter().filter_map(|(path, _)| index(path)) {
        let kind = sample.log.envelope(index).kind;
        assert!(!kind.starts_with("device."), "{kind} at {index}");
    }
}

#[test]
fn an_entry_that_its_controls_do_not_call_for_has_no_place_in_it() {
    let whole = Sample::with_devices(4);
    for kind in ["device.enrolled", "device.checked_in", "door.opened", "exception.granted"] {
        let mut sample = limited();
        let index = entries(&whole, kind)[0];
        sample.input.more_entries.push(index);
        let place = format!("ledger/entries/{index}.json");
        assert_found(kind, &report(&mut sample), Added, &place);
    }
    // Of an assessment it depends on whom it speaks of.
    let of_device = entries(&whole, "subject.assessed")
        .into_iter()
        .find(|index| body(&whole, *index)["subject"].as_str().unwrap().starts_with("device:"));
    let mut sample = limited();
    sample.input.more_entries.extend(of_device);
    let place = format!("ledger/entries/{}.json", of_device.unwrap());
    assert_found("assessed", &report(&mut sample), Added, &place);
    // And of a document.
    let mut sample = Sample::with_devices(1);
    let document = sample.documents[0].0.entry;
    sample.limit_to(&["PH-1"]);
    sample.input.more_entries.push(document);
    let place = format!("ledger/entries/{document}.json");
    assert_errors("document", &report(&mut sample), &[(Added, &place)]);
}

#[test]
fn a_row_about_something_else_has_no_place_in_it() {
    let whole = Sample::with_devices(4);
    let mut sample = limited();
    sample.input.devices.push(whole.input.devices[0].clone());
    assert_found("device", &report(&mut sample), Added, "devices.json");

    let mut sample = limited();
    sample.facts.push(whole.facts[0].clone());
    assert_found("fact", &report(&mut sample), Added, "facts.json");

    let mut sample = limited();
    sample.input.exceptions.push(whole.input.exceptions[0].clone());
    assert_found("exception", &report(&mut sample), Added, "exceptions.json");

    let mut sample = limited();
    let verdict = whole.input.verdicts.iter().find(|row| row.subject.kind == SubjectKind::Device);
    sample.input.verdicts.push(verdict.unwrap().clone());
    assert_found("verdict", &report(&mut sample), Added, "verdicts.json");

    let mut sample = limited();
    let interval = whole.input.history.iter().find(|row| row.subject.kind == SubjectKind::Device);
    sample.input.history.push(interval.unwrap().clone());
    assert_found("interval", &report(&mut sample), Added, "verdicts.json");

    for (list, kind) in [("documents.json", "document"), ("attestations.json", "attestation")] {
        let mut sample = Sample::with_devices(1);
        let (documents, attestations) = (sample.documents.clone(), sample.attestations.clone());
        let (chosen, other) = if kind == "document" { ("PH-1", "AD-5") } else { ("AD-5", "PH-1") };
        sample.limit_to(&[chosen]);
        (sample.documents, sample.attestations) = (documents, attestations);
        let found = report(&mut sample);
        assert_found(kind, &found, Added, list);
        assert!(found.findings.iter().any(|one| one.what.contains(other)), "{found:#?}");
    }

    let mut sample = limited();
    let own =
        Check { id: "ock_1".into(), is_own: true, ..sample.input.controls[0].checks[0].clone() };
    sample.input.controls[0].checks.push(own);
    assert_found("own", &report(&mut sample), Added, "controls.json");
}

#[test]
fn what_counts_for_its_controls_cannot_be_kept_back() {
    // What took a document back.
    let mut sample = limited();
    let at = sample.input.heading.scope.to;
    let taken =
        json!({"document": sample.documents[0].0.document, "control": "AD-5", "reason": "old"});
    let index = sample.log.record("document.withdrawn", &taken, at);
    sample.withheld.insert(index);
    let place = format!("ledger/entries/{index}.json");
    assert_found("withdrawn", &report(&mut sample), Withheld, &place);
    // Or says that a check of theirs failed meanwhile.
    let mut sample = limited();
    let subject = Subject::control("AD-5");
    let before = (sample.input.verdicts.clone(), sample.input.history.clone());
    sample.turn("evidence-ad-5", &subject, Status::Fail);
    (sample.input.verdicts, sample.input.history) = before;
    let index = sample.log.size() - 1;
    let place = format!("ledger/entries/{index}.json");
    assert_found("assessed", &report(&mut sample), Withheld, &place);
    // Or everything about one of them: then nothing shows how the log calls it.
    let mut sample = limited();
    sample.input.verdicts.retain(|row| row.subject != subject);
    sample.input.history.retain(|row| row.subject != subject);
    sample.facts.retain(|(row, _)| row.subject != subject);
    sample.documents.clear();
    let all: Vec<u64> = (0..sample.log.size())
        .filter(|index| {
            sample.log.envelope(*index).subject
                == sample.log.envelope(entries(&sample, "document.added")[0]).subject
        })
        .collect();
    sample.withheld.extend(all);
    assert_found("all", &report(&mut sample), NotProven, MANIFEST);
    // What is said of others may stay away.
    let mut sample = limited();
    let other = json!({"document": "doc_1", "control": "AD-1", "reason": "old"});
    sample.log.record("document.withdrawn", &other, at);
    assert_errors("other", &report(&mut sample), &[]);
}

#[test]
fn its_controls_are_just_those_that_the_heading_names() {
    let whole = Sample::with_devices(4);
    let mut sample = limited();
    sample.input.controls.pop();
    assert_found("fewer", &report(&mut sample), Contradiction, CONTROLS);
    let mut sample = limited();
    sample.input.controls.push(whole.input.controls[0].clone());
    assert_found("more", &report(&mut sample), Contradiction, CONTROLS);
    let mut sample = limited();
    sample.input.heading.scope.controls.push("AD-5".into());
    assert_found("twice", &report(&mut sample), Contradiction, CONTROLS);
    let mut sample = limited();
    sample.input.heading.scope.controls.push("AD-1".into());
    assert_found("one of which nothing is shown", &report(&mut sample), NotProven, MANIFEST);
}

#[test]
fn a_limited_pack_does_not_pass_for_a_whole_one() {
    let mut sample = limited();
    let mut files = Files::of(&sample.build().unwrap());
    files.json(MANIFEST, |manifest| {
        manifest["heading"]["scope"].as_object_mut().unwrap().remove("controls");
    });
    let pack = reseal(&mut sample, &mut files, FileKind::Fact);
    let found = check(&pack, Some(&sample.log.key()));
    let enrolled = entries(&sample, "device.enrolled")[0];
    assert_found("whole", &found, Withheld, &format!("ledger/entries/{enrolled}.json"));
    // Nor a whole one for a limited one.
    let mut sample = Sample::with_devices(2);
    let mut files = Files::of(&sample.build().unwrap());
    files.json(MANIFEST, |manifest| {
        manifest["heading"]["scope"]["controls"] = json!(CHOSEN);
    });
    let pack = reseal(&mut sample, &mut files, FileKind::Fact);
    let found = check(&pack, Some(&sample.log.key()));
    assert_found("limited", &found, Added, "devices.json");
    assert_found("limited", &found, Contradiction, CONTROLS);
}

#[test]
fn what_was_erased_is_told_where_it_belongs_to_its_controls_alone() {
    // An older version of the document, which nothing rests on any more.
    let given = |sample: &Sample| {
        let mut body = body(sample, sample.documents[0].0.entry);
        body["version"] = json!("dv_none");
        body
    };
    let mut sample = limited();
    let at = sample.input.heading.scope.to;
    let mut body = given(&sample);
    body["document"] = json!("doc_other");
    let index = sample.log.record("document.added", &body, at);
    sample.log.erase(index);
    let told = sample.log.size() - 1;
    sample.input.erased.push(index);
    let place = format!("ledger/entries/{index}.json");
    assert_found("untold", &report(&mut sample), Removed, &place);
    sample.input.more_entries.push(told);
    let found = report(&mut sample);
    assert!(!errors(&found).contains(&(Removed, place)), "{:#?}", found.findings);
    // That something else was erased has no place in it.
    let mut sample = limited();
    let other = entries(&sample, "door.opened")[0];
    sample.log.erase(other);
    let told = sample.log.size() - 1;
    sample.input.more_entries.push(told);
    assert_errors(
        "other",
        &report(&mut sample),
        &[(Added, &format!("ledger/entries/{told}.json"))],
    );
}

/// A catalogue that knows one thing: which checks are about computers.
struct AboutComputers;

impl ControlWords for AboutComputers {
    fn because(&self, _: &Control, _: Said<'_>) -> Option<String> {
        None
    }
}

impl Recompute for AboutComputers {
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

    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        check.starts_with("device-") == (subject.kind == SubjectKind::Device)
    }
}

#[test]
fn a_pack_cannot_be_limited_to_a_control_that_is_tested_on_computers() {
    let mut sample = Sample::with_devices(2);
    let screen_locks = sample.input.controls.iter().find(|control| control.id == "IS-7").unwrap();
    let check = screen_locks.checks[0].clone();
    sample.limit_to(&CHOSEN);
    sample.input.controls[0].checks.push(check);
    let pack = sample.build().unwrap();
    let options = VerifyOptions {
        expected_key: Some(sample.log.key()),
        recompute: Some(&AboutComputers),
        ..VerifyOptions::default()
    };
    let found = verify(Cursor::new(&pack), &options).unwrap();
    assert_found("device", &found, Contradiction, CONTROLS);
    assert!(found.findings.iter().any(|one| one.what.contains("tested on computers")));
}

#[test]
fn a_verdict_that_passes_about_a_computer_does_not_stand_in_it_by_another_name() {
    let mut sample = Sample::with_devices(2);
    let passes = |row: &&VerdictRow| row.check == "device-firewall" && row.status == Status::Pass;
    let verdict = sample.input.verdicts.iter().find(passes).unwrap().clone();
    sample.limit_to(&CHOSEN);
    let subject = Subject::control("AD-5");
    sample.input.verdicts.push(VerdictRow {
        subject_name: sample.name_of(&subject),
        subject,
        since: verdict.since + Duration::from_days(0),
        ..verdict
    });
    assert_found("moved", &report(&mut sample), Contradiction, "verdicts.json");
}
