//! Removing somebody: they are out at once, and what they made to come in by ends with them. The person
//! stays in the registers that name them.

use super::{drop_invitations, member, refuse_last_owner, require_may_give};
use crate::{App, Caller, Problem, accounts::refuse_ended, tasks};
use closedset_core::{
    Action, Role,
    entry::Log,
    id::{Id, Person},
};
use closedset_store::{NewEntry, Scope, accounts, organisations, people};
use serde_json::json;

/// Ends somebody's membership, their sessions here, the tokens they made and their open invitations;
/// the tasks that they have are nobody's then.
/// Where else they belong, nothing changes.
pub async fn person_remove(app: &App, caller: &Caller, person: Id<Person>) -> Result<(), Problem> {
    caller.require(Action::PeopleManage)?;
    let caller = caller.clone();
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            refuse_ended(tx, &caller, Action::PeopleManage)?;
            let organisation = caller.organisation;
            let row = member(tx, organisation, person)?;
            require_may_give(tx, &caller, row.role)?;
            if row.role == Role::Owner {
                refuse_last_owner(tx, organisation, &row)?;
            }
            people::membership_delete(tx, row.account, organisation)?;
            let sessions = accounts::session_delete_in(tx, row.account, organisation)?;
            let tokens = organisations::api_token_revoke_of(tx, organisation, row.account)?;
            let invitations = drop_invitations(tx, organisation, row.account, |_| true)?;
            let tasks = tasks::leave(tx, organisation, person)?;
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("person:{person}"),
                    kind: "person.removed",
                    body: json!({
                        "person": person,
                        "role": row.role,
                        "sessions_ended": sessions,
                        "tokens_revoked": tokens,
                        "invitations_revoked": invitations,
                        "tasks_left": tasks,
                    }),
                },
            )?;
            Ok(())
        })
        .await
}
