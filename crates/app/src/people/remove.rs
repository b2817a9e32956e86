//! Removing somebody: they are out at once, and what they made to come in by ends with them. The person
//! stays in the registers that name them.

use super::{drop_invitations, member, refuse_last_owner, require_may_give, take_effect};
use crate::{App, Caller, Problem, tasks};
use closedset_core::{
    Action, Actor, Role,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx, accounts,
    devices::{self, EnrolmentMaker},
    organisations,
    people::{self, MemberRow},
};
use serde_json::json;

/// Ends somebody's membership, their sessions here, the tokens they made, their open invitations and
/// the links for devices that none used; the tasks that they have are nobody's then.
/// Where else they belong, nothing changes. Whoever removes another shows the second factor; leaving takes none.
pub async fn person_remove(app: &App, caller: &Caller, person: Id<Person>) -> Result<(), Problem> {
    let now = app.now();
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        // An end that nobody looked at yet is written down before.
        take_effect(tx, organisation, person)?;
        let row = member(tx, organisation, person)?;
        require_may_give(tx, caller, row.role)?;
        caller.require_fresh_factor_for(Some(row.account), now)?;
        if row.role == Role::Owner {
            refuse_last_owner(tx, organisation, &row)?;
        }
        remove_in(tx, organisation, &row, &caller.actor)?;
        Ok(())
    })
    .await
}

/// The same within a unit that made sure of all that; the index of its entry.
pub(crate) fn remove_in(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &MemberRow,
    actor: &Actor,
) -> Result<i64, Problem> {
    let person = row.person;
    people::membership_delete(tx, row.account, organisation)?;
    let sessions = accounts::session_delete_in(tx, row.account, organisation)?;
    let tokens = organisations::api_token_revoke_of(tx, organisation, row.account)?;
    let invitations = drop_invitations(tx, organisation, row.account, |_| true)?;
    let maker = EnrolmentMaker::Account(row.account);
    let enrolments = devices::enrolment_end_of(tx, organisation, maker)?;
    let tasks = tasks::leave(tx, organisation, person)?;
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: format!("person:{person}"),
            kind: "person.removed",
            body: json!({
                "person": person,
                "role": row.role,
                "sessions_ended": sessions,
                "tokens_revoked": tokens,
                "invitations_revoked": invitations,
                "enrolments_ended": enrolments,
                "tasks_left": tasks,
            }),
        },
    )?;
    Ok(entry.index)
}
