//! Own checks as pages and the API show them.

use super::build_with_faults;
use crate::{App, Caller, Problem, evidence::page};
use closedset_core::{
    Action,
    id::{Id, OwnCheck},
};
use closedset_store::own_checks::{self, OwnCheckRow, OwnVersionRow};

/// An own check with its past.
#[derive(Debug, Clone)]
pub struct OwnCheckDetail {
    /// The check in its newest version.
    pub row: OwnCheckRow,
    /// Every version, newest first.
    pub versions: Vec<OwnVersionRow>,
    /// Why this program cannot ask it, if it cannot.
    pub not_asked: Option<String>,
}

/// The own checks after `after`, oldest first, those that were retired too, and whether there are more.
pub async fn own_check_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<OwnCheck>>,
    limit: i64,
) -> Result<(Vec<OwnCheckRow>, bool), Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let rows = own_checks::own_check_list(tx, organisation, after, limit + 1)?;
            Ok(page(rows, limit))
        })
        .await
}

/// One own check.
pub async fn own_check_one(
    app: &App,
    caller: &Caller,
    id: Id<OwnCheck>,
) -> Result<OwnCheckDetail, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let row = own_checks::own_check_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("own check"))?;
            let mut versions = own_checks::own_check_versions(tx, organisation, Some(id))?;
            versions.reverse();
            let (_, not_asked) = build_with_faults(tx, &unit_app, organisation)?;
            let name = id.to_string();
            let not_asked = not_asked.into_iter().find(|one| one.id == name).map(|one| one.why);
            Ok(OwnCheckDetail { row, versions, not_asked })
        })
        .await
}
