//! What a register holds today, as far as its document tells of it.

use super::Register;
use crate::{
    Caller, Problem,
    people::{self, HeadCount, HeadCountOf},
    titles::{self, ListOf, UNDISCLOSED},
};
use closedset_core::{Digest, engagement::EngagementForm};
use closedset_store::{
    Tx,
    register::{Titles, assigned_count},
};
use jiff::civil::Date;

/// What a register holds on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) day: Date,
    /// How many clients are active, or people engaged.
    pub(super) count: i64,
    /// How many of the active clients are named to nobody.
    pub(super) undisclosed: i64,
    /// SHA-256 of the list as it is shown and handed out, by which is known whether it was this one that somebody
    /// looked through.
    pub(super) seen: Digest,
    /// The active clients, those that may be named by name before all others.
    pub(super) clients: Vec<CountedClient>,
    /// Of people: how many in each form.
    pub(super) forms: Vec<(EngagementForm, i64)>,
    /// Of people: how many are put on a title, and how many of these nobody engaged.
    pub(super) assigned: (i64, i64),
}

/// An active client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountedClient {
    /// What it is called, or that this is not told.
    pub(super) called: String,
    pub(super) since: Date,
    /// The last day of the contract that runs; of one without an end, none within.
    pub(super) contract: Option<Option<Date>>,
    pub(super) in_work: usize,
    pub(super) held: usize,
    /// Of people: how many are put on its titles.
    pub(super) people: i64,
}

/// What it holds today.
pub(super) fn counted(
    tx: &mut Tx<'_>,
    caller: &Caller,
    register: Register,
) -> Result<Counted, Problem> {
    let list = titles::drawn_up(tx, caller, &ListOf::default())?;
    let (day, organisation) = (list.day, caller.organisation);
    let mut undisclosed = 0;
    let mut clients = Vec::new();
    for client in &list.clients {
        undisclosed += i64::from(client.is_confidential);
        let people = match register {
            Register::Clients => 0,
            Register::People => assigned_count(tx, organisation, day, Titles::Of(client.id))?.0,
        };
        let count = |is: fn(&titles::ActiveTitle) -> bool| {
            client.titles.iter().filter(|title| is(title)).count()
        };
        let name = if client.is_confidential { UNDISCLOSED } else { &client.name };
        clients.push(CountedClient {
            called: name.to_owned(),
            since: client.since,
            contract: client.contract.map(|days| days.last),
            in_work: count(|title| title.is_in_work),
            held: count(|title| title.is_held),
            people,
        });
    }
    clients.sort_by_key(|client| client.called == UNDISCLOSED);
    let mut counted = Counted {
        day,
        count: i64::try_from(list.count()).unwrap_or(i64::MAX),
        undisclosed,
        seen: Digest::of(&titles::table(&list)),
        clients,
        forms: Vec::new(),
        assigned: (0, 0),
    };
    if register == Register::People {
        let of: HeadCount = people::heads_counted(tx, organisation, HeadCountOf::default(), true)?;
        counted.count = of.total;
        counted.seen = Digest::of(&people::count_table(&of));
        counted.assigned = (of.assigned.unwrap_or(0), of.assigned_beyond);
        counted.forms = of.forms;
    }
    Ok(counted)
}
