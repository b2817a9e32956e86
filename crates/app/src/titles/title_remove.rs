//! Taking out a title that was entered by mistake.

use super::title_here;
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Title},
};
use closedset_store::{
    NewEntry,
    engagements::assignment_list_on,
    titles::{TitleRow, title_update},
};
use serde_json::json;

/// Removes a title on which nobody works or worked.
pub async fn title_remove(app: &App, caller: &Caller, id: Id<Title>) -> Result<(), Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = title_here(tx, organisation, id)?;
        if !assignment_list_on(tx, organisation, id)?.is_empty() {
            return Err(Problem::Conflict {
                code: "title.has_people",
                sentence: "People work on this title, or did.",
                remedy: "If that was entered by mistake, take them off it first. If the work has ended, enter its last day instead.",
            });
        }
        let client = row.client;
        title_update(tx, organisation, &TitleRow { removed_at: Some(tx.now()), ..row })?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("title:{id}"),
                kind: "title.removed",
                body: json!({"title": id, "client": client}),
            },
        )?;
        Ok(())
    })
    .await
}
