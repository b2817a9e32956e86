//! The period that the pack is to cover, against when it was made, when the log begins, and when that was
//! restored from a backup.

use super::{
    Finding, FindingKind::*, RESTORED_KIND, Report, entries::Entries, manifest::Opened,
    register::SLACK,
};
use crate::{
    manifest::{MANIFEST, entry_path},
    rows::Restored,
};
use closedset_core::{Time, entry::Envelope};
use serde::Deserialize;

/// Compares. Where the log begins, its first envelope says.
pub(super) fn check(
    opened: &Opened,
    envelopes: Option<&[Envelope]>,
    entries: &Entries,
    report: &mut Report,
) {
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
    if let Some(all) = envelopes {
        check_restored(opened, all, entries, report);
    }
}

/// Whatever was restored since the period began is told, and no more.
fn check_restored(opened: &Opened, all: &[Envelope], entries: &Entries, report: &mut Report) {
    let (from, log) = (opened.manifest.heading.scope.from, &opened.manifest.log);
    let mut told = log.restored.iter();
    let is_it = |envelope: &Envelope| envelope.kind == RESTORED_KIND && envelope.at >= from;
    for (index, envelope) in (0..log.size).zip(all).filter(|(_, one)| is_it(one)) {
        let said = entries.get(index).and_then(|entry| entry.body.as_ref()?.get("backup_made_at"));
        let backup_made_at = said.and_then(|at| Time::deserialize(at).ok());
        let row = told.next().copied();
        let expected = backup_made_at.map(|backup_made_at| Restored {
            at: envelope.at,
            backup_made_at,
            entry: index,
        });
        if expected.is_none() || row != expected {
            let what = "the log was restored from a backup, and the pack tells otherwise of that";
            report.add(Finding::new(Contradiction, entry_path(index), what));
        }
        let backup =
            backup_made_at.map_or_else(String::new, |at| format!(" that was made on {at}"));
        let what = format!(
            "everything was restored from a backup{backup} on {}: what happened in between may be \
             missing. Compare with packs that were given before, with --since",
            envelope.at
        );
        report.add(Finding::new(crate::FindingKind::Restored, entry_path(index), what));
    }
    if told.next().is_some() {
        let what = "it tells of a restore from a backup of which the log knows nothing";
        report.add(Finding::new(Contradiction, MANIFEST, what));
    }
}
