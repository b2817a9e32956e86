//! Memberships that end by themselves. They open nothing from their end on, whoever looks when; this
//! only writes it down and ends what is left.

use super::member;
use crate::{App, Problem, tasks};
use closedset_core::{
    Actor,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::{NewEntry, Tx, accounts, people};
use serde_json::json;

/// Those that ended and were not looked at since.
pub(crate) async fn lapsing(
    app: &App,
    limit: i64,
) -> Result<Vec<(Id<Organisation>, Id<Person>)>, Problem> {
    let now = app.now();
    app.store().read(move |tx| Ok(people::membership_lapsing(tx, now, limit)?)).await
}

/// Writes down that a membership ended.
pub(crate) fn take_effect(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), Problem> {
    let row = member(tx, organisation, person)?;
    let now = tx.now();
    if row.lapsed_at.is_some() || row.ends_at.is_none_or(|end| now < end) {
        return Ok(());
    }
    people::membership_lapsed(tx, row.account, organisation)?;
    let sessions = accounts::session_delete_in(tx, row.account, organisation)?;
    let tasks = tasks::leave(tx, organisation, person)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Closedset,
            subject: format!("person:{person}"),
            kind: "person.access_ended",
            body: json!({
                "person": person,
                "role": row.role,
                "ended_at": row.ends_at,
                "sessions_ended": sessions,
                "tasks_left": tasks,
            }),
        },
    )?;
    Ok(())
}
