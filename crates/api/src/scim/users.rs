//! Users: people of the register.

use super::{
    Directory, ScimProblem,
    query::{Part, Place, Query},
    sent::Sent,
    told, words,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use closedset_app::{
    App, Caller, Problem,
    people::scim::{self, Said, User},
};
use closedset_core::id::{Id, Person};
use closedset_scim::{Filter, Patch, Projection, USER, resource};
use serde_json::Value;

/// How often a change is put upon what others changed meanwhile.
const TRIES: usize = 5;

fn id(text: &str) -> Result<Id<Person>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("user"))
}

pub(super) async fn one(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ScimProblem> {
    let user = scim::user_one(&app, &caller, id(&text)?).await?;
    if told::is_known(&headers, user.edition()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(told::one(StatusCode::OK, told::user(&told::base(&app), &user), &query.projection(&USER)?))
}

pub(super) async fn list(
    State(app): State<App>,
    Directory(caller): Directory,
    query: Query,
) -> Result<Response, ScimProblem> {
    let (filter, part) = (query.filter(&USER)?, query.part()?);
    let (projection, base) = (query.projection(&USER)?, told::base(&app));
    let show = |user: &User| Value::Object(projection.apply(told::user(&base, user)));
    let (users, total) = match filter {
        None => scim::user_page(&app, &caller, part.from - 1, part.count).await?,
        Some(filter) => found(&app, &caller, &filter, part).await?,
    };
    Ok(told::list(users.iter().map(show).collect(), total, part))
}

/// The users who are such, as far as they are of this part; and how many there are.
async fn found(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    part: Part,
) -> Result<(Vec<User>, i64), Problem> {
    let base = told::base(app);
    let (mut found, mut total) = (Vec::new(), 0);
    let mut take = |users: Vec<User>| {
        for user in users {
            if !filter.holds(&USER, &told::user(&base, &user)) {
                continue;
            }
            total += 1;
            let is_of_part = total >= part.from && total - part.from < part.count;
            if is_of_part {
                found.push(user);
            }
        }
    };
    // What directories ask for again and again is looked up.
    let looked_up = match filter.sole() {
        Some((name, text)) if name.eq_ignore_ascii_case("userName") => {
            Some(scim::user_by_name(app, caller, text).await?)
        }
        Some((name, text)) if name.eq_ignore_ascii_case("externalId") => {
            Some(scim::user_by_external_id(app, caller, text).await?)
        }
        Some((name, text)) if name.eq_ignore_ascii_case("id") => match text.parse() {
            Ok(id) => match scim::user_one(app, caller, id).await {
                Ok(user) => Some(vec![user]),
                Err(Problem::NotFound(_)) => Some(Vec::new()),
                Err(problem) => return Err(problem),
            },
            Err(_) => Some(Vec::new()),
        },
        _ => None,
    };
    if let Some(users) = looked_up {
        take(users);
        return Ok((found, total));
    }
    let mut after = None;
    loop {
        let users = scim::user_list(app, caller, after).await?;
        let Some(last) = users.last() else { return Ok((found, total)) };
        after = Some(last.row.person);
        take(users);
    }
}

pub(super) async fn add(
    State(app): State<App>,
    Directory(caller): Directory,
    query: Query,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&USER)?;
    let said = resource(&USER, &sent)?;
    let active = match said.get("active").and_then(Value::as_bool) {
        Some(active) => Said::Alone(active),
        None => Said::Nothing,
    };
    let user = scim::user_add(&app, &caller, words::user(said, active)).await?;
    Ok(told::one(StatusCode::CREATED, told::user(&told::base(&app), &user), &projection))
}

pub(super) async fn replace(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&USER)?;
    let id = id(&text)?;
    let before = scim::user_one(&app, &caller, id).await?;
    let expected = told::expected(&headers, before.edition())?;
    let said = resource(&USER, &sent)?;
    let active = match said.get("active").and_then(Value::as_bool) {
        Some(active) => Said::Among(active),
        None => Said::Nothing,
    };
    let is_other_work = words::work(&said) != words::work(&told::held(&before));
    let words = words::user(said, active);
    let user = scim::user_change(&app, &caller, id, (words, expected, is_other_work)).await?;
    Ok(told::one(StatusCode::OK, told::user(&told::base(&app), &user), &projection))
}

pub(super) async fn change(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&USER)?;
    let id = id(&text)?;
    let mut patch = None;
    for _ in 0..TRIES {
        let before = scim::user_one(&app, &caller, id).await?;
        told::expected(&headers, before.edition())?;
        let patch = match &patch {
            Some(patch) => patch,
            None => patch.insert(Patch::read(&USER, &sent)?),
        };
        let held = told::held(&before);
        let (said, touched) = patch.apply(&USER, &held)?;
        let active = match said.get("active").and_then(Value::as_bool) {
            _ if !touched.contains("active") => Said::Nothing,
            Some(active) => Said::Alone(active),
            None => Said::TakenBack,
        };
        let is_other_work = words::work(&said) != words::work(&held);
        let upon = (words::user(said, active), Some(before.edition()), is_other_work);
        match scim::user_change(&app, &caller, id, upon).await {
            Err(Problem::Conflict { code: "scim.stale", .. }) => {}
            outcome => return Ok(shown(&app, &outcome?, &projection)),
        }
    }
    Err(ScimProblem::CONTENDED)
}

fn shown(app: &App, user: &User, projection: &Projection) -> Response {
    told::one(StatusCode::OK, told::user(&told::base(app), user), projection)
}

pub(super) async fn remove(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    headers: HeaderMap,
) -> Result<StatusCode, ScimProblem> {
    let id = id(&text)?;
    let before = scim::user_one(&app, &caller, id).await?;
    let expected = told::expected(&headers, before.edition())?;
    scim::user_remove(&app, &caller, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
