//! Another name, alias or mark for a title; its end; that its content is gone, and taking that back.

use super::{
    NewTitle, changed,
    terms::{self, OfTitle},
    title_here, today, told_title,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Title},
};
use closedset_store::{
    NewEntry,
    titles::{TitleRow, title_update},
};

/// Says what a title is from now on, whole; whose it is never changes. The same again changes nothing and
/// leaves no entry.
pub async fn title_change(
    app: &App,
    caller: &Caller,
    id: Id<Title>,
    new: NewTitle,
) -> Result<(), Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let before = title_here(tx, organisation, id)?;
        let today = today(tx, organisation)?;
        let of = OfTitle { own: Some(id), no_client: None, new: &new, today };
        let read = terms::title(tx, organisation, of)?;
        let row = TitleRow {
            name: read.name,
            alias: read.alias,
            is_high_security: new.is_high_security,
            days: read.days,
            content_gone_on: read.content_gone_on,
            ..before.clone()
        };
        if row == before {
            return Ok(());
        }
        title_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("title:{id}"),
                kind: "title.changed",
                body: changed(told_title(&before), told_title(&row)),
            },
        )?;
        Ok(())
    })
    .await
}
