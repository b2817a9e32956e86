//! What a maker who has root, the ledger's key and the master key can do: leave out, put back and
//! make up. What he cannot is unsay what the log holds, and sign as a device.

use super::edit::{assert_errors, check};
use crate::{
    ControlWords,
    FindingKind::*,
    Outcome, Recompute, Report, VerifyOptions,
    rows::{Check, Control, ERASED_WORDS, FactRow, LeftOut, Scope, VerdictRow, fact_title},
    sample::Sample,
    verify,
    verify::{DerivedFact, KnownFact, Remade, Said},
};
use closedset_core::{
    Digest, Duration, Status, Subject, SubjectKind, Time, canonical, exception::Exception,
};
use serde_json::{Value, json};
use std::io::Cursor;

const FIREWALL: &str = "device-firewall";

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// A facility of which the computer at 4 has no firewall now, and had one before.
fn failing() -> (Sample, Subject) {
    let sample = Sample::with_devices(6);
    let subject = Subject::device(sample.input.devices[4].id);
    let is_it = |row: &&VerdictRow| row.check == FIREWALL && row.subject == subject;
    assert_eq!(sample.input.verdicts.iter().find(is_it).unwrap().status, Status::Fail);
    (sample, subject)
}

/// The entries of a kind whose body holds this text.
fn entries(sample: &Sample, kind: &str, text: &str) -> Vec<u64> {
    let is_it = |index: &u64| {
        let body = sample.log.entry(*index).body;
        sample.log.envelope(*index).kind == kind
            && body.is_some_and(|body| String::from_utf8_lossy(&body.bytes).contains(text))
    };
    (0..sample.log.size()).filter(is_it).collect()
}

fn body(sample: &Sample, index: u64) -> Value {
    serde_json::from_slice(&sample.log.entry(index).body.unwrap().bytes).unwrap()
}

fn fact<'s>(
    sample: &'s mut Sample,
    subject: &Subject,
    kind: &str,
) -> &'s mut (FactRow, Option<Vec<u8>>) {
    let is_it =
        |(row, _): &&mut (FactRow, Option<Vec<u8>>)| row.subject == *subject && row.kind == kind;
    sample.facts.iter_mut().find(is_it).unwrap()
}

/// Puts what the device said before in place of what it says now, and lets the check pass.
fn put_back(sample: &mut Sample, subject: &Subject) -> (u64, u64) {
    let said = entries(sample, "device.checked_in", &subject.id);
    let digests = body(sample, said[0])["digests"].clone();
    for kind in ["host_firewall", "screen_lock"] {
        let digest: Digest = serde_json::from_value(digests[kind].clone()).unwrap();
        let other = sample.facts.iter().find(|(row, _)| row.digest == digest).unwrap().1.clone();
        let at = sample.log.envelope(said[0]).at;
        let (row, bytes) = fact(sample, subject, kind);
        (row.digest, row.entry, row.confirmed_at, *bytes) = (digest, said[0], None, other);
        row.collected_at = at;
    }
    for row in sample.input.verdicts.iter_mut().filter(|row| row.subject == *subject) {
        row.facts.clear();
    }
    for kind in ["host_firewall", "screen_lock", "release_line"] {
        let digest = fact(sample, subject, kind).0.digest;
        let check = match kind {
            "host_firewall" => FIREWALL,
            "screen_lock" => "device-screen-lock",
            _ => "device-release",
        };
        for row in &mut sample.input.verdicts {
            if row.subject == *subject && row.check == check {
                row.facts = vec![digest];
            }
        }
    }
    sample.input.devices.iter_mut().for_each(|row| row.confirmations.clear());
    sample.turn(FIREWALL, subject, Status::Pass);
    sample.input.controls.iter_mut().for_each(|control| control.status = Status::Unknown);
    (said[0], said[1])
}

#[test]
fn an_older_statement_does_not_stand_for_the_newest() {
    let (mut sample, subject) = failing();
    let (_, newest) = put_back(&mut sample, &subject);
    let found = report(&mut sample.clone());
    assert!(found.has(Outdated) && !found.is_valid(), "{:#?}", found.findings);
    // Nor if the newest is kept back.
    sample.withheld.insert(newest);
    sample.input.history.retain(|row| row.entry <= newest || row.subject != subject);
    let found = report(&mut sample);
    let place = format!("ledger/entries/{newest}.json");
    let is_it = |one: &crate::Finding| one.kind == Withheld && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn an_older_statement_recorded_anew_is_a_replay() {
    for keeps_back in [false, true] {
        let (mut sample, subject) = failing();
        let (older, newest) = put_back(&mut sample, &subject);
        let again = body(&sample, older);
        let made_at = sample.input.heading.made_at;
        let again = sample.log.record("device.checked_in", &again, made_at);
        for kind in ["host_firewall", "screen_lock"] {
            fact(&mut sample, &subject, kind).0.entry = again;
        }
        if keeps_back {
            sample.withheld.insert(newest);
        }
        let found = report(&mut sample);
        assert!(found.has(if keeps_back { Withheld } else { Replayed }), "{:#?}", found.findings);
    }
}

#[test]
fn a_pack_made_as_if_the_newest_statement_was_still_to_come_is_found_out() {
    let (mut sample, subject) = failing();
    let (_, newest) = put_back(&mut sample, &subject);
    sample.input.log.size = newest;
    let found = report(&mut sample);
    let place = format!("ledger/entries/{newest}.json");
    let is_it = |one: &crate::Finding| one.kind == Withheld && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn a_computer_that_is_left_out_is_missed() {
    let (mut sample, subject) = failing();
    let enrolled = sample.input.devices[4].enrolled;
    sample.input.devices.remove(4);
    sample.facts.retain(|(row, _)| row.subject != subject);
    sample.input.verdicts.retain(|row| row.subject != subject);
    sample.input.history.retain(|row| row.subject != subject);
    sample.input.controls.iter_mut().for_each(|control| control.status = Status::Unknown);
    for index in entries(&sample, "device.checked_in", &subject.id) {
        sample.withheld.insert(index);
    }
    let found = report(&mut sample.clone());
    assert!(found.has(Removed) && found.has(Withheld), "{:#?}", found.findings);
    let is_it = |one: &crate::Finding| one.kind == Removed && one.place == "devices.json";
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
    sample.withheld.insert(enrolled);
    assert!(report(&mut sample).has(Withheld));
}

#[test]
fn a_computer_is_enrolled_once() {
    let (mut sample, _) = failing();
    let row = sample.input.devices[4].clone();
    let key = ed25519_dalek::SigningKey::from_bytes(&[77; 32]).verifying_key();
    let key = closedset_core::check_in::DeviceKey(key.to_bytes());
    let again = json!({"device": row.id, "key": key, "name": row.name});
    let made_at = sample.input.heading.made_at;
    let again = sample.log.record("device.enrolled", &again, made_at);
    (sample.input.devices[4].key, sample.input.devices[4].enrolled) = (key, again);
    let found = report(&mut sample);
    let place = format!("ledger/entries/{again}.json");
    let is_it = |one: &crate::Finding| one.kind == Contradiction && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
    assert!(found.findings.iter().any(|one| one.kind == Removed && one.place == "devices.json"));
}

#[test]
fn a_computer_is_called_what_the_log_calls_it() {
    let mut sample = Sample::with_devices(2);
    sample.input.devices[0].name = "Vault".into();
    let subject = Subject::device(sample.input.devices[0].id);
    each_name(&mut sample, |of, name| {
        if *of == subject {
            *name = "Vault".into();
        }
    });
    assert_errors("name", &report(&mut sample), &[(Contradiction, "devices.json")]);
}

#[test]
fn a_check_or_control_that_stands_there_twice_is_refused() {
    let mut sample = Sample::with_devices(1);
    let control = sample.input.controls.iter().find(|one| one.id == "IS-3").unwrap().clone();
    let mut other = Control { id: "ZZ-1".into(), status: Status::Unknown, ..control.clone() };
    other.checks[0].version = "999".into();
    sample.input.controls.push(other);
    assert_errors("check", &report(&mut sample), &[(Contradiction, "controls.json")]);
    let mut sample = Sample::with_devices(1);
    sample.input.controls.push(Control { checks: Vec::new(), status: Status::Unknown, ..control });
    assert_errors("control", &report(&mut sample), &[(Contradiction, "controls.json")]);
    let mut sample = Sample::with_devices(1);
    let again = sample.input.verdicts[0].clone();
    sample.input.verdicts.push(again);
    assert_errors("verdict", &report(&mut sample), &[(Contradiction, "verdicts.json")]);
}

#[test]
fn nothing_passes_on_a_fact_that_is_left_out() {
    let (mut sample, subject) = failing();
    let (row, bytes) = fact(&mut sample, &subject, "host_firewall");
    (row.left_out, *bytes) = (Some("personal data".into()), None);
    assert_errors("fails", &report(&mut sample.clone()), &[]);
    sample.turn(FIREWALL, &subject, Status::Pass);
    sample.input.controls.iter_mut().for_each(|control| control.status = Status::Unknown);
    assert_errors("passes", &report(&mut sample), &[(NotProven, "verdicts.json")]);
    // With a catalogue, not even unknown may take the place of a failure.
    let (mut sample, subject) = failing();
    let (row, bytes) = fact(&mut sample, &subject, "host_firewall");
    (row.left_out, *bytes) = (Some("personal data".into()), None);
    let found = with(&Knows::default(), &mut sample);
    assert!(found.has(NotProven), "{:#?}", found.findings);
}

/// Records a fact that Closedset is to have derived.
fn state(sample: &mut Sample, subject: &Subject, kind: &str, source: &str, said: &Value) -> String {
    let bytes = canonical::to_vec(said).unwrap();
    let digest = Digest::of(&bytes);
    let at = sample.input.heading.scope.to;
    let one = json!({"subject": subject, "kind": kind, "source": source, "digest": digest});
    let said = json!({"subject": subject, "at": at, "facts": [one], "verdicts": []});
    let entry = sample.log.record("subject.assessed", &said, at);
    let row = FactRow {
        subject: subject.clone(),
        subject_name: sample.name_of(subject),
        kind: kind.into(),
        title: fact_title(kind),
        source: source.into(),
        digest,
        collected_at: at,
        confirmed_at: None,
        entry,
        left_out: None,
    };
    sample.facts.retain(|(row, _)| row.subject != *subject || row.kind != kind);
    sample.facts.push((row, Some(bytes)));
    format!("facts/{digest}.json")
}

#[test]
fn evidence_that_nobody_gave_is_found_out() {
    let (control, at) = (Subject::control("AD-1"), "2027-01-01T00:00:00.000Z");
    let item = json!({
        "id": "doc_1", "form": "document", "title": "Policy", "digest": Digest::of(b"?"),
        "valid_from": "2026-06-01T00:00:00.000Z", "valid_to": at,
    });
    let said =
        json!({"in_force": 1, "lapsed": 0, "taken_back": 0, "items": [item], "valid_to": at});
    let mut sample = Sample::with_devices(1);
    let place = state(&mut sample, &control, "evidence", "closedset/evidence", &said);
    assert_errors("made up", &report(&mut sample), &[(OtherFact, &place)]);
    let mut sample = Sample::with_devices(1);
    let place = state(&mut sample, &control, "evidence", "closedset/better", &said);
    assert_errors("by another", &report(&mut sample), &[(OtherFact, &place)]);
}

#[test]
fn what_was_withdrawn_is_not_in_force() {
    let mut sample = Sample::with_devices(1);
    let id = sample.attestations[0].0.attestation;
    let said = json!({"attestation": id, "control": "PH-1"});
    let made_at = sample.input.heading.made_at;
    let withdrawn = sample.log.record("attestation.withdrawn", &said, made_at);
    let text = format!("attestations/{}.txt", sample.attestations[0].0.digest);
    let is_it = |(row, _): &&(FactRow, Option<Vec<u8>>)| row.subject == Subject::control("PH-1");
    let evidence = format!("facts/{}.json", sample.facts.iter().find(is_it).unwrap().0.digest);
    let expected = [(Contradiction, text.as_str()), (OtherFact, &evidence)];
    assert_errors("put back", &report(&mut sample.clone()), &expected);
    sample.withheld.insert(withdrawn);
    let place = format!("ledger/entries/{withdrawn}.json");
    assert_errors("kept back", &report(&mut sample), &[(Withheld, &place)]);
}

#[test]
fn what_was_given_for_one_control_is_not_given_for_another() {
    let mut sample = Sample::with_devices(1);
    sample.attestations[0].0.control = "IR-1".into();
    let place = format!("attestations/{}.txt", sample.attestations[0].0.digest);
    assert_errors("control", &report(&mut sample), &[(Contradiction, &place)]);
    for alter in [
        |sample: &mut Sample| sample.attestations[0].0.signed_by = "TPN assessor".into(),
        |sample: &mut Sample| sample.attestations[0].0.signed_at = Time::from_millis(0),
    ] {
        let mut sample = Sample::with_devices(1);
        alter(&mut sample);
        assert_errors("signer or time", &report(&mut sample), &[(Contradiction, &place)]);
    }
}

#[test]
fn nothing_passes_on_what_was_given_and_erased() {
    let mut sample = Sample::with_devices(1);
    let entry = sample.documents[0].0.entry;
    sample.log.erase(entry);
    sample.input.erased.push(entry);
    sample.documents[0].0.title = "Audited by the owner".into();
    let is_it = |(row, _): &&(FactRow, Option<Vec<u8>>)| row.subject == Subject::control("AD-5");
    let evidence = format!("facts/{}.json", sample.facts.iter().find(is_it).unwrap().0.digest);
    let name = "Content-Security-Handbook-2026.pdf";
    let file = format!("documents/{}/{name}", sample.documents[0].0.digest);
    let expected = [(NotProven, file.as_str()), (OtherFact, &evidence)];
    assert_errors("erased", &report(&mut sample.clone()), &expected);
    // What was erased must be recorded as such.
    let says_so = sample.log.size() - 1;
    sample.withheld.insert(says_so);
    let found = report(&mut sample);
    assert!(found.has(Removed) && found.has(Withheld), "{:#?}", found.findings);
}

#[test]
fn nothing_passes_on_a_computer_whose_newest_statement_was_erased() {
    let (mut sample, subject) = failing();
    let (_, newest) = put_back(&mut sample, &subject);
    sample.log.erase(newest);
    sample.input.erased.push(newest);
    for control in &mut sample.input.controls {
        control.checks.iter_mut().for_each(|check| check.needs.clear());
    }
    let found = report(&mut sample);
    assert_errors("erased", &found, &[(NotProven, "verdicts.json")]);
}

#[test]
fn what_a_person_confirmed_about_a_computer_stands_in_the_log() {
    let mut sample = Sample::with_devices(1);
    let subject = Subject::device(sample.input.devices[0].id);
    let said = json!({"has_screen": false, "is_portable": false, "handles_content": false});
    let source = "closedset/register";
    let place = state(&mut sample, &subject, "device", source, &said);
    assert_errors("made up", &report(&mut sample), &[(OtherFact, &place)]);
    let mut sample = Sample::with_devices(1);
    let mut confirmed = said.clone();
    confirmed["device"] = json!(sample.input.devices[0].id);
    let at = sample.input.heading.scope.to;
    sample.log.record("device.confirmed", &confirmed, at);
    state(&mut sample, &subject, "device", source, &said);
    assert_errors("confirmed", &report(&mut sample), &[]);
}

/// A catalogue that knows the firewall, and for how long a fact counts.
#[derive(Default)]
struct Knows {
    /// What follows from a computer's facts, instead of what the sample says.
    line: Option<(Digest, Time)>,
    /// It gives its own reason for what each control is.
    has_words: bool,
}

impl ControlWords for Knows {
    fn because(&self, control: &Control, _: Said<'_>) -> Option<String> {
        let words = format!("{} is as it is", control.id);
        Some(if self.has_words { words } else { control.because.clone() })
    }
}

impl Recompute for Knows {
    fn assess(
        &self,
        check: &str,
        _: &Subject,
        facts: &[KnownFact<'_>],
        _: &[Exception],
        at: Time,
    ) -> Option<Remade> {
        self.needs(check)?;
        let fact = facts.iter().find(|fact| fact.row.kind == "host_firewall")?;
        assert!(!facts.iter().any(|fact| self.is_derived(&fact.row.kind)));
        let is_fresh =
            fact.confirmed_at.is_some_and(|time| at.since(time) < Duration::from_days(7));
        Some(Remade::from(match (is_fresh, fact.body["is_active"] == true) {
            (false, _) => Status::Unknown,
            (true, true) => Status::Pass,
            (true, false) => Status::Fail,
        }))
    }
    fn needs(&self, check: &str) -> Option<Vec<String>> {
        (check == FIREWALL).then(|| vec!["host_firewall".to_owned()])
    }
    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        check == FIREWALL && subject.kind == SubjectKind::Device
    }
    fn has_version(&self, check: &Check) -> bool {
        check.version == "1"
    }
    fn is_derived(&self, kind: &str) -> bool {
        self.line.is_some() && kind == "release_line"
    }
    fn derive(&self, _: &[KnownFact<'_>], _: Time) -> Vec<DerivedFact> {
        let one = |(digest, collected_at)| DerivedFact {
            kind: "release_line".into(),
            source: "closedset/release-line/agent".into(),
            digest,
            collected_at,
        };
        self.line.map(one).into_iter().collect()
    }
    fn differences(&self, _: &Scope, _: &[Control]) -> Vec<String> {
        Vec::new()
    }
    fn control(&self, control: &Control, _: Said<'_>) -> Option<Status> {
        Some(control.status)
    }
}

fn with(catalogue: &dyn Recompute, sample: &mut Sample) -> Report {
    let expected_key = Some(sample.log.key());
    let options =
        VerifyOptions { expected_key, recompute: Some(catalogue), ..VerifyOptions::default() };
    verify(Cursor::new(sample.build().unwrap()), &options).unwrap()
}

#[test]
fn freshness_is_what_the_device_signed() {
    let mut sample = Sample::with_devices(2);
    assert_errors("signed", &with(&Knows::default(), &mut sample.clone()), &[]);
    sample.input.devices[0].confirmations.clear();
    let found = with(&Knows::default(), &mut sample);
    assert!(found.has(Unconfirmed));
    assert_errors("made up", &found, &[(OtherVerdict, "verdicts.json")]);
}

#[test]
fn a_check_in_another_version_is_made_anew_as_it_is_known() {
    let (mut sample, subject) = failing();
    let control = sample.input.controls.iter_mut().find(|one| one.id == "IS-3").unwrap();
    control.checks[0].version = "999".into();
    sample.turn(FIREWALL, &subject, Status::Pass);
    let mut elsewhere = sample.clone();
    let control = |sample: &mut Sample| {
        sample.input.controls.iter_mut().for_each(|control| control.status = Status::Unknown);
    };
    control(&mut sample);
    let found = with(&Knows::default(), &mut sample);
    assert_errors("same program", &found, &[(OtherVerdict, "verdicts.json")]);
    // Another program's catalogue may know better: that is not called valid either.
    control(&mut elsewhere);
    elsewhere.input.heading.made_with = "closedset 99".into();
    let found = with(&Knows::default(), &mut elsewhere);
    assert_eq!(found.outcome(), Outcome::NotProven, "{:#?}", found.findings);
    assert!(found.summary().starts_with("Whole, but not proven."), "{}", found.summary());
}

#[test]
fn what_follows_from_a_computers_facts_is_derived_anew() {
    let mut sample = Sample::with_devices(1);
    let is_it = |(row, _): &&(FactRow, Option<Vec<u8>>)| row.kind == "release_line";
    let FactRow { digest, collected_at, .. } = sample.facts.iter().find(is_it).unwrap().0;
    let knows = Knows { line: Some((digest, collected_at)), ..Knows::default() };
    assert_errors("the same", &with(&knows, &mut sample.clone()), &[]);
    let place = format!("facts/{digest}.json");
    let older = Some((digest, collected_at + Duration::from_days(200)));
    let knows = Knows { line: older, ..Knows::default() };
    assert_errors("dated back", &with(&knows, &mut sample.clone()), &[(OtherFact, &place)]);
    let other = Some((Digest::of(b"out of support"), collected_at));
    let knows = Knows { line: other, ..Knows::default() };
    assert_errors("another", &with(&knows, &mut sample.clone()), &[(OtherFact, &place)]);
    sample.input.heading.made_with = "closedset 99".into();
    assert_eq!(with(&knows, &mut sample).outcome(), Outcome::NotProven);
}

#[test]
fn notices_do_not_hide_what_is_wrong() {
    let mut sample = Sample::with_devices(1);
    for number in 0..6_000 {
        sample.input.left_out.push(LeftOut { what: format!("{number}"), why: "private".into() });
    }
    sample.input.devices[0].confirmations.clear();
    sample.input.controls[0].status = Status::Pass;
    let found = report(&mut sample);
    assert_errors("hidden", &found, &[(Contradiction, "controls.json")]);
    assert!(found.has(Unconfirmed), "the warnings are listed");
    assert_eq!(found.findings.len(), crate::verify::FINDING_LIMIT);
    assert_eq!(found.more_findings.errors + found.more_findings.warnings, 0);
    let listed = found.findings.iter().filter(|one| one.kind == LeftOut).count() as u64;
    assert_eq!(listed + found.more_findings.notices, 6_000);
    assert!(found.more_findings.words().ends_with("more notices"));
}

#[test]
fn history_is_what_was_recorded_without_gaps() {
    let verdicts = [(Contradiction, "verdicts.json")];
    let (sample, subject) = failing();
    let at = |sample: &Sample, is_first: bool| {
        let is_it = |row: &crate::rows::Interval| {
            row.check == FIREWALL && row.subject == subject && row.to.is_some() == is_first
        };
        sample.input.history.iter().position(is_it).unwrap()
    };
    let mut shorter = sample.clone();
    shorter.input.history.remove(at(&sample, false));
    assert_errors("the end", &report(&mut shorter), &verdicts);
    let mut longer = sample.clone();
    let last = at(&sample, false);
    longer.input.history[last].from = crate::sample::BEGINNING;
    assert!(report(&mut longer).has(Contradiction));
    let mut first = sample.clone();
    let entry = first.input.history[last].entry;
    first.input.history.remove(at(&sample, true));
    let place = format!("ledger/entries/{entry}.json");
    assert_errors("the beginning", &report(&mut first), &verdicts);
    let mut other = sample;
    let because = "accepted by the owner".to_owned();
    other.input.history[last].because = because.clone();
    let is_it = |row: &&mut VerdictRow| row.check == FIREWALL && row.subject == subject;
    other.input.verdicts.iter_mut().find(is_it).unwrap().because = because;
    assert_errors("reason", &report(&mut other), &[(Contradiction, &place)]);
}

#[test]
fn history_is_not_made_up_afterwards() {
    let (sample, subject) = failing();
    let is_it = |row: &crate::rows::Interval| row.check == FIREWALL && row.subject == subject;
    let at = sample.input.history.iter().rposition(is_it).unwrap();
    let status = sample.input.history[at].status;
    let because = sample.input.history[at].because.clone();
    let made_up = |kind: &'static str, began: Time, was: Option<&str>| {
        let mut sample = sample.clone();
        let turn = json!({
            "check": FIREWALL, "subject": subject, "status": status, "because": because, "was": was,
        });
        let body = json!({"subject": subject, "at": began, "facts": [], "verdicts": [turn]});
        let entry = sample.log.record(kind, &body, sample.input.heading.made_at);
        let row = &mut sample.input.history[at];
        (row.entry, row.from) = (entry, began);
        let is_older = |row: &crate::rows::Interval| is_it(row) && row.entry != entry;
        sample.input.history.retain(|row| !is_older(row));
        let verdict = |row: &&mut VerdictRow| row.check == FIREWALL && row.subject == subject;
        sample.input.verdicts.iter_mut().find(verdict).unwrap().since = began;
        let found = report(&mut sample);
        assert!(found.has(Contradiction), "{kind} {began} {was:?}: {:#?}", found.findings);
        let place = format!("ledger/entries/{entry}.json");
        found.findings.iter().any(|one| one.kind == Contradiction && one.place == place)
    };
    let long_ago = crate::sample::BEGINNING - Duration::from_days(200);
    let made_at = sample.input.heading.made_at;
    assert!(made_up("subject.assessed", long_ago, None));
    assert!(made_up("subject.assessed", long_ago, Some("pass")));
    assert!(made_up("subject.assessed", made_at + Duration::from_days(1), None));
    assert!(made_up("door.opened", long_ago, None));
    // Said to be so only now, what was said before is missing.
    assert!(!made_up("subject.assessed", made_at, None));
}

#[test]
fn what_was_erased_proves_no_history() {
    let (mut sample, subject) = failing();
    let is_it = |row: &&mut crate::rows::Interval| row.check == FIREWALL && row.subject == subject;
    let row = sample.input.history.iter_mut().find(is_it).unwrap();
    (row.status, row.because) = (Status::Pass, "as it should be".into());
    let entry = row.entry;
    sample.input.erased.push(entry);
    sample.log.erase(entry);
    let place = format!("ledger/entries/{entry}.json");
    let found = report(&mut sample.clone());
    assert_errors("words", &found, &[(NotProven, &place)]);
    // Without words, it is a doubt.
    for row in sample.input.history.iter_mut().filter(|row| row.entry == entry) {
        row.because = ERASED_WORDS.into();
        let (check, of) = (row.check.clone(), row.subject.clone());
        let verdicts = sample.input.verdicts.iter_mut();
        for verdict in
            verdicts.filter(|one| row.to.is_none() && one.check == check && one.subject == of)
        {
            verdict.because = ERASED_WORDS.into();
        }
    }
    let found = report(&mut sample);
    assert_errors("none", &found, &[]);
    assert!(found.has(ErasedHistory), "{:#?}", found.findings);
    assert_eq!(found.outcome(), Outcome::NotProven);
}

#[test]
fn times_that_go_back_are_named_and_a_pack_is_not_dated_back() {
    let mut sample = Sample::with_devices(1);
    sample.log.record("door.opened", &json!({}), crate::sample::BEGINNING);
    let found = report(&mut sample);
    assert_errors("entry", &found, &[]);
    assert!(found.has(ClockBack));
    // Nothing was recorded before the record began.
    let mut sample = Sample::with_devices(1);
    let before = crate::sample::BEGINNING - Duration::from_days(100);
    let early = sample.log.record("door.opened", &json!({}), before);
    let place = format!("ledger/entries/{early}.json");
    assert_errors("early", &report(&mut sample), &[(Contradiction, &place)]);
    let mut sample = Sample::with_devices(1);
    let later = sample.input.heading.made_at + Duration::from_days(1);
    sample.log.record("door.opened", &json!({}), later);
    let own = sample.log.size();
    let place = format!("ledger/entries/{own}.json");
    assert_errors("pack", &report(&mut sample), &[(Contradiction, &place)]);
}

#[test]
fn a_log_with_two_histories_does_not_continue_an_older_pack() {
    let mut sample = Sample::with_devices(1);
    let mut other = sample.clone();
    let older = report(&mut sample).log.unwrap();
    let since = |sample: &mut Sample| {
        let options = VerifyOptions {
            expected_key: Some(sample.log.key()),
            since: Some(older.clone()),
            ..VerifyOptions::default()
        };
        verify(Cursor::new(sample.build().unwrap()), &options).unwrap()
    };
    sample.input.log.size = 0;
    let found = since(&mut sample);
    assert_errors("continued", &found, &[]);
    assert_eq!(found.continues, Some(older.size));
    assert!(found.summary().contains("continues that of the older pack"));
    // The same key, another history.
    let made_at = other.input.heading.made_at;
    other.log.record("door.opened", &json!({"door": 9}), made_at);
    other.log.record("door.opened", &json!({"door": 8}), made_at);
    assert_errors("forked", &since(&mut other), &[(Forked, "ledger/checkpoint")]);
    // Cut short.
    let mut short = Sample::with_devices(0);
    assert_errors("shorter", &since(&mut short), &[(OlderCheckpoint, "ledger/checkpoint")]);
}

#[test]
fn a_confirmation_that_no_entry_commits_to_does_not_count() {
    let sample = Sample::with_devices(2);
    let place = "devices.json";
    let rolled_up =
        |sample: &mut Sample| sample.input.devices[0].confirmations[0].rolled_up.take().unwrap();
    // Its entry commits to others.
    for alter in [
        |proof: &mut crate::RolledUp| proof.hashes[0] = Digest::of(b"?"),
        |proof: &mut crate::RolledUp| proof.hashes.clear(),
        |proof: &mut crate::RolledUp| proof.index = 1,
        |proof: &mut crate::RolledUp| proof.index = 9,
        |proof: &mut crate::RolledUp| proof.entry = 299,
    ] {
        let mut sample = sample.clone();
        let mut proof = rolled_up(&mut sample);
        alter(&mut proof);
        sample.input.devices[0].confirmations[0].rolled_up = Some(proof);
        assert_errors("proof", &report(&mut sample), &[(NotProven, place)]);
    }
    // An entry with a root of something else.
    let mut other = sample.clone();
    let mut proof = rolled_up(&mut other);
    let mut said = body(&other, proof.entry);
    said["root"] = json!(Digest::of(b"?"));
    proof.entry = other.log.record("confirmations.rolled_up", &said, other.input.heading.made_at);
    other.input.devices[0].confirmations[0].rolled_up = Some(proof);
    assert_errors("root", &report(&mut other), &[(NotProven, place)]);
    // None at all, long after there must be one: nothing is fresh by it.
    let mut none = sample.clone();
    rolled_up(&mut none);
    none.input.heading.made_at = none.input.heading.made_at + Duration::from_hours(2);
    assert!(report(&mut none.clone()).has(Unconfirmed));
    let found = with(&Knows::default(), &mut none);
    assert_errors("stale", &found, &[(OtherVerdict, "verdicts.json")]);
    // Within the hour it may still wait for it.
    let mut young = sample.clone();
    rolled_up(&mut young);
    let at = young.input.devices[0].confirmations[0].statement.collected_at;
    young.input.heading.made_at = at + Duration::from_minutes(60);
    let found = report(&mut young);
    assert!(!found.has(Unconfirmed), "{:#?}", found.findings);
}

#[test]
fn a_device_says_nothing_before_its_time() {
    let mut sample = Sample::with_devices(1);
    let said = entries(&sample, "device.checked_in", "statement");
    let said = body(&sample, *said.last().unwrap());
    let early = "2026-06-02T00:00:00Z".parse().unwrap();
    let index = sample.log.record("device.checked_in", &said, early);
    let found = report(&mut sample);
    let place = format!("ledger/entries/{index}.json");
    let is_it = |one: &crate::Finding| one.kind == Contradiction && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn an_organisation_is_called_what_the_log_calls_it() {
    let manifest = [(Contradiction, "manifest.json")];
    type Alter = fn(&mut crate::rows::Heading);
    let alterations: [Alter; 5] = [
        |heading| heading.organisation_name = "Somebody Else Ltd".into(),
        |heading| heading.facilities[0].name = "Vault".into(),
        |heading| heading.facilities[0].address = "Somewhere else".into(),
        |heading| heading.facilities.push(heading.facilities[0].clone()),
        |heading| heading.facilities[0].country = "CH".into(),
    ];
    for alter in alterations {
        let mut sample = Sample::with_devices(1);
        alter(&mut sample.input.heading);
        let renamed = sample.input.heading.organisation_name.clone();
        each_name(&mut sample, |of, name| {
            if of.kind == SubjectKind::Organisation {
                name.clone_from(&renamed);
            }
        });
        assert_errors("heading", &report(&mut sample), &manifest);
    }
    // Renamed, it has the new name and not the old one, whatever is kept back.
    let mut sample = Sample::with_devices(1);
    let facility = sample.input.heading.facilities[0].clone();
    let said = json!({"organisation": "Halide Pictures", "facility": facility});
    let made_at = sample.input.heading.made_at;
    let renamed = sample.log.record("facility.changed", &said, made_at);
    assert_errors("the old name", &report(&mut sample.clone()), &manifest);
    let mut hidden = sample.clone();
    hidden.withheld.insert(renamed);
    let place = format!("ledger/entries/{renamed}.json");
    assert_errors("kept back", &report(&mut hidden), &[(Withheld, &place)]);
    let mut erased = sample.clone();
    erased.log.erase(renamed);
    erased.input.erased.push(renamed);
    let found = report(&mut erased);
    assert_errors("erased", &found, &[(NotProven, &place)]);
    sample.input.heading.organisation_name = "Halide Pictures".into();
    each_name(&mut sample, |of, name| {
        if of.kind == SubjectKind::Organisation {
            *name = "Halide Pictures".into();
        }
    });
    assert_errors("renamed", &report(&mut sample), &[]);
}

#[test]
fn the_reason_of_a_control_is_made_anew() {
    let mut sample = Sample::with_devices(1);
    let knows = Knows { has_words: true, ..Knows::default() };
    let found = with(&knows, &mut sample.clone());
    assert_errors("invented", &found, &[(OtherVerdict, "controls.json")]);
    for control in &mut sample.input.controls {
        control.because = format!("{} is as it is", control.id);
    }
    assert_errors("made anew", &with(&knows, &mut sample.clone()), &[]);
    // Another program's catalogue may find other words: that is not called valid either.
    sample.input.heading.made_with = "closedset 99".into();
    sample.input.controls[0].because = "otherwise".into();
    let found = with(&knows, &mut sample);
    assert_eq!(found.outcome(), Outcome::NotProven, "{:#?}", found.findings);
}

/// Every name of a subject in the lists.
fn each_name(sample: &mut Sample, mut alter: impl FnMut(&Subject, &mut String)) {
    let input = &mut sample.input;
    input.verdicts.iter_mut().for_each(|row| alter(&row.subject, &mut row.subject_name));
    input.history.iter_mut().for_each(|row| alter(&row.subject, &mut row.subject_name));
    sample.facts.iter_mut().for_each(|(row, _)| alter(&row.subject, &mut row.subject_name));
}
