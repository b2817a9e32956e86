//! Taking out a client that was entered by mistake.

use super::client_here;
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Client, Id},
};
use closedset_store::{
    NewEntry,
    titles::{ClientRow, client_update, title_list},
};
use serde_json::json;

/// Removes a client that has no titles. One with which the work has ended stays: it stands on the lists of
/// the days on which it was one.
pub async fn client_remove(app: &App, caller: &Caller, id: Id<Client>) -> Result<(), Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = client_here(tx, organisation, id)?;
        if !title_list(tx, organisation, Some(id))?.is_empty() {
            return Err(Problem::Conflict {
                code: "client.has_titles",
                sentence: "This client has titles.",
                remedy: "If they were entered by mistake, remove them first. If the work has ended, enter that on each title: then the client is on no list of active clients any more.",
            });
        }
        client_update(tx, organisation, &ClientRow { removed_at: Some(tx.now()), ..row })?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("client:{id}"),
                kind: "client.removed",
                body: json!({"client": id}),
            },
        )?;
        Ok(())
    })
    .await
}
