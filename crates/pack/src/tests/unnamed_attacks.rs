//! Packs without people's names, attacked: by whoever reads one and wants the names, and by whoever makes one and
//! wants more hidden than may be.

use super::edit::{Files, assert_errors, check, errors};
use crate::{
    ControlWords,
    FindingKind::*,
    Outcome, Recompute, Report, Severity, VerifyOptions,
    rows::{Control, ExceptionRow, FactRow, Interval, VerdictRow},
    sample::Sample,
    verify,
    verify::{DerivedFact, KnownFact, Remade, Said},
    without_names::shows_fact,
};
use closedset_core::{
    Digest, Status, Subject, SubjectKind, Time, canonical,
    entry::VERSION,
    exception::Exception,
    fact::{Body, Unread, device::TimeSync},
    id::Id,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, io::Cursor};

const FIREWALL: &str = "device-firewall";

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// The entries of a kind.
fn entries(sample: &Sample, kind: &str) -> Vec<u64> {
    (0..sample.log.size()).filter(|index| sample.log.envelope(*index).kind == kind).collect()
}

fn path(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}

/// Records these entries as if they were of version 1.
fn age(sample: &mut Sample, is_old: impl Fn(u64, &str) -> bool) {
    super::without_names::age(sample, is_old);
    sample.log.version = VERSION;
}

/// Whether some error says that much.
fn has_error(report: &Report, words: &str) -> bool {
    let is_it = |one: &crate::Finding| one.severity == Severity::Error && one.what.contains(words);
    report.findings.iter().any(is_it)
}

// --- Names ---

/// What could not be read is told with paths and words of the system's, and is a list.
#[test]
fn what_a_computer_could_not_read_is_not_shown() {
    let sync = TimeSync { is_synchronised: true, by: "chronyd".to_owned() };
    let why = "/home/ada.lindqvist/.config could not be read".to_owned();
    let unread = vec![Unread { path: "by".to_owned(), why }];
    let said = Body::read(&sync, unread).unwrap();
    let value = Value::Object(said.fields().clone());
    assert!(!shows_fact("time_sync", &value), "{value}");
    let none = Value::Object(Body::unreadable("/home/ada.lindqvist").fields().clone());
    assert!(!shows_fact("time_sync", &none), "{none}");
    let plain = Value::Object(Body::read(&sync, Vec::new()).unwrap().fields().clone());
    assert!(shows_fact("time_sync", &plain));

    let mut sample = Sample::with_devices(2);
    sample.add_device_saying(BTreeMap::from([("time_sync".to_owned(), value)]));
    sample.unname();
    let pack = sample.build().unwrap();
    for (path, bytes) in &Files::of(&pack).0 {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("ada.lindqvist"), "{path} tells of a folder that is somebody's");
    }
    let report = check(&pack, Some(&sample.log.key()));
    assert!(!report.has(Added), "{:#?}", report.findings);
}

/// A newer agent may say more, and the server keeps it: nobody decided whether that names somebody.
#[test]
fn what_this_program_does_not_know_of_a_fact_is_not_shown() {
    let known = json!({"is_synchronised": true, "by": "chronyd"});
    assert!(shows_fact("time_sync", &known));
    for more in [
        json!({"is_synchronised": true, "by": "chronyd", "set_up_by": "Ada Lindqvist"}),
        json!({"ports": [{"kind": "usb", "state": "open", "seen": "", "label": "ADA-STICK"}], "open": ["usb"]}),
    ] {
        let kind = if more.get("ports").is_some() { "storage_ports" } else { "time_sync" };
        assert!(!shows_fact(kind, &more), "{more}");
    }
}

// --- What may be hidden ---

/// Whoever runs the server can record an entry of version 1 today. What it says would then be left out as old, and
/// with it no verdict made anew.
#[test]
fn an_entry_of_the_version_before_is_old() {
    let mut sample = Sample::with_devices(6);
    let newest = *entries(&sample, "document.added").last().unwrap();
    age(&mut sample, |index, _| index == newest);
    let mut named = sample.clone();
    sample.unname();
    let found = report(&mut sample);
    let place = path(newest);
    assert!(errors(&found).contains(&(Removed, place)), "{:#?}", found.findings);
    // In a pack that hides nothing it does no harm.
    let found = report(&mut named);
    assert_eq!(found.outcome(), Outcome::Valid, "{:#?}", found.findings);
}

/// A catalogue that knows the firewall.
struct Knows;

impl ControlWords for Knows {
    fn because(&self, control: &Control, _: Said<'_>) -> Option<String> {
        Some(control.because.clone())
    }
}

impl Recompute for Knows {
    fn assess(
        &self,
        check: &str,
        _: &Subject,
        facts: &[KnownFact<'_>],
        _: &[Exception],
        _: Time,
    ) -> Option<Remade> {
        self.needs(check)?;
        let kind = if check == FIREWALL { "host_firewall" } else { "release_line" };
        let fact = facts.iter().find(|fact| fact.row.kind == kind)?;
        let field = if check == FIREWALL { "is_active" } else { "is_supported" };
        let passes = fact.body[field] == true;
        Some(Remade::from(if passes { Status::Pass } else { Status::Fail }))
    }
    fn needs(&self, check: &str) -> Option<Vec<String>> {
        match check {
            FIREWALL => Some(vec!["host_firewall".to_owned()]),
            "device-release" => Some(vec!["release_line".to_owned()]),
            _ => None,
        }
    }
    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        self.needs(check).is_some() && subject.kind == SubjectKind::Device
    }
    fn control(&self, control: &Control, said: Said<'_>) -> Option<Status> {
        if control.id != "IS-6" {
            return Some(control.status);
        }
        said.verdicts.iter().map(|verdict| verdict.status).min()
    }
}

fn with_catalogue(sample: &mut Sample) -> Report {
    let expected_key = Some(sample.log.key());
    let options =
        VerifyOptions { expected_key, recompute: Some(&Knows), ..VerifyOptions::default() };
    verify(Cursor::new(sample.build().unwrap()), &options).unwrap()
}

/// What Closedset derives itself names nobody, and is always read whole.
#[test]
fn what_names_nobody_of_a_computer_is_not_kept_back() {
    let mut sample = Sample::with_devices(3);
    sample.unname();
    let found = with_catalogue(&mut sample);
    assert_errors("as it is", &found, &[]);
    let place = sample.facts.iter().position(|(row, _)| row.kind == "release_line").unwrap();
    let (row, bytes) = &mut sample.facts[place];
    *bytes = None;
    row.left_out = Some("it may name people, and this pack is without their names".to_owned());
    // The same bytes stand there for others: take them all.
    let digest = row.digest;
    for (row, bytes) in sample.facts.iter_mut().filter(|(row, _)| row.digest == digest) {
        *bytes = None;
        row.left_out = Some("it may name people, and this pack is without their names".to_owned());
    }
    let found = with_catalogue(&mut sample);
    assert_eq!(found.outcome(), Outcome::NotValid, "{:#?}", found.findings);
    assert!(found.has(Removed), "{:#?}", found.findings);
}

/// A catalogue that knows what follows from an operating system.
struct Follows(Digest, Time);

impl ControlWords for Follows {
    fn because(&self, control: &Control, _: Said<'_>) -> Option<String> {
        Some(control.because.clone())
    }
}

impl Recompute for Follows {
    fn assess(
        &self,
        check: &str,
        _: &Subject,
        facts: &[KnownFact<'_>],
        _: &[Exception],
        _: Time,
    ) -> Option<Remade> {
        self.needs(check)?;
        let is_it = |fact: &KnownFact<'_>| fact.row.kind == "operating_system";
        Some(Remade::from(if facts.iter().any(is_it) { Status::Pass } else { Status::Unknown }))
    }
    fn needs(&self, check: &str) -> Option<Vec<String>> {
        (check == "device-release").then(|| vec!["release_line".to_owned()])
    }
    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        check == "device-release" && subject.kind == SubjectKind::Device
    }
    fn is_derived(&self, kind: &str) -> bool {
        kind == "release_line"
    }
    fn derive(&self, facts: &[KnownFact<'_>], _: Time) -> Vec<DerivedFact> {
        let system = facts.iter().find(|fact| fact.row.kind == "operating_system");
        let one = |_: &KnownFact<'_>| DerivedFact {
            kind: "release_line".to_owned(),
            source: "closedset/release-line/agent".to_owned(),
            digest: self.0,
            collected_at: self.1,
        };
        system.map(one).into_iter().collect()
    }
    fn control(&self, control: &Control, _: Said<'_>) -> Option<Status> {
        Some(control.status)
    }
}

/// What could not be read of a system keeps the fact out, and with it what follows: that is a doubt.
#[test]
fn what_follows_from_what_is_left_out_is_a_doubt() {
    for unread in [json!(null), json!([{"path": "kernel", "why": "/home/ada could not be read"}])] {
        let mut sample = Sample::with_devices(0);
        let mut system = json!({
            "family": "linux", "product": "debian", "name": "Debian 13", "version": "13", "kernel": "6.12",
            "architecture": "x86_64",
        });
        if !unread.is_null() {
            system["unread"] = unread.clone();
        }
        let said = BTreeMap::from([("operating_system".to_owned(), system)]);
        let subject = sample.add_device_saying(said);
        let (fact, _) = sample.facts.iter().find(|(row, _)| row.subject == subject).unwrap();
        let at = fact.collected_at;
        let line = json!({"line": "debian-13", "position": 1, "is_supported": true});
        let bytes = canonical::to_vec(&line).unwrap();
        let digest = Digest::of(&bytes);
        let row = FactRow {
            kind: "release_line".to_owned(),
            title: crate::rows::fact_title("release_line"),
            source: "closedset/release-line/agent".to_owned(),
            digest,
            entry: sample.log.size(),
            confirmed_at: None,
            ..fact.clone()
        };
        let body = json!({
            "subject": subject,
            "at": at,
            "facts": [{"subject": subject, "kind": row.kind, "source": row.source, "digest": digest}],
            "verdicts": [{
                "check": "device-release", "subject": subject, "status": "pass", "version": 1, "was": null,
            }],
            "because": ["debian-13, the newest release"],
        });
        let device = sample.log.envelope(sample.input.devices[0].enrolled).subject;
        let entry = sample.log.record_as(&device, "subject.assessed", &body, at);
        assert_eq!(entry, row.entry);
        sample.input.verdicts.push(VerdictRow {
            check: "device-release".to_owned(),
            subject: subject.clone(),
            subject_name: row.subject_name.clone(),
            status: Status::Pass,
            because: "debian-13, the newest release".to_owned(),
            facts: vec![digest],
            excepted: None,
            since: at,
        });
        sample.input.history.push(Interval {
            check: "device-release".to_owned(),
            check_version: "1".to_owned(),
            subject: subject.clone(),
            subject_name: row.subject_name.clone(),
            status: Status::Pass,
            because: "debian-13, the newest release".to_owned(),
            excepted: None,
            from: at,
            to: None,
            entry,
        });
        sample.facts.push((row, Some(bytes)));
        sample.unname();
        let expected_key = Some(sample.log.key());
        let catalogue = Follows(digest, at);
        let options =
            VerifyOptions { expected_key, recompute: Some(&catalogue), ..VerifyOptions::default() };
        let found = verify(Cursor::new(sample.build().unwrap()), &options).unwrap();
        assert_errors("left out", &found, &[]);
        let said = found.findings.iter().any(|one| {
            one.kind == Unshown
                && one.what.contains("device-release")
                && one.what.contains("could not read")
        });
        assert_eq!(said, !unread.is_null(), "{:#?}", found.findings);
        assert_eq!(found.counts.recomputed, u64::from(unread.is_null()), "{:#?}", found.findings);
    }
}

/// Of entries of version 1 those that name nobody are shown whole.
#[test]
fn an_old_entry_that_names_nobody_is_not_left_out() {
    for kind in ["device.checked_in", "confirmations.rolled_up"] {
        let mut sample = Sample::with_devices(3);
        age(&mut sample, |_, _| true);
        sample.unname();
        let mut files = Files::of(&sample.build().unwrap());
        let place = path(*entries(&sample, kind).last().unwrap());
        files.json(&place, |file| {
            let file = file.as_object_mut().unwrap();
            assert!(file.remove("body").is_some() && file.remove("salt").is_some(), "{kind}");
        });
        let found = files.verify(&sample.log.key());
        assert!(errors(&found).contains(&(Removed, place)), "{kind}: {:#?}", found.findings);
    }
}

// --- What is made up behind what is left out ---

#[test]
fn what_a_control_is_by_its_verdicts_is_made_anew_whatever_is_left_out() {
    let mut sample = Sample::with_devices(3);
    age(&mut sample, |_, _| true);
    sample.unname();
    assert_errors("as it is", &with_catalogue(&mut sample.clone()), &[]);
    let control = sample.input.controls.iter_mut().find(|one| one.id == "IS-6").unwrap();
    assert_eq!(control.status, Status::Pass);
    // It passes, by its one check.
    control.status = Status::Unknown;
    let found = with_catalogue(&mut sample);
    assert_errors("status", &found, &[(OtherVerdict, "controls.json")]);
}

#[test]
fn no_exception_is_made_up_behind_one_that_is_left_out() {
    let mut sample = Sample::with_devices(3);
    age(&mut sample, |_, _| true);
    sample.unname();
    let honest = report(&mut sample.clone());
    assert_errors("as it is", &honest, &[]);
    let made_up = |alter: fn(&mut ExceptionRow)| {
        let mut sample = sample.clone();
        let mut row = sample.input.exceptions[0].clone();
        alter(&mut row);
        sample.input.exceptions.push(row);
        report(&mut sample)
    };
    // Another one of the same entry, of an entry that grants nothing, of one that somebody else signed.
    let found = made_up(|row| row.exception = Id::from_bits(0x99));
    assert!(has_error(&found, "exception"), "twice: {:#?}", found.findings);
    let elsewhere = entries(&sample, "document.added")[0];
    let mut other = sample.clone();
    let row = ExceptionRow {
        exception: Id::from_bits(0x99),
        entry: elsewhere,
        ..other.input.exceptions[0].clone()
    };
    other.input.exceptions.push(row);
    let found = report(&mut other);
    assert!(has_error(&found, "exception"), "elsewhere: {:#?}", found.findings);
    let mut other = sample.clone();
    other.input.exceptions[0].approved_by = "Ada Lindqvist".to_owned();
    let found = report(&mut other);
    assert!(has_error(&found, "exception"), "approver: {:#?}", found.findings);
    let mut other = sample.clone();
    let row = &mut other.input.exceptions[0];
    row.granted_at = row.granted_at - closedset_core::Duration::from_days(20);
    let found = report(&mut other);
    assert!(has_error(&found, "exception"), "time: {:#?}", found.findings);
    let mut other = sample.clone();
    other.input.exceptions[0].has_second_person = true;
    let found = report(&mut other);
    assert!(has_error(&found, "exception"), "second person: {:#?}", found.findings);
    let mut other = sample.clone();
    other.input.exceptions[0].terms.reason = "Ada Lindqvist wants it".to_owned();
    let found = report(&mut other);
    assert!(has_error(&found, "exception"), "reason: {:#?}", found.findings);
}

#[test]
fn nothing_is_made_up_behind_what_is_left_out() {
    let mut sample = Sample::with_devices(3);
    age(&mut sample, |_, _| true);
    sample.unname();
    let enrolled = sample.input.devices[0].enrolled;
    // A document of an entry that enrols a computer.
    let mut other = sample.clone();
    let mut row = other.documents[0].0.clone();
    (row.document, row.entry) = (Id::from_bits(0x98), enrolled);
    row.title = row.document.to_string();
    row.given_by = other.log.envelope(enrolled).actor;
    row.given_at = other.log.envelope(enrolled).at;
    other.documents.push((row, None));
    let found = report(&mut other);
    assert_eq!(found.outcome(), Outcome::NotValid, "document: {:#?}", found.findings);
    // A second one of the same entry.
    let mut other = sample.clone();
    let mut row = other.documents[0].0.clone();
    (row.document, row.version, row.control) =
        (Id::from_bits(0x98), Id::from_bits(0x99), "AD-1".to_owned());
    (row.title, row.digest) = (row.document.to_string(), Digest::of(b"another"));
    other.documents.push((row, None));
    let found = report(&mut other);
    assert_eq!(found.outcome(), Outcome::NotValid, "twice: {:#?}", found.findings);
    // At another time.
    let mut other = sample.clone();
    let row = &mut other.documents[0].0;
    row.given_at = row.given_at - closedset_core::Duration::from_days(2);
    let found = report(&mut other);
    assert_eq!(found.outcome(), Outcome::NotValid, "time: {:#?}", found.findings);
    // A computer of an entry that adds a document.
    let mut other = sample.clone();
    let mut row = other.input.devices[0].clone();
    (row.id, row.enrolled) = (Id::from_bits(0x97), other.documents[0].0.entry);
    row.name = other.log.envelope(row.enrolled).subject;
    row.confirmations.clear();
    other.input.devices.push(row);
    let found = report(&mut other);
    assert_eq!(found.outcome(), Outcome::NotValid, "computer: {:#?}", found.findings);
}

/// Each field costs a few digests: a body of as many as there is room for costs no more than a moment.
#[test]
#[ignore = "a measurement"]
fn a_body_of_very_many_fields_takes_no_long_time() {
    for count in [0, 1, 4] {
        for hides in [false, true] {
            let mut sample = Sample::with_devices(1);
            for _ in 0..count {
                let fields = (0..90_000).map(|number| (format!("{number:x}"), json!(1)));
                let body = Value::Object(fields.collect());
                let index = sample.log.record("document.more", &body, crate::sample::BEGINNING);
                sample.input.more_entries.push(index);
            }
            if hides {
                sample.unname();
            }
            let began = std::time::Instant::now();
            let Ok(pack) = sample.build() else {
                println!("{count} hides {hides}: refused {:?}", sample.build().unwrap_err());
                continue;
            };
            let built = began.elapsed();
            let began = std::time::Instant::now();
            let found = check(&pack, Some(&sample.log.key()));
            println!(
                "{count} hides {hides}: {} bytes, built {built:?}, verified {:?}: {:?}",
                pack.len(),
                began.elapsed(),
                found.outcome()
            );
        }
    }
}

/// In any pack: a computer that was sent away needs no verdict, and an erased entry shows no key.
#[test]
fn no_computer_is_made_up_behind_an_entry_that_is_erased() {
    let mut sample = Sample::with_devices(2);
    let erased = entries(&sample, "door.opened")[5];
    sample.log.erase(erased);
    sample.input.erased.push(erased);
    let mut row = sample.input.devices[0].clone();
    (row.id, row.enrolled, row.name) = (Id::from_bits(0x97), erased, "Made up".to_owned());
    row.revoked_at = Some(sample.input.heading.scope.to);
    row.confirmations.clear();
    sample.input.devices.push(row);
    let found = report(&mut sample);
    assert_errors("made up", &found, &[(Contradiction, "devices.json")]);
}
