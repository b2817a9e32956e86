//! Somebody who belongs: another role, signed out, removed.

use super::{
    handlers::{Answer, field},
    people::{CONFIRM, PersonLine, given_by, line},
    roles::choices,
};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    entry::{Question, before},
    serve::{Done, Form, Looker, PageProblem, Path, confirm_first, done, go, refused, show},
};
use askama::Template;
use axum::extract::State;
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::{self, FACTOR_STALE},
    people::{self, RoleChange},
};
use closedset_core::{
    Action, Duration,
    id::{Id, Person},
};

/// Somebody who belongs.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/person.html")]
pub struct PersonPage {
    /// The frame around the page.
    pub shell: Shell,
    /// They.
    pub person: PersonLine,
    /// Whoever looks may change and remove them.
    pub may_change: bool,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// What they are.
    pub role: Field,
    /// Until when.
    pub last_day: Field,
    /// The roles that may be given.
    pub roles: Vec<Choice>,
}

/// Asks whether somebody is to be removed.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/person_remove.html")]
pub struct PersonRemove {
    /// The frame around the page.
    pub shell: Shell,
    /// The person's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// It is whoever looks.
    pub is_self: bool,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// The tokens of theirs that are in force, by name.
    pub tokens: Vec<String>,
}

fn id_of(text: &str) -> Result<Id<Person>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("person"))
}

pub(super) async fn show_one(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Answer {
    Ok(show(&view(&app, &looker, id_of(&id)?, None, &[]).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    id: Id<Person>,
    form: Option<&Form>,
    problems: &[FieldProblem],
) -> Result<PersonPage, PageProblem> {
    let row = people::person_one(app, &looker.caller, id).await?;
    let given = given_by(looker);
    let last_day = row
        .ends_at
        .map(|end| crate::serve::date(end - Duration::from_millis(1), &looker.zone).to_string());
    let (role, last_day) = match form {
        Some(form) => (field(form, problems, "role"), field(form, problems, "last_day")),
        None => (Field::new(row.role.as_str()), Field::new(last_day.unwrap_or_default())),
    };
    Ok(PersonPage {
        shell: looker.shell(Area::Settings),
        may_change: given.contains(&row.role),
        is_confirmed: looker.signed.has_fresh_factor(app.now()),
        problem: None,
        role,
        last_day,
        roles: choices(&given),
        person: line(&row, looker),
    })
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Answer {
    let id = id_of(&text)?;
    let change = RoleChange {
        role: form.text("role").to_owned(),
        last_day: form.text("last_day").to_owned(),
    };
    match people::person_change(&app, &looker.caller, id, change).await {
        // Who may see no people any more is not led to their page.
        Ok(()) => Ok(done("/settings/people", Done::RoleChanged)),
        Err(problem @ (Problem::Invalid(_) | Problem::Conflict { .. }))
            if problem.code() != FACTOR_STALE =>
        {
            let (problems, problem) = crate::entry::split(problem)?;
            let page = view(&app, &looker, id, Some(&form), &problems).await?;
            Ok(refused(&PersonPage { problem, ..page }))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}

pub(super) async fn sign_out(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Answer {
    let id = id_of(&text)?;
    let signed_out = people::person_sign_out(&app, &looker.caller, id).await;
    signed_out.map_err(confirm_first(before(Question::Person(id))))?;
    Ok(done(&format!("/settings/people/{text}"), Done::PersonSignedOut))
}

pub(super) async fn remove_ask(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
) -> Answer {
    let id = id_of(&text)?;
    let view = remove_view(&app, &looker, id, None).await?;
    if !view.is_self && !looker.signed.has_fresh_factor(app.now()) {
        return Ok(go(&before(Question::PersonRemove(id))));
    }
    Ok(show(&view))
}

async fn remove_view(
    app: &App,
    looker: &Looker,
    id: Id<Person>,
    problem: Option<String>,
) -> Result<PersonRemove, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let row = people::person_one(app, &looker.caller, id).await?;
    let now = app.now();
    let tokens = accounts::token_list(app, &looker.caller).await?;
    Ok(PersonRemove {
        shell: looker.shell(Area::Settings),
        id: row.person.to_string(),
        is_self: row.account == looker.signed.account,
        name: row.name,
        problem,
        tokens: tokens
            .into_iter()
            .filter(|token| token.account == Some(row.account))
            .filter(|token| token.revoked_at.is_none() && now < token.expires_at)
            .map(|token| token.name)
            .collect(),
    })
}

pub(super) async fn remove(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Answer {
    let id = id_of(&text)?;
    let row = people::person_one(&app, &looker.caller, id).await?;
    match people::person_remove(&app, &looker.caller, id).await {
        // This very session ended with it.
        Ok(()) if row.account == looker.signed.account => Ok(go("/sign-in")),
        Ok(()) => Ok(done("/settings/people", Done::PersonRemoved)),
        Err(problem @ Problem::Conflict { .. }) if problem.code() != FACTOR_STALE => {
            let (_, problem) = crate::entry::split(problem)?;
            Ok(refused(&remove_view(&app, &looker, id, problem).await?))
        }
        Err(other) => Err(confirm_first(before(Question::PersonRemove(id)))(other)),
    }
}
