//! Verdicts against the facts they name, controls against their verdicts, and all of them against a
//! catalogue if the verifier brings one.

use super::{
    Finding,
    FindingKind::*,
    KnownFact, Recompute, Report, VerifyOptions,
    container::Contents,
    entries::{Entries, text_of},
    evidence::{self, Facts},
    given,
    manifest::Opened,
};
use crate::{
    builder::Verdicts,
    manifest::{CONTROLS, DEVICES, VERDICTS, entry_path, fact_path},
    rows::{Check, Control, DeviceRow, FactRow, Interval, VerdictRow},
};
use closedset_core::{Digest, Status, Subject, SubjectKind, Time};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Checks verdicts and controls.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    entries: &Entries,
    facts: &Facts,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) {
    let controls: Vec<Control> = given::list(contents, CONTROLS, report).unwrap_or_default();
    let Some(given) = given::list::<Verdicts>(contents, VERDICTS, report) else {
        return;
    };
    report.counts.controls = controls.len() as u64;
    report.counts.verdicts = given.verdicts.len() as u64;
    let mut by_digest: BTreeMap<Digest, Vec<&FactRow>> = BTreeMap::new();
    for row in &facts.rows {
        by_digest.entry(row.digest).or_default().push(row);
    }
    let checks: BTreeMap<&str, &Check> = controls
        .iter()
        .flat_map(|control| &control.checks)
        .map(|check| (check.id.as_str(), check))
        .collect();
    let mut worst: BTreeMap<&str, Status> = BTreeMap::new();
    for verdict in &given.verdicts {
        if let Some(what) = verdict_fault(verdict, &checks, &by_digest) {
            let what = format!("{} about {}: {what}", verdict.check, verdict.subject);
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
        let is_claim = !matches!(verdict.status, Status::Fail | Status::Unknown);
        let check = checks.get(verdict.check.as_str());
        if is_claim && check.is_some_and(|check| facts.is_erased_under(verdict, check)) {
            let what = format!(
                "{} about {}: it is said to be {}, and what it rests on was erased",
                verdict.check, verdict.subject, verdict.status
            );
            report.add(Finding::new(NotProven, VERDICTS, what));
        }
        worst
            .entry(&verdict.check)
            .and_modify(|status| *status = status.worse(verdict.status))
            .or_insert(verdict.status);
    }
    check_devices(contents, &given, report);
    for control in &controls {
        if let Some(what) = control_fault(control, &worst) {
            let what = format!("{}: {what}", control.id);
            report.add(Finding::new(Contradiction, CONTROLS, what));
        }
    }
    for interval in &given.history {
        check_interval(interval, entries, report);
    }
    if let Some(catalogue) = options.recompute {
        let made = Remaking { catalogue, contents, made_at: opened.manifest.heading.made_at };
        made.verdicts(&facts.rows, &given.verdicts, &checks, report);
        made.controls(&controls, &given.verdicts, report);
        let framework = &opened.manifest.heading.scope.framework;
        for what in catalogue.differences(framework, &controls) {
            report.add(Finding::new(OtherCheck, CONTROLS, what));
        }
    }
}

/// Every device that was not sent away has a verdict, if any device has.
fn check_devices(contents: &Contents, given: &Verdicts, report: &mut Report) {
    // What cannot be understood in this list was reported before.
    let devices: Vec<DeviceRow> =
        given::list(contents, DEVICES, &mut Report::new()).unwrap_or_default();
    let judged: BTreeSet<&Subject> = given.verdicts.iter().map(|row| &row.subject).collect();
    if !judged.iter().any(|subject| subject.kind == SubjectKind::Device) {
        return;
    }
    for row in devices.iter().filter(|row| row.revoked_at.is_none()) {
        if !judged.contains(&Subject::device(row.id)) {
            let what = format!("nothing is said of the device {} ({})", row.name, row.id);
            report.add(Finding::new(Removed, VERDICTS, what));
        }
    }
}

fn verdict_fault(
    verdict: &VerdictRow,
    checks: &BTreeMap<&str, &Check>,
    facts: &BTreeMap<Digest, Vec<&FactRow>>,
) -> Option<String> {
    if !checks.contains_key(verdict.check.as_str()) {
        return Some("no control of the pack has this check".to_owned());
    }
    if verdict.status == Status::Pass && verdict.facts.is_empty() {
        return Some("it passes without any fact".to_owned());
    }
    verdict.facts.iter().find_map(|digest| match facts.get(digest) {
        None => Some(format!("it rests on the fact {digest}, which is not in the pack")),
        Some(rows) if !rows.iter().any(|row| evidence::is_about(row, &verdict.subject)) => {
            Some(format!("it rests on the fact {digest}, which is about something else"))
        }
        Some(_) => None,
    })
}

/// A control's status is the worst of those of its checks that count for it, so at least one of
/// them has it; unknown needs none, and that a control does not apply is signed for it as a whole.
/// Which checks count, only a catalogue knows: see [`super::Recompute::control`].
fn control_fault(control: &Control, worst: &BTreeMap<&str, Status>) -> Option<String> {
    let status = control.status;
    let mut said = control.checks.iter().filter_map(|check| worst.get(check.id.as_str()));
    match status {
        Status::Unknown | Status::NotApplicable => None,
        Status::Fail | Status::Excepted | Status::Pass => {
            let is_said = said.any(|worst| *worst == status);
            (!is_said).then(|| format!("it is said to be {status}, and none of its checks says so"))
        }
    }
}

fn check_interval(interval: &Interval, entries: &Entries, report: &mut Report) {
    let Some(index) = interval.entry else { return };
    let entry = entries.demand(index, (VERDICTS, &interval.check), report);
    let Some(body) = entry.and_then(|entry| entry.body.as_ref()) else {
        return;
    };
    let subject = interval.subject.to_string();
    let holds = body.get("verdicts").and_then(Value::as_array).into_iter().flatten().any(|one| {
        text_of(one, "check") == Some(&interval.check)
            && text_of(one, "subject") == Some(&subject)
            && text_of(one, "status") == Some(interval.status.as_str())
    });
    if !holds {
        let what = format!(
            "it does not hold that {} says {} about {subject}, as {VERDICTS} has it",
            interval.check, interval.status
        );
        report.add(Finding::new(Contradiction, entry_path(index), what));
    }
}

/// Everything made anew.
struct Remaking<'a> {
    catalogue: &'a dyn Recompute,
    contents: &'a Contents,
    made_at: Time,
}

impl Remaking<'_> {
    fn verdicts(
        &self,
        facts: &[FactRow],
        verdicts: &[VerdictRow],
        checks: &BTreeMap<&str, &Check>,
        report: &mut Report,
    ) {
        let mut bodies: BTreeMap<Digest, Value> = BTreeMap::new();
        let mut by_subject: BTreeMap<&Subject, Vec<&FactRow>> = BTreeMap::new();
        for row in facts {
            by_subject.entry(&row.subject).or_default().push(row);
            let bytes = self.contents.bytes(&fact_path(row.digest));
            if let Some(body) = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok()) {
                bodies.insert(row.digest, body);
            }
        }
        let status = |verdict: &VerdictRow, check: &Check| {
            let rows = by_subject.get(&verdict.subject).map_or(&[][..], Vec::as_slice);
            // A fact that the check needs and that was left out: the verdict cannot be made.
            let is_missing = |row: &&FactRow| {
                check.needs.contains(&row.kind) && !bodies.contains_key(&row.digest)
            };
            if rows.iter().any(is_missing) {
                return None;
            }
            let known: Vec<KnownFact<'_>> = rows
                .iter()
                .filter_map(|&row| Some(KnownFact { row, body: bodies.get(&row.digest)? }))
                .collect();
            self.catalogue.status(verdict, check, &known, self.made_at)
        };
        let mut said = BTreeSet::new();
        for verdict in verdicts {
            let Some(check) = checks.get(verdict.check.as_str()) else { continue };
            said.insert((verdict.check.as_str(), &verdict.subject));
            let status = status(verdict, check);
            report.counts.recomputed += u64::from(status == Some(verdict.status));
            if let Some(status) = status.filter(|status| *status != verdict.status) {
                let what = format!(
                    "{} about {}: the pack says {}, the catalogue says {status}",
                    verdict.check, verdict.subject, verdict.status
                );
                report.add(Finding::new(OtherVerdict, VERDICTS, what));
            }
        }
        // A verdict that was left out is as good as one that was changed.
        for (subject, rows) in &by_subject {
            for (id, check) in checks {
                if said.contains(&(*id, *subject)) || !self.catalogue.concerns(check, subject) {
                    continue;
                }
                let silent = VerdictRow {
                    check: check.id.clone(),
                    subject: (*subject).clone(),
                    subject_name: rows
                        .first()
                        .map(|row| row.subject_name.clone())
                        .unwrap_or_default(),
                    status: Status::Unknown,
                    because: String::new(),
                    facts: Vec::new(),
                    since: None,
                    fresh_until: None,
                };
                let status = status(&silent, check);
                if let Some(status @ (Status::Fail | Status::Unknown)) = status {
                    let what = format!(
                        "{id} about {subject}: the pack says nothing, the catalogue says {status}"
                    );
                    report.add(Finding::new(OtherVerdict, VERDICTS, what));
                }
            }
        }
    }

    fn controls(&self, controls: &[Control], verdicts: &[VerdictRow], report: &mut Report) {
        let mut by_check: BTreeMap<&str, Vec<&VerdictRow>> = BTreeMap::new();
        for verdict in verdicts {
            by_check.entry(&verdict.check).or_default().push(verdict);
        }
        for control in controls {
            let rows = control.checks.iter().filter_map(|check| by_check.get(check.id.as_str()));
            let rows: Vec<&VerdictRow> = rows.flatten().copied().collect();
            let status = self.catalogue.control(control, &rows);
            if let Some(status) = status.filter(|status| *status != control.status) {
                let what = format!(
                    "{}: the pack says {}, the catalogue says {status}",
                    control.id, control.status
                );
                report.add(Finding::new(OtherVerdict, CONTROLS, what));
            }
        }
    }
}
