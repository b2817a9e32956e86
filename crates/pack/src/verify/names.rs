//! What the lists call things and say beside their substance: names, titles and times that stand on the
//! page for people and that nothing else is held against.

use super::{
    Finding,
    FindingKind::{self, *},
    Report,
    entries::Entries,
    manifest::Opened,
    register::SLACK,
};
use crate::{
    builder::Verdicts,
    manifest::{FACTS, VERDICTS, entry_path},
    rows::{
        AGENT_SOURCE, Control, DeviceRow, EVIDENCE_SOURCE, FactRow, Interval, REGISTER_SOURCE,
        fact_title,
    },
};
use closedset_core::{Subject, Time};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// As many bytes of a name as a finding repeats.
const NAME_SHOWN: usize = 200;

/// What everything is called.
pub(super) struct Names<'a>(BTreeMap<Subject, &'a str>);

impl<'a> Names<'a> {
    /// Devices as the log calls them, controls as they are titled.
    pub(super) fn new(
        opened: &'a Opened,
        controls: &'a [Control],
        devices: &'a [DeviceRow],
    ) -> Self {
        let heading = &opened.manifest.heading;
        let own = (Subject::organisation(heading.organisation), &*heading.organisation_name);
        let controls = controls.iter().map(|one| (Subject::control(&one.id), &*one.title));
        let devices = devices.iter().map(|row| (Subject::device(row.id), &*row.name));
        Self(controls.chain(devices).chain([own]).collect())
    }

    fn fault(&self, subject: &Subject, given: &str) -> Option<String> {
        let name = self.0.get(subject).copied().unwrap_or(&subject.id);
        // Many rows may speak of one thing, and its name may be made to be long.
        let short = |name: &str| name[..name.floor_char_boundary(NAME_SHOWN)].to_owned();
        (name != given)
            .then(|| format!("{subject} is called {}, not {}", short(name), short(given)))
    }
}

/// Compares what verdicts and their history say beside their substance.
pub(super) fn check_verdicts(
    names: &Names<'_>,
    given: &Verdicts,
    entries: &Entries,
    report: &mut Report,
) {
    let mut add = |check: &str, what: String| {
        report.add(Finding::new(Contradiction, VERDICTS, format!("{check}: {what}")));
    };
    for row in &given.verdicts {
        if let Some(what) = names.fault(&row.subject, &row.subject_name) {
            add(&row.check, what);
        }
    }
    for row in &given.history {
        if let Some(what) = names.fault(&row.subject, &row.subject_name) {
            add(&row.check, format!("its history: {what}"));
        }
        if let Some(version) = version_of(row, entries)
            && version != row.check_version
        {
            let what = format!(
                "by entry {} it was asked in version {version}, not {}",
                row.entry, row.check_version
            );
            add(&row.check, what);
        }
    }
}

/// The version of its check that the entry of an interval names.
fn version_of(interval: &Interval, entries: &Entries) -> Option<String> {
    let subject = interval.subject.to_string();
    match entries.turn(interval.entry, &interval.check, &subject)?.get("version")? {
        Value::Number(version) => Some(version.to_string()),
        _ => Some("what is no number".to_owned()),
    }
}

/// Compares what facts say beside their substance. Titles are the program's own: another version's may
/// be others.
pub(super) fn check_facts(
    names: &Names<'_>,
    rows: &[FactRow],
    (entries, is_of_this_program): (&Entries, bool),
    report: &mut Report,
) {
    let mut add = |row: &FactRow, kind: FindingKind, what: String| {
        let what = format!("{} of {}: {what}", row.kind, row.subject);
        report.add(Finding::new(kind, FACTS, what));
    };
    for row in rows {
        if let Some(what) = names.fault(&row.subject, &row.subject_name) {
            add(row, Contradiction, what);
        }
        let title = fact_title(&row.kind);
        if row.title != title {
            let kind = if is_of_this_program { Contradiction } else { OtherCheck };
            add(row, kind, format!("its kind is called {title}, not {}", row.title));
        }
        if row.source != AGENT_SOURCE
            && let Some(what) = time_fault(row, entries)
        {
            add(row, Contradiction, what);
        }
    }
}

/// Of a fact that Closedset derived, why the times are not those of its entry.
fn time_fault(row: &FactRow, entries: &Entries) -> Option<String> {
    if row.confirmed_at.is_some() {
        return Some("only what a device says is confirmed".to_owned());
    }
    let body = entries.get(row.entry)?.body.as_ref()?;
    let at = body.get("at").and_then(|at| Time::deserialize(at).ok())?;
    // What follows from what a device said is as old as that.
    let is_own = matches!(row.source.as_str(), EVIDENCE_SOURCE | REGISTER_SOURCE);
    let is_other =
        row.collected_at.since(at) > SLACK || is_own && at.since(row.collected_at) > SLACK;
    is_other.then(|| {
        format!("{} has it as of {at}, not of {}", entry_path(row.entry), row.collected_at)
    })
}
