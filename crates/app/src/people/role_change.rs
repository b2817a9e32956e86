//! Another role for somebody, or another last day.

use super::{
    day_of, drop_invitations, end, member, refuse_last_owner, require_may_give, role_of,
    shown_last_day, take_effect,
};
use crate::{App, Caller, Problem, tasks};
use closedset_core::{
    Action, Role,
    entry::Log,
    id::{Id, Person},
};
use closedset_store::{NewEntry, calendars, people};
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
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        // An end that nobody looked at yet is written down before it is put off.
        take_effect(tx, organisation, person)?;
        let row = member(tx, organisation, person)?;
        require_may_give(tx, caller, row.role)?;
        require_may_give(tx, caller, role)?;
        let mut ends_at = end(tx, organisation, role, &change.last_day)?;
        // Where the facility moved to another time zone, a day that nobody changed is still that day.
        if let (Some(was), Some(_)) = (row.ends_at, ends_at)
            && day_of(change.last_day.trim()) == Some(shown_last_day(tx, organisation, was)?)
        {
            ends_at = row.ends_at;
        }
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
            false => {
                // Nor could they withdraw the address of a calendar.
                calendars::calendar_delete(tx, organisation, person)?;
                tasks::leave(tx, organisation, person)?
            }
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
                    "was_until": row.ends_at,
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
