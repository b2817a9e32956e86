use super::edit::{Files, assert_errors, check};
use crate::{
    ControlWords, FindingKind, Outcome, Recompute, VerifyOptions,
    rows::{Control, LeftOut, Scope, VerdictRow},
    sample::Sample,
    verify,
    verify::{KnownFact, Remade, Said},
};
use closedset_core::{Digest, Status, Subject, SubjectKind, Time, exception::Exception};
use closedset_merkle::{Checkpoint, Cosigner, KeyName, SignedNote};
use std::io::Cursor;

#[test]
fn a_pack_that_nobody_touched_is_valid_and_says_what_was_seen() {
    let mut sample = Sample::with_devices(3);
    let key = sample.log.key();
    let report = check(&sample.build().unwrap(), Some(&key));
    assert_errors("untouched", &report, &[]);
    assert_eq!(report.findings, []);
    let counts = report.counts;
    assert_eq!((counts.devices, counts.documents, counts.attestations), (3, 1, 1));
    assert_eq!((counts.facts, counts.facts_signed), (3 * 3 + 2, 3 * 2));
    assert_eq!((counts.verdicts, counts.controls), (3 * 3 + 3, 33));
    let log = report.log.as_ref().unwrap();
    assert!(log.key_was_compared);
    assert_eq!(log.size, sample.log.size());
    let summary = report.summary();
    for part in [
        "Halide Post",
        "1 June 2026 to 1 July 2026, made on 1 July 2026, 10:00",
        "those of Europe/London.",
        "11 facts (6 signed",
        "the expected key",
    ] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let build = || Sample::with_devices(2).build().unwrap();
    assert!(build() == build());
}

#[test]
fn without_a_known_key_the_report_says_so_and_gives_the_fingerprint() {
    let mut sample = Sample::with_devices(1);
    let report = check(&sample.build().unwrap(), None);
    assert!(report.is_valid());
    assert!(report.has(FindingKind::KeyNotCompared));
    let log = report.log.as_ref().unwrap();
    assert_eq!(log.key_fingerprint, Digest::of(sample.log.key().as_bytes()));
    assert!(report.findings[0].what.contains(&log.key_fingerprint.to_string()));
    assert!(report.summary().contains("was not compared"));
}

#[test]
fn what_is_left_out_is_named_and_does_not_break_the_pack() {
    let mut sample = Sample::with_devices(2);
    sample.input.left_out.push(LeftOut {
        what: "Titles of other clients".into(),
        why: "they are not the recipient's".into(),
    });
    let (row, content) = &mut sample.documents[0];
    row.left_out = Some("too long".into());
    *content = None;
    let pack = sample.build().unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert_errors("left out", &report, &[]);
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    // The document is in force, and nobody can see it.
    assert_eq!(kinds, [FindingKind::Unseen, FindingKind::LeftOut, FindingKind::LeftOut]);
    assert_eq!(report.outcome(), crate::Outcome::NotProven);
    assert!(!Files::of(&pack).0.iter().any(|(path, _)| path.starts_with("documents/")));
}

#[test]
fn a_confirmation_that_nobody_signed_is_a_warning() {
    let mut sample = Sample::with_devices(1);
    sample.input.devices[0].confirmations.clear();
    let report = check(&sample.build().unwrap(), Some(&sample.log.key()));
    assert_errors("unconfirmed", &report, &[]);
    assert!(report.has(FindingKind::Unconfirmed));
}

#[test]
fn a_pack_without_devices_and_one_of_a_small_log_are_valid() {
    for count in [0, 1] {
        let mut sample = Sample::with_devices(count);
        let report = check(&sample.build().unwrap(), Some(&sample.log.key()));
        assert_errors("small", &report, &[]);
    }
}

#[test]
fn a_known_witness_is_named_and_an_unknown_signature_only_counted() {
    let mut sample = Sample::with_devices(1);
    let key = sample.log.key();
    let witness = |seed| Cosigner::from_seed(KeyName::new("witness.example").unwrap(), &[seed; 32]);
    let (known, unknown) = (witness(71), witness(72));
    let sealed = sample.seal().unwrap();
    let own = sample.record_pack(&sealed);
    let mut note = SignedNote::parse(&sample.log.checkpoint()).unwrap();
    let checkpoint = Checkpoint::parse(note.text()).unwrap();
    note.add_signature(known.cosign(&checkpoint, 1_780_000_000).unwrap());
    note.add_signature(unknown.cosign(&checkpoint, 1_780_000_000).unwrap());
    let pack = sample.finish_with(sealed, own, note.to_string().as_bytes()).unwrap();
    let options = VerifyOptions {
        expected_key: Some(key),
        witnesses: vec![known.verifier().to_string()],
        ..VerifyOptions::default()
    };
    let report = verify(Cursor::new(pack), &options).unwrap();
    assert_errors("witnessed", &report, &[]);
    assert!(report.has(FindingKind::UnknownSignature), "{:#?}", report.findings);
    let log = report.log.unwrap();
    assert_eq!(log.witnesses, ["witness.example"]);
    assert_eq!(log.other_signatures, 1);
}

/// A catalogue that knows one check.
struct Firewalls;

impl ControlWords for Firewalls {
    fn because(&self, _: &Control, _: Said<'_>) -> Option<String> {
        None
    }
}

impl Recompute for Firewalls {
    fn assess(
        &self,
        check: &str,
        subject: &Subject,
        facts: &[KnownFact<'_>],
        _: &[Exception],
        at: Time,
    ) -> Option<Remade> {
        assert!(facts.iter().all(|fact| fact.row.collected_at < at));
        assert!(facts.iter().all(|fact| fact.row.subject == *subject));
        if check != "device-firewall" {
            return None;
        }
        let newest = facts
            .iter()
            .filter(|fact| fact.row.kind == "host_firewall")
            .max_by_key(|fact| fact.row.collected_at)?;
        let passes = newest.body["is_active"] == true;
        Some(if passes { Status::Pass } else { Status::Fail }.into())
    }

    fn needs(&self, check: &str) -> Option<Vec<String>> {
        (check == "device-firewall").then(|| vec!["host_firewall".to_owned()])
    }

    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        check == "device-firewall" && subject.kind == SubjectKind::Device
    }

    fn differences(&self, _: &Scope, controls: &[Control]) -> Vec<String> {
        let is_there = controls.iter().any(|control| control.id == "IS-3");
        if is_there { Vec::new() } else { vec!["IS-3 is missing".to_owned()] }
    }

    fn control(&self, control: &Control, said: Said<'_>) -> Option<Status> {
        if control.id != "IS-3" {
            // Its word is taken for all others.
            return Some(control.status);
        }
        said.verdicts.iter().map(|verdict| verdict.status).min()
    }
}

#[test]
fn a_catalogue_makes_the_verdicts_anew_and_a_better_one_is_found_out() {
    let mut sample = Sample::with_devices(6);
    let options = VerifyOptions { recompute: Some(&Firewalls), ..VerifyOptions::default() };
    let report = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
    assert_errors("recomputed", &report, &[]);
    assert_eq!(report.counts.recomputed, 6);

    let mut sample = Sample::with_devices(6);
    let is_bad = |row: &&VerdictRow| row.check == "device-firewall" && row.status == Status::Fail;
    let verdict = sample.input.verdicts.iter().find(is_bad).unwrap().clone();
    sample.turn(&verdict.check, &verdict.subject, Status::Pass);
    let control = sample.input.controls.iter_mut().find(|one| one.id == "IS-3").unwrap();
    control.status = Status::Pass;
    let report = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
    assert_errors("better", &report, &[(FindingKind::OtherVerdict, "verdicts.json")]);
    assert_eq!(report.counts.recomputed, 5);

    let mut sample = Sample::with_devices(6);
    let control = sample.input.controls.iter_mut().find(|one| one.id == "IS-3").unwrap();
    assert_eq!(control.status, Status::Fail);
    control.status = Status::Unknown;
    let report = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
    assert_errors("control", &report, &[(FindingKind::OtherVerdict, "controls.json")]);
}

#[test]
fn a_verdict_that_was_left_out_is_found_out_and_a_control_is_missed() {
    let options = VerifyOptions { recompute: Some(&Firewalls), ..VerifyOptions::default() };
    let mut sample = Sample::with_devices(6);
    let is_bad = |row: &VerdictRow| row.check == "device-firewall" && row.status == Status::Fail;
    assert!(sample.input.verdicts.iter().any(is_bad));
    sample.input.verdicts.retain(|row| !is_bad(row));
    let control = sample.input.controls.iter_mut().find(|one| one.id == "IS-3").unwrap();
    control.status = Status::Pass;
    let report = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
    let place = "verdicts.json";
    let expected = [(FindingKind::OtherVerdict, place), (FindingKind::Contradiction, place)];
    assert_errors("left out", &report, &expected);

    let mut sample = Sample::with_devices(6);
    sample.input.controls.retain(|control| control.id != "IS-3");
    sample.input.verdicts.retain(|row| row.check != "device-firewall");
    sample.input.history.retain(|row| row.check != "device-firewall");
    let report = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
    assert_errors("no control", &report, &[]);
    assert!(report.has(FindingKind::OtherCheck));
    assert_eq!(report.outcome(), Outcome::NotProven);
}
