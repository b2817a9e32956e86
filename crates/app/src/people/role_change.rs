//! Another role for somebody, or another last day.

use super::{drop_invitations, end, member, refuse_last_owner, require_may_give, role_of};
use crate::{App, Caller, Problem, accounts::refuse_ended, tasks};
use closedset_core::{
    Action, Role,
    entry::Log,
    id::{Id, Person},
};
use closedset_store::{NewEntry, Scope, people};
use serde_json::json;

/// What somebody is to be, as entered.
#[derive(Debug, Clone)]
pub struct RoleChange {
    /// The role's word.
    pub role: String,
    /// The last day of the membership, as `2026-09-30`; empty for one without an end.
    pub last_day: String,
}

/// Gives somebody another role or another last day, from their next request on. Their open
/// invitations to roles that they may not give any more are taken back.
pub async fn person_change(
    app: &App,
    caller: &Caller,
    person: Id<Person>,
    change: RoleChange,
) -> Result<(), Problem> {
    caller.require(Action::PeopleManage)?;
    let role = role_of(&change.role)?;
    caller.require_fresh_factor(app.now())?;
    let caller = caller.clone();
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            refuse_ended(tx, &caller, Action::PeopleManage)?;
            let organisation = caller.organisation;
            let row = member(tx, organisation, person)?;
            require_may_give(tx, &caller, row.role)?;
            require_may_give(tx, &caller, role)?;
            let ends_at = end(tx, organisation, role, &change.last_day)?;
            if (role, ends_at) == (row.role, row.ends_at) {
                return Ok(());
            }
            if row.role == Role::Owner && role != Role::Owner {
                refuse_last_owner(tx, organisation, &row)?;
            }
            people::membership_change(tx, row.account, organisation, role, ends_at)?;
            let invitations =
                drop_invitations(tx, organisation, row.account, |open| !role.may_give(open.role))?;
            // Whoever may only look from now on completes none.
            let tasks = match role.may(Action::TaskWrite) {
                true => Vec::new(),
                false => tasks::leave(tx, organisation, person)?,
            };
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("person:{person}"),
                    kind: "person.role_changed",
                    body: json!({
                        "person": person,
                        "was": row.role,
                        "role": role,
                        "ends_at": ends_at,
                        "invitations_revoked": invitations,
                        "tasks_left": tasks,
                    }),
                },
            )?;
            Ok(())
        })
        .await
}
