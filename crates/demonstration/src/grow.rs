//! Lives through the story, day by day, by the use cases.

use crate::{
    clock::StoryClock,
    computer::{Computer, DeviceKeys},
    dice::Dice,
    error::{DemonstrationError, refused},
    facts::Condition,
    house::{PER_HOUSE, Seat, ZONE, seats},
    paper::{NOTES, PAPERS, RISKS, Risk, WORDS, file},
    roster::{Note, Roster, notes},
    sign_in::{self, SignIn},
    story::{Change, Turn, WORKING_MINUTES, by_day, turns},
};
use closedset_app::{
    App, Caller,
    devices::{self, Confirmed},
    evidence::{NewAttestation, NewDocument, attestation_sign, document_add},
    exceptions::{NewException, exception_ask},
    ledger,
    packs::{self, NewPack},
    sweep,
    tasks::{TaskState, TasksOf, task_done, task_list, task_take},
};
use closedset_core::{
    Clock as _, Duration, Randomness, Subject, Time,
    check_in::CheckIn,
    entry::Log,
    exception::ExceptionForm,
    fact::{FactKind, kinds},
    id::{Document, Id},
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// How many computers act at once.
const AT_ONCE: usize = 64;
/// Computers enrol over so many days.
const MOVING_IN: i64 = 21;

/// What is to be told, and how much of it.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What chance brings; the same seed brings the same.
    pub seed: u64,
    /// How many houses of 60 computers.
    pub scale: usize,
    /// How many days the story lasts, up to the present.
    pub days: i64,
}

impl Default for Plan {
    /// One house, for a year and some weeks.
    fn default() -> Self {
        Self { seed: 1, scale: 1, days: 400 }
    }
}

/// How far it is: days lived through, and days in all.
pub type Progress<'p> = &'p (dyn Fn(i64, i64) + Sync);

/// What a demonstration needs beside its plan.
#[derive(Clone, Copy)]
struct World<'w> {
    app: &'w App,
    plan: Plan,
    kinds: &'w [FactKind],
    keys: &'w DeviceKeys,
    caller: &'w Caller,
    begins: Time,
    ends: Time,
}

/// What a facility is grown in: an installation that was marked as a demonstration and is empty
/// otherwise.
pub struct Soil<'s> {
    /// The installation.
    pub app: &'s App,
    /// Its own clock.
    pub clock: &'s StoryClock,
    /// What its computers sign with.
    pub keys: &'s DeviceKeys,
    /// What opens its set-up.
    pub token: &'s str,
    /// Where passwords come from.
    pub randomness: &'s dyn Randomness,
}

/// Grows the facility. At the end the clock shows the real time.
pub async fn grow(
    soil: Soil<'_>,
    plan: Plan,
    progress: Progress<'_>,
) -> Result<SignIn, DemonstrationError> {
    let Soil { app, clock, keys, token, randomness } = soil;
    let ends = clock.real_now() - Duration::from_minutes(1);
    let begins = ends - Duration::from_days(plan.days);
    clock.set(begins);
    let (sign_in, caller) = sign_in::set_up(app, token, randomness).await?;
    let known = kinds();
    let world = World { app, plan, kinds: &known, keys, caller: &caller, begins, ends };
    let told = live(world, clock, progress).await;
    clock.let_go();
    told?;
    for log in [Log::Installation, Log::Organisation(caller.organisation)] {
        ledger::integrate(app, log).await.map_err(refused("building the ledger's tree"))?;
    }
    Ok(sign_in)
}

/// Something that people do at a time.
enum Deed {
    Enrol(Seat),
    Paper { paper: usize, version: usize, days: i64 },
    Word { word: usize, days: i64 },
    Risk(&'static Risk),
    CloseTask(&'static str, &'static str),
    Revoke(&'static str, &'static str),
    Pack { from: i64 },
    Note(Note),
}

async fn live(
    world: World<'_>,
    clock: &StoryClock,
    progress: Progress<'_>,
) -> Result<(), DemonstrationError> {
    let seats = seats(world.plan.scale.max(1));
    let mut deeds = deeds(&world, &seats).into_iter().peekable();
    let mut turns =
        turns(&seats, Dice(world.plan.seed), world.begins, world.ends).into_iter().peekable();
    let mut computers: Vec<Option<Computer>> = seats.iter().map(|_| None).collect();
    let (mut documents, mut roster) = (BTreeMap::new(), Roster::default());
    let zone = TimeZone::get(ZONE).map_err(|_| DemonstrationError::Lacks("its time zone"))?;
    let mut hour = world.begins + Duration::from_hours(1);
    while hour <= world.ends {
        // The last hour may be a short one, and a log does not go back.
        clock.set(hour);
        let mut enrolled = Vec::new();
        while let Some((_, deed)) = deeds.next_if(|(at, _)| *at <= hour) {
            match deed {
                Deed::Enrol(seat) => enrolled.push(seat),
                Deed::Note(note) => {
                    roster.write(world.app, world.caller, (note, world.ends)).await?;
                }
                deed => act(&world, &deed, &mut computers, &mut documents).await?,
            }
        }
        move_in(&world, clock, enrolled, &mut computers).await?;
        let mut new: BTreeMap<usize, Vec<Turn>> = BTreeMap::new();
        while let Some(turn) = turns.next_if(|turn| turn.at <= hour) {
            new.entry(turn.seat).or_default().push(turn);
        }
        let local = hour.timestamp().to_zoned(zone.clone());
        let said = said(&world, &mut computers, new, i64::from(local.hour()), hour)?;
        check_in(world.app, said).await?;
        if local.hour() % 6 == 5 {
            sweep::sweep(world.app).await.map_err(refused("what falls due"))?;
        }
        if local.hour() == 0 {
            progress(hour.since(world.begins).seconds() / 86_400, world.plan.days);
        }
        hour = match hour + Duration::from_hours(1) {
            next if next > world.ends && hour < world.ends => world.ends,
            next => next,
        };
    }
    // Everybody who is there has just reported.
    let mut last = Vec::new();
    for computer in computers.iter_mut().flatten().filter(|computer| computer.is_on) {
        last.push(computer.unchanged(world.ends));
    }
    check_in(world.app, last).await?;
    sweep::sweep(world.app).await.map_err(refused("what falls due"))?;
    // The most urgent task is somebody's; the others wait for one.
    let (open, _) = task_list(world.app, world.caller, TaskState::Open, TasksOf::Nobody, None, 1)
        .await
        .map_err(refused("the tasks"))?;
    if let Some(task) = open.first() {
        task_take(world.app, world.caller, task.id).await.map_err(refused("a task"))?;
    }
    progress(world.plan.days, world.plan.days);
    Ok(())
}

/// What the computers say in this hour: what changed, and of those whose hour it is, that nothing did.
fn said(
    world: &World<'_>,
    computers: &mut [Option<Computer>],
    mut new: BTreeMap<usize, Vec<Turn>>,
    local_hour: i64,
    now: Time,
) -> Result<Vec<CheckIn>, DemonstrationError> {
    let dice = Dice(world.plan.seed);
    let day = now.since(world.begins).seconds() / 86_400;
    // Many report more seldom, but before anything that they said goes stale.
    let every = if world.plan.scale > 4 { 5 } else { 1 };
    let mut said = Vec::new();
    for computer in computers.iter_mut().flatten() {
        let number = computer.seat.number;
        let mut condition = computer.condition.clone();
        for turn in new.remove(&number).unwrap_or_default() {
            if let Change::On(is_on) = turn.change {
                computer.is_on = is_on;
            }
            condition = turn.change.of(condition);
        }
        if !computer.is_on {
            continue;
        }
        let at = || now - Duration::from_millis(dice.number("second", number, day, 40_000));
        if condition != computer.condition {
            said.push(computer.changed(condition, at(), world.kinds)?);
        } else if computer.hour == local_hour
            && (day + i64::try_from(number).unwrap_or(0)) % every == 0
        {
            said.push(computer.unchanged(at()));
        }
    }
    Ok(said)
}

async fn check_in(app: &App, said: Vec<CheckIn>) -> Result<(), DemonstrationError> {
    let mut said = said.into_iter();
    loop {
        let some: Vec<_> = said
            .by_ref()
            .take(AT_ONCE)
            .map(|one| {
                let app = app.clone();
                tokio::spawn(async move { devices::check_in(&app, one).await })
            })
            .collect();
        if some.is_empty() {
            return Ok(());
        }
        for one in some {
            one.await?.map_err(refused("a check-in"))?;
        }
    }
}

/// Enrols computers, lets each say everything a minute later, and has a person say then what it is.
async fn move_in(
    world: &World<'_>,
    clock: &StoryClock,
    seats: Vec<Seat>,
    computers: &mut [Option<Computer>],
) -> Result<(), DemonstrationError> {
    let hour = clock.now();
    for some in seats.chunks(AT_ONCE) {
        clock.set(hour);
        let tasks: Vec<_> = some
            .iter()
            .map(|seat| {
                let (app, caller) = (world.app.clone(), world.caller.clone());
                let (seat, key) = (seat.clone(), world.keys.key(seat.number));
                let kinds = world.kinds.to_vec();
                tokio::spawn(async move {
                    let condition = Condition::good(seat.system);
                    Computer::enrol(&app, &caller, key, seat, condition, &kinds).await
                })
            })
            .collect();
        let (mut new, mut first) = (Vec::new(), Vec::new());
        for task in tasks {
            let (computer, said) = task.await??;
            new.push(computer);
            first.push(said);
        }
        clock.set(hour + Duration::from_minutes(1));
        check_in(world.app, first).await?;
        clock.set(hour + Duration::from_minutes(9));
        for mut computer in new {
            let seat = &computer.seat;
            let said = Confirmed {
                name: seat.host.clone(),
                has_screen: seat.has_screen(),
                is_portable: seat.is_portable(),
                handles_content: seat.handles_content(),
            };
            devices::device_confirm(world.app, world.caller, computer.device, said)
                .await
                .map_err(refused("saying what a computer is"))?;
            computer.hour = 8 + Dice(world.plan.seed).number("hour", seat.number, 0, 10);
            let place = seat.number;
            if let Some(free) = computers.get_mut(place) {
                *free = Some(computer);
            }
        }
    }
    Ok(())
}

/// Everything that people do, in its order.
fn deeds(world: &World<'_>, seats: &[Seat]) -> Vec<(Time, Deed)> {
    let (begins, ends, dice) = (world.begins, world.ends, Dice(world.plan.seed));
    let before = |days: i64| ends - Duration::from_days(days);
    let mut deeds = Vec::new();
    // In the first days; in a short story nobody takes weeks.
    let moving_in = (MOVING_IN * 24).min(world.plan.days * 24 / 8).max(1);
    for seat in seats {
        let place = i64::try_from(seat.number % PER_HOUSE).unwrap_or(0);
        let per_house = i64::try_from(PER_HOUSE).unwrap_or(1);
        let day = begins + Duration::from_hours(place * moving_in / per_house);
        let minutes = dice.number("moves in", seat.number, 0, WORKING_MINUTES);
        let earliest = begins + Duration::from_hours(2);
        deeds.push((by_day(day, minutes).max(earliest), Deed::Enrol(seat.clone())));
    }
    // What was given before the story begins is given in its first hours.
    let at = |day: i64, place: usize| {
        let later = Duration::from_minutes(20 * i64::try_from(place % 24).unwrap_or(0));
        let earliest = begins + Duration::from_hours(3) + later;
        by_day(before(day), dice.number("at the desk", place, day, WORKING_MINUTES)).max(earliest)
    };
    for (place, paper) in PAPERS.iter().enumerate() {
        for (version, (day, days)) in paper.given.iter().enumerate() {
            if is_told(world, *day, *days) {
                let deed =
                    Deed::Paper { paper: place, version, days: day_left(world, *day, *days) };
                deeds.push((at(*day, place), deed));
            }
        }
    }
    for (place, word) in WORDS.iter().enumerate() {
        for (day, days) in word.given {
            if is_told(world, *day, *days) {
                deeds.push((
                    at(*day, place + 5),
                    Deed::Word { word: place, days: day_left(world, *day, *days) },
                ));
            }
        }
    }
    for (place, (day, note)) in notes().into_iter().enumerate() {
        // What was so before the story begins is written down in its first hours, in the same order.
        let order = i64::try_from(place).unwrap_or(0);
        let earliest = begins + Duration::from_hours(4) + Duration::from_minutes(order);
        let at = by_day(before(day), dice.number("the roster", place, day, WORKING_MINUTES));
        deeds.push((at.max(earliest), Deed::Note(note)));
    }
    for risk in RISKS.iter().filter(|risk| risk.day < world.plan.days) {
        deeds.push((by_day(before(risk.day), 150), Deed::Risk(risk)));
    }
    if world.plan.days > 200 {
        deeds.push((by_day(before(1), 65), Deed::CloseTask(NOTES[0].0, NOTES[0].1)));
        deeds.push((by_day(before(12), 95), Deed::CloseTask(NOTES[1].0, NOTES[1].1)));
        deeds.push((
            by_day(before(140), 420),
            Deed::Revoke(
                "sf-oconnor",
                "Ciara’s engagement ended; the computer went back with her.",
            ),
        ));
        deeds.push((by_day(before(27), 310), Deed::Pack { from: 364 }));
    } else if world.plan.days > 3 {
        deeds.push((before(1), Deed::Pack { from: world.plan.days }));
    }
    deeds.sort_by_key(|(at, _)| *at);
    deeds
}

/// Whether what was given on this day falls into the story, or still counts when it begins.
fn is_told(world: &World<'_>, day: i64, days: i64) -> bool {
    day < world.plan.days || day - days < world.plan.days
}

/// For how many days it counts from when it is given: what is older than the story has less left.
fn day_left(world: &World<'_>, day: i64, days: i64) -> i64 {
    (days - (day - world.plan.days).max(0)).max(1)
}

async fn act(
    world: &World<'_>,
    deed: &Deed,
    computers: &mut [Option<Computer>],
    documents: &mut BTreeMap<usize, Id<Document>>,
) -> Result<(), DemonstrationError> {
    let World { app, caller, .. } = *world;
    match deed {
        Deed::Enrol(_) | Deed::Note(_) => {}
        Deed::Paper { paper, version, days } => {
            let written = &PAPERS[*paper];
            let (sender, chunks) = tokio::sync::mpsc::channel(1);
            let new = NewDocument {
                replaces: documents.get(paper).copied(),
                control: written.control.into(),
                title: written.title.into(),
                file_name: written.file.into(),
                media_type: "text/plain".into(),
                valid_from: None,
                valid_to: app.now() + Duration::from_days(*days),
            };
            let bytes = file(written, version + 1).into_bytes();
            let sending = tokio::spawn(async move { sender.send(Ok(bytes)).await.is_ok() });
            let id =
                document_add(app, caller, new, chunks).await.map_err(refused(written.title))?;
            sending.await?;
            documents.insert(*paper, id);
        }
        Deed::Word { word, days } => {
            let written = &WORDS[*word];
            let new = NewAttestation {
                control: written.control.into(),
                statement: written.says.into(),
                valid_from: None,
                valid_to: app.now() + Duration::from_days(*days),
            };
            attestation_sign(app, caller, new).await.map_err(refused(written.control))?;
        }
        Deed::Risk(risk) => {
            let device =
                risk.host.map(|host| named(computers, host).map(|one| Subject::device(one.device)));
            let Some(subject) = device.map_or(Some(None), |found| found.map(Some)) else {
                return Ok(());
            };
            let last = (app.now() + Duration::from_days(risk.days)).timestamp();
            let new = NewException {
                form: if risk.is_none {
                    ExceptionForm::NoneExists
                } else {
                    ExceptionForm::RiskAccepted
                },
                control: risk.control.into(),
                check: risk.check.map(Into::into),
                subject,
                covers_unknown: risk.covers_unknown,
                reason: risk.reason.into(),
                measure: risk.measure.into(),
                last_day: last.to_zoned(TimeZone::UTC).date().to_string(),
            };
            exception_ask(app, caller, new).await.map_err(refused(risk.control))?;
        }
        Deed::CloseTask(check, note) => {
            let (tasks, _) = task_list(app, caller, TaskState::Open, TasksOf::Anybody, None, 200)
                .await
                .map_err(refused("the tasks"))?;
            if let Some(task) = tasks.iter().find(|task| task.check == *check) {
                task_done(app, caller, task.id, note).await.map_err(refused("a task"))?;
            }
        }
        Deed::Revoke(host, why) => {
            if let Some(computer) = named(computers, host) {
                devices::device_revoke(app, caller, computer.device, why)
                    .await
                    .map_err(refused("sending a computer away"))?;
                computer.is_on = false;
            }
        }
        Deed::Pack { from } => {
            let from = world.ends - Duration::from_days(*from);
            let log = Log::Organisation(caller.organisation);
            ledger::integrate(app, log).await.map_err(refused("building the ledger's tree"))?;
            packs::pack_create(app, caller, NewPack::of(from, app.now()))
                .await
                .map_err(refused("making the pack"))?;
        }
    }
    Ok(())
}

/// The computer of this name.
fn named<'c>(computers: &'c mut [Option<Computer>], host: &str) -> Option<&'c mut Computer> {
    computers.iter_mut().flatten().find(|computer| computer.seat.host == host)
}
