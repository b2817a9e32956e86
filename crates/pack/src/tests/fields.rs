//! Every field of every row, and what holds it: none stands in a pack on its maker's word alone, but
//! for those that the table calls so.

use super::edit::{assert_errors, check};
use crate::{FindingKind::*, Report, sample::Sample, verify::FINDING_LIMIT};
use closedset_core::{Duration, Subject};
use serde_json::Value;
use std::collections::BTreeSet;

/// What holds each field.
const HELD: &[(&str, &str, &str)] = &[
    ("heading", "pack", "the body of pack.created"),
    ("heading", "organisation", "the log of every envelope"),
    ("heading", "organisation_name", "the newest entry about the profile"),
    ("heading", "facilities", "the newest entries about the profile"),
    ("heading", "zone", "the profile, and the verifier's database"),
    ("heading", "scope", "see scope"),
    ("heading", "without_names", "what its entries hide, and its rows show"),
    ("heading", "is_demonstration", "the log's entries; what says so is never valid"),
    ("heading", "made_at", "the envelope of pack.created"),
    ("heading", "made_by", "its maker's word, for people"),
    ("heading", "made_with", "its maker's word: another one only makes more of a doubt"),
    ("facility", "id", "the profile"),
    ("facility", "name", "the profile"),
    ("facility", "address", "the profile"),
    ("facility", "country", "the profile"),
    ("facility", "time_zone", "the profile"),
    ("scope", "framework", "the catalogue"),
    ("scope", "framework_title", "the catalogue"),
    ("scope", "framework_version", "the catalogue"),
    ("scope", "controls", "controls.json, every entry, and every row"),
    ("scope", "recipient", "its maker's word, for people"),
    ("scope", "from", "its maker's choice; the history must reach as far, or to begins_at"),
    ("scope", "to", "its maker's choice, after from and not after made_at"),
    ("log", "origin", "the signed checkpoint"),
    ("log", "key", "ledger/key, and what the verifier expects"),
    ("log", "size", "the envelopes before pack.created"),
    ("log", "begins_at", "the first envelope"),
    ("log", "restored", "the envelopes and bodies of log.restored"),
    ("restored", "at", "the envelope of its entry"),
    ("restored", "backup_made_at", "the body of its entry"),
    ("restored", "entry", "the log"),
    ("left_out", "what", "its maker's word; reported"),
    ("left_out", "why", "its maker's word; reported"),
    ("control", "id", "the catalogue"),
    ("control", "title", "the catalogue"),
    ("control", "area", "the catalogue"),
    ("control", "asks", "the catalogue"),
    ("control", "verb", "the catalogue"),
    ("control", "status", "its verdicts, and made anew"),
    ("control", "because", "made anew"),
    ("control", "checks", "the catalogue, each as a whole"),
    ("check", "id", "the catalogue"),
    ("check", "title", "the catalogue"),
    ("check", "condition", "the catalogue"),
    ("check", "fresh_for", "the catalogue"),
    ("check", "needs", "the catalogue"),
    ("check", "version", "the catalogue"),
    ("check", "is_own", "its id, and the entries that write own checks"),
    ("verdict", "check", "the controls"),
    ("verdict", "subject", "its facts and its history"),
    ("verdict", "subject_name", "the devices' names, the controls' titles"),
    ("verdict", "status", "its history, and made anew"),
    ("verdict", "because", "its history"),
    ("verdict", "facts", "the facts"),
    ("verdict", "excepted", "its history, and made anew"),
    ("verdict", "since", "its history"),
    ("interval", "check", "the body of its entry"),
    ("interval", "check_version", "the body of its entry"),
    ("interval", "subject", "the body of its entry"),
    ("interval", "subject_name", "the devices' names, the controls' titles"),
    ("interval", "status", "the body of its entry"),
    ("interval", "because", "the body of its entry"),
    ("interval", "excepted", "the body of its entry, and what the log grants"),
    ("interval", "from", "the body of its entry"),
    ("interval", "to", "what follows it in the log"),
    ("interval", "entry", "the log"),
    ("fact", "subject", "the statement, or the body of its entry"),
    ("fact", "subject_name", "the devices' names, the controls' titles"),
    ("fact", "kind", "the statement, or the body of its entry"),
    ("fact", "title", "what this program calls the kind"),
    ("fact", "source", "the kind of its entry, or its body"),
    ("fact", "digest", "the statement, or the body of its entry"),
    ("fact", "collected_at", "signed statements, or the body of its entry"),
    ("fact", "confirmed_at", "signed statements; refused of others"),
    ("fact", "entry", "the log"),
    ("fact", "left_out", "it is not there; reported, and nothing passes on it"),
    ("device", "id", "the entry that enrolled it"),
    ("device", "name", "the newest entry that names it"),
    ("device", "key", "the entry that enrolled it"),
    ("device", "enrolled", "the log; no two of them the same"),
    ("device", "revoked_at", "the log"),
    ("device", "confirmations", "its signature, and the entry that commits to it"),
    ("document", "document", "the body of its entry"),
    ("document", "version", "the body of its entry"),
    ("document", "title", "the body of its entry"),
    ("document", "file_name", "the body of its entry"),
    ("document", "digest", "the body of its entry, and the file"),
    ("document", "size", "the body of its entry"),
    ("document", "control", "the body of its entry"),
    ("document", "valid_from", "the body of its entry"),
    ("document", "valid_to", "the body of its entry"),
    ("document", "given_by", "the body of its entry"),
    ("document", "given_at", "the envelope of its entry"),
    ("document", "withdrawn_at", "the log"),
    ("document", "entry", "the log"),
    ("document", "path", "made anew from file_name"),
    ("document", "left_out", "it is not there; reported, and a doubt while it counts"),
    ("attestation", "attestation", "the body of its entry"),
    ("attestation", "digest", "the body of its entry, and the file"),
    ("attestation", "control", "the body of its entry"),
    ("attestation", "signed_by", "the body of its entry"),
    ("attestation", "signed_at", "the envelope of its entry"),
    ("attestation", "valid_from", "the body of its entry"),
    ("attestation", "valid_to", "the body of its entry"),
    ("attestation", "withdrawn_at", "the log"),
    ("attestation", "entry", "the log"),
    ("attestation", "left_out", "it is not there; reported, and a doubt while it counts"),
    ("exception", "exception", "the body of its entry"),
    ("exception", "terms", "the body of its entry"),
    ("exception", "asked_by", "the body of its entry"),
    ("exception", "approved_by", "the body of its entry"),
    ("exception", "has_second_person", "the body of its entry, and the actors of two envelopes"),
    ("exception", "granted_at", "the envelope of its entry"),
    ("exception", "withdrawn_at", "the log"),
    ("exception", "asked", "the body of its entry"),
    ("exception", "entry", "the log"),
];

/// The fields that a row's definition has.
fn defined() -> BTreeSet<(String, String)> {
    let names = [
        ("Heading", "heading"),
        ("Facility", "facility"),
        ("Scope", "scope"),
        ("LeftOut", "left_out"),
        ("LogName", "log"),
        ("Restored", "restored"),
        ("Control", "control"),
        ("Check", "check"),
        ("VerdictRow", "verdict"),
        ("Interval", "interval"),
        ("FactRow", "fact"),
        ("DeviceRow", "device"),
        ("DocumentRow", "document"),
        ("AttestationRow", "attestation"),
        ("ExceptionRow", "exception"),
    ];
    // Of a confirmation, every field is signed or proven.
    let mut structs: Vec<&str> =
        include_str!("../rows.rs").split("\npub struct ").skip(1).collect();
    structs.retain(|text| !text.starts_with("Confirmation "));
    assert_eq!(structs.len(), names.len());
    let mut fields = BTreeSet::new();
    for text in structs {
        let (name, rest) = text.split_once(" {\n").unwrap();
        let name = names.iter().find(|(known, _)| *known == name).unwrap().1;
        for line in rest.split("\n}").next().unwrap().lines() {
            if let Some(field) = line.trim().strip_prefix("pub ") {
                let field = field.split(':').next().unwrap();
                fields.insert((name.to_owned(), field.to_owned()));
            }
        }
    }
    fields
}

#[test]
fn something_holds_every_field() {
    let held: BTreeSet<_> =
        HELD.iter().map(|(row, field, _)| ((*row).to_owned(), (*field).to_owned())).collect();
    assert_eq!(held, defined());
    assert_eq!(held.len(), HELD.len());
}

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert!(report.findings.len() < FINDING_LIMIT);
    report
}

type Alter = fn(&mut Sample);

#[test]
fn words_beside_the_substance_are_compared() {
    let invented = || "Vault, inspected by the content owner".to_owned();
    assert!(report(&mut Sample::with_devices(2)).is_valid());
    let altered: [(&str, &str, Alter); 8] = [
        ("a device's name in a verdict", "verdicts.json", |sample| {
            sample.input.verdicts[0].subject_name = "Vault".into();
        }),
        ("a device's name in the history", "verdicts.json", |sample| {
            sample.input.history[0].subject_name = "Vault".into();
        }),
        ("a device's name in a fact", "facts.json", |sample| {
            sample.facts[0].0.subject_name = "Vault".into();
        }),
        ("a control's title in a verdict", "verdicts.json", |sample| {
            let subject = Subject::control("AD-5");
            let row = sample.input.verdicts.iter_mut().find(|row| row.subject == subject);
            row.unwrap().subject_name = "Approved policies".into();
        }),
        ("the version of a check", "verdicts.json", |sample| {
            sample.input.history[0].check_version = "2".into();
        }),
        ("what a fact is called", "facts.json", |sample| {
            sample.facts[0].0.title = "Screen lock, seen on site".into();
        }),
        ("when evidence was found", "facts.json", |sample| {
            let subject = Subject::control("AD-5");
            let row = sample.facts.iter_mut().find(|(row, _)| row.subject == subject);
            let at = &mut row.unwrap().0.collected_at;
            *at = *at + Duration::from_days(3);
        }),
        ("that evidence was confirmed", "facts.json", |sample| {
            let subject = Subject::control("AD-5");
            let row = sample.facts.iter_mut().find(|(row, _)| row.subject == subject);
            let row = &mut row.unwrap().0;
            row.confirmed_at = Some(row.collected_at);
        }),
    ];
    for (name, place, alter) in altered {
        let mut sample = Sample::with_devices(2);
        alter(&mut sample);
        assert_errors(name, &report(&mut sample), &[(Contradiction, place)]);
    }
    // What another version calls a kind of fact may be something else: a doubt.
    let mut sample = Sample::with_devices(2);
    sample.facts[0].0.title = invented();
    sample.input.heading.made_with = "closedset 99".into();
    let report = report(&mut sample);
    assert_errors("another version", &report, &[]);
    assert!(report.has(OtherCheck));
    let told: Value = serde_json::to_value(&report).unwrap();
    assert!(told.to_string().contains(&invented()));
}
