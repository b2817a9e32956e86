//! The frameworks that the facility answers: what there is, what choosing would show today, and choosing.

use crate::{
    Area, Shell,
    components::{Counts, Field, TimeText},
    serve::{Done, Form, Looker, PageProblem, day, done, refused, show, status},
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use closedset_app::{
    App, Problem,
    frameworks::{self, FrameworkPreview, KnownFramework},
};
use closedset_catalogue::Catalogue;
use closedset_core::Action;
use closedset_store::frameworks::ChoiceRow;

/// How many controls that fail are named in a preview.
const FAILING: usize = 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/frameworks", get(list).post(choose))
}

/// The frameworks that there are, and which of them are answered.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/frameworks.html")]
pub struct FrameworksPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// Those that are answered first.
    pub frameworks: Vec<FrameworkLine>,
    /// What was seen to be chosen, as ids with spaces between them.
    pub before: String,
    /// The ids of those that were chosen and that there are not any more; empty if there are all.
    pub missing: String,
    /// What is wrong with the choice.
    pub wrong: Field,
    /// What choosing would show today, if that was asked for.
    pub preview: Vec<PreviewOf>,
    /// Every choice, newest first.
    pub choices: Vec<ChoiceLine>,
    /// Whether this person may choose.
    pub may_write: bool,
}

/// A framework that can be answered.
#[derive(Debug, Clone)]
pub struct FrameworkLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// The source's version.
    pub version: String,
    /// Where it was read, and what it is not.
    pub source: String,
    /// How many controls it has.
    pub controls: usize,
    /// How many of them computers answer, at least in part.
    pub measured: usize,
    /// Its first control, to begin to read there.
    pub first: String,
    /// It is answered.
    pub is_chosen: bool,
    /// It is ticked.
    pub is_ticked: bool,
}

/// How one framework would stand today.
#[derive(Debug, Clone)]
pub struct PreviewOf {
    /// Its name.
    pub title: String,
    /// How many of its controls would stand where.
    pub counts: Counts,
    /// How many checks would be asked of computers that are not asked now.
    pub new_checks: usize,
    /// The first controls that would fail: id, title, why.
    pub failing: Vec<(String, String, String)>,
    /// How many more would fail.
    pub more: usize,
}

/// A choice that was made.
#[derive(Debug, Clone)]
pub struct ChoiceLine {
    /// What was chosen, by name.
    pub what: String,
    /// Who chose.
    pub by: String,
    /// When.
    pub at: TimeText,
    /// The entry that recorded it.
    pub entry: i64,
}

async fn view(
    app: &App,
    looker: &Looker,
    ticked: Option<&[String]>,
) -> Result<FrameworksPage, PageProblem> {
    let standing = frameworks::framework_list(app, &looker.caller).await?;
    let chosen = standing.chosen();
    let ticked = ticked.unwrap_or(&chosen);
    let line = |known: &KnownFramework| {
        let framework = &known.framework;
        FrameworkLine {
            id: framework.id.clone(),
            title: framework.title.clone(),
            owner: framework.owner.clone(),
            version: framework.version.clone(),
            source: framework.source.clone(),
            controls: framework.controls.len(),
            measured: known.technical,
            first: framework.controls.first().map(|one| one.id.clone()).unwrap_or_default(),
            is_chosen: known.is_chosen,
            is_ticked: ticked.contains(&framework.id),
        }
    };
    Ok(FrameworksPage {
        shell: looker.shell(Area::Settings),
        tab: "frameworks",
        frameworks: standing.frameworks.iter().map(line).collect(),
        before: chosen.join(" "),
        missing: standing.missing.join(", "),
        wrong: Field::default(),
        preview: Vec::new(),
        choices: standing.choices.iter().map(|row| choice(row, app.catalogue(), looker)).collect(),
        may_write: looker.caller.may(Action::CatalogueWrite),
    })
}

fn title(catalogue: &Catalogue, id: &str) -> String {
    catalogue.framework(id).map_or_else(|| id.to_owned(), |framework| framework.title.clone())
}

fn choice(row: &ChoiceRow, catalogue: &Catalogue, looker: &Looker) -> ChoiceLine {
    let names: Vec<String> = row.frameworks.iter().map(|id| title(catalogue, id)).collect();
    ChoiceLine {
        what: names.join("; "),
        by: row.chosen_by.clone(),
        at: day(row.chosen_at, &looker.zone),
        entry: row.entry,
    }
}

fn preview(told: FrameworkPreview, catalogue: &Catalogue) -> PreviewOf {
    let fails = |one: &&closedset_app::board::ControlOnBoard| {
        one.status.status == closedset_core::Status::Fail
    };
    let failing: Vec<_> = told.controls.iter().filter(fails).collect();
    PreviewOf {
        title: title(catalogue, &told.framework),
        counts: told.controls.iter().map(|one| status(one.status.status)).collect(),
        new_checks: told.new_checks,
        more: failing.len().saturating_sub(FAILING),
        failing: failing
            .into_iter()
            .take(FAILING)
            .map(|one| {
                let control = catalogue.control(&one.id);
                let title = control.map(|control| control.title.clone()).unwrap_or_default();
                (one.id.clone(), title, one.status.because.clone())
            })
            .collect(),
    }
}

async fn list(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, None).await?))
}

async fn choose(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    let before: Vec<String> = form.text("before").split_whitespace().map(str::to_owned).collect();
    let ticked: Vec<String> = form.ticked("frameworks").map(str::to_owned).collect();
    // Those that are answered keep their order, and what comes new follows.
    let mut wanted: Vec<String> = before.iter().filter(|id| ticked.contains(id)).cloned().collect();
    wanted.extend(ticked.iter().filter(|id| !before.contains(id)).cloned());
    let asked = if form.text("act") == "save" {
        frameworks::frameworks_choose(&app, &looker.caller, &wanted, &before).await.map(|()| None)
    } else {
        frameworks::frameworks_preview(&app, &looker.caller, &wanted).await.map(Some)
    };
    // What stands in the form now was decided by what was seen then, and not by what is chosen by now.
    let before = before.join(" ");
    match asked {
        Ok(None) => Ok(done("/settings/frameworks", Done::FrameworksChosen)),
        Ok(Some(told)) => {
            let page = view(&app, &looker, Some(&wanted)).await?;
            let told = told.into_iter().map(|one| preview(one, app.catalogue()));
            Ok(show(&FrameworksPage { preview: told.collect(), before, ..page }))
        }
        Err(Problem::Invalid(problems)) => {
            let why = problems.first().map(|one| one.message.clone()).unwrap_or_default();
            let wrong = Field::default().with_error(why);
            let page = view(&app, &looker, Some(&wanted)).await?;
            Ok(refused(&FrameworksPage { wrong, before, ..page }))
        }
        Err(other) => Err(other.into()),
    }
}
