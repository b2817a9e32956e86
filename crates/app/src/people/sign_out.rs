//! Signing somebody else out everywhere, as far as this organisation is concerned.

use super::{member, require_may_give};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Person},
};
use closedset_store::{NewEntry, accounts, calendars, people};
use serde_json::json;

/// Ends somebody's sessions here. Sessions that look at another organisation go on there, and do not
/// reach this one any more until the person signs in anew.
pub async fn person_sign_out(
    app: &App,
    caller: &Caller,
    person: Id<Person>,
) -> Result<(), Problem> {
    let now = app.now();
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        let row = member(tx, organisation, person)?;
        require_may_give(tx, caller, row.role)?;
        caller.require_fresh_factor_for(Some(row.account), now)?;
        people::membership_sign_out(tx, row.account, organisation)?;
        let sessions = accounts::session_delete_in(tx, row.account, organisation)?;
        // Whoever took the session may have made an address that goes on without one.
        let had_calendar = calendars::calendar_delete(tx, organisation, person)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("person:{person}"),
                kind: "person.signed_out",
                body: json!({
                    "person": person,
                    "sessions_ended": sessions,
                    "calendar_withdrawn": had_calendar,
                }),
            },
        )?;
        Ok(())
    })
    .await
}
