//! A new title of a client.

use super::{
    NewTitle, TITLES, client_here,
    terms::{self, OfTitle},
    today, told_title,
};
use crate::{App, Caller, FieldProblem, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Client, Id, Title},
};
use closedset_store::{
    NewEntry,
    titles::{TitleRow, title_insert, title_list},
};

/// Enters a title. `client` is whose it is, if somebody chose one.
pub async fn title_add(
    app: &App,
    caller: &Caller,
    client: Option<Id<Client>>,
    new: NewTitle,
) -> Result<Id<Title>, Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let client = match client.map(|id| client_here(tx, organisation, id)).transpose() {
            Ok(row) => row.map(|row| row.id),
            Err(Problem::NotFound(_)) => None,
            Err(other) => return Err(other),
        };
        let no_client = FieldProblem {
            field: "client",
            message: "Choose the client whose title it is.".to_owned(),
        };
        let of = OfTitle {
            own: None,
            no_client: client.is_none().then(|| no_client.clone()),
            new: &new,
            today: today(tx, organisation)?,
        };
        let read = terms::title(tx, organisation, of)?;
        let Some(client) = client else { return Err(Problem::Invalid(vec![no_client])) };
        if title_list(tx, organisation, None)?.len() >= TITLES {
            return Err(Problem::Conflict {
                code: "title.too_many",
                sentence: "There are 5,000 titles here.",
                remedy: "Remove those that were entered by mistake.",
            });
        }
        let row = TitleRow {
            id: tx.new_id(),
            client,
            name: read.name,
            alias: read.alias,
            is_high_security: new.is_high_security,
            days: read.days,
            content_gone_on: read.content_gone_on,
            created_at: tx.now(),
            removed_at: None,
        };
        title_insert(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("title:{}", row.id),
                kind: "title.added",
                body: told_title(&row).into(),
            },
        )?;
        Ok(row.id)
    })
    .await
}
