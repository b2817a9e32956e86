//! A policy that nobody has to keep to any more.

use super::{
    handbook::{After, carry_out},
    kept, tell,
};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    id::{Id, Policy},
};
use closedset_store::{
    Tx,
    policies::{self, PolicyRow},
};
use serde_json::json;

/// Takes a policy out of force, with its draft. What was acknowledged stays. The reason, at most 500 characters, stands
/// in the ledger.
pub async fn policy_retire(
    app: &App,
    caller: &Caller,
    id: Id<Policy>,
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::PeopleManage)?;
    let why = reason(why)?;
    let prepare = move |tx: &mut Tx<'_>, caller: &Caller| {
        let row = kept(tx, caller.organisation, id)?;
        let row = PolicyRow { retired_at: Some(tx.now()), ..row };
        Ok(Some(After { row, version: None }))
    };
    carry_out(app, caller, prepare, move |tx, caller, after| {
        let Some(After { row, .. }) = after else { return Ok(()) };
        policies::policy_update(tx, caller.organisation, &row)?;
        policies::draft_delete(tx, id)?;
        tell(tx, caller, id, "policy.retired", json!({"policy": id, "reason": why}))?;
        Ok(())
    })
    .await
}
