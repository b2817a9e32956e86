//! What somebody enters of a risk, read whole, so that all that is wrong is told at once.

use crate::{
    Caller, FieldProblem, Problem,
    audits::lines,
    days::{end_of, zone_of},
    evidence::invalid_unless_empty,
    people::{is_line, name_key, today},
    tasks,
    titles::{DAY_RULE, day},
};
use closedset_catalogue::{Catalogue, scenarios};
use closedset_core::{
    Duration, Time,
    id::{Id, Organisation, Person},
    risk::HIGHEST,
};
use closedset_store::{
    Tx,
    risks::{RiskRow, risk_list},
    tasks::Owner,
};
use jiff::{Span, civil::Date};

/// The longest title.
const TITLE_LIMIT: usize = 120;
/// The most that is said of what can happen.
const WORDS_LIMIT: usize = 2_000;
/// No risk has more controls: who names all of them names none.
const CONTROLS: usize = 10;
/// The task opens so long before the end of the day by which a risk is reviewed.
const AHEAD: Duration = Duration::from_days(7);

/// A risk as entered, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRisk {
    /// What it is called.
    pub title: String,
    /// What can happen: cause and effect.
    pub words: String,
    /// The scenario of the catalogue that it begins from; empty for one's own. Looked at when it is added alone.
    pub begun_from: String,
    /// How likely it is with nothing done about it, from 1 to 5.
    pub likelihood: i64,
    /// How bad it would be, from 1 to 5.
    pub impact: i64,
    /// Who looks after it.
    pub owner: Option<Id<Person>>,
    /// The controls that treat it, of frameworks that are answered here.
    pub controls: Vec<String>,
}

/// What is read of a risk.
#[derive(Debug, Clone)]
pub(super) struct RiskTerms {
    pub(super) title: String,
    pub(super) words: String,
    pub(super) begun_from: String,
    pub(super) owner: Option<Owner>,
    pub(super) controls: Vec<String>,
}

/// Reads a risk, of which `problems` are known already. `own` is the one that is changed, if one is.
pub(super) fn risk(
    tx: &mut Tx<'_>,
    (caller, catalogue): (&Caller, &Catalogue),
    new: &NewRisk,
    own: Option<&RiskRow>,
    mut problems: Vec<FieldProblem>,
) -> Result<RiskTerms, Problem> {
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let title = new.title.trim().to_owned();
    let key = name_key(&title);
    if key.is_empty() || !is_line(&title, TITLE_LIMIT) {
        wrong(
            "title",
            "Call it something, in at most 120 characters on one line, none of them invisible.",
        );
    } else {
        let is_called_so = |row: &RiskRow| {
            own.is_none_or(|own| own.id != row.id)
                && row.closed.is_none()
                && name_key(&row.title) == key
        };
        if risk_list(tx, caller.organisation)?.iter().any(is_called_so) {
            wrong(
                "title",
                "Another risk is called so: change that one, or call this one otherwise.",
            );
        }
    }
    let words = lines(&new.words, WORDS_LIMIT).unwrap_or_default();
    if name_key(&words).is_empty() {
        wrong(
            "words",
            "Say what can happen and why, in at most 2,000 characters, none of them invisible.",
        );
    }
    for (field, value) in [("likelihood", new.likelihood), ("impact", new.impact)] {
        if !(1..=HIGHEST).contains(&value) {
            wrong(field, "Choose one from 1 to 5.");
        }
    }
    let begun_from = new.begun_from.trim().to_owned();
    if !begun_from.is_empty() && scenarios().iter().all(|one| one.id != begun_from) {
        wrong("begun_from", "Choose a scenario of the list, or none.");
    }
    let controls = controls(catalogue, new, own);
    if controls.is_none() {
        wrong("controls", "Choose requirements of frameworks that are answered here.");
    }
    let controls = controls.unwrap_or_default();
    if controls.len() > CONTROLS {
        wrong("controls", "Choose at most 10: those without which it would happen more often.");
    }
    let has = own.and_then(|own| own.owner.as_ref());
    let owner = tasks::of_field(tasks::owner(tx, caller, has, new.owner), &mut problems)?;
    invalid_unless_empty(problems)?;
    let Some(owner) = owner else {
        return Err(Problem::Fault("a risk was read and is not there".into()));
    };
    Ok(RiskTerms { title, words, begun_from, owner, controls })
}

/// The controls that were chosen, each once, in the order of the frameworks; none if one of them is not answered here,
/// unless the risk had it before.
fn controls(catalogue: &Catalogue, new: &NewRisk, own: Option<&RiskRow>) -> Option<Vec<String>> {
    let had = own.map(|own| own.controls.as_slice()).unwrap_or_default();
    let chosen: Vec<&str> = new.controls.iter().map(|id| id.trim()).collect();
    let is_known = |id: &&str| catalogue.answers(id) || had.iter().any(|one| one == id);
    if !chosen.iter().all(is_known) {
        return None;
    }
    let known = catalogue.frameworks().iter().flat_map(|framework| &framework.controls);
    let mut sorted: Vec<String> = Vec::new();
    for id in known.map(|control| control.id.as_str()).chain(had.iter().map(String::as_str)) {
        if chosen.contains(&id) && !sorted.iter().any(|one| one == id) {
            sorted.push(id.to_owned());
        }
    }
    Some(sorted)
}

/// The day by which a risk is looked at again, and when the task for that opens. Empty is a year from today.
pub(super) fn review_day(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    text: &str,
) -> Result<(Date, Time), Problem> {
    let wrong = |message: &str| Err(Problem::field("review_on", message));
    let today = today(tx, organisation)?;
    let latest = today.saturating_add(Span::new().years(1));
    let chosen = match text.trim() {
        "" => latest,
        text => match day(text) {
            None => return wrong(DAY_RULE),
            Some(day) if day <= today => return wrong("The day of the next review lies ahead."),
            Some(day) if day > latest => return wrong("A risk is reviewed within a year."),
            Some(day) => day,
        },
    };
    Ok((chosen, end_of(chosen, &zone_of(tx, organisation)?)? - AHEAD))
}
