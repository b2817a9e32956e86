//! The period that the pack is to cover, against when it was made and when the log begins.

use super::{Finding, FindingKind::*, Report, manifest::Opened, register::SLACK};
use crate::manifest::MANIFEST;
use closedset_core::entry::Envelope;

/// Compares. Where the log begins, its first envelope says.
pub(super) fn check(opened: &Opened, envelopes: Option<&[Envelope]>, report: &mut Report) {
    let (heading, log) = (&opened.manifest.heading, &opened.manifest.log);
    let (from, to) = (heading.scope.from, heading.scope.to);
    let mut differs = |what: String| report.add(Finding::new(Contradiction, MANIFEST, what));
    if to <= from {
        differs(format!("its period is to end on {to}, and to begin on {from}"));
    }
    if to.since(heading.made_at) > SLACK {
        differs(format!("its period is to end on {to}, after it was made on {}", heading.made_at));
    }
    if let Some(first) = envelopes.and_then(<[Envelope]>::first)
        && first.at != log.begins_at
    {
        differs(format!(
            "its log is said to begin on {}, and its first entry is of {}",
            log.begins_at, first.at
        ));
    }
}
