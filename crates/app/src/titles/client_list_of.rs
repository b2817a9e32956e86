//! The list of active clients that owners ask for (AD-2), for any day, past, present or booked: for the house, and for
//! one owner, who reads nothing of others' titles.
//!
//! Active is a client of which a title runs, content is held, or a contract runs. Content is held from a
//! title's first day on until somebody says that it is gone.

use super::{
    TitleShown, client_here,
    list::listed,
    terms::{self, DAY_RULE},
    today,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    engagement::Days,
    id::{Client, Id, Title},
};
use closedset_store::{Tx, titles::ClientRow};
use jiff::civil::Date;

/// What stands on one owner's list for a client whose name is not told to others.
pub const UNDISCLOSED: &str = "a client under a non-disclosure agreement";

/// Which list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOf {
    /// The day, as `2026-09-30`; empty for today.
    pub on: String,
    /// The owner whom the list is for; none for the house itself.
    pub for_client: Option<Id<Client>>,
}

/// The active clients on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientList {
    /// The day.
    pub day: Date,
    /// Whom the list is for: none for the house itself.
    pub owner: Option<ClientRow>,
    /// The active clients with why they are: on one owner's list that owner alone, if it is active.
    pub clients: Vec<ActiveClient>,
    /// On one owner's list: what the other active clients are called, nothing else of them.
    pub others: Vec<String>,
    /// On one owner's list: how many active clients more there are whose names are not told.
    pub undisclosed: usize,
}

impl ClientList {
    /// How many clients are active.
    pub fn count(&self) -> usize {
        self.clients.len() + self.others.len() + self.undisclosed
    }
}

/// An active client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveClient {
    /// Its id.
    pub id: Id<Client>,
    /// Its name.
    pub name: String,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The first day of what makes it active.
    pub since: Date,
    /// The contract that runs.
    pub contract: Option<Days>,
    /// The titles that run, or of which content is held.
    pub titles: Vec<ActiveTitle>,
}

/// A title for which its client is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveTitle {
    /// Its id.
    pub id: Id<Title>,
    /// Its alias; on its owner's list its name, where whoever asks may see that.
    pub called: String,
    /// The days of the work on it.
    pub days: Days,
    /// It is worked on.
    pub is_in_work: bool,
    /// Something of its content is held.
    pub is_held: bool,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
}

/// The active clients on a day: all that is known of them, or what one owner may read.
pub async fn client_list_of(
    app: &App,
    caller: &Caller,
    wanted: ListOf,
) -> Result<ClientList, Problem> {
    caller.require(Action::TitleRead)?;
    let caller = caller.clone();
    app.store().read(move |tx| drawn_up(tx, &caller, &wanted)).await
}

/// The same within a unit.
pub(crate) fn drawn_up(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wanted: &ListOf,
) -> Result<ClientList, Problem> {
    let for_client = wanted.for_client;
    let day = match terms::day(&wanted.on) {
        _ if wanted.on.trim().is_empty() => today(tx, caller.organisation)?,
        Some(day) => day,
        None => return Err(Problem::field("on", DAY_RULE)),
    };
    let owner = for_client.map(|id| client_here(tx, caller.organisation, id)).transpose()?;
    let mut list =
        ClientList { day, owner, clients: Vec::new(), others: Vec::new(), undisclosed: 0 };
    for one in listed(tx, caller)? {
        if !one.is_active_on(day) {
            continue;
        }
        let is_own = for_client == Some(one.client.id);
        match for_client {
            Some(_) if !is_own && one.client.is_confidential => list.undisclosed += 1,
            Some(_) if !is_own => list.others.push(one.client.name),
            _ => {
                let called = |title: &TitleShown| {
                    if is_own { title.called() } else { &title.alias }.to_owned()
                };
                let titles = one.titles.iter().filter(|title| title.is_active_on(day));
                let titles: Vec<ActiveTitle> = titles
                    .map(|title| ActiveTitle {
                        id: title.id,
                        called: called(title),
                        days: title.days,
                        is_in_work: title.days.holds(day),
                        is_held: title.is_held_on(day),
                        is_high_security: title.is_high_security,
                    })
                    .collect();
                let contract = one.client.contract.filter(|days| days.holds(day));
                let firsts = titles.iter().map(|title| title.days.first);
                let since = firsts.chain(contract.map(|days| days.first)).min();
                list.clients.push(ActiveClient {
                    id: one.client.id,
                    name: one.client.name,
                    is_confidential: one.client.is_confidential,
                    since: since.unwrap_or(day),
                    contract,
                    titles,
                });
            }
        }
    }
    Ok(list)
}
