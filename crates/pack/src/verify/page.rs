//! The page and the report for people against the pack's files: one that tells another story than the
//! files would be recorded in the manifest like any other.
//!
//! The page may be drawn otherwise by another version of this program, which does not say so: a difference is
//! a doubt. A report is handed on alone, without the pack, and is believed at sight. So it says how it is
//! drawn, and where that is how this program draws, a difference of one byte is an error.

use super::{Finding, FindingKind::*, Report, container::Contents, given, manifest::Opened};
use crate::{
    PackError,
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
use closedset_pdf::PdfError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes page and report anew and compares them.
pub(super) fn check(contents: &Contents, opened: &Opened, report: &mut Report) {
    if !report.is_whole() {
        // What the page is made from is not to be relied on.
        return;
    }
    // Both are made of what a stranger wrote. What they are made of is bounded, and if anything in it should
    // break the making nevertheless, that is an answer too.
    let Some(page) = unbroken(|| remake(contents, opened)) else {
        let what = "this program broke when it made page and report anew from the pack's files; no such pack was made \
                    by it";
        report.add(Finding::new(OtherReport, REPORT, what));
        return;
    };
    let Some(page) = page else { return };
    check_zone(&page.times, opened, report);
    check_report(contents, opened, page.pdf, report);
    check_page(contents, opened, page.html, report);
}

/// What was made, unless making it panicked.
fn unbroken<T>(make: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(make)).ok()
}

fn check_page(
    contents: &Contents,
    opened: &Opened,
    made: Result<String, PackError>,
    report: &mut Report,
) {
    let Some(seen) = contents.files.get(VIEWER) else { return };
    let finding = match made {
        Ok(html) if Digest::of(html.as_bytes()) == seen.digest => return,
        Ok(_) => {
            let what = format!(
                "it is not the page that this version makes from the pack's files (the pack was made \
                 with {}): rely on the files",
                opened.manifest.heading.made_with
            );
            Finding::new(OtherPage, VIEWER, what)
        }
        Err(error) => failed(VIEWER, &error),
    };
    report.add(finding);
}

/// What was in the way of making it anew. No version makes a pack whose page or report is too large.
fn failed(place: &str, error: &PackError) -> Finding {
    match error {
        PackError::TooLarge { .. } => Finding::new(TooLarge, place, error.to_string()),
        PackError::Report(error @ PdfError::TooLarge { .. }) => {
            Finding::new(TooLarge, place, error.to_string())
        }
        // Nor one of which they cannot be made at all.
        _ => {
            let what = format!("no version makes one of the pack's files: {error}");
            Finding::new(OtherReport, place, what)
        }
    }
}

fn check_report(
    contents: &Contents,
    opened: &Opened,
    made: Result<Vec<u8>, PackError>,
    report: &mut Report,
) {
    let Some(seen) = contents.files.get(REPORT) else { return };
    let form = opened.manifest.report;
    let made_with = &opened.manifest.heading.made_with;
    let finding = match made {
        Ok(made) if Digest::of(&made) == seen.digest => return,
        _ if form != closedset_pdf::FORM => {
            let what = format!(
                "it is drawn in form {form}; this version draws in form {}, cannot make it anew, and so cannot tell \
                 whether it says what the files say. Rely on the files, or verify the pack with the version that made \
                 it as well: it says, with {made_with}",
                closedset_pdf::FORM
            );
            Finding::new(OtherPage, REPORT, what)
        }
        Ok(_) => {
            let what = "it is not what the pack's files say: this program draws reports in the same form, and made \
                        another one from them";
            Finding::new(OtherReport, REPORT, what)
        }
        Err(error) => failed(REPORT, &error),
    };
    report.add(finding);
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
    html: Result<String, PackError>,
    pdf: Result<Vec<u8>, PackError>,
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
        html: viewer::render(&content),
        pdf: pdf::render(&content),
        times: content.times(),
    })
}

#[cfg(test)]
mod tests {
    use super::unbroken;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(unbroken(|| 1), Some(1));
        let nothing: &[u8] = &[];
        assert_eq!(unbroken(|| nothing[0]), None);
    }
}
