//! Retiring an own check: it is asked no more, and what it found stays.

use super::{
    after_change, before_change, catch_up, take_up,
    write::{changed_meanwhile, retired},
};
use crate::{App, Caller, Problem, admitted::Admitted, evidence::reason};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, OwnCheck},
    own_check::RETIRED,
};
use closedset_store::{
    NewEntry, Tx,
    own_checks::{self, Retired},
};
use serde_json::json;

/// Ends an own check that the caller looked at in `version`. The reason, at most 500 characters, stands in the
/// ledger.
pub async fn own_check_retire(
    app: &App,
    caller: &Caller,
    id: Id<OwnCheck>,
    version: i64,
    why: &str,
) -> Result<(), Problem> {
    before_change(app, caller).await?;
    let why = reason(why)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::CatalogueWrite, move |tx, caller| {
        catch_up(tx, &unit_app, caller.organisation)?;
        retire(tx, caller, (id, version), &why)?;
        take_up(tx, &unit_app, caller.organisation)
    })
    .await?;
    after_change(app, caller).await
}

/// Ends it, with its entry; see [`super::write::write`].
pub(super) fn retire(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    (id, version): (Id<OwnCheck>, i64),
    why: &str,
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    let row =
        own_checks::own_check_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("own check"))?;
    if row.retired.is_some() {
        return Err(retired());
    }
    if row.newest.version != version {
        return Err(changed_meanwhile());
    }
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("check:{id}"),
            kind: RETIRED,
            body: json!({
                "check": id,
                "version": version,
                "reason": why,
                "retired_by": caller.name,
            }),
        },
    )?;
    let retired = Retired { at: tx.now(), by: caller.name.clone(), entry: entry.index };
    own_checks::own_check_retire(tx, organisation, id, &retired)?;
    Ok(())
}
