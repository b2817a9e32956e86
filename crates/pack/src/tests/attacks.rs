//! What somebody can do to a pack between its maker and its reader.

use super::edit::{Files, assert_errors, check};
use crate::{
    FindingKind::{self, *},
    manifest::CREATED_KIND,
    sample::Sample,
};
use closedset_core::{Digest, canonical};
use closedset_merkle::{Checkpoint, KeyName, SignedNote, SignerKey};
use serde_json::{Value, json};

/// A pack, its files, its log's key, and an older checkpoint of the log.
struct Target {
    sample: Sample,
    pack: Vec<u8>,
    files: Files,
    key: String,
    older: Vec<u8>,
}

fn target() -> Target {
    let mut sample = Sample::with_devices(3);
    let older = sample.log.checkpoint();
    let pack = sample.build().unwrap();
    Target { files: Files::of(&pack), key: sample.log.key(), sample, pack, older }
}

/// Alters a target's files and demands exactly these errors.
fn attack(
    name: &str,
    target: &Target,
    alter: impl FnOnce(&mut Files),
    expected: &[(FindingKind, &str)],
) {
    let mut files = target.files.clone();
    alter(&mut files);
    assert_errors(name, &files.verify(&target.key), expected);
}

fn own_entry(target: &Target) -> u64 {
    target.sample.log.size() - 1
}

#[test]
fn one_altered_byte_is_found_in_every_kind_of_file() {
    let target = target();
    let fact = target.files.first("facts/", "");
    let document = target.files.first("documents/", "");
    let attestation = target.files.first("attestations/", "");
    let mut covered = vec![
        "index.html",
        "controls.json",
        "verdicts.json",
        "facts.json",
        "devices.json",
        "documents.json",
        "attestations.json",
    ];
    covered.extend([fact.as_str(), &document, &attestation]);
    for path in covered {
        let mut files = target.files.clone();
        let file = files.file(path);
        let at = file.len() / 2;
        // One digit for another keeps most JSON what it was.
        file[at] = if file[at] == b'1' { b'2' } else { b'1' };
        let report = files.verify(&target.key);
        assert!(!report.is_valid(), "{path}");
        let is_named = report.findings.iter().any(|one| one.place == path && one.kind == Changed);
        assert!(is_named, "{path}: {:#?}", report.findings);
    }
}

#[test]
fn an_altered_file_of_evidence_is_named_and_nothing_else() {
    let target = target();
    for start in ["facts/", "documents/", "attestations/", "index.html"] {
        let path = target.files.first(start, "");
        let alter = |files: &mut Files| files.file(&path)[2] ^= 1;
        attack(start, &target, alter, &[(Changed, &path)]);
    }
}

#[test]
fn an_altered_file_of_the_ledger_is_named() {
    let target = target();
    let entry = target.files.first("ledger/entries/", "");
    let proof = target.files.first("ledger/proofs/", "");
    let own = format!("ledger/entries/{}.json", own_entry(&target));
    let flip = |path: &str, at: usize| {
        let path = path.to_owned();
        move |files: &mut Files| files.file(&path)[at] ^= 1
    };
    attack("entry", &target, flip(&entry, 30), &[(Changed, &entry)]);
    attack("own entry", &target, flip(&own, 60), &[(Changed, &own)]);
    attack("proof's head", &target, flip(&proof, 3), &[(Changed, &proof)]);
    attack("proof's hash", &target, flip(&proof, 60), &[(Changed, &proof)]);
    attack("key", &target, flip("ledger/key", 2), &[(Changed, "ledger/key")]);
    for tile in ["ledger/tile/0/000", "ledger/tile/1/000.p/1"] {
        let report = {
            let mut files = target.files.clone();
            files.file(tile)[5] ^= 1;
            files.verify(&target.key)
        };
        assert!(
            report.findings.iter().any(|one| one.kind == Changed && one.place == tile),
            "{tile}: {:#?}",
            report.findings
        );
    }
}

#[test]
fn every_byte_of_the_checkpoint_counts() {
    let target = target();
    let length = target.files.clone().file("ledger/checkpoint").len();
    for at in 0..length {
        let mut files = target.files.clone();
        files.file("ledger/checkpoint")[at] ^= 1;
        let report = files.verify(&target.key);
        assert!(!report.is_valid(), "byte {at}");
        let is_named = |place: &str| place.starts_with("ledger/");
        assert!(report.findings.iter().any(|one| is_named(&one.place)), "byte {at}");
    }
}

#[test]
fn removed_files_are_named() {
    let target = target();
    for start in ["facts/", "documents/", "attestations/", "index.html", "ledger/proofs/"] {
        let path = target.files.first(start, "");
        attack(start, &target, |files| files.remove(&path), &[(Removed, &path)]);
    }
    for path in ["ledger/key", "ledger/checkpoint", "manifest.json"] {
        attack(path, &target, |files| files.remove(path), &[(Removed, path)]);
    }
    let own = format!("ledger/entries/{}.json", own_entry(&target));
    let own_proof = format!("ledger/proofs/{}.tlog-proof", own_entry(&target));
    attack(
        "own record",
        &target,
        |files| files.remove(&own),
        &[(Removed, "ledger/entries"), (Added, &own_proof)],
    );
    let document = target.sample.documents[0].0.entry;
    let entry = format!("ledger/entries/{document}.json");
    attack("entry", &target, |files| files.remove(&entry), &[(Removed, &entry)]);
    let tile = target.files.first("ledger/tile/0/", "");
    attack("tile", &target, |files| files.remove(&tile), &[(Removed, &tile)]);
}

#[test]
fn added_files_are_named() {
    let target = target();
    for path in [
        "documents/more.pdf",
        "notes.txt",
        "facts/extra.json",
        "ledger/entries/999.json",
        "ledger/proofs/1.tlog-proof",
        "ledger/tile/0/002",
        "ledger/notes",
    ] {
        attack(path, &target, |files| files.add(path, b"{}"), &[(Added, path)]);
    }
    // A genuine entry of the same log that the maker did not put in.
    let foreign = target.sample.log.entry(7);
    let bytes = canonical::to_vec(&crate::entry_file::EntryFile::new(&foreign).unwrap()).unwrap();
    let add = |files: &mut Files| files.add("ledger/entries/7.json", &bytes);
    attack("genuine", &target, add, &[(Added, "ledger/entries/7.json")]);
}

#[test]
fn a_file_that_is_cut_off_says_where() {
    let target = target();
    let whole = target.pack.len();
    for length in [
        0,
        1,
        3,
        29,
        40,
        1_000,
        whole / 3,
        whole / 2,
        whole - 2_000,
        whole - 100,
        whole - 22,
        whole - 5,
        whole - 1,
    ] {
        let report = check(&target.pack[..length], Some(&target.key));
        let expected = if length == 0 { NotAPack } else { CutOff };
        assert!(report.has(expected), "{length}: {:#?}", report.findings);
        assert_eq!(report.findings.len(), 1, "{length}");
        assert!(!report.is_valid());
    }
    let report = check(&target.pack[..whole / 2], None);
    assert!(report.findings[0].what.contains("whole files"));
    let report = check(&target.pack[..whole - 1], None);
    assert!(report.findings[0].what.contains("the files are whole"));
}

#[test]
fn a_replaced_or_erased_entry_body_is_found() {
    let target = target();
    let path = format!("ledger/entries/{}.json", target.sample.documents[0].0.entry);
    let replace = |files: &mut Files| {
        files.json(&path, |entry| entry["body"]["title"] = Value::from("Another title"));
    };
    attack("replaced", &target, replace, &[(Changed, &path)]);
    let erase = |files: &mut Files| {
        files.json(&path, |entry| {
            let fields = entry.as_object_mut().unwrap();
            fields.remove("body");
            fields.remove("salt");
            fields.insert("tombstone".into(), true.into());
        });
    };
    attack("erased", &target, erase, &[(Removed, &path)]);
    let salt = |files: &mut Files| {
        files.json(&path, |entry| {
            entry["salt"] = Value::from("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        });
    };
    attack("salt", &target, salt, &[(Changed, &path)]);
}

#[test]
fn a_whole_entry_with_envelope_and_body_of_the_attackers_own_is_found() {
    let target = target();
    let index = target.sample.documents[0].0.entry;
    let mut forger = target.sample.clone();
    let forged = forger.log.record(
        "document.added",
        &json!({"digest": Digest::of(b"x")}),
        crate::sample::BEGINNING,
    );
    let mut forged = forger.log.entry(forged);
    forged.index = index;
    let bytes = canonical::to_vec(&crate::entry_file::EntryFile::new(&forged).unwrap()).unwrap();
    let path = format!("ledger/entries/{index}.json");
    attack("forged", &target, |files| *files.file(&path) = bytes, &[(Changed, &path)]);
}

#[test]
fn pieces_of_another_log_are_recognised() {
    let target = target();
    let mut other = Sample::new("Another House", 9, 3);
    let mut others = Files::of(&other.build().unwrap());
    let entry = target.files.first("ledger/entries/", "");
    let proof = target.files.first("ledger/proofs/", "");
    let take =
        |files: &mut Files, path: &str| *files.file(path) = others.clone().file(path).clone();
    attack("proof", &target, |files| take(files, &proof), &[(SplicedIn, &proof)]);
    attack("entry", &target, |files| take(files, &entry), &[(SplicedIn, &entry)]);
    attack(
        "checkpoint",
        &target,
        |files| take(files, "ledger/checkpoint"),
        &[(UnknownKey, "ledger/checkpoint")],
    );
    let ledger: Vec<_> = std::mem::take(&mut others.0)
        .into_iter()
        .filter(|(path, _)| path.starts_with("ledger/"))
        .collect();
    let mut files = target.files.clone();
    files.0.retain(|(path, _)| !path.starts_with("ledger/"));
    files.0.extend(ledger);
    let report = files.verify(&target.key);
    assert!(report.has(UnknownKey) && report.has(SplicedIn), "{:#?}", report.findings);
}

#[test]
fn the_proof_of_one_entry_does_not_serve_another() {
    let target = target();
    let indexes: Vec<u64> = target.sample.input.devices.iter().map(|row| row.enrolled).collect();
    let path = |index: u64| format!("ledger/proofs/{index}.tlog-proof");
    let (one, two) = (path(indexes[0]), path(indexes[1]));
    let swap = |files: &mut Files| {
        let other = files.file(&two).clone();
        *files.file(&one) = other;
    };
    attack("proof", &target, swap, &[(SplicedIn, &one)]);
    let relabel = |files: &mut Files| {
        let text = String::from_utf8(files.file(&two).clone()).unwrap();
        let from = format!("index {}\n", indexes[1]);
        let to = format!("index {}\n", indexes[0]);
        *files.file(&one) = text.replace(&from, &to).into_bytes();
    };
    attack("relabelled", &target, relabel, &[(Changed, &one)]);
}

#[test]
fn a_checkpoint_of_another_key_is_not_the_logs() {
    let target = target();
    let resign = |files: &mut Files| {
        let note = SignedNote::parse(files.file("ledger/checkpoint")).unwrap();
        let checkpoint = Checkpoint::parse(note.text()).unwrap();
        let name = KeyName::new(checkpoint.origin()).unwrap();
        let forger = SignerKey::from_seed(name, &[99; 32]);
        *files.file("ledger/checkpoint") = checkpoint.sign(&forger).to_string().into_bytes();
        forger
    };
    attack(
        "re-signed",
        &target,
        |files| {
            resign(files);
        },
        &[(UnknownKey, "ledger/checkpoint")],
    );
    // With the forger's key put beside it: the manifest still names the true one, and the proofs
    // carry the true checkpoint.
    let mut files = target.files.clone();
    let forger = resign(&mut files);
    *files.file("ledger/key") = format!("{}\n", forger.verifier()).into_bytes();
    let report = check(&files.pack(), None);
    assert!(!report.is_valid());
    assert!(report.has(UnknownKey));
}

#[test]
fn a_pack_made_anew_with_the_attackers_key_is_only_told_apart_by_the_key() {
    let target = target();
    let mut forged = Sample::with_devices(3);
    forged.log.change_key(99);
    forged.input.log.key = forged.log.key();
    let forged = forged.build().unwrap();
    let report = check(&forged, None);
    assert!(report.is_valid() && report.has(KeyNotCompared));
    assert!(!report.log.unwrap().key_was_compared);
    let report = check(&forged, Some(&target.key));
    assert_errors("expected key", &report, &[(UnknownKey, "ledger/key")]);
}

#[test]
fn a_forged_signature_under_the_true_keys_name_is_bad() {
    let target = target();
    let alter = |files: &mut Files| {
        let text = String::from_utf8(files.file("ledger/checkpoint").clone()).unwrap();
        let at = text.rfind('=').map_or(text.len() - 10, |at| at - 8);
        let mut bytes = text.into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        *files.file("ledger/checkpoint") = bytes;
    };
    attack("signature", &target, alter, &[(BadSignature, "ledger/checkpoint")]);
}

#[test]
fn an_older_checkpoint_of_the_same_log_is_recognised() {
    let target = target();
    let older = target.older.clone();
    let replace = |files: &mut Files| *files.file("ledger/checkpoint") = older;
    attack("older", &target, replace, &[(OlderCheckpoint, "ledger/checkpoint")]);
}

#[test]
fn a_manifest_made_to_fit_is_not_the_one_that_was_recorded() {
    let target = target();
    let document = target.files.first("documents/", "");
    let alter = |files: &mut Files| {
        files.file(&document)[0] ^= 1;
        files.fix_manifest();
    };
    attack("manifest", &target, alter, &[(Changed, "manifest.json"), (Contradiction, &document)]);
    let dates = |files: &mut Files| {
        files.json("manifest.json", |manifest| {
            manifest["heading"]["made_at"] = Value::from("2026-07-02T09:00:00.000Z");
        });
    };
    attack("date", &target, dates, &[(Changed, "manifest.json")]);
    let spaces = |files: &mut Files| files.file("manifest.json").push(b'\n');
    attack("spaces", &target, spaces, &[(Changed, "manifest.json")]);
}

#[test]
fn a_manifest_whose_record_is_forged_too_needs_the_log() {
    let target = target();
    let own = own_entry(&target);
    let mut forger = target.sample.clone();
    let mut files = target.files.clone();
    files.file("index.html").extend(b"<!-- better -->");
    files.fix_manifest();
    let body = json!({
        "pack": target.sample.input.heading.pack,
        "manifest": Digest::of(files.file("manifest.json")),
    });
    let forged = forger.log.record(CREATED_KIND, &body, crate::sample::BEGINNING);
    let mut forged = forger.log.entry(forged);
    forged.index = own;
    let path = format!("ledger/entries/{own}.json");
    *files.file(&path) =
        canonical::to_vec(&crate::entry_file::EntryFile::new(&forged).unwrap()).unwrap();
    assert_errors("forged record", &files.verify(&target.key), &[(Changed, &path)]);
}

#[test]
fn facts_swapped_between_devices_are_found_even_with_a_manifest_made_to_fit() {
    let target = target();
    let swap = |files: &mut Files| {
        files.json("facts.json", |rows| {
            let subjects: Vec<Value> =
                rows.as_array().unwrap().iter().map(|row| row["subject"].clone()).collect();
            let other = subjects.iter().find(|subject| **subject != subjects[0]).unwrap();
            rows[0]["subject"] = other.clone();
        });
        files.fix_manifest();
    };
    let mut files = target.files.clone();
    swap(&mut files);
    let report = files.verify(&target.key);
    assert!(report.has(SplicedIn), "{:#?}", report.findings);
    let place = &report.findings.iter().find(|one| one.kind == SplicedIn).unwrap().place;
    assert!(place.starts_with("facts/"), "{place}");
    assert!(report.findings.iter().any(|one| one.kind == Changed && one.place == "manifest.json"));
}
