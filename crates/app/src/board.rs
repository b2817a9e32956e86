//! The board: every control at a glance, the three things to do next, what changed this week.

use crate::{App, Caller, Problem, assessment::body, devices::AGENT};
use closedset_catalogue::{
    Check, Control, ControlStatus, Fitting, SourcedFact, SubjectFacts, Tally,
};
use closedset_core::{
    Action, Duration, Status, Subject, SubjectKind,
    fact::{FactRecord, device::OperatingSystem},
    id::{Id, Organisation},
};
use closedset_store::{
    Tx,
    devices::{self, DeviceRow},
    evidence::{self, AttestationRow, DocumentRow},
    facts, tasks,
    verdicts::{self, VerdictRow},
};
use std::collections::BTreeMap;

/// How many subjects of one check are shown on a control's page.
const SUBJECT_LIMIT: i64 = 100;
/// How many of the latest intervals are looked through for turns.
const TURN_LIMIT: i64 = 200;

/// One control with its status.
#[derive(Debug, Clone)]
pub struct ControlOnBoard {
    /// The control's id.
    pub id: String,
    /// Its status and what decided it.
    pub status: ControlStatus,
}

/// One of the things to do next.
#[derive(Debug, Clone)]
pub struct NextStep {
    /// The control it serves.
    pub control: String,
    /// What to do, in a sentence.
    pub words: String,
    /// Its control's status.
    pub status: Status,
}

/// What the board shows.
#[derive(Debug, Clone)]
pub struct Board {
    /// Every control of the framework, in its order.
    pub controls: Vec<ControlOnBoard>,
    /// The most useful things to do, at most three.
    pub next: Vec<NextStep>,
    /// The verdicts that turned in the last seven days, newest first, with what they were before.
    pub turns: Vec<(VerdictRow, Status)>,
    /// Devices in force.
    pub devices: i64,
    /// The first device in force of which nobody said yet what it is, which decides what concerns it.
    pub to_confirm: Option<DeviceRow>,
    /// Open tasks, and how many of them are overdue.
    pub tasks: (i64, i64),
}

impl Board {
    /// How many controls have each status, from worst to best.
    pub fn counts(&self) -> BTreeMap<Status, i64> {
        let mut counts: BTreeMap<Status, i64> =
            Status::ALL.iter().map(|status| (*status, 0)).collect();
        for control in &self.controls {
            *counts.entry(control.status.status).or_default() += 1;
        }
        counts
    }
}

fn tallies<'c>(app: &'c App, rows: &[(String, Status, i64)]) -> BTreeMap<&'c str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (check, status, count) in rows {
        let Some(check) = app.catalogue().check(check) else { continue };
        let tally = tallies.entry(check.id.as_str()).or_default();
        let count = u64::try_from(*count).unwrap_or(0);
        match status {
            Status::Fail => tally.fail += count,
            Status::Unknown => tally.unknown += count,
            Status::Excepted => tally.excepted += count,
            Status::Pass => tally.pass += count,
            Status::NotApplicable => tally.not_applicable += count,
        }
    }
    tallies
}

/// Every control's status at the moment of the unit.
pub(crate) fn statuses(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<Vec<ControlOnBoard>, Problem> {
    let rows = verdicts::verdict_counts(tx, organisation)?;
    let tallies = tallies(app, &rows);
    let controls = app.catalogue().frameworks().iter().flat_map(|framework| &framework.controls);
    Ok(controls
        .map(|control| ControlOnBoard {
            id: control.id.clone(),
            status: app.catalogue().control_status(control, &tallies, None),
        })
        .collect())
}

/// The board.
pub async fn board(app: &App, caller: &Caller) -> Result<Board, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let since = app.now() - Duration::from_days(7);
    app.store()
        .read(move |tx| {
            let controls = statuses(tx, &unit_app, organisation)?;
            let devices = devices::device_count(tx, organisation)?;
            Ok(Board {
                next: next_steps(&controls, devices),
                controls,
                turns: verdicts::verdict_turns(tx, organisation, since, TURN_LIMIT)?,
                to_confirm: devices::device_to_confirm(tx, organisation)?,
                devices,
                tasks: tasks::task_counts(tx, organisation)?,
            })
        })
        .await
}

/// How the devices stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeviceTally {
    /// Devices in force.
    pub total: i64,
    /// Those of which no verdict fails or is unknown.
    pub good: i64,
    /// Those of which one fails.
    pub failing: i64,
    /// Those of which one is unknown and none fails.
    pub unknown: i64,
    /// Those not heard of for a day.
    pub silent: i64,
}

/// How the devices stand, in five figures.
pub async fn device_tally(app: &App, caller: &Caller) -> Result<DeviceTally, Problem> {
    caller.require(Action::BoardRead)?;
    let organisation = caller.organisation;
    let since = app.now() - Duration::from_days(1);
    app.store()
        .read(move |tx| {
            let [failing, unknown] = verdicts::verdict_wanting_devices(tx, organisation)?;
            let total = devices::device_count(tx, organisation)?;
            Ok(DeviceTally {
                total,
                good: total - failing - unknown,
                failing,
                unknown,
                silent: devices::device_count_silent(tx, organisation, since)?,
            })
        })
        .await
}

/// Failing controls first, then those that are unknown; enrolling a computer, which answers many at
/// once, before all while there is none.
fn next_steps(controls: &[ControlOnBoard], devices: i64) -> Vec<NextStep> {
    let mut steps = Vec::new();
    if devices == 0 {
        steps.push(NextStep {
            control: "IS-7".into(),
            words: "Enrol your first computer: it answers the device controls by itself.".into(),
            status: Status::Unknown,
        });
    }
    for wanted in [Status::Fail, Status::Unknown] {
        for control in controls.iter().filter(|control| control.status.status == wanted) {
            let Some(words) = control.status.to_do.clone() else { continue };
            if steps.len() < 3 && !steps.iter().any(|step| step.words == words) {
                steps.push(NextStep { control: control.id.clone(), words, status: wanted });
            }
        }
    }
    steps
}

/// One check of a control with the subjects it was asked of, worst first.
#[derive(Debug, Clone)]
pub struct CheckDetail {
    /// The check.
    pub check: Check,
    /// Verdicts in force, worst first, at most a hundred.
    pub verdicts: Vec<VerdictRow>,
    /// The names of the devices among the subjects.
    pub names: BTreeMap<Subject, String>,
    /// The commands that mend it on those that fail, chosen by what each says of itself.
    pub fixes: BTreeMap<Subject, String>,
}

/// Everything about one control.
#[derive(Debug, Clone)]
pub struct ControlDetail {
    /// The control.
    pub control: Control,
    /// Its status and what decided it.
    pub status: ControlStatus,
    /// Its checks, that of the evidence last.
    pub checks: Vec<CheckDetail>,
    /// Documents given for it.
    pub documents: Vec<DocumentRow>,
    /// Attestations given for it.
    pub attestations: Vec<AttestationRow>,
    /// What its verdicts were in the last year, newest first, at most a hundred.
    pub history: Vec<VerdictRow>,
}

/// One control with its evidence and history.
pub async fn control_detail(
    app: &App,
    caller: &Caller,
    id: &str,
) -> Result<ControlDetail, Problem> {
    caller.require(Action::BoardRead)?;
    let control = app.catalogue().control(id).cloned().ok_or(Problem::NotFound("control"))?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let since = app.now() - Duration::from_days(366);
    app.store()
        .read(move |tx| {
            let catalogue = unit_app.catalogue();
            let mut checks: Vec<&Check> = catalogue.checks_of(&control.id).collect();
            checks.sort_by_key(|check| check.is_evidence);
            let mut rows = Vec::new();
            for check in &checks {
                rows.extend(verdicts::verdict_counts_of_check(tx, organisation, &check.id)?);
            }
            let status = catalogue.control_status(&control, &tallies(&unit_app, &rows), None);
            let mut details = Vec::new();
            let mut history = Vec::new();
            for check in checks {
                let verdicts =
                    verdicts::verdict_list_of_check(tx, organisation, &check.id, SUBJECT_LIMIT)?;
                let (mut names, mut fixes) = (BTreeMap::new(), BTreeMap::new());
                for verdict in &verdicts {
                    if verdict.status == Status::Fail
                        && let Some(fix) = fix(tx, organisation, check, &verdict.subject)?
                    {
                        fixes.insert(verdict.subject.clone(), fix);
                    }
                    if verdict.subject.kind == SubjectKind::Device
                        && let Ok(device) = verdict.subject.id.parse()
                        && let Some(device) = devices::device_by_id(tx, device)?
                    {
                        names.insert(verdict.subject.clone(), device.name);
                    }
                }
                history.extend(verdicts::verdict_history_of_check(
                    tx,
                    organisation,
                    &check.id,
                    since,
                    100,
                )?);
                details.push(CheckDetail { check: check.clone(), verdicts, names, fixes });
            }
            history.sort_by_key(|row| (std::cmp::Reverse(row.began_at), std::cmp::Reverse(row.id)));
            history.truncate(100);
            Ok(ControlDetail {
                documents: evidence::document_list_of_control(tx, organisation, &control.id)?,
                attestations: evidence::attestation_list_of_control(tx, organisation, &control.id)?,
                control: control.clone(),
                status,
                checks: details,
                history,
            })
        })
        .await
}

/// The commands that mend a check on one device, as far as its facts say what it is like.
fn fix(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &Check,
    subject: &Subject,
) -> Result<Option<String>, Problem> {
    let mut known = SubjectFacts::new();
    for kind in Fitting::KINDS {
        // The operating system always decides; the others only where the check is about them.
        let is_needed = kind == OperatingSystem::KIND || check.needs.iter().any(|one| one == kind);
        if !is_needed {
            continue;
        }
        if let Some(fact) = facts::fact_one(tx, organisation, subject, kind, AGENT)? {
            let body = body(&fact.body)?;
            known.put(kind, SourcedFact::new(AGENT, body, fact.digest, fact.collected_at));
        }
    }
    Ok(Fitting::of(&known).fix(check))
}
