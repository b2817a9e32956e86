//! A new client.

use super::{CLIENTS, NewClient, terms, told_client};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Client, Id},
};
use closedset_store::{
    NewEntry,
    titles::{ClientRow, client_insert, client_list},
};

/// Enters a client.
pub async fn client_add(app: &App, caller: &Caller, new: NewClient) -> Result<Id<Client>, Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let (name, contract) = terms::client(tx, organisation, &new, None)?;
        if client_list(tx, organisation)?.len() >= CLIENTS {
            return Err(Problem::Conflict {
                code: "client.too_many",
                sentence: "There are 500 clients here.",
                remedy: "Remove those that were entered by mistake.",
            });
        }
        let row = ClientRow {
            id: tx.new_id(),
            name,
            is_confidential: new.is_confidential,
            contract,
            created_at: tx.now(),
            removed_at: None,
        };
        client_insert(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("client:{}", row.id),
                kind: "client.added",
                body: told_client(&row).into(),
            },
        )?;
        Ok(row.id)
    })
    .await
}
