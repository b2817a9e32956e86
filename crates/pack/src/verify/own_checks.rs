//! The facility's own checks as the log tells of them: every version of their terms stands in an entry. The
//! pack's list is held against that, and so is every interval: it names the version that was in force when
//! it was recorded. A verifier's catalogue makes their verdicts anew by these terms alone.

use super::{
    Finding, FindingKind::*, Report, entries::Entries, manifest::Opened, register::SLACK,
    scope::Counting,
};
use crate::{
    manifest::{CONTROLS, VERDICTS, entry_path},
    rows::{Check, Control, Interval},
};
use closedset_core::{
    Time,
    entry::Envelope,
    id::{self, Id, Kind},
    own_check::{OwnCheck, RETIRED, Terms, WRITTEN},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Those of which the log tells.
#[derive(Debug, Default)]
pub(super) struct OwnChecks {
    known: BTreeMap<Id<id::OwnCheck>, Known>,
    /// The log could be read, and nothing of it was erased.
    is_known: bool,
}

/// What the log says of one.
#[derive(Debug)]
struct Known {
    /// Every version's terms, the entry that wrote it, and when; the first is version 1.
    versions: Vec<(Terms, u64, Time)>,
    /// The entry that retired it.
    retired: Option<u64>,
}

impl Known {
    fn newest(&self) -> i64 {
        i64::try_from(self.versions.len()).unwrap_or(i64::MAX)
    }

    /// The version in force when the entry at `index` was recorded, and since when.
    fn in_force_at(&self, index: u64) -> Option<(usize, Time)> {
        if self.retired.is_some_and(|retired| retired < index) {
            return None;
        }
        let place = self.versions.iter().rposition(|(_, entry, _)| *entry < index)?;
        self.versions.get(place).map(|(_, _, at)| (place + 1, *at))
    }
}

#[derive(Deserialize)]
struct Written {
    check: Id<id::OwnCheck>,
    version: i64,
    terms: Terms,
}

#[derive(Deserialize)]
struct Ended {
    check: Id<id::OwnCheck>,
    version: i64,
}

/// Whether an id is one that only own checks have.
fn is_own(check: &str) -> bool {
    check.strip_prefix(id::OwnCheck::PREFIX).is_some_and(|rest| rest.starts_with('_'))
}

/// Reads what the log says.
pub(super) fn check(
    opened: &Opened,
    (envelopes, entries): (Option<Counting<'_>>, &Entries),
    report: &mut Report,
) -> OwnChecks {
    let mut own = OwnChecks::default();
    let Some(envelopes) = envelopes else { return own };
    // They ask of computers, of which a limited pack holds nothing.
    own.is_known = !envelopes.scope.is_limited() && !entries.without_names();
    if entries.without_names() {
        // What is asked in the facility's own words is left out.
        return own;
    }
    for (index, envelope) in envelopes.first(opened.manifest.log.size) {
        if matches!(envelope.kind.as_str(), WRITTEN | RETIRED) {
            own.take(index, envelope, entries, report);
        }
    }
    own
}

impl OwnChecks {
    /// Those in force, in the order of their ids, each with the entry that wrote it.
    pub(super) fn in_force(&self) -> Vec<(OwnCheck, u64)> {
        let in_force = self.known.iter().filter(|(_, known)| known.retired.is_none());
        in_force
            .filter_map(|(id, known)| {
                let (terms, entry, _) = known.versions.last()?;
                let own = OwnCheck { id: *id, version: known.newest(), terms: terms.clone() };
                Some((own, *entry))
            })
            .collect()
    }

    fn take(&mut self, index: u64, envelope: &Envelope, entries: &Entries, report: &mut Report) {
        let fault = |what: &str| Finding::new(Contradiction, entry_path(index), what);
        let Some(entry) = entries.get(index) else {
            // That it is not in the pack was reported.
            self.is_known = false;
            return;
        };
        let Some(body) = &entry.body else {
            self.is_known = false;
            let what = "what the facility itself asks was erased, so that nothing shows it";
            report.add(Finding::new(NotProven, entry_path(index), what));
            return;
        };
        if envelope.kind == RETIRED {
            let Ok(said) = Ended::deserialize(body) else {
                report.add(fault("it does not say which check of the facility was retired"));
                return;
            };
            match self.known.get_mut(&said.check) {
                Some(known) if known.retired.is_none() && known.newest() == said.version => {
                    known.retired = Some(index);
                }
                _ => report.add(fault("it retires a check of the facility that was not in force")),
            }
            return;
        }
        let said = match Written::deserialize(body) {
            Ok(said) => said,
            Err(error) => {
                report.add(fault(&format!("it does not say what the facility asks: {error}")));
                return;
            }
        };
        let known = self
            .known
            .entry(said.check)
            .or_insert_with(|| Known { versions: Vec::new(), retired: None });
        if known.retired.is_some() || said.version != known.newest() + 1 {
            report.add(fault("it writes a version that does not follow the one before"));
            return;
        }
        known.versions.push((said.terms, index, envelope.at));
    }

    /// Holds the pack's list against the log.
    pub(super) fn compare(&self, controls: &[Control], report: &mut Report) {
        let mut listed = BTreeSet::new();
        for control in controls {
            for check in &control.checks {
                let mut add = |what: &str| {
                    let what = format!("{}: its check {}: {what}", control.id, check.id);
                    report.add(Finding::new(Contradiction, CONTROLS, what));
                };
                if check.is_own != is_own(&check.id) {
                    add("whether it is the facility's own, its id says otherwise");
                }
                if !is_own(&check.id) {
                    continue;
                }
                let known = check.id.parse().ok().and_then(|id: Id<id::OwnCheck>| {
                    listed.insert(id);
                    self.known.get(&id)
                });
                match known {
                    None if self.is_known => add("no entry writes it"),
                    None => {}
                    Some(known) if known.retired.is_some() => add("it was retired"),
                    Some(known) => {
                        if let Some(what) = difference(&control.id, check, known) {
                            add(what);
                        }
                    }
                }
            }
        }
        // Those beside controls of another framework are no matter of this pack.
        let told: BTreeSet<&str> = controls.iter().map(|control| control.id.as_str()).collect();
        let is_told = |own: &OwnCheck| told.contains(own.terms.control.as_str());
        for (own, entry) in self.in_force().into_iter().filter(|(own, _)| is_told(own)) {
            if !listed.contains(&own.id) {
                let what = format!("the facility's check {} of entry {entry} is not in it", own.id);
                report.add(Finding::new(Removed, CONTROLS, what));
            }
        }
    }

    /// Holds the intervals against the versions that were in force when they were recorded. `from` is when the
    /// pack's period begins: of what began before, only that is told.
    pub(super) fn compare_history(
        &self,
        history: &[Interval],
        (entries, from): (&Entries, Time),
        report: &mut Report,
    ) {
        for one in history.iter().filter(|one| is_own(&one.check)) {
            let known = one.check.parse().ok().and_then(|id| self.known.get(&id));
            let in_force = known.and_then(|known| known.in_force_at(one.entry));
            let turn = entries.turn(one.entry, &one.check, &one.subject.to_string());
            let said = turn.and_then(|turn| turn.get("version")).map(ToString::to_string);
            let what = match in_force {
                None if !self.is_known => continue,
                None => "it was not in force when that was recorded",
                Some((version, _)) if version.to_string() != one.check_version => {
                    "another version was in force when that was recorded"
                }
                Some(_) if said.is_some_and(|said| said != one.check_version) => {
                    "the entry says that another version was asked"
                }
                Some((_, at)) if one.from > from && at.since(one.from) > SLACK => {
                    "it begins before that version was written"
                }
                Some(_) => continue,
            };
            let what = format!("the history of {} about {}: {what}", one.check, one.subject);
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
    }
}

/// What a check of the pack says otherwise than the newest version.
fn difference(control: &str, check: &Check, known: &Known) -> Option<&'static str> {
    let (terms, ..) = known.versions.last()?;
    if terms.control != control {
        Some("it was written for another control")
    } else if check.version != known.newest().to_string() {
        Some("another version of it is in force")
    } else if check.condition != terms.pass.trim() || check.title != terms.title {
        Some("the entry that writes it says otherwise what it asks")
    } else {
        None
    }
}
