//! A group that a directory removes.

use super::{group::group_in, known::tell_group};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest,
    id::{Group as GroupKind, Id},
};
use closedset_store::scim;
use serde_json::json;

/// Removes a group; who was in it stays.
pub async fn group_remove(
    app: &App,
    caller: &Caller,
    id: Id<GroupKind>,
    expected: Option<Digest>,
) -> Result<(), Problem> {
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let organisation = caller.organisation;
        let mut group = group_in(tx, organisation, (id, expected))?;
        for member in &group.members {
            scim::member_delete(tx, organisation, id, *member)?;
        }
        group.row.removed_at = Some(tx.now());
        scim::group_put(tx, organisation, &group.row)?;
        let body = json!({"group": id, "name": group.row.name});
        tell_group(tx, caller, id, "scim.group_removed", body)
    })
    .await
}
