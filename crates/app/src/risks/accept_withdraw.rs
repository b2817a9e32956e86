//! Taking back the decision to bear what is left of a risk.

use super::{open, tell};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_core::{
    Action,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskRow, risk_update};
use serde_json::json;

/// Nobody bears it any more. Why, in at most 500 characters, stands in the ledger.
pub async fn risk_accept_withdraw(
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
        if before.accepted.is_none() {
            return Err(Problem::Conflict {
                code: "risk.not_accepted",
                sentence: "Nobody decided to bear what is left of this risk.",
                remedy: "Nothing more is needed.",
            });
        }
        let row = RiskRow { accepted: None, changes: before.changes + 1, ..before };
        risk_update(tx, organisation, &row)?;
        let body = json!({"risk": id, "reason": why});
        tell(tx, (&caller.actor, organisation), id, "risk.acceptance_withdrawn", body)
    })
    .await
}
