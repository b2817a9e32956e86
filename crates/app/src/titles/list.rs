//! Clients and titles as pages and the API show them: titles by their names to whoever may write them, by
//! their aliases to all others.

use super::{client_here, title_here};
use crate::{App, Caller, Problem, evidence::page, people::name_key};
use closedset_core::{
    Action, Time,
    engagement::Days,
    id::{Client, Id, Title},
};
use closedset_store::titles::{self, ClientRow, TeamRow, TitleRow};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A title as whoever asks may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleShown {
    /// Its id.
    pub id: Id<Title>,
    /// Whose it is.
    pub client: Id<Client>,
    /// What it is really called; none for whoever need not know.
    pub name: Option<String>,
    /// What it is called before all others.
    pub alias: String,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
    /// The days of the work on it.
    pub days: Days,
    /// The first day on which nothing of its content was held any more.
    pub content_gone_on: Option<Date>,
    /// Since when it is known.
    pub created_at: Time,
}

impl TitleShown {
    pub(super) fn of(row: TitleRow, caller: &Caller) -> Self {
        Self {
            id: row.id,
            client: row.client,
            name: caller.may(Action::TitleWrite).then_some(row.name),
            alias: row.alias,
            is_high_security: row.is_high_security,
            days: row.days,
            content_gone_on: row.content_gone_on,
            created_at: row.created_at,
        }
    }

    /// What it is called before whoever asked.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.alias)
    }

    /// Whether something of its content is held on this day: from the first day on, until somebody says
    /// that it is gone.
    pub fn is_held_on(&self, day: Date) -> bool {
        self.days.first <= day && self.content_gone_on.is_none_or(|gone| day < gone)
    }

    /// Whether it is worked on, or its content is held, on this day.
    pub fn is_active_on(&self, day: Date) -> bool {
        self.days.holds(day) || self.is_held_on(day)
    }
}

/// A client with its titles, those that began last first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientShown {
    /// The client.
    pub client: ClientRow,
    /// Its titles.
    pub titles: Vec<TitleShown>,
}

impl ClientShown {
    /// Whether a contract with it runs, a title of it does, or content is held, on this day.
    pub fn is_active_on(&self, day: Date) -> bool {
        self.client.contract.is_some_and(|days| days.holds(day))
            || self.titles.iter().any(|title| title.is_active_on(day))
    }
}

/// Somebody's work on a title.
pub type Member = TeamRow;

/// One title, with whose it is and who works on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleDetail {
    /// The title.
    pub title: TitleShown,
    /// Whose it is.
    pub client: ClientRow,
    /// Who works on it, did, or will: the latest first.
    pub team: Vec<Member>,
}

/// All clients with their titles, by name.
pub async fn client_list(app: &App, caller: &Caller) -> Result<Vec<ClientShown>, Problem> {
    caller.require(Action::TitleRead)?;
    let caller = caller.clone();
    app.store().read(move |tx| listed(tx, &caller)).await
}

pub(super) fn listed(
    tx: &mut closedset_store::Tx<'_>,
    caller: &Caller,
) -> Result<Vec<ClientShown>, Problem> {
    let organisation = caller.organisation;
    let mut titles: BTreeMap<Id<Client>, Vec<TitleShown>> = BTreeMap::new();
    for row in titles::title_list(tx, organisation, None)? {
        titles.entry(row.client).or_default().push(TitleShown::of(row, caller));
    }
    let mut clients: Vec<ClientShown> = titles::client_list(tx, organisation)?
        .into_iter()
        .map(|client| ClientShown { titles: titles.remove(&client.id).unwrap_or_default(), client })
        .collect();
    // The two engines sort text otherwise.
    clients.sort_by_cached_key(|one| (name_key(&one.client.name), one.client.id));
    Ok(clients)
}

/// The clients after `after`, oldest first, and whether there are more.
pub async fn client_page(
    app: &App,
    caller: &Caller,
    after: Option<Id<Client>>,
    limit: i64,
) -> Result<(Vec<ClientRow>, bool), Problem> {
    caller.require(Action::TitleRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    let mut rows = app
        .store()
        .read(move |tx| Ok::<_, Problem>(titles::client_list(tx, organisation)?))
        .await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    rows.sort_by_key(|row| row.id);
    Ok(page(rows, limit))
}

/// The titles after `after`, oldest first, of all clients or of one, and whether there are more.
pub async fn title_page(
    app: &App,
    caller: &Caller,
    client: Option<Id<Client>>,
    (after, limit): (Option<Id<Title>>, i64),
) -> Result<(Vec<TitleShown>, bool), Problem> {
    caller.require(Action::TitleRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    let mut rows = app
        .store()
        .read(move |tx| {
            if let Some(client) = client {
                client_here(tx, organisation, client)?;
            }
            Ok::<_, Problem>(titles::title_list(tx, organisation, client)?)
        })
        .await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    rows.sort_by_key(|row| row.id);
    let (rows, more) = page(rows, limit);
    Ok((rows.into_iter().map(|row| TitleShown::of(row, caller)).collect(), more))
}

/// One client with its titles.
pub async fn client_one(
    app: &App,
    caller: &Caller,
    id: Id<Client>,
) -> Result<ClientShown, Problem> {
    caller.require(Action::TitleRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| {
            let organisation = caller.organisation;
            let client = client_here(tx, organisation, id)?;
            let titles = titles::title_list(tx, organisation, Some(id))?;
            let titles = titles.into_iter().map(|row| TitleShown::of(row, &caller)).collect();
            Ok(ClientShown { client, titles })
        })
        .await
}

/// One title with its client and its people.
pub async fn title_one(app: &App, caller: &Caller, id: Id<Title>) -> Result<TitleDetail, Problem> {
    caller.require(Action::TitleRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| {
            let organisation = caller.organisation;
            let title = title_here(tx, organisation, id)?;
            let client = client_here(tx, organisation, title.client)?;
            let team = titles::team_list(tx, organisation, id)?;
            Ok(TitleDetail { title: TitleShown::of(title, &caller), client, team })
        })
        .await
}
