//! Files that say the same in other bytes, and lists that are built to keep the verifier busy.

use super::edit::{Files, assert_errors, errors};
use crate::{FindingKind::*, VerifyOptions, sample::Sample, verify, verify::Limits};
use closedset_core::{
    Digest, Subject,
    id::{Device, Id},
};
use serde_json::{Value, json};
use std::{io::Cursor, time::Instant};

#[test]
fn every_file_of_the_ledger_has_one_spelling() {
    let mut sample = Sample::with_devices(1);
    let entry = sample.documents[0].0.entry;
    sample.log.erase(entry);
    sample.input.erased.push(entry);
    let key = sample.log.key();
    let honest = Files::of(&sample.build().unwrap());
    let is_found = |files: &Files, name: &str| {
        errors(&files.verify(&key)).iter().any(|(_, place)| place == name)
    };
    let erased = format!("ledger/entries/{entry}.json");
    let whole = honest.first("ledger/entries/", ".json");
    assert_ne!(erased, whole);
    let text = |name: &str| String::from_utf8(honest.clone().file(name).clone()).unwrap();
    let proof = honest.first("ledger/proofs/", ".tlog-proof");
    let salt_of = |text: &str| {
        let (_, rest) = text.split_once("\"salt\":\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let salt = salt_of(&text(&whole));
    let flipped = |text: &str| {
        // The two bits after the last whole byte are not zero.
        let (head, last) = text.split_at(text.len() - 2);
        let next = char::from(last.as_bytes()[0] + 1);
        format!("{head}{next}=")
    };
    let mut spellings = vec![
        (&erased, text(&erased).replace("{\"envelope", "{\"body\":null,\"envelope")),
        (&erased, text(&erased).replace("\"tombstone", "\"salt\":null,\"tombstone")),
        (&whole, text(&whole).replace(&salt, &flipped(&salt))),
        (&whole, text(&whole).replace(&salt, salt.trim_end_matches('='))),
        (&whole, text(&whole).replace(",\"tombstone", ", \"tombstone")),
        (&proof, text(&proof).replace("index ", "index 0")),
        (&proof, text(&proof).replace("index ", "extra AA==\nindex ")),
    ];
    spellings.push((&whole, text(&whole).replace("\"tombstone\":false", "\"tombstone\":0")));
    for (name, spelling) in spellings {
        assert_ne!(spelling, text(name));
        let mut files = honest.clone();
        *files.file(name) = spelling.clone().into_bytes();
        assert!(is_found(&files, name), "{name}: {spelling}");
    }
    // Nothing may follow or be missing at the end of any of them either.
    let kinds = ["ledger/checkpoint", "ledger/key", "ledger/tile/0", "ledger/tile/entries", &whole];
    let kinds = kinds.iter().map(|start| honest.first(start, ""));
    for name in kinds.chain([erased.clone(), proof.clone()]) {
        for edit in [
            |bytes: &mut Vec<u8>| bytes.push(b'\n'),
            |bytes: &mut Vec<u8>| bytes.push(b' '),
            |bytes: &mut Vec<u8>| bytes.insert(0, b' '),
            |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1),
        ] {
            let mut files = honest.clone();
            edit(files.file(&name));
            assert!(is_found(&files, &name), "{name}");
        }
    }
    let found = errors(&honest.verify(&key));
    assert!(!found.iter().any(|(_, place)| place.starts_with("ledger/")), "{found:?}");
}

/// The rows that a list has, but for one field of each.
fn many(files: &mut Files, list: &str, count: u64, mut vary: impl FnMut(u64, &mut Value)) {
    files.json(list, |rows| {
        let first = rows[0].clone();
        let row = |number| {
            let mut row = first.clone();
            vary(number, &mut row);
            row
        };
        *rows = (0..count).map(row).collect();
    });
}

#[test]
fn many_rows_of_one_enrolment_take_no_long_time() {
    const COUNT: u64 = 6_000;
    let mut sample = Sample::with_devices(1);
    let key = sample.log.key();
    let mut files = Files::of(&sample.build().unwrap());
    let id = |number: u64| Id::<Device>::from_bits(u128::from(number) + (1 << 100));
    many(&mut files, "devices.json", COUNT, |number, row| {
        row["id"] = json!(id(number));
        row.as_object_mut().unwrap().remove("confirmations");
    });
    many(&mut files, "facts.json", COUNT, |number, row| {
        row["kind"] = json!("device");
        row["subject"] = json!(Subject::device(id(COUNT + number)));
    });
    let begun = Instant::now();
    let report = files.verify(&key);
    assert!(!report.is_valid());
    let lists = [(Changed, "devices.json"), (Changed, "facts.json")];
    assert_errors("not the recorded ones", &report, &lists);
    // A maker who records them.
    files.fix_manifest();
    assert!(!files.verify(&key).is_valid());
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    many(&mut files, "devices.json", 3, |number, row| row["id"] = json!(id(number)));
    files.fix_manifest();
    let report = files.verify(&key);
    let again = report.findings.iter().filter(|one| one.what.contains("enrols another one"));
    assert_eq!(again.count(), 2, "{:#?}", report.findings);
}

#[test]
fn every_list_has_one_spelling() {
    let mut sample = Sample::with_devices(1);
    let key = sample.log.key();
    let honest = Files::of(&sample.build().unwrap());
    let lists = ["verdicts", "facts", "devices", "documents", "attestations", "controls"];
    for name in lists.map(|name| format!("{name}.json")) {
        let text = String::from_utf8(honest.clone().file(&name).clone()).unwrap();
        let closed = text.trim_end_matches([']', '}']).len();
        for spelling in [
            format!("{text}\n"),
            text.replacen(":", ": ", 1),
            text.replacen("{", "{\"\":0,", 1),
            text.replacen("000Z", "0000Z", 1),
            text.replacen("\"a", "\"\\u0061", 1),
            format!("{},{}", &text[..closed], &text[closed..]),
        ] {
            if spelling == text {
                continue;
            }
            let mut files = honest.clone();
            *files.file(&name) = spelling.into_bytes();
            files.fix_manifest();
            let report = files.verify(&key);
            let is_it = |one: &crate::Finding| {
                one.place == name && one.what.contains("cannot be understood")
            };
            assert!(report.findings.iter().any(is_it), "{name}: {:#?}", report.findings);
        }
    }
    let text = String::from_utf8(honest.clone().file("manifest.json").clone()).unwrap();
    for spelling in [
        format!("{text} "),
        text.replacen("{", "{\"\":0,", 1),
        text.replacen("\"erased\":[]", "\"erased\":[ ]", 1),
        text.replacen("\"entries\":[", "\"entries\":[0.0,", 1),
        text.replacen("\"format\"", "\"format\" ", 1),
    ] {
        assert_ne!(spelling, text);
        let mut files = honest.clone();
        *files.file("manifest.json") = spelling.into_bytes();
        assert_errors("manifest", &files.verify(&key), &[(Changed, "manifest.json")]);
    }
}

#[test]
fn a_list_that_is_too_large_is_neither_looked_into_nor_made() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    files.file("controls.json").resize(5 << 20, b' ');
    let report = files.verify(&sample.log.key());
    assert!(errors(&report).contains(&(TooLarge, "controls.json".to_owned())));
    sample.input.controls[0].asks = "x".repeat(5 << 20);
    let refused = sample.build().unwrap_err().to_string();
    assert!(refused.starts_with("controls.json has 52"), "{refused}");
}

#[test]
fn what_is_no_manifest_takes_no_memory() {
    // As a tree, it would take more than a gigabyte.
    let inner = vec!["{\"\":0}"; 1_000_000].join(",");
    let form = crate::manifest::FORMAT;
    for text in [
        format!("[{inner}]"),
        format!("{{\"entries\":[{inner}],\"format\":\"{form}\"}}"),
        format!("{{\"format\":\"{form}\",\"heading\":[{inner}]}}"),
    ] {
        let mut files = Files(Vec::new());
        files.add("manifest.json", text.as_bytes());
        let begun = Instant::now();
        assert_errors("no manifest", &files.verify(""), &[(Changed, "manifest.json")]);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}

/// Small things that take much memory once they are read.
fn dense(bytes: usize) -> Vec<u8> {
    format!("{{\"vendor\":[{}]}}", vec!["{\"\":0}"; bytes / 7].join(",")).into_bytes()
}

#[test]
fn a_fact_or_an_entry_that_is_too_large_is_neither_looked_into_nor_made() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    let (fact, entry) = (files.first("facts/", ".json"), files.first("ledger/entries/", ".json"));
    *files.file(&fact) = dense(5 << 20);
    *files.file(&entry) = dense(2 << 20);
    let found = errors(&files.verify(&sample.log.key()));
    assert!(found.contains(&(TooLarge, fact)) && found.contains(&(TooLarge, entry)), "{found:?}");
    // What a maker is given.
    let (row, body) = &mut sample.facts[0];
    let large = dense(5 << 20);
    (row.digest, *body) = (Digest::of(&large), Some(large));
    let refused = sample.build().unwrap_err().to_string();
    assert!(refused.contains("more than the 4194304"), "{refused}");
    let mut sample = Sample::with_devices(1);
    let entry = sample.documents[0].0.entry;
    let mut said: Value =
        serde_json::from_slice(&sample.log.entry(entry).body.unwrap().bytes).unwrap();
    said["more"] = json!("x".repeat(1 << 20));
    sample.log.rewrite(entry, "document.added", &said);
    let refused = sample.build().unwrap_err().to_string();
    assert!(refused.contains("more than the 1048576"), "{refused}");
}

#[test]
fn many_small_trees_take_no_more_memory_than_is_allowed() {
    let mut sample = Sample::with_devices(1);
    let pack = sample.build().unwrap();
    let with = |tree_bytes| {
        let limits = Limits { tree_bytes, ..Limits::default() };
        verify(Cursor::new(&pack), &VerifyOptions { limits, ..VerifyOptions::default() }).unwrap()
    };
    assert!(with(10_000).has(TooLarge) && !with(10_000).is_valid());
    assert!(!with(10_000_000).has(TooLarge));
}

/// What no verifier reads is not made either: megabytes of nothing but small records.
#[test]
fn a_pack_of_more_trees_than_anybody_reads_is_not_made() {
    let mut sample = Sample::with_devices(1);
    let (row, _) = sample.facts[0].clone();
    for number in 0..4 {
        let body = String::from_utf8(dense(3 << 20)).unwrap();
        let body = body.replacen("vendor", &format!("vendor{number}"), 1).into_bytes();
        let row = crate::rows::FactRow { digest: Digest::of(&body), ..row.clone() };
        sample.facts.push((row, Some(body)));
    }
    let refused = sample.build().unwrap_err();
    let crate::PackError::TooLarge { limit, .. } = refused else { panic!("{refused}") };
    assert_eq!(limit, 1 << 30);
}

#[test]
fn a_manifest_that_names_far_more_than_there_is_is_not_gone_into() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    files.json("manifest.json", |manifest| manifest["entries"] = (0..1_000_000).collect());
    let begun = Instant::now();
    assert_errors("entries", &files.verify(&sample.log.key()), &[(TooLarge, "manifest.json")]);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_check_that_needs_everything_takes_no_long_time() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    files.json("controls.json", |controls| {
        let check = controls.as_array().unwrap().iter().find_map(|one| one["checks"].get(0));
        let mut check = check.unwrap().clone();
        (check["id"], check["needs"]) = (json!("x"), vec!["a"; 500_000].into());
        let with = |one: &&mut Value| !one["checks"].as_array().unwrap().is_empty();
        let control = controls.as_array_mut().unwrap().iter_mut().find(with).unwrap();
        control["checks"].as_array_mut().unwrap().push(check);
    });
    files.json("verdicts.json", |lists| {
        let mut row = lists["verdicts"][0].clone();
        (row["check"], row["facts"]) = (json!("x"), json!([]));
        for number in 0..10_000 {
            row["subject"] = json!(format!("control:{number}"));
            lists["verdicts"].as_array_mut().unwrap().push(row.clone());
        }
    });
    files.fix_manifest();
    let begun = Instant::now();
    assert!(files.verify(&sample.log.key()).has(TooLarge));
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn many_turns_in_one_entry_take_no_long_time() {
    const COUNT: usize = 5_000;
    let mut sample = Sample::with_devices(1);
    let subject = Subject::device(sample.input.devices[0].id);
    let at = sample.input.heading.scope.to;
    let mut turns = vec![json!({"check": "device-firewall", "subject": ""}); COUNT];
    turns.push(json!({
        "check": "device-firewall", "subject": subject, "status": "pass", "version": 1,
        "because": "again", "was": "pass",
    }));
    let body = json!({"subject": subject, "at": at, "facts": [], "verdicts": turns});
    let entry = sample.log.record("subject.assessed", &body, at);
    let last = sample.input.history.iter().rfind(|row| row.check == "device-firewall").unwrap();
    let mut row = last.clone();
    (row.entry, row.from, row.to, row.because) = (entry, at, Some(at), "again".into());
    sample.input.history.extend(vec![row; 10 * COUNT]);
    let pack = sample.build().unwrap();
    let begun = Instant::now();
    assert!(!super::edit::check(&pack, Some(&sample.log.key())).is_valid());
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}
