//! To which controls a pack is limited: that it holds nothing else, and all that counts for these.
//!
//! Whoever makes a limited pack chooses what it is about, and the heading says so. What he must not choose is
//! what of that it shows. The log speaks of each control under one pseudonym; the pack's own entries say
//! which, and from there on every envelope with it is demanded as in any pack. See [`crate::limited`].

use super::{
    ASSESSED_KIND, Finding,
    FindingKind::*,
    Recompute, Report,
    container::Contents,
    entries::{Entries, text_of},
    given,
    manifest::Opened,
};
use crate::{
    builder::Verdicts,
    entry_file::OpenedEntry,
    limited::{About, about},
    manifest::{
        ATTESTATIONS, CONTROLS, DEVICES, DOCUMENTS, EXCEPTIONS, FACTS, MANIFEST, VERDICTS,
        entry_path,
    },
    rows::{AttestationRow, Control, DeviceRow, DocumentRow, ExceptionRow, FactRow},
};
use closedset_core::{Subject, SubjectKind, entry::Envelope, id::Id};
use std::collections::BTreeSet;

/// What the pack is about.
#[derive(Debug, Default)]
pub(super) struct Scoped {
    /// The controls to which it is limited; none if it is about all.
    limited: Option<Limited>,
}

#[derive(Debug)]
struct Limited {
    controls: BTreeSet<String>,
    /// Under which pseudonyms the log speaks of them.
    names: BTreeSet<String>,
}

impl Scoped {
    pub(super) fn is_limited(&self) -> bool {
        self.limited.is_some()
    }

    /// Whether what this envelope stands for belongs to what the pack is about. Of what was erased, only
    /// what belongs to one of its entries does, which shows there.
    pub(super) fn asks_for(&self, envelope: &Envelope) -> bool {
        let Some(limited) = &self.limited else { return true };
        match about(&envelope.kind) {
            About::Organisation => true,
            About::Control => limited.names.contains(&envelope.subject),
            About::Erased | About::Other => false,
        }
    }
}

/// The log's envelopes, of which those count that the pack's scope asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting<'a> {
    pub(super) all: &'a [Envelope],
    pub(super) scope: &'a Scoped,
}

impl<'a> Counting<'a> {
    /// Of the first `size` of the log, those that count, with their indexes.
    pub(super) fn first(self, size: u64) -> impl Iterator<Item = (u64, &'a Envelope)> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let counted = (0u64..).zip(self.all.iter().take(size));
        counted.filter(move |(_, envelope)| self.scope.asks_for(envelope))
    }
}

/// Reads what the pack is about, and holds its entries against that.
pub(super) fn check(opened: &Opened, entries: &Entries, report: &mut Report) -> Scoped {
    let controls = &opened.manifest.heading.scope.controls;
    if controls.is_empty() {
        return Scoped::default();
    }
    let controls: BTreeSet<String> = controls.iter().cloned().collect();
    let mut limited = Limited { controls, names: BTreeSet::new() };
    let mut named = BTreeSet::new();
    for (_, entry) in entries.iter() {
        if let Some(control) = names(entry).filter(|control| limited.controls.contains(*control)) {
            named.insert(control);
            limited.names.insert(entry.envelope.subject.clone());
        }
    }
    for control in limited.controls.iter().filter(|control| !named.contains(control.as_str())) {
        let what = format!(
            "it is limited to {control} and other controls, and no entry in it shows under which name the log \
             speaks of that: what counts for it cannot be demanded"
        );
        report.add(Finding::new(NotProven, MANIFEST, what));
    }
    for (index, entry) in entries.iter().filter(|(index, _)| Some(*index) != entries.own()) {
        if let Some(what) = limited.fault(entry, entries) {
            report.add(Finding::new(Added, entry_path(index), what));
        }
    }
    Scoped { limited: Some(limited) }
}

/// The control of which an entry shows under which pseudonym the log speaks of it.
fn names(entry: &OpenedEntry) -> Option<&str> {
    let body = entry.body.as_ref()?;
    let kind = entry.envelope.kind.as_str();
    if kind == ASSESSED_KIND {
        return text_of(body, "subject")?.strip_prefix("control:");
    }
    let is_given =
        ["document.", "attestation.", "evidence."].iter().any(|area| kind.starts_with(area));
    text_of(body, "control").filter(|_| is_given)
}

impl Limited {
    /// Why an entry has no place in the pack.
    fn fault(&self, entry: &OpenedEntry, entries: &Entries) -> Option<String> {
        let outside = |what: &str| {
            Some(format!("{what}, and the pack is limited to controls that do not call for it"))
        };
        match about(&entry.envelope.kind) {
            About::Organisation => None,
            About::Other => outside("it is about something else than a control"),
            About::Erased => {
                let erased = entry.body.as_ref().and_then(|body| body.get("index")?.as_u64());
                let is_here = erased.is_some_and(|index| entries.is_erased(index));
                if is_here { None } else { outside("what it says was erased is not in the pack") }
            }
            About::Control if !self.names.contains(&entry.envelope.subject) => {
                outside("it is about another control, or about a computer")
            }
            About::Control => {
                let other = names(entry).filter(|control| !self.controls.contains(*control));
                other.and_then(|other| outside(&format!("it is about {other}")))
            }
        }
    }

    fn has(&self, subject: &Subject) -> bool {
        subject.kind == SubjectKind::Control && self.controls.contains(&subject.id)
    }
}

impl Scoped {
    /// Holds the lists against what the pack is about.
    pub(super) fn check_lists(&self, contents: &Contents, opened: &Opened, report: &mut Report) {
        let Some(limited) = &self.limited else { return };
        // What cannot be understood in these lists is reported elsewhere.
        let quiet = &mut Report::new();
        let controls: Vec<Control> = given::list(contents, CONTROLS, quiet).unwrap_or_default();
        let wanted = &opened.manifest.heading.scope.controls;
        if !controls.iter().map(|control| &control.id).eq(wanted) {
            let what =
                "its controls are not those to which the heading says that the pack is limited";
            report.add(Finding::new(Contradiction, CONTROLS, what));
        }
        let mut outside = |list: &str, what: String| {
            let what =
                format!("{what}, and the pack is limited to controls that do not call for it");
            report.add(Finding::new(Added, list, what));
        };
        for control in &controls {
            for check in control.checks.iter().filter(|check| check.is_own) {
                let what = format!("{} has the facility's own check {}", control.id, check.id);
                outside(CONTROLS, what);
            }
        }
        let devices: Vec<DeviceRow> = given::list(contents, DEVICES, quiet).unwrap_or_default();
        for row in devices {
            outside(DEVICES, format!("it lists the computer {}", row.id));
        }
        let facts: Vec<FactRow> = given::list(contents, FACTS, quiet).unwrap_or_default();
        for row in facts.iter().filter(|row| !limited.has(&row.subject)) {
            outside(FACTS, format!("it lists a fact of {}", row.subject));
        }
        let documents: Vec<DocumentRow> =
            given::list(contents, DOCUMENTS, quiet).unwrap_or_default();
        for row in documents.iter().filter(|row| !limited.controls.contains(&row.control)) {
            outside(DOCUMENTS, format!("it lists a document for {}", row.control));
        }
        let attestations: Vec<AttestationRow> =
            given::list(contents, ATTESTATIONS, quiet).unwrap_or_default();
        for row in attestations.iter().filter(|row| !limited.controls.contains(&row.control)) {
            outside(ATTESTATIONS, format!("it lists a statement for {}", row.control));
        }
        let exceptions: Vec<ExceptionRow> =
            given::list(contents, EXCEPTIONS, quiet).unwrap_or_default();
        for row in exceptions {
            let is_about_it = row.terms.subject.as_ref().is_none_or(|subject| limited.has(subject));
            if !limited.controls.contains(&row.terms.control) || !is_about_it {
                outside(EXCEPTIONS, format!("it lists an exception for {}", row.terms.control));
            }
        }
        let verdicts = given::list::<Verdicts>(contents, VERDICTS, quiet);
        let Some(Verdicts { verdicts, history }) = verdicts else { return };
        let subjects = verdicts.iter().map(|row| (&row.check, &row.subject));
        let subjects = subjects.chain(history.iter().map(|row| (&row.check, &row.subject)));
        for (check, subject) in subjects.filter(|(_, subject)| !limited.has(subject)) {
            outside(VERDICTS, format!("it says what {check} says of {subject}"));
        }
    }

    /// No control is left without its computers: to one that is tested on them a pack cannot be limited.
    pub(super) fn check_controls(
        &self,
        controls: &[Control],
        catalogue: &dyn Recompute,
        report: &mut Report,
    ) {
        if !self.is_limited() {
            return;
        }
        // Whichever it is: what a check is about, it is about of every computer.
        let any = Subject::device(Id::from_bits(0));
        for control in controls {
            for check in control.checks.iter().filter(|check| catalogue.concerns(&check.id, &any)) {
                let what = format!(
                    "{} is tested on computers by {}, and a pack that is limited to some controls holds none",
                    control.id, check.id
                );
                report.add(Finding::new(Contradiction, CONTROLS, what));
            }
        }
    }
}
