//! What people are told of each control: rows as words, the same on the page and in the report.

use super::{Content, excerpt::Excerpt};
use crate::{
    manifest::{attestation_path, fact_path},
    rows::{
        AGENT_SOURCE, AttestationRow, Check, Control, DocumentRow, ExceptionRow, FactRow, Heading,
        Interval, VerdictRow,
    },
    zone::Zone,
};
use closedset_core::{
    Digest, Duration, Status, Subject, Time,
    exception::ExceptionForm,
    id::{self, Id},
};
use std::collections::BTreeMap;

/// Verdicts that pass are folded away when a check has more subjects than this.
const FOLD_FROM: usize = 6;
/// The most facts shown of a verdict: no check rests on so many.
const FACT_LIMIT: usize = 40;
/// The most verdicts shown of one check, and the most changes of one control.
const VERDICT_LIMIT: usize = 1_000;
const CHANGE_LIMIT: usize = 40;

#[derive(Debug)]
pub(crate) struct Area<'a> {
    pub(crate) name: String,
    pub(crate) controls: Vec<ControlView<'a>>,
}

#[derive(Debug)]
pub(crate) struct ControlView<'a> {
    pub(crate) control: &'a Control,
    pub(crate) status: StatusView,
    pub(crate) checks: Vec<CheckView<'a>>,
    pub(crate) documents: Vec<DocumentView<'a>>,
    pub(crate) attestations: Vec<AttestationView<'a>>,
    pub(crate) exceptions: Vec<ExceptionView<'a>>,
    pub(crate) changes: Vec<Change<'a>>,
    pub(crate) more_changes: usize,
}

#[derive(Debug)]
pub(crate) struct CheckView<'a> {
    pub(crate) check: &'a Check,
    pub(crate) shown: Vec<VerdictView<'a>>,
    pub(crate) folded: Vec<VerdictView<'a>>,
    pub(crate) more: usize,
}

impl CheckView<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.folded.is_empty()
    }
}

#[derive(Debug)]
pub(crate) struct VerdictView<'a> {
    pub(crate) verdict: &'a VerdictRow,
    pub(crate) because: String,
    pub(crate) status: StatusView,
    pub(crate) since: String,
    pub(crate) excepted: Option<String>,
    pub(crate) facts: Vec<FactView<'a>>,
    /// How many more there are.
    pub(crate) more_facts: usize,
}

#[derive(Debug)]
pub(crate) struct ExceptionView<'a> {
    pub(crate) row: &'a ExceptionRow,
    pub(crate) form: &'static str,
    pub(crate) about: String,
    pub(crate) granted_at: String,
    pub(crate) valid: String,
}

#[derive(Debug)]
pub(crate) struct FactView<'a> {
    pub(crate) fact: &'a FactRow,
    pub(crate) path: String,
    pub(crate) collected_at: String,
    pub(crate) confirmed_at: Option<String>,
    pub(crate) said_by: String,
    pub(crate) digest: String,
    pub(crate) excerpt: Excerpt,
}

#[derive(Debug)]
pub(crate) struct DocumentView<'a> {
    pub(crate) document: &'a DocumentRow,
    pub(crate) given_at: String,
    pub(crate) valid: String,
    pub(crate) size: String,
    pub(crate) digest: String,
}

#[derive(Debug)]
pub(crate) struct AttestationView<'a> {
    pub(crate) attestation: &'a AttestationRow,
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) signed_at: String,
    pub(crate) valid: String,
    pub(crate) digest: String,
}

#[derive(Debug)]
pub(crate) struct Change<'a> {
    pub(crate) interval: &'a Interval,
    pub(crate) because: String,
    pub(crate) status: StatusView,
    pub(crate) from: String,
    pub(crate) to: Option<String>,
}

/// A status with its name in the stylesheet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatusView(pub(crate) Status);

impl StatusView {
    pub(super) const fn key(&self) -> &'static str {
        match self.0 {
            Status::Fail => "fail",
            Status::Unknown => "unknown",
            Status::Excepted => "excepted",
            Status::Pass => "pass",
            Status::NotApplicable => "not-applicable",
        }
    }

    pub(crate) const fn words(&self) -> &'static str {
        match self.0 {
            Status::Fail => "Fail",
            Status::Unknown => "Unknown",
            Status::Excepted => "Excepted",
            Status::Pass => "Pass",
            Status::NotApplicable => "Not applicable",
        }
    }
}

type Exceptions<'a> = BTreeMap<Id<id::Exception>, &'a ExceptionRow>;

/// The rows of the lists, found at once.
struct Rows<'a> {
    verdicts: BTreeMap<&'a str, Vec<&'a VerdictRow>>,
    /// By digest, and of one digest by what they are about: many things may be alike.
    facts: BTreeMap<Digest, BTreeMap<&'a Subject, &'a FactRow>>,
    exceptions: Exceptions<'a>,
    devices: BTreeMap<Subject, &'a str>,
    /// By check, each with its place in the list.
    history: BTreeMap<&'a str, Vec<(usize, &'a Interval)>>,
    /// By control.
    documents: BTreeMap<&'a str, Vec<&'a DocumentRow>>,
    attestations: BTreeMap<&'a str, Vec<&'a AttestationRow>>,
    granted: BTreeMap<&'a str, Vec<&'a ExceptionRow>>,
}

/// The rows by what they are about, each in its order.
fn by<'a, T>(rows: &'a [T], key: impl Fn(&'a T) -> &'a str) -> BTreeMap<&'a str, Vec<&'a T>> {
    let mut found: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for row in rows {
        found.entry(key(row)).or_default().push(row);
    }
    found
}

/// The controls by area, both in the framework's order.
pub(crate) fn areas<'a>(content: &Content<'a>) -> Vec<Area<'a>> {
    let verdicts = by(&content.input.verdicts, |row| &row.check);
    let mut facts: BTreeMap<Digest, BTreeMap<&Subject, &FactRow>> = BTreeMap::new();
    for fact in content.facts {
        let known = facts.entry(fact.digest).or_default().entry(&fact.subject).or_insert(fact);
        if fact.collected_at >= known.collected_at {
            *known = fact;
        }
    }
    let exceptions = content.input.exceptions.iter().map(|row| (row.exception, row)).collect();
    let devices = content.input.devices.iter();
    let devices = devices.map(|row| (Subject::device(row.id), row.name.as_str())).collect();
    let mut history: BTreeMap<&str, Vec<(usize, &Interval)>> = BTreeMap::new();
    for (place, interval) in content.input.history.iter().enumerate() {
        history.entry(&interval.check).or_default().push((place, interval));
    }
    let rows = Rows {
        verdicts,
        facts,
        exceptions,
        devices,
        history,
        documents: by(content.documents, |row| &row.control),
        attestations: by(content.attestations, |row| &row.control),
        granted: by(&content.input.exceptions, |row| &row.terms.control),
    };
    let mut areas: Vec<Area<'a>> = Vec::new();
    for control in &content.input.controls {
        let view = control_view(control, content, &rows);
        let name = titled(&control.area);
        match areas.iter_mut().find(|area| area.name == name) {
            Some(area) => area.controls.push(view),
            None => areas.push(Area { name, controls: vec![view] }),
        }
    }
    areas
}

fn control_view<'a>(
    control: &'a Control,
    content: &Content<'a>,
    rows: &Rows<'a>,
) -> ControlView<'a> {
    let checks = control.checks.iter().map(|check| {
        let mut of_check = rows.verdicts.get(check.id.as_str()).cloned().unwrap_or_default();
        of_check.sort_by(|a, b| (a.status, &a.subject_name).cmp(&(b.status, &b.subject_name)));
        let more = of_check.len().saturating_sub(VERDICT_LIMIT);
        of_check.truncate(VERDICT_LIMIT);
        let is_long = of_check.len() > FOLD_FROM;
        let (folded, shown): (Vec<_>, Vec<_>) = of_check
            .into_iter()
            .map(|verdict| verdict_view(verdict, content, rows))
            .partition(|view| is_long && view.verdict.status >= Status::Pass);
        CheckView { check, shown, folded, more }
    });
    let zone = &content.input.heading.zone;
    let id = control.id.as_str();
    let documents = rows.documents.get(id).into_iter().flatten();
    let attestations = rows.attestations.get(id).into_iter().flatten();
    let exceptions = rows.granted.get(id).into_iter().flatten();
    let of_checks = control.checks.iter().filter_map(|check| rows.history.get(check.id.as_str()));
    let mut history: Vec<(usize, &Interval)> = of_checks.flatten().copied().collect();
    history.sort_by_key(|(place, interval)| (std::cmp::Reverse(interval.from), *place));
    let more_changes = history.len().saturating_sub(CHANGE_LIMIT);
    history.truncate(CHANGE_LIMIT);
    ControlView {
        control,
        status: StatusView(control.status),
        checks: checks.collect(),
        documents: documents.map(|row| document_view(row, zone)).collect(),
        attestations: attestations.map(|row| attestation_view(row, content)).collect(),
        exceptions: exceptions.map(|row| exception_view(row, control, content, rows)).collect(),
        changes: history.into_iter().map(|(_, interval)| change(interval, content)).collect(),
        more_changes,
    }
}

fn verdict_view<'a>(
    verdict: &'a VerdictRow,
    content: &Content<'a>,
    rows: &Rows<'a>,
) -> VerdictView<'a> {
    let own = verdict.facts.iter().take(FACT_LIMIT).filter_map(|digest| {
        let rows = rows.facts.get(digest)?;
        rows.get(&verdict.subject).or_else(|| rows.values().next()).copied()
    });
    let zone = &content.input.heading.zone;
    VerdictView {
        verdict,
        because: zone.tell(&verdict.because),
        status: StatusView(verdict.status),
        since: since(verdict.since, content),
        excepted: excepted(verdict, content, &rows.exceptions),
        facts: own.map(|fact| fact_view(fact, content)).collect(),
        more_facts: verdict.facts.len().saturating_sub(FACT_LIMIT),
    }
}

fn fact_view<'a>(fact: &'a FactRow, content: &Content<'a>) -> FactView<'a> {
    let said_by = if fact.source == AGENT_SOURCE {
        "signed by the device itself".to_owned()
    } else {
        format!("recorded by {}", fact.source)
    };
    let zone = &content.input.heading.zone;
    FactView {
        fact,
        path: fact_path(fact.digest),
        collected_at: zone.moment(fact.collected_at),
        confirmed_at: fact.confirmed_at.map(|at| zone.moment(at)),
        said_by,
        digest: fact.digest.short(),
        excerpt: match fact.left_out {
            Some(_) => Excerpt::default(),
            None => content.excerpts.fact(fact.digest, zone),
        },
    }
}

fn document_view<'a>(document: &'a DocumentRow, zone: &Zone) -> DocumentView<'a> {
    DocumentView {
        document,
        given_at: zone.moment(document.given_at),
        valid: validity(zone, document.valid_from, document.valid_to, document.withdrawn_at),
        size: size(document.size),
        digest: document.digest.short(),
    }
}

fn attestation_view<'a>(
    attestation: &'a AttestationRow,
    content: &Content<'a>,
) -> AttestationView<'a> {
    let zone = &content.input.heading.zone;
    AttestationView {
        attestation,
        path: attestation_path(attestation.digest),
        text: content.excerpts.text(attestation.digest),
        signed_at: zone.moment(attestation.signed_at),
        valid: validity(
            zone,
            attestation.valid_from,
            attestation.valid_to,
            attestation.withdrawn_at,
        ),
        digest: attestation.digest.short(),
    }
}

/// By whom and until when a verdict is covered, and what it would be without.
fn excepted(
    verdict: &VerdictRow,
    content: &Content<'_>,
    exceptions: &Exceptions<'_>,
) -> Option<String> {
    let excepted = verdict.excepted?;
    let beneath = StatusView(excepted.beneath).words().to_lowercase();
    let Some(row) = exceptions.get(&excepted.exception) else {
        return Some(format!("Without an exception: {beneath}."));
    };
    let until = content.input.heading.zone.last_day(row.terms.valid_to);
    Some(format!(
        "Without the exception that {} approved until {until}: {beneath}.",
        row.approved_by
    ))
}

fn exception_view<'a>(
    row: &'a ExceptionRow,
    control: &Control,
    content: &Content<'a>,
    rows: &Rows<'_>,
) -> ExceptionView<'a> {
    let zone = &content.input.heading.zone;
    let check = row.terms.check.as_deref();
    let check = check.map(|id| {
        let known = control.checks.iter().find(|check| check.id == id);
        known.map_or(id, |check| check.title.as_str())
    });
    let name = |subject: &Subject| {
        let known = rows.devices.get(subject).copied();
        known.map_or_else(|| subject.id.clone(), str::to_owned)
    };
    let about = match (check, &row.terms.subject) {
        (None, _) => "the control as a whole".to_owned(),
        (Some(check), None) => format!("{check}, on all computers"),
        (Some(check), Some(subject)) if subject.id == control.id => check.to_owned(),
        (Some(check), Some(subject)) => format!("{check}, on {}", name(subject)),
    };
    ExceptionView {
        row,
        form: match row.terms.form {
            ExceptionForm::RiskAccepted => "Risk accepted",
            ExceptionForm::NotApplicable => "Signed: does not apply",
            ExceptionForm::NoneExists => "Signed: there is none",
        },
        about,
        granted_at: zone.moment(row.granted_at),
        valid: validity(zone, row.granted_at, row.terms.valid_to, row.withdrawn_at),
    }
}

/// Since when something is so, in words. What began before the pack's period is not dated.
fn since(at: Time, content: &Content<'_>) -> String {
    let heading = &content.input.heading;
    let moment = heading.zone.moment(at);
    if at > heading.scope.from { moment } else { format!("{moment} or before") }
}

fn change<'a>(interval: &'a Interval, content: &Content<'a>) -> Change<'a> {
    let zone = &content.input.heading.zone;
    Change {
        interval,
        because: zone.tell(&interval.because),
        status: StatusView(interval.status),
        from: since(interval.from, content),
        to: interval.to.map(|at| zone.moment(at)),
    }
}

/// From the first day to the last.
pub(crate) fn span(zone: &Zone, from: Time, end: Time) -> String {
    format!("{} to {}", zone.day(from), zone.last_day(end))
}

fn validity(zone: &Zone, from: Time, end: Time, withdrawn_at: Option<Time>) -> String {
    let valid = span(zone, from, end);
    match withdrawn_at {
        Some(at) => format!("{valid}, withdrawn {}", zone.moment(at)),
        None => valid,
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// What the program calls the pack's file where it is downloaded.
pub(crate) fn file_name(heading: &Heading) -> String {
    let (zone, scope) = (&heading.zone, &heading.scope);
    let last = scope.to - Duration::from_millis(1);
    format!("closedset-{}-{}.zip", zone.date(scope.from), zone.date(last))
}

/// An area as a heading: `Physical`.
pub(crate) fn titled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// An address in one line.
pub(crate) fn one_line(address: &str) -> String {
    let lines: Vec<&str> = address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(", ")
}

/// In groups of eight, to be read aloud.
pub(crate) fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(8).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
