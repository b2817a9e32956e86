//! Clients, and the titles that are theirs: whose content is worked on and held here, from when to when.
//!
//! One use case a file. What a title is really called is shown to whoever may write titles, and its alias to
//! all others. Nothing here is a verdict: the list of active clients is told from the rows for any day.

mod client_add;
mod client_change;
mod client_list_of;
mod client_remove;
mod csv;
mod hand_out;
mod list;
mod terms;
mod title_add;
mod title_change;
mod title_remove;

pub use client_add::client_add;
pub use client_change::client_change;
pub(crate) use client_list_of::drawn_up;
pub use client_list_of::{
    ActiveClient, ActiveTitle, ClientList, ListOf, UNDISCLOSED, client_list_of,
};
pub use client_remove::client_remove;
pub(crate) use csv::table;
pub use hand_out::{HandedOut, client_list_hand_out};
pub use list::{
    ClientShown, Member, TitleDetail, TitleShown, client_list, client_one, client_page, title_one,
    title_page,
};
pub(crate) use terms::{DAY_RULE, day};
pub use terms::{NewClient, NewTitle};
pub use title_add::title_add;
pub use title_change::title_change;
pub use title_remove::title_remove;

use crate::{Problem, days::zone_of};
use closedset_core::id::{Client, Id, Organisation, Title};
use closedset_store::{
    Tx,
    titles::{self, ClientRow, TitleRow},
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// How many clients an organisation has at most.
const CLIENTS: usize = 500;
/// How many titles.
const TITLES: usize = 5_000;

/// The kinds of entry that say what titles are really called, in the fields [`SECRET_FIELDS`].
pub(crate) const SECRET_KINDS: [&str; 2] = ["title.added", "title.changed"];
/// Which of their fields are shown to nobody who may not write titles.
pub(crate) const SECRET_FIELDS: [&str; 2] = ["name", "was_name"];

/// The day that it is where the facility is.
fn today(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<Date, Problem> {
    Ok(tx.now().timestamp().to_zoned(zone_of(tx, organisation)?).date())
}

/// A client that was not removed.
pub(crate) fn client_here(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Client>,
) -> Result<ClientRow, Problem> {
    titles::client_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("client"))
}

/// A title that was not removed.
fn title_here(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Title>,
) -> Result<TitleRow, Problem> {
    titles::title_by_id(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("title"))
}

/// A client as an entry tells it.
fn told_client(row: &ClientRow) -> Map<String, Value> {
    fields(json!({
        "client": row.id,
        "name": row.name,
        "is_confidential": row.is_confidential,
        "contract_from": row.contract.map(|days| days.first),
        "contract_to": row.contract.and_then(|days| days.last),
    }))
}

/// A title as an entry tells it: each name in a field of its own, so that one can be shown without the other.
fn told_title(row: &TitleRow) -> Map<String, Value> {
    fields(json!({
        "title": row.id,
        "client": row.client,
        "name": row.name,
        "alias": row.alias,
        "is_high_security": row.is_high_security,
        "begins_on": row.days.first,
        "ends_on": row.days.last,
        "content_gone_on": row.content_gone_on,
    }))
}

pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What is so now, and under `was_...` what was otherwise before.
pub(crate) fn changed(before: Map<String, Value>, mut now: Map<String, Value>) -> Value {
    for (name, was) in before {
        if now.get(&name) != Some(&was) {
            now.insert(format!("was_{name}"), was);
        }
    }
    Value::Object(now)
}
