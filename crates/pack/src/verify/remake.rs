//! Facts that Closedset keeps itself, made anew from what the log says: what people gave for a
//! control, and what they confirmed about a device. And of each device, that its facts are those of
//! its newest statement.

use super::{
    Finding,
    FindingKind::*,
    Report,
    container::Contents,
    entries::Entries,
    evidence::Facts,
    manifest::Opened,
    people::{Counted, People},
    register::{Given, Register, Said},
    statements::Statements,
};
use crate::{
    manifest::{ATTESTATIONS, DOCUMENTS, FACTS, attestation_path, fact_path},
    rows::{AGENT_SOURCE, EVIDENCE_SOURCE, FactRow, REGISTER_SOURCE},
};
use closedset_core::{
    Digest, Subject, SubjectKind, Time,
    fact::{
        Body, FactRecord,
        device::Device,
        evidence::{self, Evidence, EvidenceItem},
        people::Signatures,
    },
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What facts are made anew from.
pub(super) struct Sources<'a> {
    pub(super) contents: &'a Contents,
    pub(super) opened: &'a Opened,
    pub(super) entries: &'a Entries,
    pub(super) register: &'a Register,
    pub(super) people: &'a People,
    pub(super) statements: &'a Statements,
    pub(super) made_at: Time,
}

impl Sources<'_> {
    /// Compares; facts of which something was erased are marked as such.
    pub(super) fn compare(&self, facts: &mut Facts, report: &mut Report) {
        if !self.register.is_known {
            return;
        }
        self.compare_statements(&facts.rows, report);
        let rows = std::mem::take(&mut facts.rows);
        // That it stands there twice was reported.
        let mut made = BTreeSet::new();
        for row in &rows {
            let outcome = match row.kind.as_str() {
                Device::KIND => self.confirmed(row),
                Evidence::KIND if !made.insert((&row.subject, &row.source)) => continue,
                Evidence::KIND if row.left_out.is_some() => {
                    let body = self.unnamed(row);
                    let key = (row.subject.clone(), row.digest);
                    facts.unnamed.extend(body.map(|body| (key, body)));
                    self.given(row)
                }
                Evidence::KIND => self.given(row),
                Signatures::KIND if !made.insert((&row.subject, &row.source)) => continue,
                Signatures::KIND => self.signatures(row),
                _ => continue,
            };
            match outcome {
                Outcome::Same => {}
                Outcome::Erased => facts.erase(row),
                Outcome::Doubtful(entry) => {
                    let what = format!(
                        "entry {entry}, which added a document for {}, was erased: nothing shows any more \
                         whether it replaced one that is said to be in force",
                        row.subject_name
                    );
                    report.add(Finding::new(ErasedEvidence, fact_path(row.digest), what));
                }
                Outcome::Hidden(entry) => {
                    let what = format!(
                        "entry {entry}, about somebody who works here or what they sign, was erased: nothing \
                         shows any more whether they are counted"
                    );
                    report.add(Finding::new(ErasedEvidence, fact_path(row.digest), what));
                }
                Outcome::Other(what) => {
                    let what = format!(
                        "given as {} of {} ({}); {what}",
                        row.kind, row.subject_name, row.subject
                    );
                    report.add(Finding::new(OtherFact, fact_path(row.digest), what));
                }
            }
        }
        facts.rows = rows;
    }

    /// The facts of each device are those of its newest statement, all of them and no others.
    fn compare_statements(&self, rows: &[FactRow], report: &mut Report) {
        let mut by_subject: BTreeMap<&Subject, BTreeMap<&str, &FactRow>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.source == AGENT_SOURCE) {
            by_subject.entry(&row.subject).or_default().insert(&row.kind, row);
        }
        for (device, index, said) in self.statements.newest() {
            let (Some(index), Some(said)) = (index, said) else { continue };
            let subject = Subject::device(device);
            let listed = by_subject.remove(&subject).unwrap_or_default();
            for (kind, row) in &listed {
                if said.get(*kind) != Some(&row.digest) {
                    let what = format!(
                        "given as {kind} of {} ({subject}), whose newest statement, entry {index}, \
                         says something else",
                        row.subject_name
                    );
                    report.add(Finding::new(Outdated, fact_path(row.digest), what));
                }
            }
            for kind in said.keys().filter(|kind| !listed.contains_key(kind.as_str())) {
                let what = format!(
                    "{kind} of {subject} stands in its newest statement, entry {index}, and is not in \
                     the list"
                );
                report.add(Finding::new(Removed, FACTS, what));
            }
        }
    }

    /// What a person confirmed about a device.
    fn confirmed(&self, row: &FactRow) -> Outcome {
        let Some(confirmed) = self.statements.confirmed(&row.subject) else {
            return Outcome::Same;
        };
        let mut expected = Device { has_screen: true, is_portable: true, handles_content: true };
        if let Some(index) = confirmed {
            let Some(entry) = self.entries.get(index) else { return Outcome::Same };
            let Some(body) = &entry.body else { return Outcome::Erased };
            match Device::deserialize(body) {
                Ok(said) => expected = said,
                Err(_) => return Outcome::Other(format!("entry {index} does not say that")),
            }
        }
        let digest = Body::read(&expected, Vec::new())
            .ok()
            .and_then(|body| body.canonical().ok())
            .map(|bytes| Digest::of(&bytes));
        if row.source == REGISTER_SOURCE && digest == Some(row.digest) {
            Outcome::Same
        } else {
            Outcome::Other(
                "that is not what a person confirmed last, or what holds before".to_owned(),
            )
        }
    }

    /// What was given for a control.
    fn given(&self, row: &FactRow) -> Outcome {
        let control = row.subject.id.as_str();
        if row.subject.kind != SubjectKind::Control || row.source != EVIDENCE_SOURCE {
            return Outcome::Other(format!("only {EVIDENCE_SOURCE} states that, about a control"));
        }
        let Some(bytes) = self.contents.whole(&fact_path(row.digest), row.digest) else {
            // A body that is left out proves nothing: see where verdicts are checked.
            return Outcome::Same;
        };
        let Ok(said) = serde_json::from_slice::<Evidence>(bytes) else {
            return Outcome::Other("it cannot be understood".to_owned());
        };
        let plain = Body::read(&said, Vec::new()).ok().and_then(|body| body.canonical().ok());
        if plain.as_deref() != Some(bytes) {
            return Outcome::Other("it says more than such a fact does".to_owned());
        }
        let (mut expected, entries) = self.standing(control, &said.items);
        // What was taken back and erased is counted still.
        let gone = i64::try_from(self.register.gone(control)).unwrap_or(i64::MAX);
        expected.taken_back = expected.taken_back.saturating_add(gone);
        let counts = |one: &Evidence| (one.in_force, one.lapsed, one.taken_back);
        let times = |one: &Evidence| (one.valid_to, one.begins_at);
        if sorted(&said.items) == sorted(&expected.items)
            && (counts(&said), times(&said)) == (counts(&expected), times(&expected))
        {
            return self.replaced(control, &expected.items, &entries);
        }
        let shown: BTreeMap<&str, &str> =
            said.items.iter().map(|item| (item.id.as_str(), item.title.as_str())).collect();
        let is_invented = |item: &&EvidenceItem| {
            let shown = shown.get(item.id.as_str());
            item.title == item.digest && shown.is_some_and(|title| *title != item.title)
        };
        if let Some(item) = expected.items.iter().find(is_invented) {
            return Outcome::Other(format!(
                "the text of the attestation {} is left out, and words are given as its own: only its \
                 digest may stand there",
                item.id
            ));
        }
        let names: Vec<String> = expected
            .items
            .iter()
            .zip(entries)
            .map(|(item, entry)| format!("{} {} (entry {entry})", item.form, item.id))
            .collect();
        let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        Outcome::Other(format!(
            "by the log's entries, {names} is in force for {control}, {} expired and {} were taken back",
            expected.lapsed, expected.taken_back
        ))
    }

    /// Who works here and has signed.
    fn signatures(&self, row: &FactRow) -> Outcome {
        let day = self.opened.manifest.heading.zone.civil_day(self.made_at);
        let expected = match self.people.signatures(day) {
            Counted::Signatures(expected) => expected,
            Counted::Erased(entry) => return Outcome::Hidden(entry),
            Counted::Unknown => return Outcome::Same,
            Counted::Unshown => {
                return Outcome::Other(
                    "a pack that is limited to some controls, or of an older form, does not show what it is \
                     counted from"
                        .to_owned(),
                );
            }
        };
        let Some(bytes) = self.contents.whole(&fact_path(row.digest), row.digest) else {
            return Outcome::Same;
        };
        let said = serde_json::from_slice::<Body>(bytes).ok();
        if said.and_then(|said| said.record::<Signatures>()).as_ref() == Some(&expected) {
            return Outcome::Same;
        }
        let Signatures { agreements, engaged, owing } = expected;
        Outcome::Other(format!(
            "by the log's entries, {engaged} people are engaged on {day}, {owing} of them have not signed, and \
             {agreements} agreements are for everybody"
        ))
    }

    /// What was given for a control, without what it is called: in a pack that is to name nobody, verdicts are
    /// made anew of that. None if entries are left out that would say what was given.
    fn unnamed(&self, row: &FactRow) -> Option<Value> {
        if !self.entries.without_names() || self.entries.has_left_out() {
            return None;
        }
        let control = row.subject.id.as_str();
        let (mut standing, entries) = self.standing(control, &[]);
        let gone = i64::try_from(self.register.gone(control)).unwrap_or(i64::MAX);
        standing.taken_back = standing.taken_back.saturating_add(gone);
        let earliest = entries.iter().copied().min().unwrap_or(0);
        if self.register.erased_document_since(control, earliest).is_some() {
            return None;
        }
        serde_json::to_value(Body::read(&standing, Vec::new()).ok()?).ok()
    }

    /// Whether what is in force may have been replaced by a version of which nothing is left.
    fn replaced(&self, control: &str, items: &[EvidenceItem], entries: &[u64]) -> Outcome {
        let documents = items.iter().zip(entries).filter(|(item, _)| item.form == "document");
        let earliest = documents.map(|(_, entry)| *entry).min();
        let erased =
            earliest.and_then(|earliest| self.register.erased_document_since(control, earliest));
        erased.map_or(Outcome::Same, Outcome::Doubtful)
    }

    /// What is in force for a control by the log's entries, and the entry of each of its items. Where
    /// a text is not whole, which was reported, the title that `said` gives is taken.
    fn standing(&self, control: &str, said: &[EvidenceItem]) -> (Evidence, Vec<u64>) {
        let given = self.register.given(control);
        let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
        for item in said {
            titles.entry(&item.id).or_insert(&item.title);
        }
        let item = |one: &Given, version: &Said| {
            let title = self
                .title(one, version)
                .or_else(|| titles.get(one.id.as_str()).map(|title| (*title).to_owned()));
            EvidenceItem {
                id: one.id.clone(),
                form: one.form.to_owned(),
                title: title.unwrap_or_default(),
                digest: version.digest.to_string(),
                valid_from: version.valid_from,
                valid_to: version.valid_to,
            }
        };
        let all: Vec<evidence::Given> = given
            .iter()
            .map(|one| evidence::Given {
                versions: one.versions.iter().map(|(version, _)| item(one, version)).collect(),
                is_withdrawn: one.withdrawn_at.is_some(),
            })
            .collect();
        let (standing, _) = Evidence::standing(&all, self.made_at);
        let mut by_id: BTreeMap<(&str, &str), &Given> = BTreeMap::new();
        for one in given {
            by_id.entry((one.id.as_str(), one.form)).or_insert(one);
        }
        let entry = |item: &EvidenceItem| {
            let one = by_id.get(&(item.id.as_str(), item.form.as_str()))?;
            let mut versions = one.versions.iter().rev();
            let is_it = |(version, _): &&(Said, u64)| {
                version.digest.to_string() == item.digest && version.valid_from == item.valid_from
            };
            versions.find(is_it).map(|(_, entry)| *entry)
        };
        let entries = standing.items.iter().filter_map(entry).collect();
        (standing, entries)
    }

    /// The title of what was given. Where its text was left out, nobody can see whether the words are its
    /// own: only its digest may stand there. None if its text should be there, and is not whole.
    fn title(&self, given: &Given, version: &Said) -> Option<String> {
        if given.form == "document" {
            return Some(version.title.clone());
        }
        let path = attestation_path(version.digest);
        let bytes = self.contents.whole(&path, version.digest);
        match bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
            Some(text) => Some(text.chars().take(80).collect()),
            None if self.opened.digest_of(&path).is_some() => None,
            None => Some(version.digest.to_string()),
        }
    }

    /// Whatever counted within the period can be looked at, or is named as left out.
    pub(super) fn check_lists(&self, listed: &BTreeSet<u64>, report: &mut Report) {
        let scope = &self.opened.manifest.heading.scope;
        let period = (scope.from, scope.to.max(self.made_at));
        for given in self.register.given.values().flatten() {
            let list = if given.form == "document" { DOCUMENTS } else { ATTESTATIONS };
            for (version, entry) in &given.versions {
                let validity = (version.valid_from, version.valid_to);
                if counted_within(period, validity, given.withdrawn_at) && !listed.contains(entry) {
                    let what = format!(
                        "the {} {} of entry {entry} counted within the period and is not in it",
                        given.form, given.id
                    );
                    report.add(Finding::new(Removed, list, what));
                }
            }
        }
    }
}

/// Whether something that was given for `validity`, and taken back or not, is to stand in a pack of
/// this period: from its beginning until its end, or until the pack is made if that is later.
pub fn counted_within(
    period: (Time, Time),
    validity: (Time, Time),
    withdrawn_at: Option<Time>,
) -> bool {
    withdrawn_at.is_none_or(|at| at >= period.0) && validity.1 >= period.0 && validity.0 <= period.1
}

fn sorted(items: &[EvidenceItem]) -> Vec<&EvidenceItem> {
    let mut items: Vec<&EvidenceItem> = items.iter().collect();
    items.sort_by(|a, b| {
        (&a.id, &a.form, a.valid_from, &a.digest).cmp(&(&b.id, &b.form, b.valid_from, &b.digest))
    });
    items
}

enum Outcome {
    Same,
    /// It may be so; what would show it was erased.
    Erased,
    /// It is so by all that is left; this entry, which is erased, may have changed it.
    Doubtful(u64),
    /// It may be otherwise: this entry about people was erased.
    Hidden(u64),
    /// Why it is not.
    Other(String),
}
