//! The page for people against the pack's files: a page that tells another story than the files
//! would be recorded in the manifest like any other.

use super::{Finding, FindingKind::*, Report, container::Contents, given, manifest::Opened};
use crate::{
    builder::{PackInput, Verdicts},
    manifest::{ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, FACTS, VERDICTS, VIEWER},
    viewer::{self, Content},
};
use closedset_core::Digest;

/// Makes the page anew and compares it. Another version of this program may draw it otherwise, so
/// that a difference is a warning.
pub(super) fn check(contents: &Contents, opened: &Opened, report: &mut Report) {
    if !report.is_whole() {
        // What the page is made from is not to be relied on.
        return;
    }
    let (Some(page), Some(seen)) = (remake(contents, opened), contents.files.get(VIEWER)) else {
        return;
    };
    if Digest::of(page.as_bytes()) != seen.digest {
        let what = format!(
            "it is not the page that this version makes from the pack's files (the pack was made \
             with {}): rely on the files",
            opened.manifest.heading.made_with
        );
        report.add(Finding::new(OtherPage, VIEWER, what));
    }
}

/// The page that belongs to the pack's files.
fn remake(contents: &Contents, opened: &Opened) -> Option<String> {
    // What cannot be understood in these lists was reported before.
    let quiet = &mut Report::new();
    let verdicts: Verdicts = given::list(contents, VERDICTS, quiet)?;
    let manifest = &opened.manifest;
    let input = PackInput {
        heading: manifest.heading.clone(),
        log: manifest.log.clone(),
        controls: given::list(contents, CONTROLS, quiet)?,
        verdicts: verdicts.verdicts,
        history: verdicts.history,
        devices: given::list(contents, DEVICES, quiet)?,
        left_out: manifest.left_out.clone(),
        more_entries: Vec::new(),
        erased: manifest.erased.clone(),
    };
    let facts: Vec<_> = given::list(contents, FACTS, quiet)?;
    let documents: Vec<_> = given::list(contents, DOCUMENTS, quiet)?;
    let attestations: Vec<_> = given::list(contents, ATTESTATIONS, quiet)?;
    let page = viewer::render(&Content {
        input: &input,
        facts: &facts,
        documents: &documents,
        attestations: &attestations,
        excerpts: &contents.excerpts,
    });
    page.ok()
}
