//! The board: every control at a glance, the three things to do next, what changed this week. The
//! controls' own turns and their trend are `over_time`'s.

mod over_time;

pub use over_time::{ControlTurn, ControlTurns, OverTime, TrendPoint, control_turns, trend};
pub(crate) use over_time::{Stood, look_back};

use crate::{App, Caller, Problem, assessment::body, devices::AGENT, present::moment};
use closedset_catalogue::{
    Catalogue, Check, Control, ControlStatus, Fitting, SignedAnswer, SourcedFact, SubjectFacts,
    Tally,
};
use closedset_core::{
    Action, Duration, Status, Subject, SubjectKind, Time,
    exception::{ExceptionForm, Terms},
    fact::{FactRecord, device::OperatingSystem},
    id::{Id, Organisation},
};
use closedset_store::{
    Tx,
    devices::{self, DeviceRow},
    evidence::{self, AttestationRow, DocumentRow},
    exceptions::{self, ExceptionRow},
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
    /// The weeks before.
    pub over_time: OverTime,
    /// Devices in force.
    pub devices: i64,
    /// The first device in force of which nobody said yet what it is, which decides what concerns it.
    pub to_confirm: Option<DeviceRow>,
    /// Open tasks, and how many of them are overdue.
    pub tasks: (i64, i64),
}

/// How many controls have each status, from worst to best.
pub fn counts(controls: &[ControlOnBoard]) -> BTreeMap<Status, i64> {
    let mut counts: BTreeMap<Status, i64> = Status::ALL.iter().map(|status| (*status, 0)).collect();
    for control in controls {
        *counts.entry(control.status.status).or_default() += 1;
    }
    counts
}

fn tallies<'c>(
    catalogue: &'c Catalogue,
    rows: &[(String, Status, i64)],
) -> BTreeMap<&'c str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (check, status, count) in rows {
        let Some(check) = catalogue.check(check) else { continue };
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
    let signed = signed(tx, organisation, None)?;
    Ok(on_board(app, &verdicts::verdict_counts(tx, organisation)?, &signed))
}

/// Every control's status at a moment of the past.
pub(crate) fn statuses_as_of(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<Vec<ControlOnBoard>, Problem> {
    let signed = signed(tx, organisation, Some(at))?;
    Ok(on_board(app, &verdicts::verdict_counts_as_of(tx, organisation, at)?, &signed))
}

/// What people signed about controls as a whole, of those whose evidence rests on it.
type Signed = BTreeMap<String, SignedAnswer>;

fn signed(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Option<Time>,
) -> Result<Signed, Problem> {
    let rows = exceptions::exception_list_answering(tx, organisation, at)?;
    let answers = rows
        .into_iter()
        .filter_map(|row| Some((row.terms.control.clone(), signed_answer(&row.terms)?)));
    Ok(answers.collect())
}

/// What these terms answer about their control as a whole.
pub(crate) fn signed_answer(terms: &Terms) -> Option<SignedAnswer> {
    let reason = terms.reason.clone();
    match terms.form {
        _ if terms.check.is_some() => None,
        ExceptionForm::RiskAccepted => None,
        ExceptionForm::NotApplicable => Some(SignedAnswer::NotApplicable { reason }),
        ExceptionForm::NoneExists => Some(SignedAnswer::None { reason }),
    }
}

/// Every control's status by how many verdicts of each status its checks have.
fn on_board(app: &App, counts: &[(String, Status, i64)], signed: &Signed) -> Vec<ControlOnBoard> {
    let tallies = tallies(app.catalogue(), counts);
    let controls = app.catalogue().frameworks().iter().flat_map(|framework| &framework.controls);
    controls
        .map(|control| ControlOnBoard {
            id: control.id.clone(),
            status: app.catalogue().control_status(control, &tallies, signed.get(&control.id)),
        })
        .collect()
}

/// The board.
pub async fn board(app: &App, caller: &Caller) -> Result<Board, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let now = moment(tx, organisation, None)?;
            let controls = statuses(tx, &unit_app, organisation)?;
            let devices = devices::device_count(tx, organisation)?;
            Ok(Board {
                over_time: over_time::over_time(tx, &unit_app, organisation, now, &controls)?,
                next: next_steps(&controls, devices, unit_app.enrols_this_computer()),
                controls,
                turns: turns(tx, organisation, now)?,
                to_confirm: devices::device_to_confirm(tx, organisation)?,
                devices,
                tasks: tasks::task_counts(tx, organisation)?,
            })
        })
        .await
}

/// What turned in the seven days to `until`.
fn turns(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    until: Time,
) -> Result<Vec<(VerdictRow, Status)>, Problem> {
    let since = until - Duration::from_days(7);
    Ok(verdicts::verdict_turns(tx, organisation, since, until, TURN_LIMIT)?)
}

/// The board as it stood at a time of the past: what had been recorded by then, and what had expired
/// by then. Controls and checks are those of the present catalogue.
#[derive(Debug, Clone)]
pub struct PastBoard {
    /// Every control of the framework, in its order.
    pub controls: Vec<ControlOnBoard>,
    /// The verdicts that turned in the seven days before, newest first, with what they were before.
    pub turns: Vec<(VerdictRow, Status)>,
    /// How the devices stood; which of them were silent is not kept.
    pub devices: DeviceTally,
}

/// The board as of `at`.
pub async fn board_as_of(app: &App, caller: &Caller, at: Time) -> Result<PastBoard, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            moment(tx, organisation, Some(at))?;
            let counts = verdicts::verdict_counts_as_of(tx, organisation, at)?;
            let [failing, unknown] = verdicts::verdict_wanting_devices_as_of(tx, organisation, at)?;
            let total = devices::device_count_as_of(tx, organisation, at)?;
            let good = total - failing - unknown;
            Ok(PastBoard {
                controls: on_board(&unit_app, &counts, &signed(tx, organisation, Some(at))?),
                turns: turns(tx, organisation, at)?,
                devices: DeviceTally { total, good, failing, unknown, silent: 0 },
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
    app.store()
        .read(move |tx| {
            let since = moment(tx, organisation, None)? - Duration::from_days(1);
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
fn next_steps(controls: &[ControlOnBoard], devices: i64, enrols_itself: bool) -> Vec<NextStep> {
    let mut steps = Vec::new();
    if devices == 0 {
        steps.push(NextStep {
            control: "IS-7".into(),
            words: if enrols_itself {
                "Wait a few seconds: this computer enrols itself and answers the device controls."
            } else {
                "Enrol your first computer: it answers the device controls by itself."
            }
            .into(),
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
    /// How many verdicts in force it has of each status; one that is missing has none.
    pub counts: BTreeMap<Status, i64>,
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
    /// What was signed or asked to be signed about it and its checks, newest first.
    pub exceptions: Vec<ExceptionRow>,
    /// What its verdicts were in the last year, newest first, at most a hundred.
    pub history: Vec<VerdictRow>,
    /// The devices that the history and the exceptions are about, also those revoked since.
    pub devices: BTreeMap<Subject, DeviceRow>,
}

/// One control with its evidence and history.
pub async fn control_detail(
    app: &App,
    caller: &Caller,
    id: &str,
) -> Result<ControlDetail, Problem> {
    control_at(app, caller, id, None).await
}

/// One control as it stood at a time of the past, without commands that mend it.
pub async fn control_detail_as_of(
    app: &App,
    caller: &Caller,
    id: &str,
    at: Time,
) -> Result<ControlDetail, Problem> {
    control_at(app, caller, id, Some(at)).await
}

/// One control, now or at a time of the past.
async fn control_at(
    app: &App,
    caller: &Caller,
    id: &str,
    at: Option<Time>,
) -> Result<ControlDetail, Problem> {
    caller.require(Action::BoardRead)?;
    let control = app.catalogue().control(id).cloned().ok_or(Problem::NotFound("control"))?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let until = moment(tx, organisation, at)?;
            let year = (until - Duration::from_days(366), until);
            let catalogue = &*unit_app.catalogue_of(tx, organisation)?;
            let mut checks: Vec<&Check> = catalogue.checks_of(&control.id).collect();
            checks.sort_by_key(|check| check.is_evidence);
            let rows = match at {
                Some(at) => verdicts::verdict_counts_as_of(tx, organisation, at)?,
                None => {
                    let mut rows = Vec::new();
                    for check in &checks {
                        rows.extend(verdicts::verdict_counts_of_check(
                            tx,
                            organisation,
                            &check.id,
                        )?);
                    }
                    rows
                }
            };
            let signed = signed(tx, organisation, at)?;
            let status = catalogue.control_status(
                &control,
                &tallies(catalogue, &rows),
                signed.get(&control.id),
            );
            let mut details = Vec::new();
            let mut history = Vec::new();
            for check in checks {
                details.push(check_detail(tx, organisation, check, &rows, at)?);
                history.extend(verdicts::verdict_history_of_check(
                    tx,
                    organisation,
                    &check.id,
                    year,
                    100,
                )?);
            }
            history.sort_by_key(|row| (std::cmp::Reverse(row.began_at), std::cmp::Reverse(row.id)));
            history.truncate(100);
            let exceptions = match at {
                Some(at) => {
                    exceptions::exception_list_of_control_as_of(tx, organisation, &control.id, at)?
                }
                None => exceptions::exception_list_of_control(tx, organisation, &control.id)?,
            };
            let mut devices = BTreeMap::new();
            let named = exceptions.iter().filter_map(|row| row.terms.subject.as_ref());
            for subject in history.iter().map(|row| &row.subject).chain(named) {
                if !devices.contains_key(subject)
                    && let Some(device) = device_of(tx, subject)?
                {
                    devices.insert(subject.clone(), device);
                }
            }
            let (documents, attestations) = given(tx, organisation, &control.id, at)?;
            Ok(ControlDetail {
                documents,
                attestations,
                control: control.clone(),
                status,
                checks: details,
                exceptions,
                history,
                devices,
            })
        })
        .await
}

/// One check with its verdicts, now or at a time of the past.
fn check_detail(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &Check,
    counts: &[(String, Status, i64)],
    at: Option<Time>,
) -> Result<CheckDetail, Problem> {
    let verdicts = match at {
        Some(at) => {
            verdicts::verdict_list_of_check_as_of(tx, organisation, &check.id, at, SUBJECT_LIMIT)?
        }
        None => verdicts::verdict_list_of_check(tx, organisation, &check.id, SUBJECT_LIMIT)?,
    };
    let (mut names, mut fixes) = (BTreeMap::new(), BTreeMap::new());
    for verdict in &verdicts {
        if at.is_none()
            && verdict.status == Status::Fail
            && let Some(fix) = fix(tx, organisation, check, &verdict.subject)?
        {
            fixes.insert(verdict.subject.clone(), fix);
        }
        if let Some(device) = device_of(tx, &verdict.subject)? {
            names.insert(verdict.subject.clone(), device.name);
        }
    }
    let counts = counts
        .iter()
        .filter(|(counted, ..)| *counted == check.id)
        .map(|(_, status, count)| (*status, *count))
        .collect();
    Ok(CheckDetail { check: check.clone(), counts, verdicts, names, fixes })
}

/// The device that a subject is, also one that was revoked.
fn device_of(tx: &mut Tx<'_>, subject: &Subject) -> Result<Option<DeviceRow>, Problem> {
    match subject.id.parse() {
        Ok(device) if subject.kind == SubjectKind::Device => Ok(devices::device_by_id(tx, device)?),
        _ => Ok(None),
    }
}

/// The evidence given for a control, now or by a time of the past.
fn given(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Option<Time>,
) -> Result<(Vec<DocumentRow>, Vec<AttestationRow>), Problem> {
    Ok(match at {
        Some(at) => (
            evidence::document_list_of_control_as_of(tx, organisation, control, at)?,
            evidence::attestation_list_of_control_as_of(tx, organisation, control, at)?,
        ),
        None => (
            evidence::document_list_of_control(tx, organisation, control)?,
            evidence::attestation_list_of_control(tx, organisation, control)?,
        ),
    })
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

#[cfg(test)]
mod tests {
    use super::next_steps;

    #[test]
    fn the_first_computer_is_waited_for_where_it_enrols_itself() {
        assert!(next_steps(&[], 0, false)[0].words.starts_with("Enrol your first computer"));
        assert!(next_steps(&[], 0, true)[0].words.starts_with("Wait a few seconds"));
        assert!(next_steps(&[], 1, true).is_empty());
    }
}
