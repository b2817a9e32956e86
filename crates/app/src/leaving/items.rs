//! What a facility takes back from whoever leaves: a list of its own, or the one that comes with the program.

use super::ITEMS;
use crate::{App, Caller, Problem, people::is_line};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Tx, leavings};
use serde_json::json;

/// The most items.
const MOST: usize = 30;
/// The longest, in characters.
const LENGTH: usize = 120;

pub(super) fn in_force(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<String>, Problem> {
    let own = leavings::leaving_item_list(tx, organisation)?;
    Ok(if own.is_empty() { ITEMS.map(str::to_owned).to_vec() } else { own })
}

/// What is taken back, in its order.
pub async fn leaving_items(app: &App, caller: &Caller) -> Result<Vec<String>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| in_force(tx, organisation)).await
}

/// Writes down what is taken back from now on. Leavings that are open keep what they have; `before` is the list that was
/// seen when this was written.
pub async fn leaving_items_write(
    app: &App,
    caller: &Caller,
    (before, names): (Vec<String>, Vec<String>),
) -> Result<(), Problem> {
    let mut names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    names.retain(|name| !name.is_empty());
    if names.is_empty() || names.len() > MOST || !names.iter().all(|name| is_line(name, LENGTH)) {
        let message = "Write 1 to 30 things, each on a line of at most 120 characters.";
        return Err(Problem::field("items", message));
    }
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        let known = in_force(tx, organisation)?;
        if known != before {
            return Err(Problem::Conflict {
                code: "leaving.items_changed",
                sentence: "Somebody changed the list meanwhile.",
                remedy: "Look at theirs, then write yours again if it is still needed.",
            });
        }
        if known == names {
            return Ok(());
        }
        leavings::leaving_items_put(tx, organisation, &names)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("organisation:{organisation}"),
                kind: "leaving.items_changed",
                body: json!({"items": names}),
            },
        )?;
        Ok(())
    })
    .await
}
