//! Files that no row calls for, documents by another name, and what is left out although it is there.

use super::edit::{Files, assert_errors, check, errors, reseal};
use crate::{FindingKind::*, Report, manifest::FileKind, sample::Sample};
use serde_json::json;

/// The report on the sample's pack, its files altered by a maker who records what he writes.
fn forged(sample: &mut Sample, what: FileKind, alter: impl FnOnce(&mut Files)) -> Report {
    let mut files = Files::of(&sample.clone().build().unwrap());
    alter(&mut files);
    let pack = reseal(sample, &mut files, what);
    check(&pack, Some(&sample.log.key()))
}

#[test]
fn sealed_anew_without_a_change_a_pack_stays_valid() {
    let report = forged(&mut Sample::with_devices(2), FileKind::Document, |_| {});
    assert_errors("unchanged", &report, &[]);
    assert_eq!(report.findings, []);
}

#[test]
fn a_file_that_no_row_calls_for_is_refused() {
    for (path, what) in [
        ("READ-ME-FIRST.pdf", FileKind::Document),
        ("documents/Certificate-of-compliance.pdf", FileKind::Document),
        ("verified.txt", FileKind::Viewer),
        ("facts/more.json", FileKind::Fact),
        ("attestations/more.txt", FileKind::Attestation),
    ] {
        let mut sample = Sample::with_devices(1);
        let report =
            forged(&mut sample, what, |files| files.0.insert(0, (path.into(), b"x".into())));
        assert_errors(path, &report, &[(Added, path)]);
    }
}

#[test]
fn a_file_is_listed_as_what_it_is() {
    let mut sample = Sample::with_devices(1);
    let mut place = String::new();
    let report = forged(&mut sample, FileKind::Document, |files| {
        place = files.first("attestations/", ".txt");
        files.json("manifest.json", |manifest| {
            for file in manifest["files"].as_array_mut().unwrap() {
                if file["path"] == place {
                    file["what"] = json!("document");
                }
            }
        });
    });
    assert_errors("kind", &report, &[(Added, &place)]);
}

#[test]
fn a_document_is_called_as_it_was_given() {
    let mut sample = Sample::with_devices(1);
    let digest = sample.documents[0].0.digest;
    let better = format!("documents/{digest}/Certificate-TPN-Gold-2026.pdf");
    let report = forged(&mut sample, FileKind::Document, |files| {
        let path = files.first("documents/", "");
        files.0.iter_mut().filter(|(name, _)| *name == path).for_each(|(name, _)| {
            name.clone_from(&better);
        });
        files.json("documents.json", |rows| rows[0]["path"] = json!(better));
        let page = files.file("index.html");
        *page = String::from_utf8_lossy(page).replace(&path, &better).into_bytes();
    });
    let found = errors(&report);
    assert!(found.contains(&(Contradiction, better.clone())), "{:#?}", report.findings);
    assert!(found.contains(&(Added, better)), "{:#?}", report.findings);
}

#[test]
fn documents_of_one_content_share_the_first_ones_file() {
    let mut sample = Sample::with_devices(1);
    let content = sample.documents[0].1.clone();
    for (left_out, is_there) in [(None, true), (Some("private".to_owned()), false)] {
        let (mut row, _) = sample.documents[0].clone();
        (row.file_name, row.left_out) = ("Other.pdf".into(), left_out);
        sample.documents.push((row, content.clone().filter(|_| is_there)));
    }
    let report = check(&sample.build().unwrap(), Some(&sample.log.key()));
    let is_about_paths = |one: &crate::Finding| one.kind == Added || one.what.contains("called");
    assert!(!report.findings.iter().any(is_about_paths), "{:#?}", report.findings);
    assert!(!report.has(LeftOut), "what stands there for another row is not left out");
}

#[test]
fn what_is_in_the_pack_is_not_said_to_be_left_out() {
    let why = "nothing of interest: the assessor saw it and found it in order";
    for (list, folder) in [
        ("facts.json", "facts/"),
        ("documents.json", "documents/"),
        ("attestations.json", "attestations/"),
    ] {
        let mut sample = Sample::with_devices(1);
        let mut place = String::new();
        let report = forged(&mut sample, FileKind::Document, |files| {
            files.json(list, |rows| {
                rows[0]["left_out"] = json!(why);
                let digest = rows[0]["digest"].as_str().unwrap();
                place = format!("{folder}{digest}");
            });
            place = files.first(&place, "");
        });
        assert!(errors(&report).contains(&(Contradiction, place)), "{:#?}", report.findings);
    }
}

#[test]
fn the_words_of_a_statement_that_is_left_out_are_not_made_up() {
    let mut sample = Sample::with_devices(1);
    let (row, text) = &mut sample.attestations[0];
    (row.left_out, *text) = (Some("it names people".into()), None);
    let report = check(&sample.build().unwrap(), Some(&sample.log.key()));
    assert!(report.has(OtherFact) && report.has(Unseen), "{:#?}", report.findings);
    let is_it = |one: &crate::Finding| one.what.contains("words are given as its own");
    assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
}
