//! Giving up a draft.

use super::{drafted, tell};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Id, Policy},
};
use closedset_store::policies;
use serde_json::json;

/// Takes away the draft of a policy that is in force, whose words go on as they are. One that never was in force is
/// retired instead. `edition` is the one that was seen.
pub async fn policy_draft_drop(
    app: &App,
    caller: &Caller,
    (id, edition): (Id<Policy>, i64),
) -> Result<(), Problem> {
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let (mut row, _) = drafted(tx, caller.organisation, (id, edition))?;
        if row.number == 0 {
            return Err(Problem::Conflict {
                code: "policy.draft_alone",
                sentence: "Nothing of this policy is in force, so that nothing would be left of it.",
                remedy: "Take the policy itself out of force.",
            });
        }
        row.edition += 1;
        policies::policy_update(tx, caller.organisation, &row)?;
        policies::draft_delete(tx, id)?;
        let body = json!({"policy": id, "edition": edition});
        tell(tx, caller, id, "policy.draft_dropped", body)?;
        Ok(())
    })
    .await
}
