//! Packs without people's names: nobody is named in them, and nothing else can be hidden behind that.

use super::edit::{Files, assert_errors, check, errors, reseal};
use crate::{
    FindingKind::{self, *},
    Outcome, Report, Severity,
    manifest::FileKind,
    rows::AGENT_SOURCE,
    sample::Sample,
    without_names::UNSHOWN,
};
use closedset_core::{Digest, canonical, entry::VERSION_1};
use serde_json::{Value, json};

/// Everybody and everything that the sample names.
const NAMED: [&str; 11] = [
    "Ada Lindqvist",
    "Jonas Okafor",
    "Suite 1",
    "Suite 2",
    "Grading",
    "editor",
    "handbook",
    "Handbook",
    "roller door",
    "vendor's tool",
    "Meridian",
];

fn unnamed() -> Sample {
    let mut sample = Sample::with_devices(4);
    for control in &mut sample.input.controls {
        // The catalogue's words are no business of this.
        control.because.clear();
    }
    sample.unname();
    sample
}

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

/// The first entry of a kind.
fn entry(sample: &Sample, kind: &str) -> u64 {
    (0..sample.log.size()).find(|index| sample.log.envelope(*index).kind == kind).unwrap()
}

fn path(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}

fn doubts(report: &Report) -> Vec<(FindingKind, String)> {
    let doubts = report.findings.iter().filter(|one| one.severity == Severity::Doubt);
    doubts.map(|one| (one.kind, one.place.clone())).collect()
}

/// Builds a pack and alters one of its entries' files.
fn altered(kind: &str, alter: impl FnOnce(&mut Value)) -> (Report, String) {
    let mut sample = unnamed();
    let place = path(entry(&sample, kind));
    let mut files = Files::of(&sample.build().unwrap());
    files.json(&place, alter);
    (files.verify(&sample.log.key()), place)
}

/// Demands that this error is among what was found.
fn assert_found(name: &str, report: &Report, kind: FindingKind, place: &str) {
    assert!(errors(report).contains(&(kind, place.to_owned())), "{name}: {:#?}", report.findings);
    assert_eq!(report.outcome(), Outcome::NotValid, "{name}");
}

#[test]
fn it_is_whole_and_says_that_not_all_of_it_is_proven() {
    let report = report(&mut unnamed());
    assert_errors("unnamed", &report, &[]);
    assert_eq!(report.outcome(), Outcome::NotProven);
    assert!(report.about.as_ref().unwrap().without_names);
    let doubts = doubts(&report);
    assert!(doubts.contains(&(Unseen, "documents.json".to_owned())), "{doubts:?}");
    assert!(doubts.contains(&(Unshown, "verdicts.json".to_owned())), "{doubts:?}");
    assert!(report.summary().starts_with("Whole, but not proven"), "{}", report.summary());
}

#[test]
fn nobody_is_named_in_any_of_its_files() {
    let files = Files::of(&unnamed().build().unwrap());
    let is_page = |(path, _): &&(String, Vec<u8>)| path == "index.html";
    let page = files.0.iter().find(is_page).unwrap().1.clone();
    assert!(
        String::from_utf8(page).unwrap().contains("People and computers stand here as pseudonyms")
    );
    for (path, bytes) in &files.0 {
        for name in NAMED {
            let holds = bytes.windows(name.len()).any(|window| window == name.as_bytes());
            assert!(!holds, "{path} names {name}");
        }
    }
    // The same words are found in a pack with names, so that looking for them means something.
    let files = Files::of(&Sample::with_devices(4).build().unwrap());
    for name in NAMED {
        let holds =
            |bytes: &Vec<u8>| bytes.windows(name.len()).any(|window| window == name.as_bytes());
        assert!(files.0.iter().any(|(_, bytes)| holds(bytes)), "{name}");
    }
}

#[test]
fn who_did_something_is_a_pseudonym_that_its_entry_has() {
    let mut sample = unnamed();
    let files = &mut Files::of(&sample.build().unwrap());
    let exceptions: Value = serde_json::from_slice(files.file("exceptions.json")).unwrap();
    assert_eq!(exceptions[0]["asked_by"], "p-1");
    assert_eq!(exceptions[0]["terms"]["reason"], UNSHOWN);
    let device = &sample.input.devices[0];
    assert_eq!(device.name, sample.log.envelope(device.enrolled).subject);
    for (list, field) in [("documents.json", "given_by"), ("attestations.json", "signed_by")] {
        let rows: Value = serde_json::from_slice(files.file(list)).unwrap();
        assert_eq!(rows[0][field], "p-1", "{list}");
    }

    let mut sample = unnamed();
    sample.documents[0].0.given_by = "p-2".to_owned();
    assert_found("giver", &report(&mut sample), Added, "documents.json");
    let mut sample = unnamed();
    sample.attestations[0].0.signed_by = "p-2".to_owned();
    assert_found("signer", &report(&mut sample), Added, "attestations.json");
    for field in 0..2 {
        let mut sample = unnamed();
        let row = &mut sample.input.exceptions[0];
        let who = if field == 0 { &mut row.asked_by } else { &mut row.approved_by };
        *who = "p-2".to_owned();
        assert_found("approver", &report(&mut sample), Contradiction, "exceptions.json");
    }
    let mut sample = unnamed();
    sample.input.devices[0].name = sample.input.devices[1].name.clone();
    assert_found("computer", &report(&mut sample), Added, "devices.json");
}

#[test]
fn a_name_in_a_row_of_it_has_no_place_there() {
    let mut sample = unnamed();
    sample.input.heading.made_by = "Ada Lindqvist".to_owned();
    assert_found("made by", &report(&mut sample), Added, "manifest.json");
    let mut sample = unnamed();
    sample.documents[0].0.title = "Ada's handbook".to_owned();
    assert_found("title", &report(&mut sample), Added, "documents.json");
    let mut sample = unnamed();
    sample.input.verdicts[0].because = "Ada's screen".to_owned();
    assert_found("because", &report(&mut sample), Added, "verdicts.json");
    let mut sample = unnamed();
    sample.input.exceptions[0].terms.reason = "Ada wants it".to_owned();
    assert_found("reason", &report(&mut sample), Contradiction, "exceptions.json");
    // Nor does what a computer says of its users.
    let whole = Sample::with_devices(4);
    let mut sample = unnamed();
    let is_lock =
        |row: &crate::rows::FactRow| row.kind == "screen_lock" && row.source == AGENT_SOURCE;
    let place = whole.facts.iter().position(|(row, _)| is_lock(row)).unwrap();
    sample.facts[place].1 = whole.facts[place].1.clone();
    let file = format!("facts/{}.json", whole.facts[place].0.digest);
    assert_found("fact", &report(&mut sample), Added, &file);
}

#[test]
fn a_field_can_be_neither_exchanged_nor_moved_nor_shown_twice() {
    // The digest of another field in place of a hidden one's.
    let (found, place) = altered("document.added", |file| {
        file["fields"]["title"] = file["fields"]["file_name"].clone();
    });
    assert_found("another digest", &found, Changed, &place);
    let (found, place) = altered("document.added", |file| {
        let fields = file["fields"].as_object_mut().unwrap();
        let (title, name) = (fields["title"].clone(), fields["file_name"].clone());
        fields.insert("title".to_owned(), name);
        fields.insert("file_name".to_owned(), title);
    });
    assert_found("exchanged", &found, Changed, &place);
    // What is shown under another name.
    let (found, place) = altered("document.added", |file| {
        let fields = file["fields"].as_object_mut().unwrap();
        let (from, to) = (fields["valid_from"].clone(), fields["valid_to"].clone());
        fields.insert("valid_from".to_owned(), to);
        fields.insert("valid_to".to_owned(), from);
    });
    assert_found("moved", &found, Changed, &place);
    let (found, place) = altered("document.added", |file| {
        let fields = file["fields"].as_object_mut().unwrap();
        let title = fields.remove("title").unwrap();
        fields.insert("heading".to_owned(), title);
    });
    assert_found("renamed", &found, Changed, &place);
    // The salt of another field, another value, a field more, one less.
    let (found, place) = altered("document.added", |file| {
        file["fields"]["size"]["salt"] = file["fields"]["number"]["salt"].clone();
    });
    assert_found("salt", &found, Changed, &place);
    let (found, place) =
        altered("document.added", |file| file["fields"]["size"]["value"] = 1.into());
    assert_found("value", &found, Changed, &place);
    let (found, place) = altered("document.added", |file| {
        file["fields"]["more"] = json!({"digest": Digest::of(b"")});
    });
    assert_found("one more", &found, Changed, &place);
    let (found, place) = altered("document.added", |file| {
        file["fields"].as_object_mut().unwrap().remove("uploaded_by");
    });
    assert_found("one less", &found, Changed, &place);
    // Shown and hidden at once.
    let (found, place) = altered("document.added", |file| {
        file["fields"]["size"]["digest"] = json!(Digest::of(b""));
    });
    assert_found("both", &found, Changed, &place);
    // A name twice is no canonical JSON.
    let mut sample = unnamed();
    let place = path(entry(&sample, "document.added"));
    let mut files = Files::of(&sample.build().unwrap());
    let text = String::from_utf8(files.file(&place).clone()).unwrap();
    let field = text.split("\"fields\":{").nth(1).unwrap().split("},").next().unwrap();
    let twice = text.replacen(field, &format!("{field}}},{field}"), 1);
    assert_ne!(twice, text);
    *files.file(&place) = twice.into_bytes();
    assert_found("twice", &files.verify(&sample.log.key()), Changed, &place);
}

#[test]
fn what_names_nobody_is_not_hidden() {
    // Exactly one field of each kind that a verifier needs is hidden besides those that may be.
    for (kind, field) in [
        ("document.added", "control"),
        ("document.added", "digest"),
        ("device.enrolled", "key"),
        ("exception.granted", "terms"),
        ("exception.granted", "has_second_person"),
        ("subject.assessed", "verdicts"),
    ] {
        let (found, place) = altered(kind, |file| {
            let shown = file["fields"][field].clone();
            let salt: [u8; 32] = base64::Engine::decode(
                &base64::engine::general_purpose::STANDARD,
                shown["salt"].as_str().unwrap(),
            )
            .unwrap()
            .try_into()
            .unwrap();
            let digest =
                closedset_core::entry::body::field_digest(&salt, field, &shown["value"]).unwrap();
            file["fields"][field] = json!({"digest": digest});
        });
        assert_found(&format!("{kind} {field}"), &found, Removed, &place);
    }
    // Nor is a whole body.
    let (found, place) = altered("document.added", |file| {
        file.as_object_mut().unwrap().remove("fields");
    });
    assert_found("whole", &found, Removed, &place);
}

#[test]
fn what_names_somebody_is_not_shown() {
    // The entry as a pack with names has it.
    let mut whole = Sample::with_devices(4);
    let mut sample = unnamed();
    let place = path(entry(&sample, "document.added"));
    let body = Files::of(&whole.build().unwrap()).file(&place).clone();
    let mut files = Files::of(&sample.build().unwrap());
    *files.file(&place) = body;
    assert_found("shown", &files.verify(&sample.log.key()), Added, &place);
}

#[test]
fn only_a_pack_that_says_so_hides_anything() {
    // By whoever cannot record it anew.
    let mut sample = unnamed();
    let mut files = Files::of(&sample.build().unwrap());
    files.json("manifest.json", |manifest| {
        manifest["heading"].as_object_mut().unwrap().remove("without_names");
    });
    assert_found("removed", &files.verify(&sample.log.key()), Changed, "manifest.json");
    // By whoever can: his program writes entries as it likes.
    let whole = Sample::with_devices(4);
    let mut sample = unnamed();
    let place = path(entry(&sample, "document.added"));
    let hidden = Files::of(&sample.build().unwrap()).file(&place).clone();
    let mut sample = whole;
    let mut files = Files::of(&sample.build().unwrap());
    *files.file(&place) = hidden;
    assert_found("insider", &files.verify(&sample.log.key()), Removed, &place);
    let mut files = Files::of(&sample.build().unwrap());
    files.json(&place, |file| {
        let file = file.as_object_mut().unwrap();
        file.remove("body");
        file.remove("salt");
    });
    assert_found("bare", &files.verify(&sample.log.key()), Removed, &place);
}

#[test]
fn a_pack_of_a_form_before_is_read_and_hides_nothing() {
    let mut sample = Sample::with_devices(2);
    let mut files = Files::of(&sample.build().unwrap());
    files.json("manifest.json", |manifest| manifest["format"] = "closedset-pack/6".into());
    let pack = reseal(&mut sample, &mut files, FileKind::Document);
    assert_errors("form 6", &check(&pack, Some(&sample.log.key())), &[]);
    assert_eq!(check(&pack, Some(&sample.log.key())).outcome(), Outcome::Valid);

    let mut sample = unnamed();
    let mut files = Files::of(&sample.build().unwrap());
    files.json("manifest.json", |manifest| manifest["format"] = "closedset-pack/6".into());
    let pack = reseal(&mut sample, &mut files, FileKind::Document);
    assert_found("unnamed", &check(&pack, Some(&sample.log.key())), Changed, "manifest.json");
}

/// Words stood among the rest then.
fn words_within(body: &mut Value) {
    if let Some(words) = body.as_object_mut().unwrap().remove("because") {
        for (place, word) in words.as_array().unwrap().iter().enumerate() {
            body["verdicts"][place]["because"] = word.clone();
        }
    }
    for name in ["reason", "measure"] {
        if let Some(word) = body.as_object_mut().unwrap().remove(name) {
            body["terms"][name] = word;
        }
    }
}

/// A sample whose entries are of version 1, some of them or all.
fn older(is_old: impl Fn(&str) -> bool) -> Sample {
    older_where(|_, kind| is_old(kind))
}

/// A sample whose entries are of version 1 up to this one.
fn older_to(last: u64) -> Sample {
    older_where(|index, _| index <= last)
}

fn older_where(is_old: impl Fn(u64, &str) -> bool) -> Sample {
    let mut sample = Sample::with_devices(4);
    age(&mut sample, is_old);
    sample
}

/// Records these entries as if they were of version 1, and all from then on.
pub(super) fn age(sample: &mut Sample, is_old: impl Fn(u64, &str) -> bool) {
    sample.log.version = VERSION_1;
    sample.log.rewrite_each(|index, kind, body| {
        let is_old = is_old(index, kind);
        if is_old {
            words_within(body);
        }
        is_old
    });
}

#[test]
fn entries_of_version_1_are_verified_for_ever() {
    for is_old in
        [|_: &str| true, |kind: &str| kind.starts_with("d"), |kind: &str| kind.starts_with("s")]
    {
        let mut sample = older(is_old);
        let found = report(&mut sample);
        assert_errors("older", &found, &[]);
        assert_eq!(found.outcome(), Outcome::Valid, "{found:#?}");
    }
}

#[test]
fn a_body_is_held_against_the_version_of_its_envelope() {
    let mut old = older(|_| true);
    let mut new = Sample::with_devices(4);
    let place = path(entry(&new, "document.added"));
    let mut files = Files::of(&new.build().unwrap());
    let other = Files::of(&old.build().unwrap()).file(&place).clone();
    // The whole of an entry of version 1 in place of one of version 2: it is not what the log holds.
    *files.file(&place) = other.clone();
    assert_found("downgraded", &files.verify(&new.log.key()), Changed, &place);
    // Its body beneath the envelope of version 2.
    let mut files = Files::of(&new.build().unwrap());
    let envelope: Value = serde_json::from_slice(files.file(&place)).unwrap();
    let mut mixed: Value = serde_json::from_slice(&other).unwrap();
    mixed["envelope"] = envelope["envelope"].clone();
    mixed["salt"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    *files.file(&place) = canonical::to_vec(&mixed).unwrap();
    assert_found("mixed", &files.verify(&new.log.key()), Changed, &place);
}

#[test]
fn what_is_of_version_1_and_names_somebody_is_left_out_whole_and_proves_nothing() {
    for kind in [
        "document.added",
        "attestation.signed",
        "device.enrolled",
        "exception.asked",
        "exception.granted",
        "subject.assessed",
        "",
    ] {
        // All up to the last of its kind: none is older than one of the version before.
        let mut sample = Sample::with_devices(4);
        let is_it = |index: &u64| kind.is_empty() || sample.log.envelope(*index).kind == kind;
        let last = (0..sample.log.size()).rfind(is_it).unwrap();
        sample = older_to(last);
        sample.unname();
        let pack = sample.build().unwrap();
        let report = check(&pack, Some(&sample.log.key()));
        assert_errors(kind, &report, &[]);
        assert_eq!(report.outcome(), Outcome::NotProven, "{kind}");
        let place = path(entry(&sample, if kind.is_empty() { "document.added" } else { kind }));
        assert!(
            doubts(&report).contains(&(Unshown, place)) || kind == "subject.assessed",
            "{kind}: {report:#?}"
        );
        for (path, bytes) in &Files::of(&pack).0 {
            for name in NAMED {
                let holds = bytes.windows(name.len()).any(|window| window == name.as_bytes());
                assert!(!holds, "{kind}: {path} names {name}");
            }
        }
    }
}

#[test]
fn a_failure_is_not_hidden_behind_names() {
    // A turn within the period that the history lacks.
    let mut sample = unnamed();
    sample.input.history.remove(0);
    assert_eq!(report(&mut sample).outcome(), Outcome::NotValid);
    // A pass for what is said to fail.
    let mut sample = unnamed();
    let row =
        sample.input.verdicts.iter_mut().find(|row| row.status == closedset_core::Status::Fail);
    row.unwrap().status = closedset_core::Status::Pass;
    assert_eq!(report(&mut sample).outcome(), Outcome::NotValid);
}
