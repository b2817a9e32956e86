//! One threshold: the facility's own number, with a preview before it is asked.

use super::{
    counted,
    preview::{self, PreviewView},
};
use crate::{
    Area, Shell,
    components::Field,
    serve::{Done, Form, Looker, PageProblem, Path, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{App, FieldProblem, Problem, own_checks};
use closedset_catalogue::Direction;
use closedset_core::Action;

/// One threshold.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/threshold.html")]
pub struct ThresholdPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// Its name.
    pub limit: String,
    /// What it is.
    pub title: String,
    /// In what it is counted, as a label: `Seconds`.
    pub unit: String,
    /// `lower` or `higher`.
    pub way: &'static str,
    /// What is asked of everybody.
    pub everybody: String,
    /// The facility's own, if it has one.
    pub own: Option<String>,
    /// The number to be asked with.
    pub value: Field,
    /// Why it is given up.
    pub reason: Field,
    /// What it would say today, if that was asked for.
    pub preview: Option<PreviewView>,
}

async fn view(app: &App, looker: &Looker, limit: &str) -> Result<ThresholdPage, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    let all = own_checks::threshold_list(app, &looker.caller).await?;
    let one = all
        .into_iter()
        .find(|one| one.threshold.limit == limit)
        .ok_or(Problem::NotFound("threshold"))?;
    let threshold = one.threshold;
    let counted = |value: i64| counted(value, &threshold.unit);
    Ok(ThresholdPage {
        shell: looker.shell(Area::Settings),
        tab: "checks",
        way: match threshold.stricter {
            Direction::Lower => "lower",
            Direction::Higher => "higher",
        },
        everybody: counted(threshold.floor),
        own: one.value.map(counted),
        value: Field::new(one.value.unwrap_or(threshold.floor).to_string()),
        reason: Field::default(),
        preview: None,
        unit: crate::board::title_case(&threshold.unit),
        limit: threshold.limit,
        title: threshold.title,
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    looker: Looker,
    Path(limit): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, &limit).await?))
}

fn wrong(text: &str, problems: &[FieldProblem]) -> Field {
    let why = problems.first().map(|one| one.message.clone()).unwrap_or_default();
    Field::new(text).with_error(why)
}

pub(super) async fn set(
    State(app): State<App>,
    looker: Looker,
    Path(limit): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let text = form.text("value");
    let value = text.trim().parse::<i64>().unwrap_or(0);
    let asked = if form.text("act") == "save" {
        own_checks::threshold_set(&app, &looker.caller, &limit, value).await.map(|()| None)
    } else {
        let preview = own_checks::threshold_preview(&app, &looker.caller, &limit, value).await;
        preview.map(|preview| Some(preview::view(preview)))
    };
    match asked {
        Ok(None) => Ok(done("/settings/checks", Done::CheckWritten)),
        Ok(preview) => {
            let page = view(&app, &looker, &limit).await?;
            Ok(show(&ThresholdPage { value: Field::new(text), preview, ..page }))
        }
        Err(Problem::Invalid(problems)) => {
            let page = view(&app, &looker, &limit).await?;
            Ok(refused(&ThresholdPage { value: wrong(text, &problems), ..page }))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn clear(
    State(app): State<App>,
    looker: Looker,
    Path(limit): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let reason = form.text("reason");
    match own_checks::threshold_clear(&app, &looker.caller, &limit, reason).await {
        Ok(()) => Ok(done("/settings/checks", Done::CheckRetired)),
        Err(Problem::Invalid(problems)) => {
            let page = view(&app, &looker, &limit).await?;
            Ok(refused(&ThresholdPage { reason: wrong(reason, &problems), ..page }))
        }
        Err(other) => Err(other.into()),
    }
}
