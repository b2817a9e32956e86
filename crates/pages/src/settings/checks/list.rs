//! The list of own checks and thresholds.

use super::{check_id, counted};
use crate::{
    Area, Shell,
    components::TimeText,
    serve::{ListQuery, Looker, PageProblem, Query, day, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{App, own_checks};
use closedset_core::Action;
use closedset_store::own_checks::OwnCheckRow;

/// How many one page lists.
const PAGE: i64 = 100;

/// The facility's own checks and thresholds.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/checks.html")]
pub struct OwnChecksPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The numbers that may be stricter.
    pub thresholds: Vec<ThresholdLine>,
    /// The checks in force, oldest first.
    pub checks: Vec<OwnCheckLine>,
    /// Those that were retired.
    pub retired: Vec<OwnCheckLine>,
    /// Where the list goes on.
    pub next: Option<String>,
    /// Whether this person may write them.
    pub may_write: bool,
}

/// A number that may be stricter.
#[derive(Debug, Clone)]
pub struct ThresholdLine {
    /// Its name.
    pub limit: String,
    /// What it is.
    pub title: String,
    /// The control that it belongs to.
    pub control: String,
    /// What is asked of everybody: `15 minutes (900 seconds)`.
    pub everybody: String,
    /// The facility's own, if it has one.
    pub own: Option<String>,
}

/// An own check in a list.
#[derive(Debug, Clone)]
pub struct OwnCheckLine {
    /// Its id.
    pub id: String,
    /// What is so when it passes.
    pub title: String,
    /// The control beside whose checks it stands.
    pub control: String,
    /// Its condition.
    pub condition: String,
    /// The newest version.
    pub version: i64,
    /// Who wrote that.
    pub by: String,
    /// When.
    pub at: TimeText,
    /// The entry that recorded it, or that retired it.
    pub entry: i64,
}

pub(super) async fn checks(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(check_id).transpose()?;
    let (rows, more) = own_checks::own_check_list(&app, &looker.caller, after, PAGE).await?;
    let next = rows.last().filter(|_| more);
    let next = next.map(|last| format!("/settings/checks?after={}", last.newest.id));
    let (retired, checks): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.retired.is_some());
    let lines = |rows: Vec<OwnCheckRow>| rows.into_iter().map(|row| line(row, &looker)).collect();
    let thresholds = own_checks::threshold_list(&app, &looker.caller).await?;
    Ok(show(&OwnChecksPage {
        shell: looker.shell(Area::Settings),
        tab: "checks",
        thresholds: thresholds
            .into_iter()
            .map(|one| ThresholdLine {
                everybody: counted(one.threshold.floor, &one.threshold.unit),
                own: one.value.map(|value| counted(value, &one.threshold.unit)),
                limit: one.threshold.limit,
                title: one.threshold.title,
                control: one.control,
            })
            .collect(),
        checks: lines(checks),
        retired: lines(retired),
        next,
        may_write: looker.caller.may(Action::CatalogueWrite),
    }))
}

fn line(row: OwnCheckRow, looker: &Looker) -> OwnCheckLine {
    let newest = row.newest;
    OwnCheckLine {
        id: newest.id.to_string(),
        title: newest.terms.title,
        control: newest.terms.control,
        condition: newest.terms.pass,
        version: newest.version,
        by: newest.written_by,
        at: day(newest.written_at, &looker.zone),
        entry: row.retired.map_or(newest.entry, |retired| retired.entry),
    }
}
