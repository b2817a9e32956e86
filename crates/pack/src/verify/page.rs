//! The page for people against the pack's files: a page that tells another story than the files
//! would be recorded in the manifest like any other.

use super::{Finding, FindingKind::*, Report, container::Contents, given, manifest::Opened};
use crate::{
    builder::{PackInput, Verdicts},
    manifest::{
        ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, EXCEPTIONS, FACTS, MANIFEST, VERDICTS, VIEWER,
    },
    viewer::{self, Content},
    zone::Disagreement,
};
use closedset_core::{Digest, Time};

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
    check_zone(&page.times, opened, report);
    if Digest::of(page.html.as_bytes()) != seen.digest {
        let what = format!(
            "it is not the page that this version makes from the pack's files (the pack was made \
             with {}): rely on the files",
            opened.manifest.heading.made_with
        );
        report.add(Finding::new(OtherPage, VIEWER, what));
    }
}

/// Holds the pack's zone against this computer's database. Whoever makes a pack could otherwise move
/// days by offsets of his own making. That it is no error has a reason: databases differ, and
/// governments change their clocks at short notice.
fn check_zone(times: &[Time], opened: &Opened, report: &mut Report) {
    let zone = &opened.manifest.heading.zone;
    let what = match zone.disagreement(times) {
        None => return,
        Some(Disagreement::Unknown) => {
            format!(
                "this computer knows no time zone {}, by which days and times are told",
                zone.name()
            )
        }
        Some(Disagreement::At(time, told)) => format!(
            "this computer knows other clocks in {}: what the pack tells as {} was or will be {told}",
            zone.name(),
            zone.moment(time),
        ),
    };
    report.add(Finding::new(OtherZone, MANIFEST, what));
}

/// The page, and the times of which it speaks.
struct Page {
    html: String,
    times: Vec<Time>,
}

/// The page that belongs to the pack's files.
fn remake(contents: &Contents, opened: &Opened) -> Option<Page> {
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
        exceptions: given::list(contents, EXCEPTIONS, quiet)?,
        left_out: manifest.left_out.clone(),
        more_entries: Vec::new(),
        erased: manifest.erased.clone(),
    };
    let facts: Vec<_> = given::list(contents, FACTS, quiet)?;
    let documents: Vec<_> = given::list(contents, DOCUMENTS, quiet)?;
    let attestations: Vec<_> = given::list(contents, ATTESTATIONS, quiet)?;
    let content = Content {
        input: &input,
        facts: &facts,
        documents: &documents,
        attestations: &attestations,
        excerpts: &contents.excerpts,
    };
    Some(Page { html: viewer::render(&content).ok()?, times: content.times() })
}
