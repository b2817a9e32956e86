//! What the log says by itself: which devices there are, what each said last, which documents and
//! statements were given and taken back. Nothing of it comes from the pack's lists; they are held
//! against it.

use super::{
    Finding,
    FindingKind::*,
    Report,
    entries::{Entries, text_of},
    manifest::Opened,
    scope::{Counting, Scoped},
};
use crate::{
    manifest::{FORMAT, MANIFEST, entry_path},
    verify::{
        ATTESTATION_KIND, CHECKED_IN_KIND, CONFIRMED_KIND, DOCUMENT_KIND, ENROLLED_KIND,
        ERASED_KIND, FACILITY_KIND, ORGANISATION_KIND, RESTORED_KIND, REVOKED_KIND,
    },
    without_names::is_of_people,
};
use closedset_core::{Digest, Duration, Subject, SubjectKind, Time, entry::Envelope};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How far two clocks of one server may be apart.
pub(super) const SLACK: Duration = Duration::from_minutes(1);
/// How far a device's clock may be ahead of the server's, and some more.
pub(super) const AHEAD: Duration = Duration::from_minutes(10);

/// Whether every entry of this kind must stand in a pack with its body. Of `device.checked_in`, each
/// device's newest must, and those recorded since that was collected: an older statement recorded
/// anew would otherwise pass for the newest.
pub fn counts(kind: &str) -> bool {
    matches!(kind, ORGANISATION_KIND | FACILITY_KIND | RESTORED_KIND)
        || matches!(kind, ENROLLED_KIND | CONFIRMED_KIND | REVOKED_KIND | ERASED_KIND)
        || is_of_people(kind)
        || ["document.", "attestation.", "evidence.", "exception.", "catalogue.check_"]
            .iter()
            .any(|area| kind.starts_with(area))
}

/// Whether an entry of this kind, recorded at `at`, must stand with its body in a pack whose period
/// begins at `from`: those that say how verdicts turned.
pub fn counts_of_period(kind: &str, at: Time, from: Time) -> bool {
    kind == super::ASSESSED_KIND && at >= from
}

/// From when on the statements of a device must stand in the pack, if its newest was collected then.
pub fn counts_from(collected_at: Time) -> Time {
    collected_at - AHEAD
}

/// What the log says.
#[derive(Debug, Default)]
pub(super) struct Register {
    /// The envelopes could be read; otherwise nothing stands here, and an error says why.
    pub(super) is_known: bool,
    /// Devices by their pseudonym.
    pub(super) devices: BTreeMap<String, DeviceLog>,
    /// What was given by hand, by control.
    pub(super) given: BTreeMap<String, Vec<Given>>,
    /// Erased entries by which something was given, by the control's pseudonym.
    erased: BTreeMap<String, BTreeMap<&'static str, Vec<u64>>>,
    /// What was taken back of which no entry shows any more that it was given, by control.
    gone: BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>>,
    /// Where a document or attestation stands among those of its control.
    places: BTreeMap<(String, &'static str, String), usize>,
    /// Under which pseudonyms a control stands in the log.
    controls: BTreeMap<String, BTreeSet<String>>,
}

/// What the log says of a device.
#[derive(Debug, Default)]
pub(super) struct DeviceLog {
    pub(super) enrolled: Vec<u64>,
    pub(super) revoked_at: Option<Time>,
    /// The newest entry in which a person confirmed something about it.
    pub(super) confirmed: Option<u64>,
    /// Its statements, oldest first.
    pub(super) check_ins: Vec<(u64, Time)>,
}

/// A document or an attestation.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) id: String,
    pub(super) form: &'static str,
    /// What was said of each version, oldest first, with the entry that recorded it.
    pub(super) versions: Vec<(Said, u64)>,
    pub(super) withdrawn_at: Option<Time>,
}

/// What an entry says of what was given.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    number: i64,
    #[serde(default)]
    pub(super) title: String,
    pub(super) digest: Digest,
    pub(super) valid_from: Time,
    pub(super) valid_to: Time,
}

impl Register {
    /// What was given for a control, counting or not.
    pub(super) fn given(&self, control: &str) -> &[Given] {
        self.given.get(control).map_or(&[], Vec::as_slice)
    }

    /// How many of those that were taken back are erased, so that nothing else shows them.
    pub(super) fn gone(&self, control: &str) -> usize {
        self.gone.get(control).into_iter().flat_map(BTreeMap::values).map(BTreeSet::len).sum()
    }

    /// The first erased entry from `index` on that added a document, or a version of one, to a control.
    /// A statement has no versions, so that none ever takes the place of another.
    pub(super) fn erased_document_since(&self, control: &str, index: u64) -> Option<u64> {
        let names = self.controls.get(control).into_iter().flatten();
        let erased = names.filter_map(|name| self.erased.get(name)?.get("document")).flatten();
        erased.copied().filter(|erased| *erased >= index).min()
    }

    /// Whether the log speaks of the subject under this pseudonym and no other, as far as it can be
    /// known.
    pub(super) fn is_known_as(
        &self,
        subject: &Subject,
        pseudonym: &str,
        entries: &Entries,
    ) -> bool {
        match subject.kind {
            SubjectKind::Device => {
                let enrolled = self.devices.get(pseudonym).and_then(|one| one.enrolled.first());
                let Some(enrolled) = enrolled else { return !self.is_known };
                // Where the entry is not to be believed, that was reported.
                let body = entries.get(*enrolled).and_then(|entry| entry.body.as_ref());
                body.is_none_or(|body| text_of(body, "device") == Some(&subject.id))
            }
            SubjectKind::Control => {
                self.controls.get(&subject.id).is_none_or(|names| names.len() == 1)
            }
            _ => true,
        }
    }

    /// When this document or attestation was taken back; none if it was not.
    pub(super) fn withdrawn_at(&self, control: &str, id: &str) -> Option<Time> {
        let place = |form| self.places.get(&(control.to_owned(), form, id.to_owned()));
        let place = place("document").or_else(|| place("attestation"))?;
        self.given(control).get(*place)?.withdrawn_at
    }
}

/// Walks the whole log.
pub(super) fn check(
    opened: &Opened,
    envelopes: Option<&[Envelope]>,
    (entries, scope): (&Entries, &Scoped),
    report: &mut Report,
) -> Register {
    let mut register = Register::default();
    let Some(all) = envelopes else { return register };
    register.is_known = true;
    check_bounds(opened, all, entries, report);
    let asked = Counting { all, scope };
    let counted = || asked.first(opened.manifest.log.size);
    check_erasures(entries, report);
    let counts_people = opened.manifest.format == FORMAT;
    let counts = |kind: &str| counts(kind) && (counts_people || !is_of_people(kind));
    for (index, envelope) in counted().filter(|(_, envelope)| counts(&envelope.kind)) {
        if !entries.is_named(index) {
            report.add(withheld(index, &envelope.kind));
        } else if entries.get(index).is_none() {
            // What is wrong with it was reported; nothing follows from the others alone.
            register.is_known = false;
        }
    }
    for (index, envelope) in counted() {
        register.take_device(index, envelope);
    }
    register.check_devices(entries, report);
    let mut names = BTreeMap::new();
    for (index, envelope) in counted() {
        register.take_given(index, envelope, entries, &mut names, report);
    }
    register
}

fn withheld(index: u64, kind: &str) -> Finding {
    let what = format!(
        "the log holds an entry of the kind {kind} at {index}, on which what the pack says depends, \
         and it is not in the pack"
    );
    Finding::new(Withheld, entry_path(index), what)
}

/// The pack says what all entries up to some point say together: that point is when it was made.
fn check_bounds(opened: &Opened, all: &[Envelope], entries: &Entries, report: &mut Report) {
    let (size, made_at) = (opened.manifest.log.size, opened.manifest.heading.made_at);
    let end = entries.own().unwrap_or(all.len() as u64);
    if size > end {
        let what =
            format!("it is said to be made from {size} entries, and was recorded as entry {end}");
        report.add(Finding::new(Contradiction, MANIFEST, what));
    }
    let beginning = all.first().map_or(made_at, |first| first.at);
    let (mut latest, mut back) = (Time::from_millis(i64::MIN / 2), Vec::new());
    for (index, envelope) in (0u64..).zip(all) {
        let is_back = latest.since(envelope.at) > SLACK;
        if Some(index) == entries.own() && is_back {
            let what = format!(
                "it was recorded on {}, after an entry that was recorded on {latest}",
                envelope.at
            );
            report.add(Finding::new(Contradiction, entry_path(index), what));
        } else if beginning.since(envelope.at) > SLACK {
            let what = format!(
                "it is dated {}, before the log's first entry, which is of {beginning}",
                envelope.at
            );
            report.add(Finding::new(Contradiction, entry_path(index), what));
        } else if is_back {
            back.push(index);
        }
        if (size..end).contains(&index) && made_at.since(envelope.at) > SLACK {
            let what = format!(
                "it was recorded on {}, before the pack was made on {made_at}, and is not among the \
                 {size} entries that the pack is made from",
                envelope.at
            );
            report.add(Finding::new(Withheld, entry_path(index), what));
        }
        latest = latest.max(envelope.at);
    }
    if let Some(first) = back.first() {
        let what = format!(
            "{} of its entries have a time more than a minute before that of an earlier one, the \
             first of them entry {first}",
            back.len()
        );
        report.add(Finding::new(ClockBack, "ledger/tile/entries", what));
    }
}

/// Whatever was erased, an entry says so.
fn check_erasures(entries: &Entries, report: &mut Report) {
    let erased: BTreeSet<u64> = entries
        .iter()
        .filter(|(_, entry)| entry.envelope.kind == ERASED_KIND)
        .filter_map(|(_, entry)| entry.body.as_ref()?.get("index")?.as_u64())
        .collect();
    for (index, entry) in entries.iter() {
        if entry.is_erased && !erased.contains(&index) {
            let what = "its body is gone, and no entry says that it was erased";
            report.add(Finding::new(Removed, entry_path(index), what));
        }
    }
}

impl Register {
    fn take_device(&mut self, index: u64, envelope: &Envelope) {
        let kind = envelope.kind.as_str();
        if !matches!(kind, ENROLLED_KIND | CONFIRMED_KIND | REVOKED_KIND | CHECKED_IN_KIND) {
            return;
        }
        let device = self.devices.entry(envelope.subject.clone()).or_default();
        match kind {
            ENROLLED_KIND => device.enrolled.push(index),
            CONFIRMED_KIND => device.confirmed = Some(index),
            REVOKED_KIND => device.revoked_at = device.revoked_at.or(Some(envelope.at)),
            _ => device.check_ins.push((index, envelope.at)),
        }
    }

    fn check_devices(&self, entries: &Entries, report: &mut Report) {
        for device in self.devices.values() {
            match device.enrolled.as_slice() {
                [_] => {}
                [] => {
                    let first = device.check_ins.first().map(|(index, _)| *index);
                    let index = first.or(device.confirmed).unwrap_or(0);
                    let what = "it is about a computer that no entry enrols";
                    report.add(Finding::new(Contradiction, entry_path(index), what));
                }
                [_, again, ..] => {
                    let what = "it enrols a computer that was enrolled before";
                    report.add(Finding::new(Contradiction, entry_path(*again), what));
                }
            }
            let Some((newest, _)) = device.check_ins.last() else { continue };
            let collected_at = entries
                .get(*newest)
                .and_then(|entry| entry.body.as_ref()?.get("statement")?.get("collected_at"))
                .and_then(|at| Time::deserialize(at).ok());
            for (index, at) in &device.check_ins {
                let is_needed = collected_at.is_some_and(|since| *at >= counts_from(since));
                if (index == newest || is_needed) && !entries.is_named(*index) {
                    report.add(withheld(*index, CHECKED_IN_KIND));
                }
            }
        }
    }

    /// Takes what was given by hand, and what was taken back.
    fn take_given(
        &mut self,
        index: u64,
        envelope: &Envelope,
        entries: &Entries,
        names: &mut BTreeMap<String, String>,
        report: &mut Report,
    ) {
        let kind = envelope.kind.as_str();
        let (form, is_new) = match kind {
            DOCUMENT_KIND => ("document", true),
            ATTESTATION_KIND => ("attestation", true),
            "document.withdrawn" => ("document", false),
            "attestation.withdrawn" => ("attestation", false),
            _ => return,
        };
        let Some(entry) = entries.get(index) else { return };
        let Some(body) = &entry.body else {
            if is_new {
                let erased = self.erased.entry(envelope.subject.clone()).or_default();
                erased.entry(form).or_default().push(index);
            } else {
                let (kind, what) = match entry.is_left_out() {
                    true => (Unshown, "what was taken back is left out with the names in it"),
                    false => (NotProven, "what was taken back was erased"),
                };
                let what = format!("{what}, so that nothing shows what is in force");
                report.add(Finding::new(kind, entry_path(index), what));
            }
            return;
        };
        let fault = |what: &str| Finding::new(Contradiction, entry_path(index), what);
        let (Some(id), Some(control)) = (text_of(body, form), text_of(body, "control")) else {
            report.add(fault("it does not say what it is about"));
            return;
        };
        if names.entry(envelope.subject.clone()).or_insert(control.to_owned()) != control {
            report.add(fault("it is about another control than others of its name"));
        }
        self.controls.entry(control.to_owned()).or_default().insert(envelope.subject.clone());
        let given = self.given.entry(control.to_owned()).or_default();
        let key = (control.to_owned(), form, id.to_owned());
        let known = self.places.get(&key).and_then(|place| given.get_mut(*place));
        if !is_new {
            if let Some(known) = known {
                known.withdrawn_at = known.withdrawn_at.or(Some(envelope.at));
                return;
            }
            let gone = self.gone.entry(control.to_owned()).or_default().entry(form).or_default();
            gone.insert(id.to_owned());
            let erased = self.erased.get(&envelope.subject).and_then(|erased| erased.get(form));
            if gone.len() > erased.map_or(0, Vec::len) {
                report.add(fault("it takes back what no entry gave"));
            }
            return;
        }
        let said = match Said::deserialize(body) {
            Ok(said) => said,
            Err(error) => {
                report.add(fault(&format!("it does not say what was given: {error}")));
                return;
            }
        };
        match known {
            Some(known)
                if known.versions.last().is_none_or(|(one, _)| one.number < said.number) =>
            {
                known.versions.push((said, index));
            }
            Some(_) => report.add(fault("it gives again what was given before")),
            None => {
                let id = id.to_owned();
                self.places.insert(key, given.len());
                given.push(Given { id, form, versions: vec![(said, index)], withdrawn_at: None });
            }
        }
    }
}

/// The controls that the log speaks of in verdicts, by pseudonym, are learnt from assessments too.
impl Register {
    /// Learns under which pseudonym a control is assessed.
    pub(super) fn learn(&mut self, entries: &Entries) {
        for (_, entry) in entries.iter() {
            let Some(body) = &entry.body else { continue };
            let subject = text_of(body, "subject").and_then(|text| text.strip_prefix("control:"));
            let named = subject.or_else(|| match entry.envelope.kind.as_str() {
                "evidence.began" | "evidence.expired" => {
                    body.get("control").and_then(Value::as_str)
                }
                _ => None,
            });
            if let Some(control) = named {
                let names = self.controls.entry(control.to_owned()).or_default();
                names.insert(entry.envelope.subject.clone());
            }
        }
    }
}
