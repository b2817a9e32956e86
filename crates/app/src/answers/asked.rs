//! The answers for one owner and one day, all of one moment.

use super::{
    Answer, AnswerEvidence, Answers, AnswersOf, FRAMEWORK,
    hidden::Hidden,
    is_asked, needs_to_read,
    of_registers::{Asked, of_registers},
};
use crate::{
    App, Caller, Problem,
    board::{self, ControlOnBoard},
    days::{end_of, zone_of},
    evidence::in_force_at,
    frameworks,
    people::today,
    present::moment,
    titles::client_here,
};
use closedset_catalogue::Control;
use closedset_core::{
    Duration, Time,
    entry::Log,
    fact::evidence::EvidenceItem,
    id::{Client, Id, Organisation},
};
use closedset_store::{Tx, ledger, organisations};
use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};
use std::collections::BTreeSet;

/// No day lies before this.
const EARLIEST: Date = date(1950, 1, 1);

/// A title has at most so many characters; a statement is shown as far.
const TITLE_LIMIT: usize = 200;

/// The answers.
pub async fn answers(app: &App, caller: &Caller, of: AnswersOf) -> Result<Answers, Problem> {
    caller.require_all(needs_to_read())?;
    let (unit_app, caller) = (app.clone(), caller.clone());
    app.store().read(move |tx| answered(tx, &unit_app, &caller, &of)).await
}

/// The day that is meant.
fn day(text: &str, today: Date) -> Result<Date, Problem> {
    let day = match text.trim() {
        "" => return Ok(today),
        text => text.parse::<Date>().ok().filter(|day| day.to_string() == text),
    };
    match day {
        Some(day) if day > today => Err(Problem::field(
            "on",
            "Choose today or a day of the past; what will be is not known.",
        )),
        Some(day) if day >= EARLIEST => Ok(day),
        Some(_) | None => Err(Problem::field("on", "Write the day like 2026-09-30, from 1950 on.")),
    }
}

fn answered(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Caller,
    of: &AnswersOf,
) -> Result<Answers, Problem> {
    let organisation = caller.organisation;
    let owner = client_here(tx, organisation, of.client)?;
    let house = organisations::organisation_by_id(tx, organisation)?;
    let house = house.ok_or(Problem::NotFound("organisation"))?.name;
    let zone = zone_of(tx, organisation)?;
    let today = today(tx, organisation)?;
    let day = day(&of.on, today)?;
    let past = match day == today {
        true => None,
        false => Some(end_of(day, &zone)? - Duration::from_millis(1)),
    };
    let at = moment(tx, organisation, past)?;
    let catalogue = &*frameworks::in_force(tx, app, organisation, past)?;
    if frameworks::looked_at(catalogue, Some(FRAMEWORK)).is_err() {
        return Err(Problem::Conflict {
            code: "answers.not_asked",
            sentence: "The framework with these questions is not among those that are answered on this day.",
            remedy: "Choose another day, or choose the framework under Settings, Frameworks.",
        });
    }
    let statuses = match past {
        None => board::statuses(tx, app, organisation)?,
        Some(at) => board::statuses_as_of(tx, app, organisation, at)?,
    };
    let hidden = Hidden::from(tx, organisation, owner.id)?;
    let asked = Asked {
        caller,
        owner: (owner.id, &owner.name),
        day,
        is_today: past.is_none(),
        hidden: &hidden,
    };
    let mut answers = Vec::new();
    for one in statuses {
        let Some(control) = catalogue.control(&one.id).filter(|control| is_asked(control)) else {
            continue;
        };
        answers.push(answer(tx, &asked, (&one, control), (at, &zone))?);
    }
    Ok(Answers {
        house,
        owner: (owner.id, owner.name.clone()),
        day,
        is_today: past.is_none(),
        begins: begins(tx, organisation, &zone)?.filter(|begins| day < *begins),
        answers,
    })
}

/// What is told of some controls to one owner today.
pub(crate) fn told_today(
    tx: &mut Tx<'_>,
    (app, caller): (&App, &Caller),
    (owner, hidden): ((Id<Client>, &str), &Hidden),
    controls: &BTreeSet<&str>,
) -> Result<Vec<Answer>, Problem> {
    if controls.is_empty() {
        return Ok(Vec::new());
    }
    let organisation = caller.organisation;
    let (zone, day) = (zone_of(tx, organisation)?, today(tx, organisation)?);
    let at = moment(tx, organisation, None)?;
    let catalogue = app.catalogue_of(tx, organisation)?;
    let asked = Asked { caller, owner, day, is_today: true, hidden };
    let mut answers = Vec::new();
    for one in board::statuses(tx, app, organisation)? {
        if let Some(control) = catalogue.control(&one.id).filter(|_| controls.contains(&*one.id)) {
            answers.push(answer(tx, &asked, (&one, control), (at, &zone))?);
        }
    }
    Ok(answers)
}

fn answer(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    (one, control): (&ControlOnBoard, &Control),
    (at, zone): (Time, &TimeZone),
) -> Result<Answer, Problem> {
    let hidden = asked.hidden;
    Ok(Answer {
        control: one.id.clone(),
        title: control.title.clone(),
        question: control.requirement.trim().to_owned(),
        status: one.status.status,
        because: hidden.told(&one.status.because),
        words: of_registers(tx, asked, &one.id)?,
        evidence: in_force_at(tx, asked.caller.organisation, &one.id, at)?
            .into_iter()
            .map(|item| evidence(item, hidden, zone))
            .collect(),
    })
}

fn date_of(time: Time, zone: &TimeZone) -> Date {
    time.timestamp().to_zoned(zone.clone()).date()
}

fn begins(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    zone: &TimeZone,
) -> Result<Option<Date>, Problem> {
    let first = ledger::entry_at(tx, Log::Organisation(organisation), 0)?;
    Ok(first.map(|entry| date_of(entry.at, zone)))
}

/// A text's first line, if that is not long; else its beginning. What it names was looked for in all of it.
fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(TITLE_LIMIT) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

fn evidence(item: EvidenceItem, hidden: &Hidden, zone: &TimeZone) -> AnswerEvidence {
    AnswerEvidence {
        title: beginning(&hidden.told(&item.title)),
        is_statement: item.form == "attestation",
        from: date_of(item.valid_from, zone),
        until: date_of(item.valid_to - Duration::from_millis(1), zone),
    }
}
