//! One client: its contract, its titles, and the form that enters or changes it.

use super::{TitleLine, client_id, list::contract, typed};
use crate::{
    Area, Shell,
    components::Field,
    serve::{Done, Form, Looker, PageProblem, Path, date, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    titles::{self, NewClient},
};
use closedset_core::Action;

/// A client, or the form for a new one.
#[derive(Debug, Clone, Template)]
#[template(path = "titles/client.html")]
pub struct ClientPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id; none where it is to be entered.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// Its contract, in words; empty where there is none.
    pub contract: String,
    /// Its titles.
    pub titles: Vec<TitleLine>,
    /// The form.
    pub form: ClientForm,
    /// Whether this person may enter clients and titles.
    pub may_write: bool,
}

/// The form of a client. Posts `name`, `is_confidential`, `contract_from` and `contract_to`.
#[derive(Debug, Clone, Default)]
pub struct ClientForm {
    /// Its name.
    pub name: Field,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The first day of the contract.
    pub contract_from: Field,
    /// The last one.
    pub contract_to: Field,
}

fn form_of(new: &NewClient, problems: &[FieldProblem]) -> ClientForm {
    ClientForm {
        name: typed("name", &new.name, problems),
        is_confidential: new.is_confidential,
        contract_from: typed("contract_from", &new.contract_from, problems),
        contract_to: typed("contract_to", &new.contract_to, problems),
    }
}

fn entered(form: &Form) -> NewClient {
    NewClient {
        name: form.text("name").to_owned(),
        is_confidential: form.is_yes("is_confidential"),
        contract_from: form.text("contract_from").to_owned(),
        contract_to: form.text("contract_to").to_owned(),
    }
}

fn blank(looker: &Looker, form: ClientForm) -> ClientPage {
    ClientPage {
        shell: looker.shell(Area::Titles),
        id: None,
        name: String::new(),
        contract: String::new(),
        titles: Vec::new(),
        form,
        may_write: true,
    }
}

pub(super) async fn new(looker: Looker) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    Ok(show(&blank(&looker, ClientForm::default())))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let new = entered(&form);
    match titles::client_add(&app, &looker.caller, new.clone()).await {
        Ok(id) => Ok(done(&format!("/clients/{id}"), Done::ClientEntered)),
        Err(Problem::Invalid(problems)) => Ok(refused(&blank(&looker, form_of(&new, &problems)))),
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    looker: &Looker,
    text: &str,
    form: Option<ClientForm>,
) -> Result<ClientPage, PageProblem> {
    let one = titles::client_one(app, &looker.caller, client_id(text)?).await?;
    let today = date(looker.present, &looker.zone);
    let standing = NewClient {
        name: one.client.name.clone(),
        is_confidential: one.client.is_confidential,
        contract_from: one.client.contract.map(|days| days.first.to_string()).unwrap_or_default(),
        contract_to: one
            .client
            .contract
            .and_then(|days| days.last)
            .map(|last| last.to_string())
            .unwrap_or_default(),
    };
    Ok(ClientPage {
        shell: looker.shell(Area::Titles),
        id: Some(one.client.id.to_string()),
        contract: contract(&one, today),
        titles: one.titles.iter().map(|title| TitleLine::of(title, today)).collect(),
        form: form.unwrap_or_else(|| form_of(&standing, &[])),
        name: one.client.name,
        may_write: looker.caller.may(Action::TitleWrite),
    })
}

pub(super) async fn client(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id, None).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let (id, new) = (client_id(&text)?, entered(&form));
    match titles::client_change(&app, &looker.caller, id, new.clone()).await {
        Ok(()) => Ok(done(&format!("/clients/{id}"), Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let form = form_of(&new, &problems);
            Ok(refused(&page(&app, &looker, &text, Some(form)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    titles::client_remove(&app, &looker.caller, client_id(&text)?).await?;
    Ok(done("/titles", Done::TakenOut))
}
