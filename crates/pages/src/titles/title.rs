//! One title: how it stands, who works on it, and the form that enters or changes it.

use super::{TitleLine, day_text, title_id, typed};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    people::person::lack_words,
    serve::{Done, Form, Looker, PageProblem, Path, Query, date, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem, people,
    titles::{self, NewTitle},
};
use closedset_core::{Action, engagement::Days};
use serde::Deserialize;
use std::collections::BTreeMap;

/// For so many it is looked whether they are cleared.
const CLEARED: i64 = 200;

/// A title, or the form for a new one.
#[derive(Debug, Clone, Template)]
#[template(path = "titles/title.html")]
pub struct TitlePage {
    /// The frame around the page.
    pub shell: Shell,
    /// How it stands; none where it is to be entered.
    pub title: Option<TitleLine>,
    /// Whose it is: id and name; empty where it is to be entered.
    pub client: (String, String),
    /// Who works on it, did, or will.
    pub team: Vec<MemberLine>,
    /// How many of those who work on it now or will are cleared, and how many are not.
    pub cleared: (usize, usize),
    /// Whose a new one can be.
    pub clients: Vec<Choice>,
    /// The form.
    pub form: TitleForm,
    /// Whether this person may enter clients and titles.
    pub may_write: bool,
}

/// Somebody's work on a title.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// Their name.
    pub name: String,
    /// What they do on it.
    pub job: String,
    /// The first day.
    pub first: TimeText,
    /// The last day.
    pub last: Option<TimeText>,
    /// Their id, for whoever sees people.
    pub person: Option<String>,
    /// Whether they are cleared, and what is lacking; none of work that is over, and for whoever sees no people.
    pub clearance: Option<Vec<String>>,
}

/// The form of a title. Posts `client` (of a new one), `name`, `alias`, `is_high_security`, `begins_on`,
/// `ends_on` and `content_gone_on`.
#[derive(Debug, Clone, Default)]
pub struct TitleForm {
    /// Whose it is.
    pub client: Field,
    /// What it is really called.
    pub name: Field,
    /// What it is called before all who need not know.
    pub alias: Field,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
    /// The first day.
    pub begins_on: Field,
    /// The last day.
    pub ends_on: Field,
    /// The day from which nothing is held any more.
    pub content_gone_on: Field,
}

fn form_of(client: &str, new: &NewTitle, problems: &[FieldProblem]) -> TitleForm {
    TitleForm {
        client: typed("client", client, problems),
        name: typed("name", &new.name, problems),
        alias: typed("alias", &new.alias, problems),
        is_high_security: new.is_high_security,
        begins_on: typed("begins_on", &new.begins_on, problems),
        ends_on: typed("ends_on", &new.ends_on, problems),
        content_gone_on: typed("content_gone_on", &new.content_gone_on, problems),
    }
}

fn entered(form: &Form) -> NewTitle {
    NewTitle {
        name: form.text("name").to_owned(),
        alias: form.text("alias").to_owned(),
        is_high_security: form.is_yes("is_high_security"),
        begins_on: form.text("begins_on").to_owned(),
        ends_on: form.text("ends_on").to_owned(),
        content_gone_on: form.text("content_gone_on").to_owned(),
    }
}

async fn blank(app: &App, looker: &Looker, form: TitleForm) -> Result<TitlePage, PageProblem> {
    let clients = titles::client_list(app, &looker.caller).await?;
    let choice = |one: titles::ClientShown| Choice::new(one.client.id.to_string(), one.client.name);
    Ok(TitlePage {
        shell: looker.shell(Area::Titles),
        title: None,
        client: (String::new(), String::new()),
        team: Vec::new(),
        cleared: (0, 0),
        clients: clients.into_iter().map(choice).collect(),
        form,
        may_write: true,
    })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct NewQuery {
    #[serde(default)]
    client: String,
}

pub(super) async fn new(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<NewQuery>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let form = TitleForm {
        client: Field::new(query.client),
        begins_on: Field::new(date(looker.present, &looker.zone).to_string()),
        ..TitleForm::default()
    };
    Ok(show(&blank(&app, &looker, form).await?))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::TitleWrite)?;
    let (client, new) = (form.text("client"), entered(&form));
    match titles::title_add(&app, &looker.caller, client.parse().ok(), new.clone()).await {
        Ok(id) => Ok(done(&format!("/titles/{id}"), Done::TitleEntered)),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&blank(&app, &looker, form_of(client, &new, &problems)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    looker: &Looker,
    text: &str,
    form: Option<TitleForm>,
) -> Result<TitlePage, PageProblem> {
    let detail = titles::title_one(app, &looker.caller, title_id(text)?).await?;
    let title = &detail.title;
    let sees_people = looker.caller.may(Action::PeopleRead);
    let cleared = match sees_people {
        true => people::clearance_list(app, &looker.caller, title.id, (None, CLEARED)).await?.0,
        false => Vec::new(),
    };
    let cleared: BTreeMap<_, _> = cleared.into_iter().map(|one| (one.person, one)).collect();
    let today = date(looker.present, &looker.zone);
    let clearance = |person, days: Days| {
        let one = cleared.get(&person).filter(|_| !days.are_before(today))?;
        Some(lack_words(&one.clearance))
    };
    let lacking = cleared.values().filter(|one| !one.clearance.is_cleared()).count();
    let standing = NewTitle {
        name: title.called().to_owned(),
        alias: title.alias.clone(),
        is_high_security: title.is_high_security,
        begins_on: title.days.first.to_string(),
        ends_on: title.days.last.map(|last| last.to_string()).unwrap_or_default(),
        content_gone_on: title.content_gone_on.map(|gone| gone.to_string()).unwrap_or_default(),
    };
    Ok(TitlePage {
        shell: looker.shell(Area::Titles),
        title: Some(TitleLine::of(title, date(looker.present, &looker.zone))),
        client: (detail.client.id.to_string(), detail.client.name),
        team: detail
            .team
            .into_iter()
            .map(|member| MemberLine {
                name: member.name,
                job: member.job,
                first: day_text(member.days.first),
                last: member.days.last.map(day_text),
                person: sees_people.then(|| member.person.to_string()),
                clearance: clearance(member.person, member.days),
            })
            .collect(),
        cleared: (cleared.len() - lacking, lacking),
        clients: Vec::new(),
        form: form.unwrap_or_else(|| form_of("", &standing, &[])),
        may_write: looker.caller.may(Action::TitleWrite),
    })
}

pub(super) async fn title(
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
    let (id, new) = (title_id(&text)?, entered(&form));
    match titles::title_change(&app, &looker.caller, id, new.clone()).await {
        Ok(()) => Ok(done(&format!("/titles/{id}"), Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let form = form_of("", &new, &problems);
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
    titles::title_remove(&app, &looker.caller, title_id(&text)?).await?;
    Ok(done("/titles", Done::TakenOut))
}
