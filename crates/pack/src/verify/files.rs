//! Every file that the manifest lists is called for by a row, under the name that is made from that row;
//! and what is said to be left out is not there. Whoever makes packs could otherwise lay a certificate
//! of his own beside the evidence, or call a document by a better name.

use super::{Finding, FindingKind::*, Report, container::Contents, given, manifest::Opened};
use crate::{
    manifest::{
        ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, EXCEPTIONS, FACTS, FileKind, REPORT, VERDICTS,
        VIEWER, attestation_path, document_path, fact_path,
    },
    rows::{AttestationRow, DocumentRow, FactRow},
};
use closedset_core::{Digest, Time};
use std::collections::BTreeMap;

/// The files that stand in every pack.
const ALWAYS: [(&str, FileKind); 9] = [
    (VIEWER, FileKind::Viewer),
    (REPORT, FileKind::Report),
    (CONTROLS, FileKind::Controls),
    (VERDICTS, FileKind::Verdicts),
    (FACTS, FileKind::Facts),
    (DEVICES, FileKind::Devices),
    (DOCUMENTS, FileKind::Documents),
    (ATTESTATIONS, FileKind::Attestations),
    (EXCEPTIONS, FileKind::Exceptions),
];

/// Holds the manifest's files against the rows.
pub(super) fn check(contents: &Contents, opened: &Opened, facts: &[FactRow], report: &mut Report) {
    // What cannot be understood in these lists was reported before.
    let quiet = &mut Report::new();
    let documents = given::list::<Vec<DocumentRow>>(contents, DOCUMENTS, quiet);
    let attestations = given::list::<Vec<AttestationRow>>(contents, ATTESTATIONS, quiet);
    let (Some(documents), Some(attestations)) = (documents, attestations) else { return };
    if facts.is_empty() && contents.bytes(FACTS) != Some(b"[]") {
        return;
    }
    let mut wanted: BTreeMap<String, FileKind> =
        ALWAYS.iter().map(|(path, kind)| ((*path).to_owned(), *kind)).collect();
    let mut left_out = Vec::new();
    for row in facts {
        let path = fact_path(row.digest);
        if row.left_out.is_some() {
            left_out.push(path);
        } else {
            wanted.insert(path, FileKind::Fact);
        }
    }
    for row in &attestations {
        let path = attestation_path(row.digest);
        if row.left_out.is_some() {
            left_out.push(path);
        } else {
            wanted.insert(path, FileKind::Attestation);
        }
    }
    let mut made: BTreeMap<Digest, String> = BTreeMap::new();
    for row in documents.iter().filter(|row| row.left_out.is_none()) {
        let path =
            made.entry(row.digest).or_insert_with(|| document_path(row.digest, &row.file_name));
        if let Some(given) = row.path.as_ref().filter(|given| *given != path) {
            let what = format!("the document {} is called {path} in a pack", row.document);
            report.add(Finding::new(Contradiction, given, what));
        }
        wanted.insert(path.clone(), FileKind::Document);
    }
    for row in documents.iter().filter(|row| row.left_out.is_some()) {
        let place = row.path.as_ref().or_else(|| made.get(&row.digest));
        left_out.extend(place.cloned());
    }
    for path in left_out {
        if opened.digest_of(&path).is_some() {
            let what = "it is said to be left out, and it is in the pack";
            report.add(Finding::new(Contradiction, path, what));
        }
    }
    // What is not there says nothing wrong, but whoever opens the pack takes what is there in its place.
    for (path, _) in ALWAYS {
        if opened.digest_of(path).is_none() {
            report.add(Finding::new(
                Removed,
                path,
                "every pack has it, and this one does not list it",
            ));
        }
    }
    for file in &opened.manifest.files {
        let what = match wanted.get(&file.path) {
            Some(kind) if *kind == file.what => continue,
            Some(_) => "the manifest says that it is something else than it is",
            None => "no row of any list calls for it",
        };
        report.add(Finding::new(Added, &file.path, what));
    }
    check_unseen(opened, &documents, &attestations, report);
}

/// What is in force and cannot be looked at. The log shows that it was given, not what it says.
fn check_unseen(
    opened: &Opened,
    documents: &[DocumentRow],
    attestations: &[AttestationRow],
    report: &mut Report,
) {
    let made_at = opened.manifest.heading.made_at;
    let is_in_force = |from: Time, to: Time, withdrawn_at: Option<Time>| {
        from <= made_at && made_at < to && withdrawn_at.is_none()
    };
    let documents = documents
        .iter()
        .filter(|row| {
            row.left_out.is_some() && is_in_force(row.valid_from, row.valid_to, row.withdrawn_at)
        })
        .map(|row| (DOCUMENTS, "document", row.digest, &row.control));
    let attestations = attestations
        .iter()
        .filter(|row| {
            row.left_out.is_some() && is_in_force(row.valid_from, row.valid_to, row.withdrawn_at)
        })
        .map(|row| (ATTESTATIONS, "attestation", row.digest, &row.control));
    for (place, form, digest, control) in documents.chain(attestations) {
        let what = format!(
            "the {form} with the digest {} counts for {control} and is not in the pack: what it says \
             nobody can see",
            digest.short()
        );
        report.add(Finding::new(Unseen, place, what));
    }
}
