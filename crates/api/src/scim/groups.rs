//! Groups: people by a name, which grants nothing.

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
    people::scim::{self, Group},
};
use closedset_core::id::{Group as GroupKind, Id};
use closedset_scim::{Filter, GROUP, Patch, Projection, resource};
use serde_json::Value;

/// How often a change is put upon what others changed meanwhile.
const TRIES: usize = 5;
/// More groups are not listed at once with who is in them.
const WITH_MEMBERS: i64 = 20;

fn id(text: &str) -> Result<Id<GroupKind>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("group"))
}

pub(super) async fn one(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ScimProblem> {
    let group = scim::group_one(&app, &caller, id(&text)?).await?;
    if told::is_known(&headers, group.edition()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(shown(&app, StatusCode::OK, &group, &query.projection(&GROUP)?))
}

fn shown(app: &App, status: StatusCode, group: &Group, projection: &Projection) -> Response {
    told::one(status, told::group(&told::base(app), group), projection)
}

pub(super) async fn list(
    State(app): State<App>,
    Directory(caller): Directory,
    query: Query,
) -> Result<Response, ScimProblem> {
    let (filter, projection) = (query.filter(&GROUP)?, query.projection(&GROUP)?);
    let mut part = query.part()?;
    if projection.shows("members") {
        part.count = part.count.min(WITH_MEMBERS);
    }
    let (groups, total) = found(&app, &caller, filter.as_ref(), part).await?;
    let base = told::base(&app);
    let show = |group: &Group| Value::Object(projection.apply(told::group(&base, group)));
    Ok(told::list(groups.iter().map(show).collect(), total, part))
}

/// The groups that are such, as far as they are of this part; and how many there are.
async fn found(
    app: &App,
    caller: &Caller,
    filter: Option<&Filter>,
    part: Part,
) -> Result<(Vec<Group>, i64), Problem> {
    let base = told::base(app);
    let (mut found, mut total) = (Vec::new(), 0);
    for row in scim::group_list(app, caller).await? {
        let id = row.id;
        // Who is in it is asked for only where it may matter.
        let mut group = Group { row, members: Vec::new() };
        let is_plain = filter.is_none_or(|filter| {
            filter.sole().is_some_and(|(name, _)| !name.eq_ignore_ascii_case("members"))
        });
        if !is_plain {
            group = match scim::group_one(app, caller, id).await {
                Ok(group) => group,
                Err(Problem::NotFound(_)) => continue,
                Err(problem) => return Err(problem),
            };
        }
        if filter.is_some_and(|filter| !filter.holds(&GROUP, &told::group(&base, &group))) {
            continue;
        }
        total += 1;
        if total >= part.from && total - part.from < part.count {
            found.push(match is_plain {
                true => scim::group_one(app, caller, id).await?,
                false => group,
            });
        }
    }
    Ok((found, total))
}

pub(super) async fn add(
    State(app): State<App>,
    Directory(caller): Directory,
    query: Query,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&GROUP)?;
    let words = words::group(&resource(&GROUP, &sent)?)?;
    let group = scim::group_add(&app, &caller, words).await?;
    Ok(shown(&app, StatusCode::CREATED, &group, &projection))
}

pub(super) async fn replace(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&GROUP)?;
    let id = id(&text)?;
    let before = scim::group_one(&app, &caller, id).await?;
    let expected = told::expected(&headers, before.edition())?;
    let words = words::group(&resource(&GROUP, &sent)?)?;
    let group = scim::group_change(&app, &caller, id, (words, expected)).await?;
    Ok(shown(&app, StatusCode::OK, &group, &projection))
}

pub(super) async fn change(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    query: Query,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Result<Response, ScimProblem> {
    let projection = query.projection(&GROUP)?;
    let (id, base) = (id(&text)?, told::base(&app));
    let mut patch = None;
    for _ in 0..TRIES {
        let before = scim::group_one(&app, &caller, id).await?;
        told::expected(&headers, before.edition())?;
        let patch = match &patch {
            Some(patch) => patch,
            None => patch.insert(Patch::read(&GROUP, &sent)?),
        };
        let (said, _) = patch.apply(&GROUP, &told::held_group(&base, &before))?;
        let upon = (words::group(&said)?, Some(before.edition()));
        match scim::group_change(&app, &caller, id, upon).await {
            Err(Problem::Conflict { code: "scim.stale", .. }) => {}
            outcome => return Ok(shown(&app, StatusCode::OK, &outcome?, &projection)),
        }
    }
    Err(ScimProblem::CONTENDED)
}

pub(super) async fn remove(
    State(app): State<App>,
    Directory(caller): Directory,
    Place(text): Place,
    headers: HeaderMap,
) -> Result<StatusCode, ScimProblem> {
    let id = id(&text)?;
    let before = scim::group_one(&app, &caller, id).await?;
    let expected = told::expected(&headers, before.edition())?;
    scim::group_remove(&app, &caller, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
