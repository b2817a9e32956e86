//! The page and the report for people against the pack's files: one that tells another story than the
//! files would be recorded in the manifest like any other.
//!
//! The page may be drawn otherwise by another version of this program, which does not say so: a difference is
//! a doubt. A report is handed on alone, without the pack, and is believed at sight. So it says how it is
//! drawn, and where that is how this program draws, a difference of one byte is an error.

use super::{Finding, FindingKind::*, Report, container::Contents, given, manifest::Opened};
use crate::{
    builder::{PackInput, Verdicts},
    manifest::{
        ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, EXCEPTIONS, FACTS, MANIFEST, REPORT, VERDICTS,
        VIEWER,
    },
    report as pdf,
    viewer::{self, Content},
    zone::Disagreement,
};
use closedset_core::{Digest, Time};

/// Makes page and report anew and compares them.
pub(super) fn check(contents: &Contents, opened: &Opened, report: &mut Report) {
    if !report.is_whole() {
        // What the page is made from is not to be relied on.
        return;
    }
    let (Some(page), Some(seen)) = (remake(contents, opened), contents.files.get(VIEWER)) else {
        return;
    };
    check_zone(&page.times, opened, report);
    check_report(contents, opened, page.pdf.as_deref(), report);
    if Digest::of(page.html.as_bytes()) != seen.digest {
        let what = format!(
            "it is not the page that this version makes from the pack's files (the pack was made \
             with {}): rely on the files",
            opened.manifest.heading.made_with
        );
        report.add(Finding::new(OtherPage, VIEWER, what));
    }
}

fn check_report(contents: &Contents, opened: &Opened, made: Option<&[u8]>, report: &mut Report) {
    let Some(seen) = contents.files.get(REPORT) else { return };
    let form = opened.manifest.report;
    let made_with = &opened.manifest.heading.made_with;
    let (kind, what) = match made {
        Some(made) if Digest::of(made) == seen.digest => return,
        Some(_) if form == closedset_pdf::FORM => (
            OtherReport,
            "it is not what the pack's files say: this program draws reports in the same form, and made another \
             one from them"
                .to_owned(),
        ),
        Some(_) => (
            OtherPage,
            format!(
                "it is drawn in form {form}, this version draws in form {} (the pack was made with {made_with}): rely \
                 on the files",
                closedset_pdf::FORM
            ),
        ),
        None => (OtherPage, "it cannot be made anew here: rely on the files".to_owned()),
    };
    report.add(Finding::new(kind, REPORT, what));
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

/// The page, the report, and the times of which they speak.
struct Page {
    html: String,
    pdf: Option<Vec<u8>>,
    times: Vec<Time>,
}

/// The page and the report that belong to the pack's files.
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
    Some(Page {
        html: viewer::render(&content).ok()?,
        pdf: pdf::render(&content).ok(),
        times: content.times(),
    })
}
