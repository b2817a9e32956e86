//! Whether everything in a pack is invented. The log says so: in the name that its key signs with, and
//! in an entry that its tree holds. Either is enough, and the heading must say the same.

use super::{Finding, FindingKind::*, Report, manifest::Opened};
use crate::manifest::MANIFEST;
use closedset_core::entry::{DEMONSTRATION, DEMONSTRATION_ORIGIN, Envelope};

/// Compares the heading with the log.
pub(super) fn check(opened: &Opened, envelopes: Option<&[Envelope]>, report: &mut Report) {
    let manifest = &opened.manifest;
    let origin = report.log.as_ref().map_or(manifest.log.origin.as_str(), |log| &log.origin);
    let has_entry =
        envelopes.unwrap_or_default().iter().any(|envelope| envelope.kind == DEMONSTRATION);
    let is_one = has_entry || origin.starts_with(DEMONSTRATION_ORIGIN);
    let says_so = manifest.heading.is_demonstration;
    if is_one && !says_so {
        let what = "the log says that everything in it is invented, and the pack does not say so";
        report.add(Finding::new(Contradiction, MANIFEST, what));
    }
    if !is_one && says_so {
        let what = "it calls itself a demonstration, and the log does not";
        report.add(Finding::new(Contradiction, MANIFEST, what));
    }
    if is_one || says_so {
        report.is_demonstration = true;
        let what = "every person, computer, document and verdict in this pack is invented; it proves \
                    nothing about any facility";
        report.add(Finding::new(Demonstration, "", what));
    }
}
