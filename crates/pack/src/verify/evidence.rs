//! Facts, documents and attestations: each stands in the body of the entry that recorded it.

use super::{
    ATTESTATION_KIND, CHECKED_IN_KIND, DOCUMENT_KIND, Finding,
    FindingKind::{self, *},
    Report,
    container::Contents,
    entries::{Entries, text_of},
    given,
    index::Listed,
    manifest::Opened,
    people::People,
    register::{AHEAD, Register, SLACK},
    remake::Sources,
    statements::{Origin, Statements},
};
use crate::{
    entry_file::OpenedEntry,
    manifest::{ATTESTATIONS, DOCUMENTS, FACTS, attestation_path, fact_path},
    rows::{
        AGENT_SOURCE, AttestationRow, DocumentRow, FactRow, PEOPLE_SOURCE, RELEASES_SOURCE,
        VerdictRow,
    },
};
use closedset_core::{
    Digest, Duration, Subject, SubjectKind, Time,
    entry::Envelope,
    fact::{
        self, FactRecord,
        device::{Device, ReleaseLine},
        evidence::Evidence,
        people::Signatures,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The facts that a pack lists, good or not.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) rows: Vec<FactRow>,
    /// Until when the device is proven to have said so, of each of them that a device said.
    pub(super) confirmed: Vec<Option<Time>>,
    /// Devices that were sent away.
    pub(super) gone: BTreeSet<Subject>,
    /// Those of which nothing is shown because a body was erased: by digest and by kind.
    erased: BTreeSet<(Subject, Digest)>,
    erased_of_all: BTreeSet<Digest>,
    erased_kinds: BTreeSet<(Subject, String)>,
    /// Bodies that are not in the pack, since it is to name nobody, and that follow from the log without the names.
    pub(super) unnamed: BTreeMap<(Subject, Digest), Value>,
}

impl Facts {
    /// Notes that something was erased without which nothing is shown of the fact.
    pub(super) fn erase(&mut self, row: &FactRow) {
        self.erased.insert((row.subject.clone(), row.digest));
        if row.subject.kind == SubjectKind::Organisation {
            self.erased_of_all.insert(row.digest);
        }
        self.erased_kinds.insert((row.subject.clone(), row.kind.clone()));
    }

    /// Whether the verdict rests on a fact of which nothing is shown because a body was erased, or
    /// must rest on one since its check needs it. Whoever makes packs could otherwise erase what a
    /// device said and put something better in its place.
    pub(super) fn is_erased_under(&self, verdict: &VerdictRow, needs: &[String]) -> bool {
        let subject = || verdict.subject.clone();
        let is_erased = |digest: &Digest| {
            self.erased.contains(&(subject(), *digest)) || self.erased_of_all.contains(digest)
        };
        let is_erased_kind = |kind: &String| self.erased_kinds.contains(&(subject(), kind.clone()));
        verdict.facts.iter().any(is_erased) || needs.iter().any(is_erased_kind)
    }

    /// The body of a fact that is not in the pack, and that follows from the log.
    pub(super) fn unnamed(&self, row: &FactRow) -> Option<&Value> {
        self.unnamed.get(&(row.subject.clone(), row.digest))
    }

    /// Whether nothing is shown of the fact because a body was erased.
    pub(super) fn is_erased(&self, row: &FactRow) -> bool {
        self.erased.contains(&(row.subject.clone(), row.digest))
    }
}

/// Checks all evidence; yields the facts.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    (entries, register, people): (&Entries, &Register, &People),
    statements: &Statements,
    report: &mut Report,
) -> Facts {
    let rows: Vec<FactRow> = given::list(contents, FACTS, report).unwrap_or_default();
    let mut facts = Facts::default();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let path = fact_path(row.digest);
        if !seen.insert((&row.subject, &row.kind, &row.source)) {
            let what =
                format!("{} of {} by {} stands there twice", row.kind, row.subject, row.source);
            report.add(Finding::new(Contradiction, FACTS, what));
        }
        if statements.was_sent_away(&row.subject) {
            let what = format!("it speaks of {}, which was sent away", row.subject);
            report.add(Finding::new(Contradiction, FACTS, what));
            facts.gone.insert(row.subject.clone());
        }
        facts.confirmed.push(confirmed(row, statements));
        if has_file(opened, row.left_out.as_deref(), &path, row.digest, FACTS, report) {
            check_fact(row, &path, entries, statements, report);
        }
        let is_agents = row.source == AGENT_SOURCE;
        if entries.is_erased(row.entry) || is_agents && statements.is_unchecked(&row.subject) {
            facts.erase(row);
        }
    }
    let documents: Vec<DocumentRow> = given::list(contents, DOCUMENTS, report).unwrap_or_default();
    let mut listed = BTreeSet::new();
    let is_unshown = |entry: u64| entries.get(entry).is_some_and(OpenedEntry::is_left_out);
    for row in &documents {
        if !listed.insert(row.entry) && is_unshown(row.entry) {
            report.add(twice(DOCUMENTS, row.entry));
        }
        let path = row.path.as_deref().unwrap_or("");
        if has_file(opened, row.left_out.as_deref(), path, row.digest, DOCUMENTS, report) {
            let place = if path.is_empty() { DOCUMENTS } else { path };
            let record =
                Record { kind: DOCUMENT_KIND, index: row.entry, digest: row.digest, place };
            let is_good = record.check(row, DOCUMENT_FIELDS, row.given_at, entries, report);
            let id = row.document.to_string();
            record.check_withdrawal((&row.control, &id), row.withdrawn_at, register, report);
            report.counts.documents += u64::from(is_good);
        }
    }
    let attestations: Vec<AttestationRow> =
        given::list(contents, ATTESTATIONS, report).unwrap_or_default();
    for row in &attestations {
        if !listed.insert(row.entry) && is_unshown(row.entry) {
            report.add(twice(ATTESTATIONS, row.entry));
        }
        let path = attestation_path(row.digest);
        if has_file(opened, row.left_out.as_deref(), &path, row.digest, ATTESTATIONS, report) {
            let record = Record {
                kind: ATTESTATION_KIND,
                index: row.entry,
                digest: row.digest,
                place: &path,
            };
            let is_good = record.check(row, ATTESTATION_FIELDS, row.signed_at, entries, report);
            let id = row.attestation.to_string();
            record.check_withdrawal((&row.control, &id), row.withdrawn_at, register, report);
            report.counts.attestations += u64::from(is_good);
        }
    }
    facts.rows = rows;
    let made_at = opened.manifest.heading.made_at;
    let sources = Sources { contents, opened, entries, register, people, statements, made_at };
    sources.compare(&mut facts, report);
    sources.check_lists(&listed, report);
    facts
}

/// Each entry records one thing: where nothing of it is shown, nothing else tells which.
fn twice(list: &str, entry: u64) -> Finding {
    let what = format!("what entry {entry} recorded stands there twice");
    Finding::new(Contradiction, list, what)
}

/// How far the server's time for a statement may lie before the device's own: it trusts no clock that
/// runs ahead.
const CLOCK_TOLERANCE: Duration = Duration::from_minutes(5);

/// When the device last said so, by its signature; what the row says only where the server may have
/// taken its own clock instead.
fn confirmed(row: &FactRow, statements: &Statements) -> Option<Time> {
    if row.source != AGENT_SOURCE || row.subject.kind != SubjectKind::Device {
        return None;
    }
    let device = row.subject.id.parse().ok()?;
    let signed = statements.last_said(device, (&row.kind, row.digest))?;
    let is_near = |at: &Time| *at <= signed && signed.since(*at) <= CLOCK_TOLERANCE;
    Some(row.confirmed_at.filter(is_near).unwrap_or(signed))
}

/// What a document's row and its entry call the same.
const DOCUMENT_FIELDS: &[(&str, &str)] = &[
    ("document", "document"),
    ("version", "version"),
    ("title", "title"),
    ("file_name", "file_name"),
    ("digest", "digest"),
    ("size", "size"),
    ("control", "control"),
    ("valid_from", "valid_from"),
    ("valid_to", "valid_to"),
    ("given_by", "uploaded_by"),
];
/// What an attestation's row and its entry call the same.
const ATTESTATION_FIELDS: &[(&str, &str)] = &[
    ("attestation", "attestation"),
    ("digest", "digest"),
    ("control", "control"),
    ("valid_from", "valid_from"),
    ("valid_to", "valid_to"),
    ("signed_by", "signed_by"),
];

/// Whether the file is listed with the digest its row gives, or is left out with a reason.
fn has_file(
    opened: &Opened,
    left_out: Option<&str>,
    path: &str,
    digest: Digest,
    list: &str,
    report: &mut Report,
) -> bool {
    match (opened.digest_of(path), left_out) {
        // The same bytes may stand there for another row that is not left out.
        (Some(listed), _) if listed == digest => true,
        (None, Some(why)) => {
            let what = format!("the file with the digest {}: {why}", digest.short());
            report.add(Finding::new(LeftOut, list, what));
            true
        }
        (None, None) => {
            let what = format!("it speaks of a file with the digest {digest}, which is not there");
            report.add(Finding::new(Removed, list, what));
            false
        }
        (Some(_), _) => {
            let what = format!("its file does not have the digest {digest} that {list} gives");
            report.add(Finding::new(Contradiction, path, what));
            false
        }
    }
}

fn check_fact(
    row: &FactRow,
    path: &str,
    entries: &Entries,
    statements: &Statements,
    report: &mut Report,
) {
    let said = format!("{} of {} ({})", row.kind, row.subject_name, row.subject);
    let Some(entry) = entries.demand(row.entry, (path, &said), report) else {
        return;
    };
    let index = row.entry;
    let Some(body) = &entry.body else {
        let (kind, why) = gone(entry, index);
        report.add(Finding::new(kind, path, format!("given as {said}; {why}")));
        return;
    };
    if row.source != AGENT_SOURCE {
        if let Some(what) = origin_fault(row) {
            report.add(Finding::new(NotProven, path, format!("given as {said}; {what}")));
            return;
        }
        match entries.lists_fact(row) {
            Listed::Yes => report.counts.facts += 1,
            Listed::OfAnother(subject) => {
                let what = format!("given as {said}; entry {index} holds it as {subject}'s");
                report.add(Finding::new(SplicedIn, path, what));
            }
            Listed::No => {
                let what = format!("entry {index} does not hold it as {said}");
                report.add(Finding::new(NotProven, path, what));
            }
        }
        return;
    }
    if entry.envelope.kind != CHECKED_IN_KIND {
        let what = format!("entry {index}, named for {said}, holds no device's statement");
        report.add(Finding::new(NotProven, path, what));
        return;
    }
    let Some((device, digests)) = statements.in_entry(index) else {
        // Why the statement is not to be believed was reported.
        return;
    };
    if Subject::device(device) != row.subject {
        let what = format!("given as {said}; entry {index} holds what device {device} said");
        report.add(Finding::new(SplicedIn, path, what));
        return;
    }
    if digests.get(&row.kind) != Some(&row.digest) {
        report.add(other_origin(row, path, &said, statements));
        return;
    }
    let read_at = body
        .get("statement")
        .and_then(|statement| Time::deserialize(statement.get("collected_at")?).ok());
    let is_read_then = |read_at: Time| {
        row.collected_at.since(read_at) <= SLACK && read_at.since(row.collected_at) <= AHEAD
    };
    if !read_at.is_some_and(is_read_then) {
        let what = format!(
            "the statement in entry {index} does not say that {said} was read on {}",
            row.collected_at
        );
        report.add(Finding::new(Contradiction, path, what));
        return;
    }
    if !statements.said_since(device, (&row.kind, row.digest), row.collected_at) {
        let what = format!("no signed statement says that {said} was read on {}", row.collected_at);
        report.add(Finding::new(Contradiction, path, what));
        return;
    }
    if let Some(at) = row.confirmed_at
        && !statements.said_since(device, (&row.kind, row.digest), at)
    {
        let what = format!("no signed statement in the pack confirms {said} on {at}");
        report.add(Finding::new(Unconfirmed, path, what));
    }
    report.counts.facts += 1;
    report.counts.facts_signed += 1;
}

/// Of a fact that no device signed, why nobody else may have stated it.
fn origin_fault(row: &FactRow) -> Option<String> {
    let Some(kind) = fact::kinds().into_iter().find(|kind| kind.name == row.kind) else {
        return Some("nobody but a device states what this program does not know".to_owned());
    };
    if kind.subject != row.subject.kind {
        return Some(format!("it is stated of a {}, not of that", kind.subject));
    }
    match kind.name {
        // Whether they follow from the log is looked at where they are made anew.
        Device::KIND | Evidence::KIND => None,
        Signatures::KIND if row.source == PEOPLE_SOURCE => None,
        Signatures::KIND => Some(format!("only {PEOPLE_SOURCE} states that")),
        ReleaseLine::KIND if row.source.starts_with(RELEASES_SOURCE) => None,
        ReleaseLine::KIND => Some(format!("only {RELEASES_SOURCE} states that")),
        _ => Some("only the device itself states that, and signs it".to_owned()),
    }
}

/// The device did not sign this digest; whether another did, or this one for another kind.
fn other_origin(row: &FactRow, path: &str, said: &str, statements: &Statements) -> Finding {
    match statements.origin(row.digest) {
        Some(Origin { entry, device, kind }) => {
            let what = format!(
                "given as {said}; it is what device {device} said of {kind}, entry {entry}"
            );
            Finding::new(SplicedIn, path, what)
        }
        None => {
            let what = format!("no device signed it; given as {said}");
            Finding::new(NotProven, path, what)
        }
    }
}

/// Where a document or attestation was recorded.
struct Record<'a> {
    kind: &'a str,
    index: u64,
    digest: Digest,
    place: &'a str,
}

impl Record<'_> {
    /// Whether the entry holds the digest, and agrees with the row in all these fields and the time.
    fn check(
        &self,
        row: &impl Serialize,
        fields: &[(&str, &str)],
        at: Time,
        entries: &Entries,
        report: &mut Report,
    ) -> bool {
        let index = self.index;
        let Some(entry) = entries.demand(index, (self.place, self.kind), report) else {
            return false;
        };
        let is_of_kind = entry.envelope.kind == self.kind;
        let Some(body) = &entry.body else {
            let (kind, why) = gone(entry, index);
            report.add(Finding::new(kind, self.place, why));
            if !is_of_kind {
                let what = format!("entry {index} is no {}", self.kind);
                report.add(Finding::new(NotProven, self.place, what));
            } else if entry.is_left_out() {
                self.check_time(at, &entry.envelope, report);
            }
            return false;
        };
        if !is_of_kind || text_of(body, "digest") != Some(&self.digest.to_string()) {
            let what = format!("entry {index} is no {} with its digest", self.kind);
            report.add(Finding::new(NotProven, self.place, what));
            return false;
        }
        let Ok(Value::Object(said)) = serde_json::to_value(row) else {
            return false;
        };
        let mut agrees = self.check_time(at, &entry.envelope, report);
        for (field, recorded) in fields.iter().filter(|(_, name)| !entry.hidden.contains(*name)) {
            if body.get(*recorded) != said.get(*field) {
                let what = format!("its {field} is not the one that entry {index} holds");
                report.add(Finding::new(Contradiction, self.place, what));
                agrees = false;
            }
        }
        agrees
    }

    /// Whether it was recorded when the row says.
    fn check_time(&self, at: Time, envelope: &Envelope, report: &mut Report) -> bool {
        let recorded_at = envelope.at;
        let is_timely = at.since(recorded_at) <= SLACK && recorded_at.since(at) <= SLACK;
        if !is_timely {
            let what = format!("it was recorded on {recorded_at}, not on {at}");
            report.add(Finding::new(Contradiction, self.place, what));
        }
        is_timely
    }
}

impl Record<'_> {
    /// Whether it was taken back is what the log says.
    fn check_withdrawal(
        &self,
        (control, id): (&str, &str),
        said: Option<Time>,
        register: &Register,
        report: &mut Report,
    ) {
        if !register.is_known {
            return;
        }
        let what = match (register.withdrawn_at(control, id), said) {
            (Some(at), None) => format!("it was withdrawn on {at}, and is said to be in force"),
            (None, Some(_)) => "it is said to be withdrawn, and no entry says so".to_owned(),
            (Some(one), Some(other)) if one.since(other) > SLACK || other.since(one) > SLACK => {
                format!("it was withdrawn on {one}, not on {other}")
            }
            _ => return,
        };
        report.add(Finding::new(Contradiction, self.place, what));
    }
}

/// Why nothing may be shown that only a body held of which nothing is left.
fn gone(entry: &OpenedEntry, index: u64) -> (FindingKind, String) {
    let (kind, how) = match entry.is_left_out() {
        true => (Unshown, "is left out with the names in it"),
        false => (NotProven, "was erased"),
    };
    let what =
        format!("entry {index}, which recorded it, {how}, so that nothing shows what it says");
    (kind, what)
}

/// Whether a verdict about anything may rest on it.
pub(super) fn is_about_all(row: &FactRow) -> bool {
    row.subject.kind == SubjectKind::Organisation
}
