//! What a directory says anew of a group, and of who is in it.

use super::{
    group::{Group, GroupWords, check, group_in, refuse_strangers},
    known::{later, tell_group},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest,
    id::{Group as GroupKind, Id, Person},
};
use closedset_store::scim;
use serde_json::json;
use std::collections::BTreeSet;

/// Writes down what the directory says now. `expected` is the edition upon which it says so.
pub async fn group_change(
    app: &App,
    caller: &Caller,
    id: Id<GroupKind>,
    (words, expected): (GroupWords, Option<Digest>),
) -> Result<Group, Problem> {
    caller.require(Action::Scim)?;
    check(&words)?;
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let organisation = caller.organisation;
        let mut group = group_in(tx, organisation, (id, expected))?;
        let before: BTreeSet<Id<Person>> = group.members.iter().copied().collect();
        let added: Vec<_> = words.members.difference(&before).copied().collect();
        let removed: Vec<_> = before.difference(&words.members).copied().collect();
        let mut row = group.row.clone();
        row.name = words.name.trim().to_owned();
        row.external_id = words.external_id.clone();
        if row == group.row && added.is_empty() && removed.is_empty() {
            return Ok(group);
        }
        refuse_strangers(tx, organisation, &added)?;
        for member in &added {
            scim::member_insert(tx, organisation, id, *member)?;
        }
        for member in &removed {
            scim::member_delete(tx, organisation, id, *member)?;
        }
        row.changed_at = later(tx, row.changed_at);
        scim::group_put(tx, organisation, &row)?;
        let body = json!({"group": id, "name": row.name, "added": added, "removed": removed});
        tell_group(tx, caller, id, "scim.group_changed", body)?;
        group.row = row;
        group.members = words.members.iter().copied().collect();
        Ok(group)
    })
    .await
}
