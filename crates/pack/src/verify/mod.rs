//! Verifying a pack that came from a stranger. Needs nothing but the pack, and if possible the log's
//! key known from elsewhere: without it the report says that the key was not compared.
//!
//! What is checked, in this order: the container ([`crate::zip`]); the manifest against the files; the
//! checkpoint's signature; the tiles against its root; each entry against its envelope, the log and
//! its proof; the manifest's digest in the entry `pack.created`; each device's key and statements;
//! each fact, document and attestation in the body of its entry; verdicts against facts, controls
//! against verdicts, and, where the caller brings a catalogue, each verdict made anew; the page for
//! people against one made anew from the pack's files.
//!
//! The bodies of entries that this rests on, besides whatever else stands in them:
//!
//! | kind | body |
//! |---|---|
//! | `pack.created` | `pack`: id, `manifest`: digest |
//! | `device.enrolled` | `device`: id, `key`: base64 |
//! | `device.checked_in` | `statement`, `signature`, `digests`: `{kind: digest}` |
//! | `document.added` | `digest`; of `document`, `version`, `title`, `file_name`, `size`, `controls`, `valid_from`, `valid_to` those that are there must agree |
//! | `attestation.signed` | `digest`; of `attestation`, `controls`, `signed_by`, `signed_at`, `valid_from`, `valid_to` likewise |
//! | any | `facts`: list of `{subject, kind, source, digest}`, for facts that Closedset derived |
//! | any | `verdicts`: list of `{check, subject, status}`, for intervals that name the entry |

mod checkpoint;
mod container;
mod devices;
mod entries;
mod evidence;
mod given;
mod manifest;
mod options;
mod page;
mod report;
mod statements;
mod verdicts;

pub use options::{KnownFact, Limits, Recompute, VerifyOptions};
pub use report::{About, Counts, FINDING_LIMIT, Finding, FindingKind, LogSeen, Report, Severity};

use std::io::{self, Read, Seek};

/// The kind of the entry that enrols a device.
pub const ENROLLED_KIND: &str = "device.enrolled";
/// The kind of the entry that holds a device's statement.
pub const CHECKED_IN_KIND: &str = "device.checked_in";
/// The kind of the entry that holds a document's digest.
pub const DOCUMENT_KIND: &str = "document.added";
/// The kind of the entry that holds an attestation's digest.
pub const ATTESTATION_KIND: &str = "attestation.signed";

/// Verifies a pack. Whatever is wrong with it stands in the report; an error says only that the
/// file could not be read.
pub fn verify<R: Read + Seek>(reader: R, options: &VerifyOptions<'_>) -> io::Result<Report> {
    let mut report = Report::new();
    if let Some(contents) = container::read(reader, options, &mut report)? {
        verify_contents(&contents, options, &mut report);
    }
    report.sort();
    Ok(report)
}

fn verify_contents(
    contents: &container::Contents,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) {
    let Some(manifest) = manifest::check(contents, report) else {
        return;
    };
    let log = checkpoint::check(contents, &manifest, options, report);
    let entries = entries::check(contents, &manifest, log.as_ref(), report);
    let statements = devices::check(contents, &manifest, &entries, report);
    let facts = evidence::check(contents, &manifest, &entries, &statements, report);
    verdicts::check(contents, &manifest, &entries, &facts, options, report);
    page::check(contents, &manifest, report);
}
