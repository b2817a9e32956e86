//! Following a risk no more.

use super::{open, saying, task, tell};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskRow, risk_update};
use serde_json::json;

/// Closes a risk for good, and its task. It stays to be read; why, in at most 500 characters, stands with it.
pub async fn risk_close(
    app: &App,
    caller: &Caller,
    id: Id<Risk>,
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::EvidenceWrite)?;
    let why = reason(why)?;
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let before = open(tx, organisation, (id, None))?;
        let closed = task::close(tx, caller, &before, "the risk was closed")?;
        let row = RiskRow {
            remind_at: None,
            task: None,
            accepted: None,
            closed: Some(saying(tx, caller, &why)),
            changes: before.changes + 1,
            ..before
        };
        risk_update(tx, organisation, &row)?;
        let body = json!({"risk": id, "reason": why, "task": closed});
        tell(tx, (&caller.actor, organisation), id, "risk.closed", body)
    })
    .await
}
