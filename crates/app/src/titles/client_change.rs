//! Another name for a client, another contract.

use super::{NewClient, changed, client_here, terms, told_client};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Client, Id},
};
use closedset_store::{
    NewEntry,
    titles::{ClientRow, client_update},
};

/// Says what a client is from now on, whole. The same again changes nothing and leaves no entry.
pub async fn client_change(
    app: &App,
    caller: &Caller,
    id: Id<Client>,
    new: NewClient,
) -> Result<(), Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let before = client_here(tx, organisation, id)?;
        let (name, contract) = terms::client(tx, organisation, &new, Some(id))?;
        let is_confidential = new.is_confidential;
        let row = ClientRow { name, is_confidential, contract, ..before.clone() };
        if row == before {
            return Ok(());
        }
        client_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("client:{id}"),
                kind: "client.changed",
                body: changed(told_client(&before), told_client(&row)),
            },
        )?;
        Ok(())
    })
    .await
}
