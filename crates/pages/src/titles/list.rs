//! All clients with their titles, as they stand on a day.

use super::{day_text, state};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    serve::{Looker, PageProblem, Query, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    titles::{self, ClientShown, ListOf, TitleShown},
};
use closedset_core::Action;
use jiff::civil::Date;
use serde::Deserialize;

/// The clients with their titles.
#[derive(Debug, Clone, Template)]
#[template(path = "titles/list.html")]
pub struct TitlesPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The day that is shown.
    pub day: TimeText,
    /// It is today.
    pub is_today: bool,
    /// The field for another day.
    pub on: Field,
    /// The active clients, by name.
    pub active: Vec<ClientLine>,
    /// All others.
    pub others: Vec<ClientLine>,
    /// For whom a list can be drawn up.
    pub owners: Vec<Choice>,
    /// Whether this person may enter clients and titles.
    pub may_write: bool,
}

/// A client in the list.
#[derive(Debug, Clone)]
pub struct ClientLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The contract, in words; empty where there is none.
    pub contract: String,
    /// Its titles, those that began last first.
    pub titles: Vec<TitleLine>,
}

/// A title in a list.
#[derive(Debug, Clone)]
pub struct TitleLine {
    /// Its id.
    pub id: String,
    /// What it is called before whoever looks.
    pub called: String,
    /// Its alias, where that is not what it is called.
    pub alias: Option<String>,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
    /// How it stands.
    pub state: &'static str,
    /// The first day.
    pub first: TimeText,
    /// The last day.
    pub last: Option<TimeText>,
    /// The day from which nothing was held any more.
    pub gone: Option<TimeText>,
}

impl TitleLine {
    pub(super) fn of(title: &TitleShown, day: Date) -> Self {
        Self {
            id: title.id.to_string(),
            called: title.called().to_owned(),
            alias: title.name.is_some().then(|| title.alias.clone()),
            is_high_security: title.is_high_security,
            state: state(title, day),
            first: day_text(title.days.first),
            last: title.days.last.map(day_text),
            gone: title.content_gone_on.map(day_text),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct OnQuery {
    #[serde(default)]
    on: String,
}

pub(super) async fn titles(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<OnQuery>,
) -> Result<Response, PageProblem> {
    let of = |on: &str| ListOf { on: on.to_owned(), for_client: None };
    let today = titles::client_list_of(&app, &looker.caller, of("")).await?.day;
    let (day, error) = match titles::client_list_of(&app, &looker.caller, of(&query.on)).await {
        Ok(list) => (list.day, None),
        Err(Problem::Invalid(problems)) => (today, problems.into_iter().next()),
        Err(other) => return Err(other.into()),
    };
    let on = match &error {
        Some(problem) => Field::new(&query.on).with_error(&problem.message),
        None => Field::new(day.to_string()),
    };
    let clients = titles::client_list(&app, &looker.caller).await?;
    let owners = clients.iter().map(|one| Choice::new(one.client.id.to_string(), &one.client.name));
    let owners = owners.collect();
    let (active, others): (Vec<_>, Vec<_>) =
        clients.into_iter().partition(|one| one.is_active_on(day));
    let lines = |all: Vec<ClientShown>| all.iter().map(|one| line(one, day)).collect();
    let page = TitlesPage {
        shell: looker.shell(Area::Titles),
        day: day_text(day),
        is_today: day == today,
        on,
        active: lines(active),
        others: lines(others),
        owners,
        may_write: looker.caller.may(Action::TitleWrite),
    };
    Ok(if error.is_some() { refused(&page) } else { show(&page) })
}

fn line(one: &ClientShown, day: Date) -> ClientLine {
    ClientLine {
        id: one.client.id.to_string(),
        name: one.client.name.clone(),
        is_confidential: one.client.is_confidential,
        contract: contract(one, day),
        titles: one.titles.iter().map(|title| TitleLine::of(title, day)).collect(),
    }
}

/// A contract in words, as it stands on a day.
pub(super) fn contract(one: &ClientShown, day: Date) -> String {
    let Some(days) = one.client.contract else { return String::new() };
    let words = |day: Date| day_text(day).words;
    match days.last {
        _ if day < days.first => format!("contract from {}", words(days.first)),
        Some(last) if last < day => format!("contract until {}, over", words(last)),
        Some(last) => format!("contract until {}", words(last)),
        None => format!("contract since {}", words(days.first)),
    }
}
