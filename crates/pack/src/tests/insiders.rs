//! What the pack's maker can forge: the manifest is recorded and everything is in the log, but what
//! is in it does not fit.

use super::edit::{Files, assert_errors, check, errors};
use crate::{
    FindingKind::{self, *},
    PackError, Report, SealedPack,
    rows::{FactRow, VerdictRow},
    sample::Sample,
};
use closedset_core::{
    Digest, Duration, Status, Subject,
    check_in::{DeviceKey, DeviceSignature},
    id::Id,
};
use ed25519_dalek::SigningKey;
use serde_json::json;

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

fn forge(name: &str, alter: impl FnOnce(&mut Sample), expected: &[(FindingKind, &str)]) {
    let mut sample = Sample::with_devices(3);
    alter(&mut sample);
    assert_errors(name, &report(&mut sample), expected);
}

/// Replaces the body of the last entry of this kind by one altered, and logs it anew.
fn relog(sample: &mut Sample, kind: &str, alter: impl FnOnce(&mut serde_json::Value)) -> String {
    let index = (0..sample.log.size())
        .rev()
        .find(|index| {
            let entry = sample.log.entry(*index);
            let envelope = closedset_core::entry::Envelope::from_canonical(&entry.envelope);
            envelope.unwrap().kind == kind
        })
        .unwrap();
    let mut body = serde_json::from_slice(&sample.log.entry(index).body.unwrap().bytes).unwrap();
    alter(&mut body);
    sample.log.rewrite(index, kind, &body);
    format!("ledger/entries/{index}.json")
}

#[test]
fn a_statement_with_a_forged_signature_is_not_the_devices() {
    let mut sample = Sample::with_devices(2);
    let place = relog(&mut sample, "device.checked_in", |body| {
        body["signature"] = serde_json::to_value(DeviceSignature([7; 64])).unwrap();
    });
    assert_errors("signature", &report(&mut sample), &[(BadSignature, &place)]);
}

#[test]
fn a_statement_with_other_digests_than_were_signed_is_refused() {
    let mut sample = Sample::with_devices(2);
    let place = relog(&mut sample, "device.checked_in", |body| {
        body["digests"]["screen_lock"] = json!(Digest::of(b"better"));
    });
    assert_errors("digests", &report(&mut sample), &[(BadSignature, &place)]);
}

#[test]
fn a_statement_made_for_another_organisation_is_from_elsewhere() {
    let mut sample = Sample::with_devices(2);
    let place = relog(&mut sample, "device.checked_in", |body| {
        body["statement"]["organisation"] =
            json!(Id::<closedset_core::id::Organisation>::from_bits(5));
    });
    assert_errors("organisation", &report(&mut sample), &[(SplicedIn, &place)]);
}

#[test]
fn a_statement_recorded_twice_is_a_replay() {
    let mut sample = Sample::with_devices(1);
    let checked_in = sample.facts[0].0.entry;
    let body = sample.log.entry(checked_in).body.unwrap().bytes;
    let body = serde_json::from_slice(&body).unwrap();
    let made_at = sample.input.heading.made_at;
    let again = sample.log.record("device.checked_in", &body, made_at);
    sample.input.more_entries.push(again);
    let place = format!("ledger/entries/{again}.json");
    assert_errors("replay", &report(&mut sample), &[(Replayed, &place)]);
}

#[test]
fn a_device_key_other_than_the_enrolled_one_is_unknown() {
    let mut sample = Sample::with_devices(1);
    let key = SigningKey::from_bytes(&[50; 32]).verifying_key();
    sample.input.devices[0].key = DeviceKey(key.to_bytes());
    let found = report(&mut sample);
    assert_errors("key", &found, &[(UnknownKey, "devices.json")]);
    assert_eq!((found.counts.devices, found.counts.facts_signed), (0, 0));
}

#[test]
fn facts_given_to_another_device_are_from_elsewhere() {
    let mut sample = Sample::with_devices(3);
    let device = Subject::device(sample.input.devices[1].id);
    let (row, _) = &mut sample.facts[0];
    row.subject = device;
    let place = format!("facts/{}.json", row.digest);
    let found = report(&mut sample);
    let is_it = |one: &crate::Finding| one.kind == SplicedIn && one.place == place;
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn a_fact_that_nobody_signed_and_one_that_no_entry_holds_are_not_proven() {
    for source in ["agent", "closedset/release-line/agent"] {
        let body = br#"{"longest_s":60,"users":[]}"#.to_vec();
        let place = format!("facts/{}.json", Digest::of(&body));
        let three =
            [(NotProven, place.as_str()), (Outdated, &place), (Contradiction, "facts.json")];
        forge(
            source,
            |sample| {
                let (mut row, _) = sample.facts[0].clone();
                row.digest = Digest::of(&body);
                row.source = source.into();
                row.confirmed_at = row.confirmed_at.filter(|_| source == "agent");
                sample.facts.push((row, Some(body)));
            },
            if source == "agent" { &three } else { &three[..1] },
        );
    }
}

#[test]
fn a_fact_is_not_younger_than_what_was_signed() {
    let mut sample = Sample::with_devices(1);
    let (row, _) = &mut sample.facts[0];
    row.collected_at = row.collected_at + Duration::from_days(40);
    let place = format!("facts/{}.json", row.digest);
    assert_errors("younger", &report(&mut sample), &[(Contradiction, &place)]);
}

#[test]
fn a_document_says_what_its_entry_says() {
    let mut sample = Sample::with_devices(1);
    sample.documents[0].0.valid_to = crate::sample::BEGINNING + Duration::from_days(5_000);
    let path =
        format!("documents/{}/Content-Security-Handbook-2026.pdf", sample.documents[0].0.digest);
    assert_errors("validity", &report(&mut sample), &[(Contradiction, &path)]);

    let mut sample = Sample::with_devices(1);
    let (row, _) = &mut sample.documents[0];
    row.entry = sample.attestations[0].0.entry;
    let expected = [(NotProven, path.as_str()), (Removed, "documents.json")];
    assert_errors("entry", &report(&mut sample), &expected);

    let mut sample = Sample::with_devices(1);
    let (row, text) = &mut sample.attestations[0];
    *text = Some("Nothing was inspected.".into());
    row.digest = Digest::of(b"Nothing was inspected.");
    let path = format!("attestations/{}.txt", row.digest);
    let is_evidence = |row: &FactRow| row.kind == "evidence" && row.subject.id == "PH-1";
    let fact = sample.facts.iter().find(|(row, _)| is_evidence(row)).unwrap().0.digest;
    let fact = format!("facts/{fact}.json");
    assert_errors("text", &report(&mut sample), &[(NotProven, &path), (OtherFact, &fact)]);
}

#[test]
fn verdicts_rest_on_facts_and_controls_on_verdicts() {
    let verdicts = [(Contradiction, "verdicts.json")];
    forge(
        "no such fact",
        |sample| sample.input.verdicts[0].facts = vec![Digest::of(b"?")],
        &verdicts,
    );
    forge("no such check", |sample| sample.input.verdicts[0].check = "made-up".into(), &verdicts);
    forge("passes without fact", |sample| sample.input.verdicts[0].facts.clear(), &verdicts);
    forge(
        "another's fact",
        |sample| {
            let other =
                sample.input.verdicts.iter().find(|row| row.check == "evidence-ad-5").unwrap();
            sample.input.verdicts[0].facts = other.facts.clone();
        },
        &verdicts,
    );
    forge(
        "better than its checks",
        |sample| {
            sample.input.verdicts[0].status = Status::Fail;
        },
        &[(Contradiction, "controls.json"), (Contradiction, "verdicts.json")],
    );
    forge(
        "passes without check",
        |sample| sample.input.controls[0].status = Status::Pass,
        &[(Contradiction, "controls.json")],
    );
}

#[test]
fn the_builder_refuses_what_could_not_be_verified() {
    let mut sample = Sample::with_devices(1);
    sample.facts[0].0.digest = Digest::of(b"other");
    assert!(matches!(sample.build(), Err(PackError::Digest { .. })));

    let mut sample = Sample::with_devices(1);
    sample.documents[0].0.digest = Digest::of(b"other");
    assert!(matches!(sample.build(), Err(PackError::Digest { .. })));

    let mut sample = Sample::with_devices(1);
    sample.documents[0].1 = None;
    assert!(matches!(sample.build(), Err(PackError::NoReason(_))));

    let sample = Sample::with_devices(1);
    let sealed = sample.seal().unwrap();
    assert!(matches!(sample.finish(sealed, 3), Err(PackError::EntryUnasked(3))));

    let mut sample = Sample::with_devices(1);
    sample.log.change_key(50);
    assert!(matches!(sample.build(), Err(PackError::Ledger(_))));

    let mut sample = Sample::with_devices(1);
    sample.log.erase(sample.documents[0].0.entry);
    assert!(matches!(sample.build(), Err(PackError::Entry { .. })));
}

#[test]
fn a_row_that_rests_on_an_entry_outside_the_pack_is_not_proven() {
    let mut sample = Sample::with_devices(2);
    let mut files = Files::of(&sample.build().unwrap());
    let index = sample.documents[0].0.entry;
    let path =
        format!("documents/{}/Content-Security-Handbook-2026.pdf", sample.documents[0].0.digest);
    files.json("manifest.json", |manifest| {
        let entries = manifest["entries"].as_array_mut().unwrap();
        entries.retain(|entry| entry.as_u64() != Some(index));
    });
    files.remove(&format!("ledger/entries/{index}.json"));
    files.remove(&format!("ledger/proofs/{index}.tlog-proof"));
    let report = files.verify(&sample.log.key());
    let is_it = |one: &crate::Finding| one.kind == NotProven && one.place == path;
    assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
}

#[test]
fn an_erased_enrolment_leaves_a_devices_facts_uncounted_and_says_why() {
    let mut sample = Sample::with_devices(2);
    let enrolled = sample.input.devices[0].enrolled;
    sample.log.erase(enrolled);
    sample.input.erased.push(enrolled);
    let mut failing = sample.clone();
    let subject = Subject::device(failing.input.devices[0].id);
    for row in failing.input.verdicts.clone() {
        if row.subject == subject {
            failing.turn(&row.check, &subject, Status::Fail);
        }
    }
    for control in &mut failing.input.controls {
        control.status = Status::Unknown;
    }
    assert_errors("failing", &self::report(&mut failing), &[]);
    let report = report(&mut sample);
    // Nothing passes on what cannot be checked.
    assert_errors("erased enrolment", &report, &[(NotProven, "verdicts.json")]);
    assert!(report.findings.iter().any(|one| one.kind == Erased && one.place == "devices.json"));
    assert_eq!((report.counts.devices, report.counts.facts_signed), (1, 2));
}

#[test]
fn nothing_passes_on_a_fact_whose_entry_was_erased() {
    // A device said that it fails; what it said is erased, and something better put in its place.
    let sample = Sample::with_devices(6);
    let failing = |row: &&VerdictRow| row.check == "device-firewall" && row.status == Status::Fail;
    let verdict = sample.input.verdicts.iter().find(failing).unwrap().clone();
    let at = sample
        .facts
        .iter()
        .position(|(row, _)| row.subject == verdict.subject && row.kind == "host_firewall")
        .unwrap();
    let erased = sample.facts[at].0.entry;
    for names_it in [true, false] {
        let mut sample = sample.clone();
        sample.log.erase(erased);
        sample.input.erased.push(erased);
        let better = sample
            .facts
            .iter()
            .find(|(row, body)| {
                row.kind == "host_firewall"
                    && body.as_ref().is_some_and(|body| {
                        String::from_utf8_lossy(body).contains("\"is_active\":true")
                    })
            })
            .unwrap()
            .clone();
        sample.facts[at].0.digest = better.0.digest;
        sample.facts[at].1 = better.1;
        for row in &mut sample.input.verdicts {
            if row.check == verdict.check && row.subject == verdict.subject {
                row.status = Status::Pass;
                row.facts = if names_it { vec![better.0.digest] } else { row.facts.clone() };
            }
        }
        let report = report(&mut sample);
        let places = errors(&report);
        assert!(places.contains(&(NotProven, "verdicts.json".to_owned())), "{places:?}");
    }
}

#[test]
fn a_pack_is_not_said_to_be_made_when_its_facts_were_fresh() {
    let mut sample = Sample::with_devices(1);
    let sealed = sample.seal().unwrap();
    let heading = &mut sample.input.heading;
    heading.made_at = heading.made_at + Duration::from_hours(2);
    let own = sample.record_pack(&sealed);
    let pack = sample.finish(sealed, own).unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert_errors("made_at", &report, &[(Contradiction, "manifest.json")]);
}

#[test]
fn what_a_device_states_is_not_said_by_the_server() {
    let mut sample = Sample::with_devices(1);
    let row = &sample.facts.iter().find(|(row, _)| row.kind == "host_firewall").unwrap().0;
    let at = sample.input.heading.made_at;
    let body = json!({"subject": row.subject, "at": at, "facts": [{
        "subject": row.subject, "kind": row.kind, "source": "closedset/better", "digest": row.digest,
    }]});
    let entry = sample.log.record("subject.assessed", &body, at);
    let row = &mut sample.facts.iter_mut().find(|(row, _)| row.kind == "host_firewall").unwrap().0;
    (row.source, row.entry, row.confirmed_at) = ("closedset/better".into(), entry, None);
    let place = format!("facts/{}.json", row.digest);
    let expected = [(NotProven, place.as_str()), (Removed, "facts.json")];
    assert_errors("source", &report(&mut sample), &expected);
}

#[test]
fn a_page_that_tells_another_story_than_the_files_is_pointed_out() {
    let mut sample = Sample::with_devices(2);
    let mut files = Files::of(&sample.clone().build().unwrap());
    files.0.retain(|(path, _)| !path.starts_with("ledger/"));
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    *files.file("index.html") = page.replace("Unknown", "Pass").into_bytes();
    files.fix_manifest();
    let manifest = files.file("manifest.json").clone();
    let sealed = SealedPack::forged(
        files.writer(),
        serde_json::from_slice(&manifest).unwrap(),
        Digest::of(&manifest),
    );
    let own = sample.record_pack(&sealed);
    let pack = sample.finish(sealed, own).unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert_errors("page", &report, &[]);
    let places: Vec<_> = report.findings.iter().map(|one| (one.kind, one.place.as_str())).collect();
    assert_eq!(places, [(OtherPage, "index.html")]);
}

#[test]
fn a_confirmation_of_facts_outside_the_pack_is_a_warning_unless_there_are_none_of_its_device() {
    let mut sample = Sample::with_devices(2);
    let confirmations = sample.input.devices[1].confirmations.clone();
    sample.input.devices[0].confirmations[0] = confirmations[0].clone();
    let place = "devices.json";
    let found = report(&mut sample);
    assert_errors("another's", &found, &[(SplicedIn, place)]);

    let mut sample = Sample::with_devices(2);
    let gone = Subject::device(sample.input.devices[1].id);
    sample.facts.retain(|(row, _)| row.subject != gone);
    sample.input.verdicts.retain(|row| row.subject != gone);
    let mut silent = sample.clone();
    silent.input.history.retain(|row| row.subject != gone);
    let found = report(&mut silent);
    assert!(found.has(Removed) && found.has(Withheld), "{:#?}", found.findings);
    let made_at = sample.input.heading.made_at;
    for row in sample.input.history.iter_mut().filter(|row| row.subject == gone) {
        row.to = row.to.or(Some(made_at));
    }
    sample.input.devices[1].revoked_at = Some(made_at);
    // Only if it was.
    let found = report(&mut sample.clone());
    assert_errors("said to be revoked", &found, &[(Contradiction, "devices.json")]);
    let body = json!({"device": sample.input.devices[1].id, "reason": "sold"});
    sample.log.record("device.revoked", &body, sample.input.heading.made_at);
    let found = report(&mut sample);
    assert_errors("revoked", &found, &[]);
    assert_eq!(found.findings, []);
}
