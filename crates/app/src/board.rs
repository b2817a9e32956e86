//! The board: every control at a glance, the three things to do next, what changed this week. The
//! controls' own turns and their trend are `over_time`'s.

mod over_time;

pub use over_time::{ControlTurn, ControlTurns, OverTime, TrendPoint, control_turns, trend};
pub(crate) use over_time::{Stood, look_back};

use crate::{App, Caller, Problem, assessment::body, devices::AGENT, frameworks, present::moment};
use closedset_catalogue::{
    Catalogue, Check, Control, ControlStatus, EvidenceRole, Fitting, SignedAnswer, SourcedFact,
    SubjectFacts, Tally,
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
use std::collections::{BTreeMap, BTreeSet};

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
    /// It is done where computers are enrolled.
    pub is_enrolment: bool,
}

/// A framework that is answered, as far as a board of another one tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameworkOnBoard {
    /// Its id.
    pub id: String,
    /// How many of its controls have each status, from worst to best.
    pub counts: BTreeMap<Status, i64>,
}

/// What the board of one framework shows.
#[derive(Debug, Clone)]
pub struct Board {
    /// The framework's id.
    pub framework: String,
    /// Every framework that is answered, this one too, in the order of the choice.
    pub frameworks: Vec<FrameworkOnBoard>,
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

/// Counts as unknown each computer of which a check has said nothing yet: between a choice of frameworks, or another
/// catalogue, and their assessment some are judged and some are not. `checks` are asked now, `rows` is what they say.
fn count_unassessed<'c>(
    tx: &mut Tx<'_>,
    checks: impl Iterator<Item = &'c Check>,
    organisation: Id<Organisation>,
    rows: &mut Vec<(String, Status, i64)>,
) -> Result<(), Problem> {
    let devices = devices::device_count(tx, organisation)?;
    let mut said: BTreeMap<&str, i64> = BTreeMap::new();
    for (check, _, count) in rows.iter() {
        *said.entry(check).or_default() += count;
    }
    let of_devices = checks.filter(|check| check.over == SubjectKind::Device);
    let unsaid: Vec<(String, i64)> = of_devices
        .map(|check| (check.id.clone(), devices - said.get(&*check.id).copied().unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect();
    for (check, count) in unsaid {
        let is_its = |row: &&mut (String, Status, i64)| row.0 == check && row.1 == Status::Unknown;
        match rows.iter_mut().find(is_its) {
            Some((.., unknown)) => *unknown += count,
            None => rows.push((check, Status::Unknown, count)),
        }
    }
    Ok(())
}

/// Of these controls, those of one framework.
pub(crate) fn of_framework(
    catalogue: &Catalogue,
    controls: &[ControlOnBoard],
    framework: &str,
) -> Vec<ControlOnBoard> {
    let is_its = |one: &&ControlOnBoard| {
        catalogue.control(&one.id).is_some_and(|control| control.framework == framework)
    };
    controls.iter().filter(is_its).cloned().collect()
}

fn frameworks_on_board(
    catalogue: &Catalogue,
    controls: &[ControlOnBoard],
) -> Vec<FrameworkOnBoard> {
    let one = |id: &String| FrameworkOnBoard {
        id: id.clone(),
        counts: counts(&of_framework(catalogue, controls, id)),
    };
    catalogue.chosen().map(|framework| one(&framework.id)).collect()
}

/// The status of every control of the frameworks that are chosen, at the moment of the unit.
pub(crate) fn statuses(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<Vec<ControlOnBoard>, Problem> {
    let signed = signed(tx, organisation, None)?;
    let catalogue = frameworks::in_force(tx, app, organisation, None)?;
    let mut counts = verdicts::verdict_counts(tx, organisation)?;
    count_unassessed(tx, catalogue.asked(), organisation, &mut counts)?;
    Ok(on_board(&catalogue, &counts, &signed))
}

/// The status of every control of the frameworks that were chosen at a moment of the past.
pub(crate) fn statuses_as_of(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    at: Time,
) -> Result<Vec<ControlOnBoard>, Problem> {
    let signed = signed(tx, organisation, Some(at))?;
    let catalogue = frameworks::in_force(tx, app, organisation, Some(at))?;
    Ok(on_board(&catalogue, &verdicts::verdict_counts_as_of(tx, organisation, at)?, &signed))
}

/// What people signed about controls as a whole, of those whose evidence rests on it.
pub(crate) type Signed = BTreeMap<String, SignedAnswer>;

pub(crate) fn signed(
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

/// The status of every control of the chosen frameworks, by how many verdicts of each status its checks have.
pub(crate) fn on_board(
    catalogue: &Catalogue,
    counts: &[(String, Status, i64)],
    signed: &Signed,
) -> Vec<ControlOnBoard> {
    let tallies = tallies(catalogue, counts);
    let controls = catalogue.chosen().flat_map(|framework| &framework.controls);
    controls
        .map(|control| ControlOnBoard {
            id: control.id.clone(),
            status: catalogue.control_status(control, &tallies, signed.get(&control.id)),
        })
        .collect()
}

/// The board of a framework that is answered, or of the first of them.
pub async fn board(app: &App, caller: &Caller, framework: Option<&str>) -> Result<Board, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let wanted = framework.map(str::to_owned);
    app.store()
        .read(move |tx| {
            let now = moment(tx, organisation, None)?;
            let catalogue = &*frameworks::in_force(tx, &unit_app, organisation, None)?;
            let framework = &frameworks::looked_at(catalogue, wanted.as_deref())?.id;
            let all = statuses(tx, &unit_app, organisation)?;
            let controls = of_framework(catalogue, &all, framework);
            let devices = devices::device_count(tx, organisation)?;
            let past = Looked { app: &unit_app, organisation, framework };
            let asked = &*unit_app.catalogue_of(tx, organisation)?;
            Ok(Board {
                over_time: over_time::over_time(tx, &past, now, &all)?,
                next: next_steps(catalogue, &controls, devices, unit_app.enrols_this_computer()),
                controls,
                turns: turns(tx, (asked, framework), organisation, now)?,
                to_confirm: devices::device_to_confirm(tx, organisation)?,
                devices,
                tasks: tasks::task_counts(tx, organisation)?,
                frameworks: frameworks_on_board(catalogue, &all),
                framework: framework.clone(),
            })
        })
        .await
}

/// Whose past is looked at.
#[derive(Clone, Copy)]
struct Looked<'a> {
    app: &'a App,
    organisation: Id<Organisation>,
    framework: &'a str,
}

/// What turned in the seven days to `until`, of the checks that stand beside the framework's controls.
fn turns(
    tx: &mut Tx<'_>,
    (catalogue, framework): (&Catalogue, &str),
    organisation: Id<Organisation>,
    until: Time,
) -> Result<Vec<(VerdictRow, Status)>, Problem> {
    let since = until - Duration::from_days(7);
    let controls = catalogue.framework(framework).map(|known| known.controls.as_slice());
    let ids: BTreeSet<&str> = controls
        .unwrap_or_default()
        .iter()
        .flat_map(|control| catalogue.checks_of(&control.id))
        .map(|check| check.id.as_str())
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    Ok(verdicts::verdict_turns(tx, organisation, &ids, (since, until), TURN_LIMIT)?)
}

/// The board as it stood at a time of the past: what had been recorded by then, and what had expired
/// by then. Frameworks are those that were chosen then, controls and checks those of the present catalogue.
#[derive(Debug, Clone)]
pub struct PastBoard {
    /// The framework's id.
    pub framework: String,
    /// Every framework that was answered then, this one too, in the order of the choice.
    pub frameworks: Vec<FrameworkOnBoard>,
    /// Every control of the framework, in its order.
    pub controls: Vec<ControlOnBoard>,
    /// The verdicts that turned in the seven days before, newest first, with what they were before.
    pub turns: Vec<(VerdictRow, Status)>,
    /// How the devices stood; which of them were silent is not kept.
    pub devices: DeviceTally,
}

/// The board as of `at`, of a framework that was answered then, or of the first of them.
pub async fn board_as_of(
    app: &App,
    caller: &Caller,
    framework: Option<&str>,
    at: Time,
) -> Result<PastBoard, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let wanted = framework.map(str::to_owned);
    app.store()
        .read(move |tx| {
            moment(tx, organisation, Some(at))?;
            let counts = verdicts::verdict_counts_as_of(tx, organisation, at)?;
            let [failing, unknown] = verdicts::verdict_wanting_devices_as_of(tx, organisation, at)?;
            let total = devices::device_count_as_of(tx, organisation, at)?;
            let good = total - failing - unknown;
            let catalogue = &*frameworks::in_force(tx, &unit_app, organisation, Some(at))?;
            let framework = &frameworks::looked_at(catalogue, wanted.as_deref())?.id;
            let all = on_board(catalogue, &counts, &signed(tx, organisation, Some(at))?);
            let asked = &*unit_app.catalogue_of(tx, organisation)?;
            Ok(PastBoard {
                controls: of_framework(catalogue, &all, framework),
                turns: turns(tx, (asked, framework), organisation, at)?,
                frameworks: frameworks_on_board(catalogue, &all),
                framework: framework.clone(),
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
fn next_steps(
    catalogue: &Catalogue,
    controls: &[ControlOnBoard],
    devices: i64,
    enrols_itself: bool,
) -> Vec<NextStep> {
    let mut steps = Vec::new();
    // A control that computers answer alone, or else any that they answer.
    let measured = |role| {
        let known = controls.iter().filter_map(|one| catalogue.control(&one.id));
        known.filter(move |one| one.is_technical && one.evidence == role).map(|one| &one.id)
    };
    let answered = measured(EvidenceRole::Instead).chain(measured(EvidenceRole::Also)).next();
    if devices == 0
        && let Some(control) = answered
    {
        steps.push(NextStep {
            control: control.clone(),
            words: if enrols_itself {
                "Wait a few seconds: this computer enrols itself and answers the device controls."
            } else {
                "Enrol your first computer: it answers the device controls by itself."
            }
            .into(),
            status: Status::Unknown,
            is_enrolment: true,
        });
    }
    for wanted in [Status::Fail, Status::Unknown] {
        for control in controls.iter().filter(|control| control.status.status == wanted) {
            let Some(words) = control.status.to_do.clone() else { continue };
            if steps.len() < 3 && !steps.iter().any(|step| step.words == words) {
                steps.push(NextStep {
                    control: control.id.clone(),
                    words,
                    status: wanted,
                    is_enrolment: false,
                });
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
    /// Its framework is chosen, or was at the time that is asked for. Otherwise nothing is asked here.
    pub is_answered: bool,
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
            let asked = &*frameworks::in_force(tx, &unit_app, organisation, at)?;
            let is_answered = asked.answers(&control.id);
            let mut all: Vec<&Check> = catalogue.checks_of(&control.id).collect();
            all.sort_by_key(|check| check.is_evidence);
            let is_asked = |check: &&Check| check.is_own || asked.asks(&check.id);
            let checks: Vec<&Check> = all.iter().copied().filter(is_asked).collect();
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
                    count_unassessed(tx, checks.iter().copied(), organisation, &mut rows)?;
                    rows
                }
            };
            let signed = signed(tx, organisation, at)?;
            let status = if is_answered {
                let tallies = tallies(catalogue, &rows);
                catalogue.control_status(&control, &tallies, signed.get(&control.id))
            } else {
                not_answered()
            };
            let mut details = Vec::new();
            let mut history = Vec::new();
            for check in &checks {
                let mut detail = check_detail(tx, organisation, check, &rows, at)?;
                // What another framework makes of it says nothing here.
                detail.check.is_beyond = !check.is_evidence && !control.counts(check);
                details.push(detail);
            }
            for check in &all {
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
            let mut exceptions = excepted(tx, organisation, &control.id, at)?;
            // Those about checks that other controls share with it stand under theirs.
            for check in all.iter().filter(|check| check.control != control.id) {
                let of_check = |row: &ExceptionRow| row.terms.check.as_deref() == Some(&*check.id);
                let rows = excepted(tx, organisation, &check.control, at)?;
                exceptions.extend(rows.into_iter().filter(of_check));
            }
            exceptions.sort_by_key(|row| std::cmp::Reverse(row.id));
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
                is_answered,
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

/// The status of a control that nobody asks about.
fn not_answered() -> ControlStatus {
    ControlStatus {
        status: Status::Unknown,
        because: "its framework is not chosen, so that nothing is asked".to_owned(),
        to_do: None,
        deciding: Vec::new(),
    }
}

/// The exceptions under a control, now or as they stood at a time of the past.
fn excepted(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Option<Time>,
) -> Result<Vec<ExceptionRow>, Problem> {
    Ok(match at {
        Some(at) => exceptions::exception_list_of_control_as_of(tx, organisation, control, at)?,
        None => exceptions::exception_list_of_control(tx, organisation, control)?,
    })
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
    use super::*;

    #[test]
    fn the_first_computer_is_waited_for_where_it_enrols_itself() {
        let catalogue = Catalogue::embedded().unwrap();
        let controls: Vec<_> = on_board(&catalogue, &[], &Signed::new());
        let minimum = of_framework(&catalogue, &controls, "netflix-minimum");
        let first = |devices, itself| next_steps(&catalogue, &minimum, devices, itself).remove(0);
        assert!(first(0, false).words.starts_with("Enrol your first computer"));
        assert!(first(0, true).words.starts_with("Wait a few seconds"));
        assert_eq!((first(0, true).control.as_str(), first(0, true).is_enrolment), ("IS-7", true));
        assert!(!first(1, true).is_enrolment);
    }
}
