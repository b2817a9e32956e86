//! The list of active clients as it is handed to somebody: for the house, or for one owner, who reads nothing
//! of others' titles.

use super::{TitleLine, client_id, day_text};
use crate::{
    Area, Shell,
    components::TimeText,
    registers::{self, RegisterPanel},
    serve::{Form, Looker, PageProblem, Query, date, file, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    registers::Register,
    titles::{self, ActiveClient, ListOf, UNDISCLOSED},
};
use closedset_core::Action;
use serde::Deserialize;

/// The list for one day.
#[derive(Debug, Clone, Template)]
#[template(path = "titles/printed.html")]
pub struct PrintedPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose list it is.
    pub facility: String,
    /// The day.
    pub day: TimeText,
    /// Whom it is for: id and name; none for the house itself.
    pub owner: Option<(String, String)>,
    /// The clients with why they are active.
    pub clients: Vec<PrintedClient>,
    /// On one owner's list: what the others are called.
    pub others: Vec<String>,
    /// How many clients are on it.
    pub count: usize,
    /// Whether this person may have it as a file.
    pub may_write: bool,
    /// By which it is confirmed: on the house's own list, for whoever sees evidence.
    pub register: Option<RegisterPanel>,
    /// The list shown is the house's own of another day.
    pub is_other_day: bool,
}

/// A client with why it is active.
#[derive(Debug, Clone)]
pub struct PrintedClient {
    /// Its name.
    pub name: String,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The first day of what makes it active.
    pub since: TimeText,
    /// The contract that runs, in words; empty where none does.
    pub contract: String,
    /// The titles that run or of which content is held.
    pub titles: Vec<TitleLine>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    on: String,
    #[serde(default, rename = "for")]
    for_client: String,
}

fn wanted(on: &str, for_client: &str) -> Result<ListOf, Problem> {
    let for_client = (!for_client.is_empty()).then(|| client_id(for_client)).transpose()?;
    Ok(ListOf { on: on.to_owned(), for_client })
}

pub(super) async fn printed(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleRead)?;
    let wanted = wanted(&query.on, &query.for_client)?;
    let mut page = page(&app, &looker, wanted).await?;
    if page.owner.is_none() {
        page.register = registers::panel(&app, &looker, Register::Clients).await?;
        let today = date(looker.present, &looker.zone).to_string();
        page.is_other_day = page.register.is_some() && page.day.iso != today;
    }
    Ok(show(&page))
}

async fn page(app: &App, looker: &Looker, wanted: ListOf) -> Result<PrintedPage, PageProblem> {
    let list = titles::client_list_of(app, &looker.caller, wanted).await?;
    let undisclosed = std::iter::repeat_n(UNDISCLOSED.to_owned(), list.undisclosed);
    Ok(PrintedPage {
        shell: looker.shell(Area::Titles),
        facility: looker.organisation.clone(),
        day: day_text(list.day),
        count: list.count(),
        owner: list.owner.map(|owner| (owner.id.to_string(), owner.name)),
        clients: list.clients.into_iter().map(client).collect(),
        others: list.others.into_iter().chain(undisclosed).collect(),
        may_write: looker.caller.may(Action::TitleWrite),
        register: None,
        is_other_day: false,
    })
}

pub(super) async fn confirm(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let back = (&form, "/titles/list#confirm");
    match registers::confirm(&app, &looker, Register::Clients, back).await? {
        Ok(response) => Ok(response),
        Err(register) => {
            let page = page(&app, &looker, ListOf::default()).await?;
            Ok(refused(&PrintedPage { register, ..page }))
        }
    }
}

fn client(one: ActiveClient) -> PrintedClient {
    let contract = one.contract.map(|days| match days.last {
        Some(last) => format!("contract until {}", day_text(last).words),
        None => "contract without an end".to_owned(),
    });
    PrintedClient {
        name: one.name,
        is_confidential: one.is_confidential,
        since: day_text(one.since),
        contract: contract.unwrap_or_default(),
        titles: one
            .titles
            .into_iter()
            .map(|title| TitleLine {
                id: title.id.to_string(),
                called: title.called,
                alias: None,
                is_high_security: title.is_high_security,
                state: match (title.is_in_work, title.is_held) {
                    (true, true) => "in work",
                    (true, false) => "in work, no content held",
                    (false, _) => "ended, content still held",
                },
                first: day_text(title.days.first),
                last: title.days.last.map(day_text),
                gone: None,
            })
            .collect(),
    }
}

pub(super) async fn hand_out(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let wanted = wanted(form.text("on"), form.text("for"))?;
    let made = titles::client_list_hand_out(&app, &looker.caller, wanted).await?;
    Ok(file(&made.file_name, "text/csv; charset=utf-8", made.bytes))
}
