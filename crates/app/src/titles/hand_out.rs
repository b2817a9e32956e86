//! The client list as a file that somebody takes along. What was handed out, and to whom, counts as
//! evidence: an entry holds the file's digest.

use super::{ListOf, client_list_of::drawn_up, csv::table};
use crate::{App, Caller, Problem};
use closedset_core::{Action, Digest, entry::Log};
use closedset_store::NewEntry;
use serde_json::json;

/// A client list as a file.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// What the file is called: without the name of whom it is for.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub digest: Digest,
    /// The index of the entry that says so.
    pub entry: i64,
}

/// Draws up the list of active clients on a day, for the house or for one owner, as comma-separated values.
pub async fn client_list_hand_out(
    app: &App,
    caller: &Caller,
    wanted: ListOf,
) -> Result<HandedOut, Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let list = drawn_up(tx, caller, &wanted)?;
        let (day, for_client) = (list.day, wanted.for_client);
        let bytes = table(&list);
        let digest = Digest::of(&bytes);
        let organisation = caller.organisation;
        let subject = match for_client {
            Some(client) => format!("client:{client}"),
            None => format!("organisation:{organisation}"),
        };
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject,
                kind: "title.listed",
                body: json!({
                    "for": for_client,
                    "on": day,
                    "clients": list.count(),
                    "digest": digest,
                }),
            },
        )?;
        let whose = if for_client.is_some() { "for-one-owner-" } else { "" };
        let file_name = format!("active-clients-{whose}{day}.csv");
        Ok(HandedOut { file_name, bytes, digest, entry: entry.index })
    })
    .await
}
