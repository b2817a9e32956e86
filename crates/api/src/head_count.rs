//! How many people are engaged on a day, as what, and who of them works on a client's content.

use crate::{
    ApiProblem, Asker,
    address::{Query, id},
    body::Body,
    description::FormWord,
    file,
    problem::ProblemBody,
};
use axum::{Json, extract::State, response::Response};
use closedset_app::{
    App, Problem,
    people::{self, HeadCount, HeadCountOf, HeadLine},
};
use closedset_core::Action;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(head_count)).routes(routes!(head_count_file))
}

/// What is asked. A client or a title takes the scope `title.read` too.
#[derive(Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct HeadCountOfBody {
    /// The day, past, present or booked: `2026-09-30`; today, if absent.
    #[param(format = Date)]
    #[schema(format = Date)]
    on: Option<String>,
    /// The id of the client on whose titles they work.
    client: Option<String>,
    /// The id of the title on which they work.
    title: Option<String>,
}

fn asked(said: &HeadCountOfBody) -> Result<HeadCountOf, Problem> {
    let day = |text: &str| {
        let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        day.ok_or_else(|| Problem::field("on", "Write the day like 2026-09-30."))
    };
    Ok(HeadCountOf {
        on: said.on.as_deref().map(day).transpose()?,
        client: said.client.as_deref().map(|text| id(text, "client")).transpose()?,
        title: said.title.as_deref().map(|text| id(text, "title")).transpose()?,
    })
}

/// How many people are engaged on a day.
#[derive(Serialize, ToSchema)]
struct HeadCountBody {
    #[schema(format = Date)]
    on: String,
    /// The id of the client asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    /// The id of the title asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_alias: Option<String>,
    /// How many are engaged, each person once.
    total: i64,
    /// The same in each form: a person in the first of theirs.
    forms: Vec<FormCountBody>,
    /// How many are assigned to the titles asked for, or to any; absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned: Option<i64>,
    /// How many of those nobody has engaged on that day; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_beyond: Option<i64>,
    /// Who is assigned to what was asked for, an assignment each; where nothing was, who is engaged, each person once.
    /// By name, at most 5,000.
    people: Vec<HeadLineBody>,
    /// Whether there are more.
    is_cut: bool,
    /// How many were engaged on the first day of each of the last twelve months, the earliest first, whatever is asked
    /// for.
    months: Vec<MonthCountBody>,
}

/// How many are engaged in one form.
#[derive(Serialize, ToSchema)]
struct FormCountBody {
    #[schema(value_type = FormWord)]
    form: &'static str,
    count: i64,
}

/// How many were engaged on the first day of a month.
#[derive(Serialize, ToSchema)]
struct MonthCountBody {
    #[schema(format = Date)]
    on: String,
    count: i64,
}

/// Somebody who is counted.
#[derive(Serialize, ToSchema)]
struct HeadLineBody {
    person: String,
    name: String,
    job: String,
    /// As what they are engaged on that day; absent where nobody has engaged them.
    #[schema(value_type = Option<FormWord>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    /// The titles they work on, by their aliases; absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    titles: Option<Vec<String>>,
    #[schema(format = Date)]
    begins_on: String,
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
}

impl HeadLineBody {
    fn new(line: HeadLine, sees_titles: bool) -> Self {
        Self {
            person: line.person.to_string(),
            name: line.name,
            job: line.job,
            form: line.form.map(|form| form.as_str()),
            titles: sees_titles.then_some(line.titles),
            begins_on: line.days.first.to_string(),
            ends_on: line.days.last.map(|last| last.to_string()),
        }
    }
}

impl HeadCountBody {
    fn new(of: HeadCountOf, count: HeadCount, sees_titles: bool) -> Self {
        Self {
            on: count.on.to_string(),
            client: of.client.map(|id| id.to_string()),
            client_name: count.client,
            title: of.title.map(|id| id.to_string()),
            title_alias: count.title,
            total: count.total,
            forms: count
                .forms
                .into_iter()
                .map(|(form, count)| FormCountBody { form: form.as_str(), count })
                .collect(),
            assigned: count.assigned,
            assigned_beyond: count.assigned.map(|_| count.assigned_beyond),
            people: count
                .lines
                .into_iter()
                .map(|line| HeadLineBody::new(line, sees_titles))
                .collect(),
            is_cut: count.is_cut,
            months: count
                .months
                .into_iter()
                .map(|(on, count)| MonthCountBody { on: on.to_string(), count })
                .collect(),
        }
    }
}

/// How many people are engaged on a day, and who; or who is assigned to a client's titles, or to one. Asking for a client
/// or a title takes the scope `title.read` too.
#[utoipa::path(get, path = "/api/v1/head-count", tag = "register", security(("token" = [Action::PeopleRead])), params(HeadCountOfBody), responses(
    (status = 200, body = HeadCountBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn head_count(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(said): Query<HeadCountOfBody>,
) -> Result<Json<HeadCountBody>, ApiProblem> {
    let of = asked(&said)?;
    let count = people::head_count(&app, &caller, of).await?;
    Ok(Json(HeadCountBody::new(of, count, caller.may(Action::TitleRead))))
}

/// The people of the same count as comma-separated values, to be handed out. An entry keeps for which day it was made, what
/// was asked, and the file's digest. Asking for a client or a title takes the scope `title.read` too.
#[utoipa::path(post, path = "/api/v1/head-count/file", tag = "register", security(("token" = [Action::PeopleRead])), request_body = HeadCountOfBody, responses(
    (status = 200, body = String, content_type = "text/csv"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn head_count_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<HeadCountOfBody>,
) -> Result<Response, ApiProblem> {
    let (name, bytes) = people::head_count_table(&app, &caller, asked(&said)?).await?;
    Ok(file::table(&name, bytes))
}
