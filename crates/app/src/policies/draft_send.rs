//! Sending a draft to be approved.

use super::{drafted, tell};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest,
    id::{Id, Policy},
};
use closedset_store::policies;
use serde_json::json;

/// Says that a draft is finished: from now on it waits to be approved. `edition` is the one that was seen.
pub async fn policy_send(
    app: &App,
    caller: &Caller,
    (id, edition): (Id<Policy>, i64),
) -> Result<(), Problem> {
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let (_, mut draft) = drafted(tx, caller.organisation, (id, edition))?;
        if draft.sent_at.is_some() {
            return Ok(());
        }
        draft.sent_at = Some(tx.now());
        policies::draft_put(tx, id, &draft)?;
        let digest = Digest::of(draft.text.as_bytes());
        let body = json!({"policy": id, "edition": edition, "digest": digest});
        tell(tx, caller, id, "policy.sent", body)?;
        Ok(())
    })
    .await
}
