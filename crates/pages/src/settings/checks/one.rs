//! One own check with its versions, and retiring it.

use super::check_id;
use crate::{
    Area, Shell,
    components::{Field, TimeText},
    serve::{Done, Form, Looker, PageProblem, Path, day, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{App, Problem, own_checks};
use closedset_core::{
    Action,
    id::{Id, OwnCheck},
};

/// One own check.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/check.html")]
pub struct OwnCheckPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// Its id.
    pub id: String,
    /// The newest version.
    pub version: i64,
    /// What is so when it passes.
    pub title: String,
    /// The control beside whose checks it stands.
    pub control: String,
    /// Where it is changed.
    pub edit: String,
    /// It is asked no more.
    pub is_retired: bool,
    /// The entry that says why.
    pub retired_entry: Option<i64>,
    /// Why this program cannot ask it, if it cannot.
    pub not_asked: Option<String>,
    /// Every version, newest first.
    pub versions: Vec<CheckVersionLine>,
    /// Why it is to be retired.
    pub reason: Field,
    /// Whether this person may change it.
    pub may_write: bool,
}

/// One version of an own check.
#[derive(Debug, Clone)]
pub struct CheckVersionLine {
    /// Its number.
    pub version: i64,
    /// What was so when it passed.
    pub title: String,
    /// Its condition.
    pub condition: String,
    /// Which computers it concerned, if not all.
    pub applies: Option<String>,
    /// What was wanted.
    pub wanted: String,
    /// How to mend it; may be empty.
    pub fix: String,
    /// How long a report counted: `7 days`.
    pub fresh_for: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: TimeText,
    /// The entry that recorded it.
    pub entry: i64,
}

pub(super) async fn check(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, check_id(&id)?, Field::default()).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    id: Id<OwnCheck>,
    reason: Field,
) -> Result<OwnCheckPage, PageProblem> {
    let detail = own_checks::own_check_one(app, &looker.caller, id).await?;
    let newest = &detail.row.newest;
    let edit = match &newest.terms.stricter {
        Some(stricter) => format!("/settings/checks/thresholds/{}", stricter.limit),
        None => format!("/settings/checks/{id}/edit"),
    };
    Ok(OwnCheckPage {
        shell: looker.shell(Area::Settings),
        tab: "checks",
        id: id.to_string(),
        version: newest.version,
        title: newest.terms.title.clone(),
        control: newest.terms.control.clone(),
        edit,
        is_retired: detail.row.retired.is_some(),
        retired_entry: detail.row.retired.as_ref().map(|retired| retired.entry),
        not_asked: detail.not_asked,
        versions: detail
            .versions
            .into_iter()
            .map(|row| CheckVersionLine {
                version: row.version,
                title: row.terms.title,
                condition: row.terms.pass,
                applies: row.terms.applies.map(|applies| applies.when),
                wanted: row.terms.wanted,
                fix: row.terms.fix,
                fresh_for: days(&row.terms.fresh_for),
                by: row.written_by,
                at: day(row.written_at, &looker.zone),
                entry: row.entry,
            })
            .collect(),
        reason,
        may_write: looker.caller.may(Action::CatalogueWrite),
    })
}

/// `7d` in words.
pub(super) fn days(text: &str) -> String {
    match text.strip_suffix('d') {
        Some("1") => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
        None => text.to_owned(),
    }
}

pub(super) async fn retire(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = check_id(&id)?;
    let version = form.text("version").parse().unwrap_or(0);
    let reason = form.text("reason");
    match own_checks::own_check_retire(&app, &looker.caller, id, version, reason).await {
        Ok(()) => Ok(done("/settings/checks", Done::CheckRetired)),
        Err(Problem::Invalid(problems)) => {
            let field = Field::new(reason);
            let why = problems.first().map(|one| one.message.clone()).unwrap_or_default();
            Ok(refused(&view(&app, &looker, id, field.with_error(why)).await?))
        }
        Err(other) => Err(other.into()),
    }
}
