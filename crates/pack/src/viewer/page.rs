//! What the page's template is given.

use super::{Content, excerpt::Excerpt};
use crate::{
    manifest::{attestation_path, fact_path},
    rows::{
        AGENT_SOURCE, AttestationRow, Check, Control, DocumentRow, ExceptionRow, FactRow, Heading,
        Interval, LeftOut, VerdictRow,
    },
    zone::Zone,
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::{
    Digest, Duration, Status, Subject, Time,
    exception::ExceptionForm,
    id::{self, Id},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../assets/viewer.css");
const SCRIPT: &str = include_str!("../../assets/viewer.js");
const TEXT_FONT: &[u8] = include_bytes!("../../assets/fonts/archivo.woff2");
const MONO_FONT: &[u8] = include_bytes!("../../assets/fonts/sometype-mono.woff2");

/// Verdicts that pass are folded away when a check has more subjects than this.
const FOLD_FROM: usize = 6;
/// The most verdicts shown of one check, and the most changes of one control.
const VERDICT_LIMIT: usize = 1_000;
const CHANGE_LIMIT: usize = 40;

/// The page.
#[derive(Debug, Template)]
#[template(path = "viewer.html")]
pub(super) struct Page<'a> {
    heading: &'a Heading,
    places: Vec<Place<'a>>,
    period: String,
    record_begins_at: Option<String>,
    restored: Vec<RestoredView>,
    made_at: String,
    zone: &'a str,
    from_utc: String,
    key: &'a str,
    origin: &'a str,
    fingerprint: String,
    file_name: String,
    tally: Vec<Tally>,
    areas: Vec<Area<'a>>,
    devices: Vec<Device<'a>>,
    left_out: &'a [LeftOut],
    style: String,
    style_digest: String,
    script: &'static str,
    script_digest: String,
}

#[derive(Debug)]
struct Place<'a> {
    name: &'a str,
    address: String,
}

#[derive(Debug)]
struct RestoredView {
    at: String,
    backup_made_at: String,
}

#[derive(Debug)]
struct Tally {
    status: StatusView,
    count: usize,
}

#[derive(Debug)]
struct Area<'a> {
    name: String,
    controls: Vec<ControlView<'a>>,
}

#[derive(Debug)]
struct ControlView<'a> {
    control: &'a Control,
    status: StatusView,
    checks: Vec<CheckView<'a>>,
    documents: Vec<DocumentView<'a>>,
    attestations: Vec<AttestationView<'a>>,
    exceptions: Vec<ExceptionView<'a>>,
    changes: Vec<Change<'a>>,
    more_changes: usize,
}

#[derive(Debug)]
struct CheckView<'a> {
    check: &'a Check,
    shown: Vec<VerdictView<'a>>,
    folded: Vec<VerdictView<'a>>,
    more: usize,
}

impl CheckView<'_> {
    fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.folded.is_empty()
    }
}

#[derive(Debug)]
struct VerdictView<'a> {
    verdict: &'a VerdictRow,
    because: String,
    status: StatusView,
    since: String,
    excepted: Option<String>,
    facts: Vec<FactView<'a>>,
}

#[derive(Debug)]
struct ExceptionView<'a> {
    row: &'a ExceptionRow,
    form: &'static str,
    about: String,
    granted_at: String,
    valid: String,
}

#[derive(Debug)]
struct FactView<'a> {
    fact: &'a FactRow,
    path: String,
    collected_at: String,
    confirmed_at: Option<String>,
    said_by: String,
    digest: String,
    excerpt: Excerpt,
}

#[derive(Debug)]
struct DocumentView<'a> {
    document: &'a DocumentRow,
    given_at: String,
    valid: String,
    size: String,
    digest: String,
}

#[derive(Debug)]
struct AttestationView<'a> {
    attestation: &'a AttestationRow,
    path: String,
    text: String,
    signed_at: String,
    valid: String,
    digest: String,
}

#[derive(Debug)]
struct Change<'a> {
    interval: &'a Interval,
    because: String,
    status: StatusView,
    from: String,
    to: Option<String>,
}

#[derive(Debug)]
struct Device<'a> {
    name: &'a str,
    id: String,
    fingerprint: String,
    enrolled: u64,
    revoked_at: Option<String>,
}

/// A status with its name in the stylesheet.
#[derive(Debug, Clone, Copy)]
struct StatusView(Status);

impl StatusView {
    const fn key(&self) -> &'static str {
        match self.0 {
            Status::Fail => "fail",
            Status::Unknown => "unknown",
            Status::Excepted => "excepted",
            Status::Pass => "pass",
            Status::NotApplicable => "not-applicable",
        }
    }

    const fn words(&self) -> &'static str {
        match self.0 {
            Status::Fail => "Fail",
            Status::Unknown => "Unknown",
            Status::Excepted => "Excepted",
            Status::Pass => "Pass",
            Status::NotApplicable => "Not applicable",
        }
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(content: &Content<'a>) -> Self {
        let input = content.input;
        let heading = &input.heading;
        let zone = &heading.zone;
        let style = STYLE
            .replace("@TEXT_FONT@", &STANDARD.encode(TEXT_FONT))
            .replace("@MONO_FONT@", &STANDARD.encode(MONO_FONT));
        let tally = Status::ALL.iter().map(|status| Tally {
            status: StatusView(*status),
            count: input.controls.iter().filter(|control| control.status == *status).count(),
        });
        let devices = input.devices.iter().map(|row| Device {
            name: &row.name,
            id: row.id.to_string(),
            fingerprint: row.key.fingerprint().to_string(),
            enrolled: row.enrolled,
            revoked_at: row.revoked_at.map(|at| zone.moment(at)),
        });
        let restored = input.log.restored.iter().map(|one| RestoredView {
            at: zone.moment(one.at),
            backup_made_at: zone.moment(one.backup_made_at),
        });
        let places = heading
            .facilities
            .iter()
            .map(|facility| Place { name: &facility.name, address: one_line(&facility.address) });
        Self {
            heading,
            places: places.collect(),
            period: span(zone, heading.scope.from, heading.scope.to),
            record_begins_at: (input.log.begins_at > heading.scope.from)
                .then(|| zone.moment(input.log.begins_at)),
            restored: restored.collect(),
            made_at: zone.moment(heading.made_at),
            zone: zone.name(),
            from_utc: zone.from_utc(heading.made_at),
            key: &input.log.key,
            origin: &input.log.origin,
            fingerprint: grouped(&Digest::of(input.log.key.as_bytes()).to_string()),
            file_name: file_name(heading),
            tally: tally.collect(),
            areas: areas(content),
            devices: devices.collect(),
            left_out: &input.left_out,
            style_digest: source_digest(&style),
            style,
            script: SCRIPT,
            script_digest: source_digest(SCRIPT),
        }
    }
}

/// What the program calls the pack's file where it is downloaded.
fn file_name(heading: &Heading) -> String {
    let (zone, scope) = (&heading.zone, &heading.scope);
    let last = scope.to - Duration::from_millis(1);
    format!("closedset-{}-{}.zip", zone.date(scope.from), zone.date(last))
}

/// An area as a heading: `Physical`.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// An address in one line.
fn one_line(address: &str) -> String {
    let lines: Vec<&str> = address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(", ")
}

/// In groups of eight, to be read aloud.
fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(8).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// A digest as a content security policy names it.
fn source_digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

type Exceptions<'a> = BTreeMap<Id<id::Exception>, &'a ExceptionRow>;

/// The rows of the lists, found at once.
struct Rows<'a> {
    verdicts: BTreeMap<&'a str, Vec<&'a VerdictRow>>,
    facts: BTreeMap<Digest, Vec<&'a FactRow>>,
    exceptions: Exceptions<'a>,
    devices: BTreeMap<Subject, &'a str>,
}

/// The controls by area, both in the framework's order.
fn areas<'a>(content: &Content<'a>) -> Vec<Area<'a>> {
    let mut verdicts: BTreeMap<&str, Vec<&VerdictRow>> = BTreeMap::new();
    for verdict in &content.input.verdicts {
        verdicts.entry(&verdict.check).or_default().push(verdict);
    }
    let mut facts: BTreeMap<Digest, Vec<&FactRow>> = BTreeMap::new();
    for fact in content.facts {
        facts.entry(fact.digest).or_default().push(fact);
    }
    let exceptions = content.input.exceptions.iter().map(|row| (row.exception, row)).collect();
    let devices = content.input.devices.iter();
    let devices = devices.map(|row| (Subject::device(row.id), row.name.as_str())).collect();
    let rows = Rows { verdicts, facts, exceptions, devices };
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
    let documents = content.documents.iter().filter(|row| row.control == control.id);
    let attestations = content.attestations.iter().filter(|row| row.control == control.id);
    let exceptions = content.input.exceptions.iter().filter(|row| row.terms.control == control.id);
    let mut history: Vec<&Interval> = content
        .input
        .history
        .iter()
        .filter(|interval| control.checks.iter().any(|check| check.id == interval.check))
        .collect();
    history.sort_by_key(|interval| std::cmp::Reverse(interval.from));
    let more_changes = history.len().saturating_sub(CHANGE_LIMIT);
    history.truncate(CHANGE_LIMIT);
    ControlView {
        control,
        status: StatusView(control.status),
        checks: checks.collect(),
        documents: documents.map(|row| document_view(row, zone)).collect(),
        attestations: attestations.map(|row| attestation_view(row, content)).collect(),
        exceptions: exceptions.map(|row| exception_view(row, control, content, rows)).collect(),
        changes: history.into_iter().map(|interval| change(interval, content)).collect(),
        more_changes,
    }
}

fn verdict_view<'a>(
    verdict: &'a VerdictRow,
    content: &Content<'a>,
    rows: &Rows<'a>,
) -> VerdictView<'a> {
    let own = verdict.facts.iter().filter_map(|digest| {
        let rows = rows.facts.get(digest)?;
        let own = rows.iter().filter(|row| row.subject == verdict.subject);
        own.max_by_key(|row| row.collected_at).or(rows.first()).copied()
    });
    let zone = &content.input.heading.zone;
    VerdictView {
        verdict,
        because: zone.tell(&verdict.because),
        status: StatusView(verdict.status),
        since: since(verdict.since, content),
        excepted: excepted(verdict, content, &rows.exceptions),
        facts: own.map(|fact| fact_view(fact, content)).collect(),
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
fn span(zone: &Zone, from: Time, end: Time) -> String {
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
