//! A group that a directory makes.

use super::{
    group::{GROUPS, Group, GroupWords, check, refuse_strangers},
    known::tell_group,
};
use crate::{App, Caller, Problem};
use closedset_core::Action;
use closedset_store::scim::{self, GroupRow};
use serde_json::json;

/// Adds a group. Two may be called the same.
pub async fn group_add(app: &App, caller: &Caller, words: GroupWords) -> Result<Group, Problem> {
    caller.require(Action::Scim)?;
    check(&words)?;
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let (organisation, now) = (caller.organisation, tx.now());
        let known = scim::group_list(tx, organisation, GROUPS)?.len();
        if i64::try_from(known).is_ok_and(|known| known >= GROUPS) {
            return Err(Problem::Conflict {
                code: "scim.too_many_groups",
                sentence: "The directory has 500 groups here, and more are not kept.",
                remedy: "Assign fewer groups to Closedset in the directory; they grant nothing here.",
            });
        }
        refuse_strangers(tx, organisation, &words.members)?;
        let row = GroupRow {
            id: tx.new_id(),
            name: words.name.trim().to_owned(),
            external_id: words.external_id.clone(),
            created_at: now,
            changed_at: now,
            removed_at: None,
        };
        scim::group_put(tx, organisation, &row)?;
        for member in &words.members {
            scim::member_insert(tx, organisation, row.id, *member)?;
        }
        let body = json!({"group": row.id, "name": row.name, "added": words.members});
        tell_group(tx, caller, row.id, "scim.group_added", body)?;
        Ok(Group { row, members: words.members.iter().copied().collect() })
    })
    .await
}
