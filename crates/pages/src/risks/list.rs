//! All risks: on a map of likelihood and impact, and in a list with the worst of today first.

use super::{Score, day_text};
use crate::{
    Area, Shell,
    components::TimeText,
    serve::{Form, Looker, PageProblem, Query, file, moment, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    risks::{self, RiskFileForm, RiskShown},
};
use closedset_core::{
    Action,
    risk::{HIGHEST, impact_words, likelihood_words},
};
use jiff::civil::Date;
use serde::Deserialize;

/// How many closed ones are shown.
const CLOSED: usize = 100;

/// The register.
#[derive(Debug, Clone, Template)]
#[template(path = "risks/list.html")]
pub struct RisksPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which of the tabs this is.
    pub tab: &'static str,
    /// The map shows how bad they are with nothing done about them, not today.
    pub is_inherent: bool,
    /// The rows of the map, the likeliest first.
    pub map: Vec<MapRow>,
    /// What stands above its columns: an impact and its word.
    pub impacts: Vec<(i64, &'static str)>,
    /// Those that are followed, the worst today first.
    pub risks: Vec<RiskLine>,
    /// Those that are followed no more, the latest first: so many of them.
    pub closed: Vec<ClosedLine>,
    /// How many were closed.
    pub closed_count: usize,
    /// What can be begun from.
    pub scenarios: Vec<ScenarioLine>,
    /// Whether this person may write risks.
    pub may_write: bool,
}

/// A row of the map.
#[derive(Debug, Clone)]
pub struct MapRow {
    /// The likelihood.
    pub likelihood: i64,
    /// Its word.
    pub words: &'static str,
    /// One for each impact, the least first.
    pub cells: Vec<MapCell>,
}

/// A cell of the map.
#[derive(Debug, Clone)]
pub struct MapCell {
    /// How bad it is to be here.
    pub score: Score,
    /// Which risks are here: the number in the list, the id, the title.
    pub risks: Vec<(usize, String, String)>,
}

/// A risk in the list.
#[derive(Debug, Clone)]
pub struct RiskLine {
    /// Its number in the list, as on the map.
    pub number: usize,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How bad it is with nothing done about it.
    pub inherent: Score,
    /// How bad it is today.
    pub today: Score,
    /// How likely it is today.
    pub likelihood_today: i64,
    /// How likely it is with nothing done about it.
    pub likelihood: i64,
    /// How bad it would be.
    pub impact: i64,
    /// How many controls hold it today, of how many.
    pub held: (usize, usize),
    /// Neither is it treated, nor did anybody decide to bear it.
    pub is_untreated: bool,
    /// The last day on which it is borne.
    pub borne_until: Option<TimeText>,
    /// Who looks after it; empty for nobody.
    pub owner: String,
    /// They cannot any more.
    pub has_left: bool,
    /// The day by which it is looked at again.
    pub review: TimeText,
    /// That day is over.
    pub is_overdue: bool,
}

impl RiskLine {
    pub(super) fn of(number: usize, shown: &RiskShown, today: Date) -> Self {
        let risk = &shown.risk;
        let held = shown.treatments.iter().filter(|one| one.holds()).count();
        Self {
            number,
            id: risk.id.to_string(),
            title: risk.title.clone(),
            inherent: Score::of(shown.inherent()),
            today: Score::of(shown.residual()),
            likelihood_today: shown.residual_likelihood(),
            likelihood: risk.likelihood,
            impact: risk.impact,
            held: (held, shown.treatments.len()),
            is_untreated: shown.is_untreated(),
            borne_until: risk.accepted.as_ref().map(|accepted| day_text(accepted.until)),
            owner: risk.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
            has_left: shown.has_left,
            review: day_text(risk.review_on),
            is_overdue: risk.closed.is_none() && risk.review_on < today,
        }
    }
}

/// A risk that is followed no more.
#[derive(Debug, Clone)]
pub struct ClosedLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Why it is followed no more.
    pub why: String,
    /// Since when.
    pub when: TimeText,
}

/// What can be begun from.
#[derive(Debug, Clone)]
pub struct ScenarioLine {
    /// Its word.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Cause and effect.
    pub words: String,
    /// The controls that treat it.
    pub controls: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    map: String,
}

/// The map of risks, each at its impact and at the likelihood that `at` yields.
pub(crate) fn map(lines: &[RiskLine], at: impl Fn(&RiskLine) -> i64) -> Vec<MapRow> {
    let cell = |likelihood: i64, impact: i64| {
        let is_here = |line: &&RiskLine| at(line) == likelihood && line.impact == impact;
        let one = |line: &RiskLine| (line.number, line.id.clone(), line.title.clone());
        MapCell {
            score: Score::of(likelihood * impact),
            risks: lines.iter().filter(is_here).map(one).collect(),
        }
    };
    let row = |likelihood: i64| MapRow {
        likelihood,
        words: likelihood_words(likelihood),
        cells: (1..=HIGHEST).map(|impact| cell(likelihood, impact)).collect(),
    };
    (1..=HIGHEST).rev().map(row).collect()
}

pub(super) async fn risks(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<Shown>,
) -> Result<Response, PageProblem> {
    let register = risks::risk_list(&app, &looker.caller).await?;
    let lines: Vec<RiskLine> = register
        .open
        .iter()
        .enumerate()
        .map(|(at, one)| RiskLine::of(at + 1, one, register.today))
        .collect();
    let is_inherent = query.map == "inherent";
    let may_write = looker.caller.may(Action::EvidenceWrite);
    let is_there = |id: &str| register.open.iter().any(|one| one.risk.begun_from == id);
    let scenarios = match may_write {
        true => risks::scenario_list(&looker.caller)?,
        false => &[],
    };
    let closed_count = register.closed.len();
    let closed = register.closed.into_iter().take(CLOSED).filter_map(|row| {
        let closed = row.closed?;
        Some(ClosedLine {
            id: row.id.to_string(),
            title: row.title,
            why: closed.words,
            when: moment(closed.at, &looker.zone),
        })
    });
    Ok(show(&RisksPage {
        shell: looker.shell(Area::Documents),
        tab: "risks",
        is_inherent,
        map: map(&lines, |line| match is_inherent {
            true => line.likelihood,
            false => line.likelihood_today,
        }),
        impacts: (1..=HIGHEST).map(|impact| (impact, impact_words(impact))).collect(),
        risks: lines,
        closed: closed.collect(),
        closed_count,
        scenarios: scenarios
            .iter()
            .filter(|one| !is_there(&one.id))
            .map(|one| ScenarioLine {
                id: one.id.clone(),
                title: one.title.clone(),
                words: one.words.clone(),
                controls: one.controls.join(", "),
            })
            .collect(),
        may_write,
    }))
}

pub(super) async fn hand_out(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let word = RiskFileForm::from_word(form.text("form"));
    let word = word.ok_or_else(|| Problem::field("form", "Choose PDF or XLSX."))?;
    let made = risks::risk_list_file(&app, &looker.caller, word).await?;
    Ok(file(&made.file_name, made.media_type, made.bytes))
}
