//! How the controls stood over time: the trend of the last weeks, and which controls turned on which day,
//! by what.
//!
//! Both are asked of the verdicts' intervals, as the board of the past is, for the last moments of days where
//! the facility is. Where the controls stood then does not change any more, once nothing is due from before; it
//! is remembered, so that a board that is looked at again asks for the present alone. Nothing is stored beside the intervals. Frameworks
//! are those that were chosen then, controls and checks those of the present catalogue.

use super::{ControlOnBoard, Looked, device_of, on_board, signed, signed_answer, statuses};
use crate::{App, Caller, Problem, days::zone_of, frameworks, present::moment};
use closedset_catalogue::{Check, SignedAnswer};
use closedset_core::{
    Action, Duration, Status, Time,
    id::{Id, Organisation},
};
use closedset_store::{
    Tx, devices, exceptions, facts, organisations,
    verdicts::{self, First, VerdictRow},
};
use jiff::{Span, civil::Weekday, tz::TimeZone};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How far the board looks back for its trend: eleven Sundays, and the present.
const WEEKS: Duration = Duration::from_days(77);
/// How far the board looks back for turns.
const DAYS: Duration = Duration::from_days(7);
/// A trend is of a year at most.
const WEEKS_LIMIT: Duration = Duration::from_days(366);
/// Turns are told of a month at most.
const DAYS_LIMIT: Duration = Duration::from_days(31);
/// How many of the intervals that began in a day are looked through for what turned a control.
const LOOKED_THROUGH: i64 = 50;

/// How many controls stood where at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendPoint {
    /// The moment.
    pub at: Time,
    /// How many controls had each status, from worst to best.
    pub counts: BTreeMap<Status, i64>,
}

/// A control that stood otherwise at the end of a day than at its beginning.
#[derive(Debug, Clone)]
pub struct ControlTurn {
    /// The control.
    pub control: String,
    /// Where it stood when the day began.
    pub was: Status,
    /// Where it stood when the day ended.
    pub is: Status,
    /// The last moment before the day.
    pub after: Time,
    /// The last moment of the day, or the present.
    pub until: Time,
    /// The verdict that turned it, as far as one did: a control may also turn because a computer left.
    pub turned_by: Option<VerdictRow>,
    /// The name of the computer that this verdict is about, also of one that was revoked since.
    pub device: Option<String>,
}

/// The turns of controls since the end of a day.
#[derive(Debug, Clone)]
pub struct ControlTurns {
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Time,
    /// The turns, newest day first.
    pub turns: Vec<ControlTurn>,
}

/// What the board tells of the time before it.
#[derive(Debug, Clone)]
pub struct OverTime {
    /// At the ends of the Sundays before and now, the oldest first; nothing from before there was an organisation.
    pub trend: Vec<TrendPoint>,
    /// The controls that turned today and in the seven days before.
    pub changed: ControlTurns,
}

/// Where each control stood, in the catalogue's order.
pub(crate) type Stood = Arc<Vec<(String, Status)>>;

/// What stood at several moments.
type Standings = BTreeMap<Time, Stood>;

/// What the board of the present tells of the time before; `controls` are all those of the present.
pub(super) fn over_time(
    tx: &mut Tx<'_>,
    looked: &Looked<'_>,
    now: Time,
    controls: &[ControlOnBoard],
) -> Result<OverTime, Problem> {
    let Looked { app, organisation, .. } = *looked;
    let (weeks, days) = boundaries(tx, organisation, now)?;
    let all: BTreeSet<Time> = weeks.iter().chain(&days).copied().collect();
    let mut known = standings(tx, app, organisation, &all)?;
    known.insert(now, stood(controls));
    Ok(OverTime {
        trend: points(looked, &known, weeks.iter().chain([&now])),
        changed: turns(tx, looked, &known, &[days, vec![now]].concat())?,
    })
}

/// The moments of which the board of `now` tells: of its trend, and of its turns.
fn boundaries(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    now: Time,
) -> Result<(Vec<Time>, Vec<Time>), Problem> {
    let weeks = week_ends(tx, organisation, (now - WEEKS, now))?;
    let days = day_ends(&zone_of(tx, organisation)?, (now - DAYS, now))?;
    Ok((weeks, days))
}

/// Has what the board tells of the past be remembered, so that nobody waits for it.
pub(crate) async fn look_back(app: &App) -> Result<(), Problem> {
    let unit_app = app.clone();
    let here = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(organisations::organisation_list(tx)?) })
        .await?;
    for row in here {
        let (organisation, unit_app) = (row.id, unit_app.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                let now = moment(tx, organisation, None)?;
                let (weeks, days) = boundaries(tx, organisation, now)?;
                let all = weeks.into_iter().chain(days).collect();
                standings(tx, &unit_app, organisation, &all)?;
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// How many controls stood where, at the last moment of each Sunday where the facility is, and at `to`; of
/// the eleven weeks before the present, if nothing is said. Of a framework that is answered, or of the first; of
/// moments at which it was not, nothing is told.
pub async fn trend(
    app: &App,
    caller: &Caller,
    framework: Option<&str>,
    from: Option<Time>,
    to: Option<Time>,
) -> Result<Vec<TrendPoint>, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let wanted = framework.map(str::to_owned);
    app.store()
        .read(move |tx| {
            let present = moment(tx, organisation, None)?;
            let catalogue = frameworks::in_force(tx, &unit_app, organisation, None)?;
            let framework = &frameworks::looked_at(&catalogue, wanted.as_deref())?.id;
            let to = to.unwrap_or(present);
            if to > present {
                let sentence = "Choose a time of the past; what will be is not known.";
                return Err(Problem::field("to", sentence));
            }
            let from = from.unwrap_or(to - WEEKS);
            if from > to {
                return Err(Problem::field("from", "A trend begins before it ends."));
            }
            if to.since(from) > WEEKS_LIMIT {
                return Err(Problem::field("from", "A trend is of a year at most."));
            }
            let weeks = week_ends(tx, organisation, (from, to))?;
            let mut known =
                standings(tx, &unit_app, organisation, &weeks.iter().copied().collect())?;
            let last = match to == present {
                true => statuses(tx, &unit_app, organisation)?,
                false => {
                    let counts = verdicts::verdict_counts_as_of(tx, organisation, to)?;
                    let then = frameworks::in_force(tx, &unit_app, organisation, Some(to))?;
                    on_board(&then, &counts, &signed(tx, organisation, Some(to))?)
                }
            };
            known.insert(to, stood(&last));
            let looked = Looked { app: &unit_app, organisation, framework };
            Ok(points(&looked, &known, weeks.iter().chain([&to])))
        })
        .await
}

/// Which controls turned, day by day where the facility is, from the day of `since` on, which is a week
/// ago if nothing is said. Of a framework that is answered, or of the first; that it was chosen or dropped is
/// no turn.
pub async fn control_turns(
    app: &App,
    caller: &Caller,
    framework: Option<&str>,
    since: Option<Time>,
) -> Result<ControlTurns, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let wanted = framework.map(str::to_owned);
    app.store()
        .read(move |tx| {
            let now = moment(tx, organisation, None)?;
            let catalogue = frameworks::in_force(tx, &unit_app, organisation, None)?;
            let framework = &frameworks::looked_at(&catalogue, wanted.as_deref())?.id;
            let since = since.unwrap_or(now - DAYS);
            if since > now {
                let sentence = "Choose a time of the past; what will be is not known.";
                return Err(Problem::field("since", sentence));
            }
            if now.since(since) > DAYS_LIMIT {
                return Err(Problem::field("since", "Changes are told of 31 days at most."));
            }
            let days = day_ends(&zone_of(tx, organisation)?, (since, now))?;
            let mut known =
                standings(tx, &unit_app, organisation, &days.iter().copied().collect())?;
            known.insert(now, stood(&statuses(tx, &unit_app, organisation)?));
            let looked = Looked { app: &unit_app, organisation, framework };
            turns(tx, &looked, &known, &[days, vec![now]].concat())
        })
        .await
}

/// The last moments of the days from that before the one of `from`, as far as they lie before `to`.
fn day_ends(zone: &TimeZone, (from, to): (Time, Time)) -> Result<Vec<Time>, Problem> {
    let mut day = from.timestamp().to_zoned(zone.clone()).date();
    let mut ends = Vec::new();
    loop {
        let midnight = day.to_zoned(zone.clone());
        let midnight =
            midnight.map_err(|error| Problem::fault("a midnight is not known", error))?;
        let end = Time::from_millis(midnight.timestamp().as_millisecond() - 1);
        if end >= to {
            return Ok(ends);
        }
        ends.push(end);
        day = day.saturating_add(Span::new().days(1));
    }
}

/// The last moments of the Sundays that lie from `from` to before `to`, and after there was an
/// organisation.
fn week_ends(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (from, to): (Time, Time),
) -> Result<Vec<Time>, Problem> {
    let began = organisations::organisation_by_id(tx, organisation)?.map(|row| row.created_at);
    let from = began.map_or(from, |began| from.max(began));
    let zone = zone_of(tx, organisation)?;
    let is_sunday = |at: &Time| {
        at.timestamp().to_zoned(zone.clone()).weekday() == Weekday::Sunday && *at >= from
    };
    Ok(day_ends(&zone, (from, to))?.into_iter().filter(is_sunday).collect())
}

fn stood(controls: &[ControlOnBoard]) -> Stood {
    Arc::new(controls.iter().map(|one| (one.id.clone(), one.status.status)).collect())
}

/// How every control stood at each moment: as remembered, or as the intervals say.
fn standings(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    moments: &BTreeSet<Time>,
) -> Result<Standings, Problem> {
    let mut known: Standings = moments
        .iter()
        .filter_map(|at| Some((*at, app.remembered_standing(organisation, *at)?)))
        .collect();
    let wanted: Vec<Time> = moments.iter().filter(|at| !known.contains_key(at)).copied().collect();
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Ok(known) };
    // Of each moment, what was chosen then.
    let mut chosen = BTreeMap::new();
    for at in &wanted {
        chosen.insert(*at, frameworks::in_force(tx, app, organisation, Some(*at))?);
    }
    let catalogues: BTreeMap<_, _> =
        chosen.values().map(|catalogue| (catalogue.digest(), catalogue)).collect();
    let checks: BTreeSet<&str> =
        catalogues.values().flat_map(|one| one.asked()).map(|check| check.id.as_str()).collect();
    let checks: Vec<&str> = checks.into_iter().collect();
    let mut said: BTreeMap<Time, Vec<(String, Status, i64)>> = BTreeMap::new();
    for (at, check, status) in verdicts::verdict_standings(tx, organisation, &checks, &wanted)? {
        // That there was one decides a status; how many there were decides only its words.
        said.entry(at).or_default().push((check, status, 1));
    }
    let mut answers = Vec::new();
    for (id, from, to) in exceptions::exception_answers(tx, organisation, (*first, *last))? {
        if let Some(row) = exceptions::exception_by_id(tx, organisation, id)?
            && let Some(answer) = signed_answer(&row.terms)
        {
            answers.push((row.terms.control, answer, from, to));
        }
    }
    // An expiry takes effect at its own instant, however late it is noticed: what is due may change what
    // stood then.
    let is_settled = devices::device_state_due(tx, *last, 1)?.is_empty()
        && facts::derivation_due(tx, *last, 1)?.is_empty();
    for at in &wanted {
        let in_force =
            answers.iter().filter(|(_, _, from, to)| from <= at && to.is_none_or(|to| *at < to));
        let signed: BTreeMap<String, SignedAnswer> =
            in_force.map(|(control, answer, ..)| (control.clone(), answer.clone())).collect();
        let counts = said.get(at).map_or(&[][..], Vec::as_slice);
        let Some(catalogue) = chosen.get(at) else { continue };
        let stood = stood(&on_board(catalogue, counts, &signed));
        if is_settled {
            app.remember_standing(organisation, *at, &stood);
        }
        known.insert(*at, stood);
    }
    Ok(known)
}

/// Of those that stood, the controls of the framework that is looked at.
fn own<'s>(looked: &Looked<'_>, stood: &'s Stood) -> impl Iterator<Item = &'s (String, Status)> {
    let catalogue = looked.app.catalogue();
    let framework = looked.framework;
    let is_its =
        move |id: &str| catalogue.control(id).is_some_and(|control| control.framework == framework);
    stood.iter().filter(move |(id, _)| is_its(id))
}

fn points<'t>(
    looked: &Looked<'_>,
    known: &Standings,
    moments: impl Iterator<Item = &'t Time>,
) -> Vec<TrendPoint> {
    let point = |at: &Time| {
        let mut counts: BTreeMap<Status, i64> =
            Status::ALL.iter().map(|status| (*status, 0)).collect();
        for (_, status) in own(looked, known.get(at)?) {
            *counts.entry(*status).or_default() += 1;
        }
        counts.values().any(|count| *count > 0).then_some(TrendPoint { at: *at, counts })
    };
    moments.filter_map(point).collect()
}

fn turns(
    tx: &mut Tx<'_>,
    looked: &Looked<'_>,
    known: &Standings,
    moments: &[Time],
) -> Result<ControlTurns, Problem> {
    let mut turns = Vec::new();
    for day in moments.windows(2) {
        let &[after, until] = day else { continue };
        let (Some(before), Some(then)) = (known.get(&after), known.get(&until)) else { continue };
        let before: BTreeMap<&str, Status> =
            own(looked, before).map(|(id, status)| (id.as_str(), *status)).collect();
        for (control, is) in own(looked, then) {
            let Some(was) = before.get(control.as_str()).filter(|was| *was != is) else { continue };
            let turned_by = turned_by(tx, looked, control, (*was, *is), (after, until))?;
            let device = match &turned_by {
                Some(row) => device_of(tx, &row.subject)?.map(|device| device.name),
                None => None,
            };
            let (control, was, is) = (control.clone(), *was, *is);
            turns.push(ControlTurn { control, was, is, after, until, turned_by, device });
        }
    }
    // The newest day first; of one day, the controls in their order.
    turns.sort_by_key(|turn| Reverse(turn.until));
    let since = moments.first().copied().unwrap_or_default();
    let until = moments.last().copied().unwrap_or_default();
    Ok(ControlTurns { since, until, turns })
}

/// The verdict that turned a control: the first that was as bad as the control became, or the last that
/// stopped being as bad as it was.
fn turned_by(
    tx: &mut Tx<'_>,
    looked: &Looked<'_>,
    control: &str,
    (was, is): (Status, Status),
    day: (Time, Time),
) -> Result<Option<VerdictRow>, Problem> {
    let first = if is < was { First::Earliest } else { First::Latest };
    let mut found: Option<VerdictRow> = None;
    let Looked { app, organisation, .. } = *looked;
    let known = app.catalogue().control(control);
    let counts =
        |check: &&Check| check.is_evidence || known.is_some_and(|control| control.counts(check));
    for check in app.catalogue().checks_of(control).filter(counts) {
        let asked = (check.id.as_str(), is);
        let began = verdicts::verdict_began(tx, organisation, asked, day, first, LOOKED_THROUGH)?;
        let fits = |(row, before): (VerdictRow, Option<Status>)| {
            (first == First::Earliest || before == Some(was)).then_some(row)
        };
        for row in began.into_iter().filter_map(fits) {
            let is_nearer = found.as_ref().is_none_or(|found| match first {
                First::Earliest => row.began_at < found.began_at,
                First::Latest => row.began_at > found.began_at,
            });
            if is_nearer {
                found = Some(row);
            }
        }
    }
    Ok(found)
}
