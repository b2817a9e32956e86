//! A pack without people's names of a facility of which much is known: nobody is named in it.

use super::{Told, told};
use closedset_app::{devices, organisations, packs, people};
use closedset_catalogue::Catalogue;
use closedset_core::{Duration, Subject, Time};
use closedset_pack::{FindingKind, Outcome, Report, Severity, VerifyOptions, report_in};
use closedset_store::facts;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _},
    process::Command,
};

/// Everybody's name and address, their accounts on computers, and what computers are called.
async fn named(told: &Told) -> BTreeSet<String> {
    let Told { app, caller, .. } = told;
    let mut named = BTreeSet::new();
    let (everybody, _) = people::person_list(app, caller, None, 200).await.unwrap();
    for person in everybody {
        named.insert(person.name);
        named.insert(person.email.to_string());
    }
    let (computers, _) = devices::device_list(app, caller, None, 200).await.unwrap();
    for computer in computers {
        named.insert(computer.device.name);
        let (organisation, subject) = (caller.organisation, Subject::device(computer.device.id));
        let facts = app
            .store()
            .read(move |tx| -> Result<_, closedset_app::Problem> {
                Ok(facts::fact_list(tx, organisation, &subject)?)
            })
            .await
            .unwrap();
        for fact in facts {
            let body: Value = serde_json::from_slice(&fact.body).unwrap();
            let users = body["users"].as_array().into_iter().flatten();
            named.extend(users.filter_map(|user| Some(user["name"].as_str()?.to_owned())));
        }
    }
    // What a system says of all its users at once.
    named.remove("everybody");
    assert!(named.len() > 90, "{named:?}");
    named
}

async fn pack(told: &Told, new: packs::NewPack) -> Vec<u8> {
    let Told { app, caller, .. } = told;
    let made = packs::pack_create(app, caller, new).await.unwrap();
    let (_, mut file) = packs::pack_open(app, caller, made.id).await.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

fn verified(pack: &[u8]) -> Report {
    let catalogue = Catalogue::embedded().unwrap();
    let again = packs::Remake::new(&catalogue);
    let options = VerifyOptions { recompute: Some(&again), ..VerifyOptions::default() };
    closedset_pack::verify(Cursor::new(pack), &options).unwrap()
}

/// What is named in these bytes. Nothing in a pack is compressed but what the report draws.
fn found<'n>(named: &'n BTreeSet<String>, bytes: &[u8]) -> Vec<&'n str> {
    let text = String::from_utf8_lossy(bytes);
    named.iter().map(String::as_str).filter(|name| text.contains(name)).collect()
}

/// The words of a PDF as another program reads them; none where it is not installed.
fn words(pdf: &[u8]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let ran = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output();
    ran.ok().map(|ran| ran.stdout)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_named_in_a_pack_without_names() {
    let told = told(40, 13).await;
    let named = named(&told).await;
    let now = told.app.now();
    let all = packs::NewPack::of(now - Duration::from_days(365), now);

    let with = pack(&told, all.clone()).await;
    let report = verified(&with);
    assert_eq!(report.outcome(), Outcome::Demonstration, "{:#?}", report.findings);
    assert!(found(&named, &with).len() > 80, "they are looked for where they are");

    let without = pack(&told, packs::NewPack { without_names: true, ..all }).await;
    let report = verified(&without);
    let errors = report.findings.iter().filter(|one| one.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{:#?}", report.findings);
    assert_eq!(report.outcome(), Outcome::NotProven);
    assert!(report.has(FindingKind::Unshown) && report.has(FindingKind::Unseen));
    let counts = report.counts;
    assert!(counts.recomputed > counts.verdicts / 3, "{counts:?}");
    assert!(counts.recomputed < counts.verdicts, "{counts:?}");
    assert_eq!(found(&named, &without), Vec::<&str>::new());
    let (profile, _) = organisations::profile(&told.app, &told.caller).await.unwrap();
    assert!(without.windows(profile.name.len()).any(|part| part == profile.name.as_bytes()));
    let pdf = report_in(&mut without.as_slice()).unwrap().unwrap();
    if let Some(words) = words(&pdf) {
        assert_eq!(found(&named, &words), Vec::<&str>::new());
        let with = words_of(&with);
        assert!(found(&named, &with).len() > 5, "{:?}", found(&named, &with));
    }

    // The same, limited to some controls.
    let controls = vec!["AD-1".to_owned(), "PH-1".to_owned()];
    let limited = packs::NewPack {
        controls,
        without_names: true,
        ..packs::NewPack::of(Time::from_millis(0), now)
    };
    let limited = pack(&told, limited).await;
    let report = verified(&limited);
    let errors = report.findings.iter().filter(|one| one.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{:#?}", report.findings);
    assert_eq!(report.counts.recomputed, report.counts.verdicts, "{:#?}", report.findings);
    assert_eq!(found(&named, &limited), Vec::<&str>::new());
}

fn words_of(pack: &[u8]) -> Vec<u8> {
    let pdf = report_in(&mut &*pack).unwrap().unwrap();
    words(&pdf).unwrap_or_default()
}

/// A list of the pack.
fn list(pack: &[u8], name: &str) -> Vec<Value> {
    let mut archive = Vec::new();
    let mut at = 0;
    // Nothing in a pack is compressed: local headers follow each other.
    while pack[at..].starts_with(b"PK\x03\x04") {
        let number = |from: usize, count: usize| {
            let bytes = &pack[at + from..at + from + count];
            bytes.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
        };
        let (size, name_length, extra) = (number(18, 4), number(26, 2), number(28, 2));
        let path = String::from_utf8_lossy(&pack[at + 30..at + 30 + name_length]).into_owned();
        let from = at + 30 + name_length + extra;
        archive.push((path, &pack[from..from + size]));
        at = from + size;
    }
    let (_, bytes) = archive.into_iter().find(|(path, _)| path == name).unwrap();
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_people_typed_and_what_computers_are_called_are_not_in_it() {
    let told = told(40, 13).await;
    let now = told.app.now();
    let all = packs::NewPack::of(now - Duration::from_days(365), now);
    let with = pack(&told, all.clone()).await;
    let without = pack(&told, packs::NewPack { without_names: true, ..all }).await;
    let mut texts = BTreeSet::new();
    let mut take = |rows: &[Value], fields: &[&str]| {
        for row in rows {
            let found = fields.iter().filter_map(|field| row.pointer(field)?.as_str());
            texts.extend(found.filter(|text| text.len() > 4).map(str::to_owned));
        }
    };
    take(&list(&with, "documents.json"), &["/title", "/file_name", "/given_by"]);
    take(&list(&with, "attestations.json"), &["/signed_by"]);
    take(
        &list(&with, "exceptions.json"),
        &["/terms/reason", "/terms/measure", "/asked_by", "/approved_by"],
    );
    assert!(texts.len() > 40, "{texts:?}");
    assert_eq!(found(&texts, &without), Vec::<&str>::new());
}

/// What a reader finds with a list of likely names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_found_by_trying() {
    let told = told(40, 13).await;
    let now = told.app.now();
    let all = packs::NewPack::of(now - Duration::from_days(365), now);
    let with = pack(&told, all.clone()).await;
    let without = pack(&told, packs::NewPack { without_names: true, ..all }).await;
    let titles = list(&with, "documents.json");
    let texts: BTreeSet<&str> = titles.iter().filter_map(|row| row["title"].as_str()).collect();
    let facts = list(&without, "facts.json");
    let names = named(&told).await;
    let mut tried = std::collections::BTreeMap::new();
    for name in &names {
        for desktop in ["macos", "gnome", "windows"] {
            for minutes in 0..=60_i64 {
                for is_enforced in [None, Some(true), Some(false)] {
                    let mut user = serde_json::json!({
                        "name": name, "desktop": desktop, "locks_after_s": minutes * 60, "asks_password": true,
                    });
                    if let Some(is_enforced) = is_enforced {
                        user["is_enforced"] = is_enforced.into();
                    }
                    let body = serde_json::json!({"users": [user], "longest_s": minutes * 60});
                    let bytes = closedset_core::canonical::to_vec(&body).unwrap();
                    tried.insert(closedset_core::Digest::of(&bytes).to_string(), name.clone());
                }
            }
        }
    }
    let locks: Vec<&Value> = facts.iter().filter(|row| row["kind"] == "screen_lock").collect();
    let known: Vec<&String> =
        locks.iter().filter_map(|row| tried.get(row["digest"].as_str()?)).collect();
    let mut titles = Vec::new();
    let documents = list(&without, "documents.json");
    for row in facts.iter().filter(|row| row["kind"] == "evidence") {
        let control = &row["subject"]["id"];
        let control = control.as_str().or_else(|| row["subject"].as_str()?.split(':').nth(1));
        let its: Vec<&Value> =
            documents.iter().filter(|one| one["control"].as_str() == control).collect();
        let [one] = its.as_slice() else { continue };
        for title in &texts {
            let item = serde_json::json!({
                "id": one["document"], "form": "document", "title": title, "digest": one["digest"],
                "valid_from": one["valid_from"], "valid_to": one["valid_to"],
            });
            let body = serde_json::json!({
                "in_force": 1, "lapsed": 0, "taken_back": 0, "items": [item],
                "valid_to": one["valid_to"],
            });
            let bytes = closedset_core::canonical::to_vec(&body).unwrap();
            if row["digest"].as_str() == Some(&*closedset_core::Digest::of(&bytes).to_string()) {
                titles.push(*title);
            }
        }
    }
    assert!(known.is_empty() && titles.is_empty(), "of {}: {known:?}, {titles:?}", locks.len());
}
