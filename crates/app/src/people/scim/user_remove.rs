//! Somebody whom a directory removes: they stay in the register, and work here no longer.

use super::{
    activity::end,
    known::{is_here, refuse_stale, shown_one, user},
};
use crate::{
    App, Caller, Problem,
    people::{
        counted,
        known::{tell, today},
    },
};
use closedset_core::{
    Action, Digest,
    id::{Id, Person},
};
use closedset_store::{engagements, scim};
use serde_json::json;

/// Ends their engagements with today, takes them out of all groups, and forgets what the directory said of them. It may
/// bring them again, as the same person.
pub async fn user_remove(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    expected: Option<Digest>,
) -> Result<(), Problem> {
    caller.require(Action::Scim)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let organisation = caller.organisation;
        let (mut row, _) = user(tx, organisation, id)?;
        let shown = shown_one(tx, organisation, row.clone())?;
        refuse_stale(expected, shown.edition())?;
        let today = today(tx, organisation)?;
        let engaged = engagements::engagement_list_of(tx, organisation, id)?;
        if is_here(&engaged, false, today) {
            counted(tx, &unit_app, organisation, |tx| end(tx, caller, &engaged, today))?;
        }
        scim::member_delete_everywhere(tx, organisation, id)?;
        (row.name_key, row.external_id, row.resource) = (None, None, "{}".to_owned());
        (row.is_active, row.removed_at) = (Some(false), Some(tx.now()));
        scim::user_put(tx, organisation, &row)?;
        tell(tx, caller, id, "scim.user_removed", json!({"person": id}))
    })
    .await
}
