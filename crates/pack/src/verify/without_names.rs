//! Packs without people's names: that nothing is hidden but what [`crate::without_names`] says, in no pack
//! but one that says so, and that nothing of it is shown.
//!
//! What is hidden proves nothing: a verdict that rests on it is not made anew, and that is a doubt, so that such
//! a pack is whole at best and not proven where it matters.

use super::{
    Finding,
    FindingKind::{self, *},
    Report,
    container::Contents,
    entries::Entries,
    given,
    manifest::Opened,
};
use crate::{
    builder::Verdicts,
    entry_file::OpenedEntry,
    manifest::{
        ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, FACTS, MANIFEST, VERDICTS, entry_path,
        fact_path,
    },
    rows::{AGENT_SOURCE, AttestationRow, Control, DeviceRow, DocumentRow, FactRow},
    without_names::{
        is_of_people, shows, shows_all_of, shows_fact, shows_fact_kind, shows_name, unshown,
    },
};
use closedset_core::entry::{Envelope, VERSION_1};
use serde_json::Value;

/// What is wrong with what an entry shows or hides.
pub(super) fn fault(entry: &OpenedEntry, without_names: bool) -> Option<(FindingKind, String)> {
    let may_be_left_out =
        without_names && entry.envelope.version == VERSION_1 && !shows_all_of(&entry.envelope.kind);
    if entry.is_left_out() && !may_be_left_out {
        let what = "its body was there when the pack was made, and was taken out";
        return Some((Removed, what.to_owned()));
    }
    let kind = entry.envelope.kind.as_str();
    if !without_names && !is_of_people(kind) {
        let hidden = entry.hidden.first()?;
        let what = format!("it does not show its {hidden}, and the pack is not one without names");
        return Some((Removed, what));
    }
    if let Some(hidden) = entry.hidden.iter().find(|name| shows_name(kind, name)) {
        let what = format!("it does not show its {hidden}, which names nobody");
        return Some((Removed, what));
    }
    let shown = match entry.body.as_ref()? {
        Value::Object(body) => body.iter().find(|(name, value)| !shows(kind, name, value)),
        _ => return Some((Added, "its body has no fields".to_owned())),
    };
    let (name, _) = shown?;
    if is_of_people(kind) {
        return Some((Added, format!("it shows its {name}, and no pack shows that of people")));
    }
    let what =
        format!("it shows its {name}, which may name people, and the pack is to name nobody");
    Some((Added, what))
}

/// What nothing is shown of, since entries of version 1 are shown whole or not at all.
pub(super) fn left_out(index: u64) -> Finding {
    let what = "it is of a version of which nothing can be shown without all of it, and is left out with the \
                names in it: what it says is not proven";
    Finding::new(Unshown, entry_path(index), what)
}

/// Only what is from before entries could be shown in part is left out whole. Whoever keeps the log could otherwise
/// record one of the version before at any time, and with that hide what he likes.
pub(super) fn check_left_out(
    envelopes: Option<&[Envelope]>,
    entries: &Entries,
    report: &mut Report,
) {
    let newer = envelopes.unwrap_or_default().iter().position(|one| one.version != VERSION_1);
    let Some(newer) = newer.map(|place| place as u64) else { return };
    for (index, _) in entries.iter().filter(|(index, one)| *index > newer && one.is_left_out()) {
        let what = format!(
            "it is of a version that can only be shown whole, and stands after entry {newer}, which is of the \
             next: it is not left out for being old"
        );
        report.add(Finding::new(Removed, entry_path(index), what));
    }
}

/// Of a verdict that was not made anew, why what it rests on is left out.
pub(super) fn why_left_out(kind: &str) -> &'static str {
    if shows_fact_kind(kind) {
        "is left out, as it is where a computer could not read all of it, which nothing here shows"
    } else {
        "is left out with the names in it"
    }
}

/// Holds the heading and the lists against what such a pack shows.
pub(super) fn check_lists(
    contents: &Contents,
    opened: &Opened,
    entries: &Entries,
    report: &mut Report,
) {
    let heading = &opened.manifest.heading;
    if !heading.without_names {
        return;
    }
    let mut named = |place: &str, what: String| {
        let what = format!("{what}, and the pack is to name nobody");
        report.add(Finding::new(Added, place, what));
    };
    if !heading.made_by.is_empty() || !heading.scope.recipient.is_empty() {
        named(MANIFEST, "it says who made it, or for whom".to_owned());
    }
    // What cannot be understood in these lists is reported elsewhere.
    let quiet = &mut Report::new();
    let controls: Vec<Control> = given::list(contents, CONTROLS, quiet).unwrap_or_default();
    for control in controls.iter().filter(|control| control.checks.iter().any(|one| one.is_own)) {
        named(CONTROLS, format!("{} has a check in the facility's own words", control.id));
    }
    let envelope = |index: u64| entries.get(index).map(|entry| &entry.envelope);
    let devices: Vec<DeviceRow> = given::list(contents, DEVICES, quiet).unwrap_or_default();
    for row in &devices {
        if envelope(row.enrolled).is_some_and(|enrolled| !row.is_unnamed(enrolled)) {
            named(DEVICES, format!("the computer {} has another name than its pseudonym", row.id));
        }
    }
    let documents: Vec<DocumentRow> = given::list(contents, DOCUMENTS, quiet).unwrap_or_default();
    for row in &documents {
        let unnamed = |added: &Envelope| row.clone().unnamed(added) == *row;
        if !envelope(row.entry).is_none_or(unnamed) {
            let what = format!(
                "the document {} is shown, or somebody else than who gave it",
                row.document
            );
            named(DOCUMENTS, what);
        }
    }
    let attestations: Vec<AttestationRow> =
        given::list(contents, ATTESTATIONS, quiet).unwrap_or_default();
    for row in &attestations {
        let unnamed = |signed: &Envelope| row.clone().unnamed(signed) == *row;
        if !envelope(row.entry).is_none_or(unnamed) {
            let id = row.attestation;
            named(
                ATTESTATIONS,
                format!("the statement {id} is shown, or somebody else than who signed it"),
            );
        }
    }
    if let Some(Verdicts { verdicts, history }) = given::list(contents, VERDICTS, quiet) {
        let verdicts = verdicts.iter().map(|row| (&row.check, &row.subject, &row.because));
        let history = history.iter().map(|row| (&row.check, &row.subject, &row.because));
        for (check, subject, because) in verdicts.chain(history) {
            if because != unshown(because) {
                named(VERDICTS, format!("it shows why {check} says something of {subject}"));
            }
        }
    }
    let facts: Vec<FactRow> = given::list(contents, FACTS, quiet).unwrap_or_default();
    for row in &facts {
        let path = fact_path(row.digest);
        let body = contents.whole(&path, row.digest).map(serde_json::from_slice::<Value>);
        if body.is_some_and(|body| !body.is_ok_and(|body| shows_fact(&row.kind, &body))) {
            named(&path, format!("it is what {} says of {}", row.kind, row.subject));
        }
    }
    // What Closedset derives itself says no more than it is known to say.
    let is_kept_back = |row: &&FactRow| {
        row.left_out.is_some() && row.source != AGENT_SOURCE && shows_fact_kind(&row.kind)
    };
    for row in facts.iter().filter(is_kept_back) {
        let what = format!("{} of {} names nobody, and is left out", row.kind, row.subject);
        report.add(Finding::new(Removed, fact_path(row.digest), what));
    }
}
