//! What the page's template is given.

use super::{Content, excerpt::Excerpt};
use crate::{
    manifest::{attestation_path, fact_path},
    rows::{
        AGENT_SOURCE, AttestationRow, Check, Control, DocumentRow, FactRow, Heading, Interval,
        LeftOut, VerdictRow,
    },
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_core::{Digest, Status, Time};
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
    period: String,
    made_at: String,
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
struct Tally {
    status: StatusView,
    count: usize,
}

#[derive(Debug)]
struct Area<'a> {
    name: &'a str,
    controls: Vec<ControlView<'a>>,
}

#[derive(Debug)]
struct ControlView<'a> {
    control: &'a Control,
    status: StatusView,
    checks: Vec<CheckView<'a>>,
    documents: Vec<DocumentView<'a>>,
    attestations: Vec<AttestationView<'a>>,
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
    status: StatusView,
    since: Option<String>,
    fresh_until: Option<String>,
    facts: Vec<FactView<'a>>,
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
            revoked_at: row.revoked_at.map(moment),
        });
        Self {
            heading,
            period: span(heading.scope.from, heading.scope.to),
            made_at: moment(heading.made_at),
            key: &input.log.key,
            origin: &input.log.origin,
            fingerprint: grouped(&Digest::of(input.log.key.as_bytes()).to_string()),
            file_name: format!("{}.zip", heading.pack),
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
    let mut areas: Vec<Area<'a>> = Vec::new();
    for control in &content.input.controls {
        let view = control_view(control, content, &verdicts, &facts);
        match areas.iter_mut().find(|area| area.name == control.area) {
            Some(area) => area.controls.push(view),
            None => areas.push(Area { name: &control.area, controls: vec![view] }),
        }
    }
    areas
}

fn control_view<'a>(
    control: &'a Control,
    content: &Content<'a>,
    verdicts: &BTreeMap<&str, Vec<&'a VerdictRow>>,
    facts: &BTreeMap<Digest, Vec<&'a FactRow>>,
) -> ControlView<'a> {
    let checks = control.checks.iter().map(|check| {
        let mut rows = verdicts.get(check.id.as_str()).cloned().unwrap_or_default();
        rows.sort_by(|a, b| (a.status, &a.subject_name).cmp(&(b.status, &b.subject_name)));
        let more = rows.len().saturating_sub(VERDICT_LIMIT);
        rows.truncate(VERDICT_LIMIT);
        let is_long = rows.len() > FOLD_FROM;
        let (folded, shown): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .map(|verdict| verdict_view(verdict, content, facts))
            .partition(|view| is_long && view.verdict.status >= Status::Pass);
        CheckView { check, shown, folded, more }
    });
    let documents = content.documents.iter().filter(|row| row.control == control.id);
    let attestations = content.attestations.iter().filter(|row| row.control == control.id);
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
        documents: documents.map(document_view).collect(),
        attestations: attestations.map(|row| attestation_view(row, content)).collect(),
        changes: history.into_iter().map(change).collect(),
        more_changes,
    }
}

fn verdict_view<'a>(
    verdict: &'a VerdictRow,
    content: &Content<'a>,
    facts: &BTreeMap<Digest, Vec<&'a FactRow>>,
) -> VerdictView<'a> {
    let own = verdict.facts.iter().filter_map(|digest| {
        let rows = facts.get(digest)?;
        let own = rows.iter().filter(|row| row.subject == verdict.subject);
        own.max_by_key(|row| row.collected_at).or(rows.first()).copied()
    });
    VerdictView {
        verdict,
        status: StatusView(verdict.status),
        since: verdict.since.map(moment),
        fresh_until: verdict.fresh_until.map(moment),
        facts: own.map(|fact| fact_view(fact, content)).collect(),
    }
}

fn fact_view<'a>(fact: &'a FactRow, content: &Content<'a>) -> FactView<'a> {
    let said_by = if fact.source == AGENT_SOURCE {
        "signed by the device itself".to_owned()
    } else {
        format!("recorded by {}", fact.source)
    };
    FactView {
        fact,
        path: fact_path(fact.digest),
        collected_at: moment(fact.collected_at),
        confirmed_at: fact.confirmed_at.map(moment),
        said_by,
        digest: fact.digest.short(),
        excerpt: match fact.left_out {
            Some(_) => Excerpt::default(),
            None => content.excerpts.fact(fact.digest),
        },
    }
}

fn document_view(document: &DocumentRow) -> DocumentView<'_> {
    DocumentView {
        document,
        given_at: moment(document.given_at),
        valid: validity(document.valid_from, document.valid_to, document.withdrawn_at),
        size: size(document.size),
        digest: document.digest.short(),
    }
}

fn attestation_view<'a>(
    attestation: &'a AttestationRow,
    content: &Content<'a>,
) -> AttestationView<'a> {
    AttestationView {
        attestation,
        path: attestation_path(attestation.digest),
        text: content.excerpts.text(attestation.digest),
        signed_at: moment(attestation.signed_at),
        valid: validity(attestation.valid_from, attestation.valid_to, attestation.withdrawn_at),
        digest: attestation.digest.short(),
    }
}

fn change(interval: &Interval) -> Change<'_> {
    Change {
        interval,
        status: StatusView(interval.status),
        from: moment(interval.from),
        to: interval.to.map(moment),
    }
}

fn moment(time: Time) -> String {
    time.timestamp().strftime("%-d %b %Y, %H:%M UTC").to_string()
}

fn span(from: Time, to: Time) -> String {
    let day = |time: Time| time.timestamp().strftime("%-d %b %Y").to_string();
    format!("{} to {}", day(from), day(to))
}

fn validity(from: Time, to: Time, withdrawn_at: Option<Time>) -> String {
    match withdrawn_at {
        Some(at) => format!("{}, withdrawn {}", span(from, to), moment(at)),
        None => span(from, to),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
