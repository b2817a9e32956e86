//! An agreement that nobody has to sign any more.

use super::in_force;
use crate::{App, Caller, Problem, people::write_counted};
use closedset_core::{
    Action,
    entry::Log,
    id::{Agreement, Id},
};
use closedset_store::{NewEntry, agreements};
use serde_json::json;

/// Takes an agreement out of force. What was signed stays signed, and is still shown.
pub async fn agreement_retire(
    app: &App,
    caller: &Caller,
    id: Id<Agreement>,
) -> Result<(), Problem> {
    write_counted(app, caller, Action::PeopleManage, move |tx, caller| {
        let mut row = in_force(tx, caller.organisation, id)?;
        row.retired_at = Some(tx.now());
        agreements::agreement_update(tx, caller.organisation, &row)?;
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("agreement:{id}"),
                kind: "agreement.retired",
                body: json!({"agreement": id}),
            },
        )?;
        Ok(())
    })
    .await
}
