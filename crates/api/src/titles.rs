//! Clients and titles, and the list of active clients for a day.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body, Created},
    file,
    page::{Limit, Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use closedset_app::{
    App, Problem,
    people::{self, Cleared, Lack},
    titles::{self, ActiveClient, ListOf, NewClient, NewTitle, TitleShown},
};
use closedset_core::{
    Action, Time,
    id::{Client, Id, Title},
};
use closedset_store::titles::ClientRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(client_list, client_add))
        .routes(routes!(client_list_of))
        .routes(routes!(client_list_file))
        .routes(routes!(client, client_change, client_remove))
        .routes(routes!(title_list, title_add))
        .routes(routes!(title, title_change, title_remove))
        .routes(routes!(title_team))
}

/// A company whose content is worked on.
#[derive(Serialize, ToSchema)]
struct ClientBody {
    id: String,
    name: String,
    /// Its name is not told to other clients.
    is_confidential: bool,
    /// The first day of the contract with it; absent where there is none.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_from: Option<String>,
    /// The last one; absent where it has no end.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_to: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<ClientRow> for ClientBody {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            is_confidential: row.is_confidential,
            contract_from: row.contract.map(|days| days.first.to_string()),
            contract_to: row.contract.and_then(|days| days.last).map(|last| last.to_string()),
            created_at: row.created_at,
        }
    }
}

/// A production whose content is protected.
#[derive(Serialize, ToSchema)]
struct TitleBody {
    id: String,
    /// Whose it is.
    client: String,
    /// What it is really called; absent without the scope `title.write`.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    alias: String,
    is_high_security: bool,
    /// The first day of the work on it.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; absent while it runs.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
    /// The first day on which nothing of its content is held any more; absent while some is.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    content_gone_on: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<TitleShown> for TitleBody {
    fn from(title: TitleShown) -> Self {
        Self {
            id: title.id.to_string(),
            client: title.client.to_string(),
            name: title.name,
            alias: title.alias,
            is_high_security: title.is_high_security,
            begins_on: title.days.first.to_string(),
            ends_on: title.days.last.map(|last| last.to_string()),
            content_gone_on: title.content_gone_on.map(|gone| gone.to_string()),
            created_at: title.created_at,
        }
    }
}

/// The clients, oldest first.
#[utoipa::path(get, path = "/api/v1/clients", tag = "titles", security(("token" = [Action::TitleRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^cli_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<ClientBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ClientBody>>, ApiProblem> {
    let after = page.after.as_deref().map(str::parse::<Id<Client>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let (items, more) = titles::client_page(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(ClientBody::from).collect(), next }))
}

/// A client as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewClientBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Whether its name may not be told to other clients.
    #[serde(default)]
    is_confidential: bool,
    /// The first day of the contract with it, where there is one: `2026-09-30`.
    #[schema(format = Date)]
    contract_from: Option<String>,
    /// The last one; without it the contract has no end.
    #[schema(format = Date)]
    contract_to: Option<String>,
}

impl From<NewClientBody> for NewClient {
    fn from(said: NewClientBody) -> Self {
        Self {
            name: said.name,
            is_confidential: said.is_confidential,
            contract_from: said.contract_from.unwrap_or_default(),
            contract_to: said.contract_to.unwrap_or_default(),
        }
    }
}

/// Enters a client.
#[utoipa::path(post, path = "/api/v1/clients", tag = "titles", security(("token" = [Action::TitleWrite])), request_body = NewClientBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewClientBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let id = titles::client_add(&app, &caller, said.into()).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// One client with its titles.
#[derive(Serialize, ToSchema)]
struct ClientDetailBody {
    #[serde(flatten)]
    client: ClientBody,
    /// Those that began last first.
    titles: Vec<TitleBody>,
}

/// One client.
#[utoipa::path(get, path = "/api/v1/clients/{id}", tag = "titles", security(("token" = [Action::TitleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = ClientDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<ClientDetailBody>, ApiProblem> {
    let shown = titles::client_one(&app, &caller, id(&text, "client")?).await?;
    let titles = shown.titles.into_iter().map(TitleBody::from).collect();
    Ok(Json(ClientDetailBody { client: shown.client.into(), titles }))
}

/// Says what a client is from now on, whole.
#[utoipa::path(put, path = "/api/v1/clients/{id}", tag = "titles", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), request_body = NewClientBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewClientBody>,
) -> Result<StatusCode, ApiProblem> {
    titles::client_change(&app, &caller, id(&text, "client")?, said.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes out a client that was entered by mistake.
#[utoipa::path(delete, path = "/api/v1/clients/{id}", tag = "titles", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It has titles", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    titles::client_remove(&app, &caller, id(&text, "client")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which list is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// The day, past, present or booked: `2026-09-30`; today, if absent.
    #[param(format = Date)]
    on: Option<String>,
    /// The id of the owner whom the list is for; the house itself, if absent.
    #[serde(rename = "for")]
    for_client: Option<String>,
}

fn wanted(on: Option<String>, for_client: Option<&str>) -> Result<ListOf, Problem> {
    let for_client = for_client.map(|text| id(text, "client")).transpose()?;
    Ok(ListOf { on: on.unwrap_or_default(), for_client })
}

/// The active clients on a day.
#[derive(Serialize, ToSchema)]
struct ClientListBody {
    #[schema(format = Date)]
    on: String,
    /// Whom the list is for; absent for the house itself.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    for_client: Option<String>,
    /// The clients with why they are active; on one owner's list that owner alone, if it is active.
    clients: Vec<ActiveClientBody>,
    /// On one owner's list: what the other active clients are called.
    others: Vec<String>,
    /// On one owner's list: how many more are active under a non-disclosure agreement.
    undisclosed: usize,
}

/// An active client.
#[derive(Serialize, ToSchema)]
struct ActiveClientBody {
    id: String,
    name: String,
    is_confidential: bool,
    /// The first day of what makes it active.
    #[schema(format = Date)]
    since: String,
    /// Whether a contract runs.
    has_contract: bool,
    /// The last day of that contract; absent where it has no end, or there is none.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_to: Option<String>,
    titles: Vec<ActiveTitleBody>,
}

/// A title for which its client is active.
#[derive(Serialize, ToSchema)]
struct ActiveTitleBody {
    id: String,
    /// Its alias; on its owner's list its name, with the scope `title.write`.
    called: String,
    is_high_security: bool,
    /// Whether it is worked on.
    is_in_work: bool,
    /// Whether something of its content is held.
    is_held: bool,
    #[schema(format = Date)]
    begins_on: String,
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
}

impl From<ActiveClient> for ActiveClientBody {
    fn from(client: ActiveClient) -> Self {
        let last = client.contract.and_then(|days| days.last);
        Self {
            id: client.id.to_string(),
            name: client.name,
            is_confidential: client.is_confidential,
            since: client.since.to_string(),
            has_contract: client.contract.is_some(),
            contract_to: last.map(|last| last.to_string()),
            titles: client
                .titles
                .into_iter()
                .map(|title| ActiveTitleBody {
                    id: title.id.to_string(),
                    called: title.called,
                    is_high_security: title.is_high_security,
                    is_in_work: title.is_in_work,
                    is_held: title.is_held,
                    begins_on: title.days.first.to_string(),
                    ends_on: title.days.last.map(|last| last.to_string()),
                })
                .collect(),
        }
    }
}

/// The active clients on a day: those of which a title runs, content is held, or a contract runs. The list
/// for one owner tells nothing of others' titles, and not the names of confidential clients.
#[utoipa::path(get, path = "/api/v1/clients/list", tag = "titles", security(("token" = [Action::TitleRead])), params(ListQuery), responses(
    (status = 200, body = ClientListBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_list_of(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<ListQuery>,
) -> Result<Json<ClientListBody>, ApiProblem> {
    let wanted = wanted(query.on, query.for_client.as_deref())?;
    let list = titles::client_list_of(&app, &caller, wanted).await?;
    Ok(Json(ClientListBody {
        on: list.day.to_string(),
        for_client: list.owner.map(|owner| owner.id.to_string()),
        clients: list.clients.into_iter().map(ActiveClientBody::from).collect(),
        others: list.others,
        undisclosed: list.undisclosed,
    }))
}

/// Which list is to be handed out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOutBody {
    /// The day: `2026-09-30`; today, if absent.
    #[schema(format = Date)]
    on: Option<String>,
    /// The id of the owner whom it is for; the house itself, if absent.
    #[serde(rename = "for")]
    for_client: Option<String>,
}

/// The same list as comma-separated values, to be handed out. An entry keeps for whom it was drawn up, for
/// which day, and the file's digest.
#[utoipa::path(post, path = "/api/v1/clients/list/file", tag = "titles", security(("token" = [Action::TitleWrite])), request_body = HandOutBody, responses(
    (status = 200, body = String, content_type = "text/csv"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn client_list_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<HandOutBody>,
) -> Result<Response, ApiProblem> {
    let wanted = wanted(said.on, said.for_client.as_deref())?;
    let made = titles::client_list_hand_out(&app, &caller, wanted).await?;
    Ok(file::table(&made.file_name, made.bytes))
}

/// Which titles are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleQuery {
    client: Option<String>,
    after: Option<String>,
    #[serde(default)]
    limit: Limit,
}

/// The titles of all clients or of one, oldest first.
#[utoipa::path(get, path = "/api/v1/titles", tag = "titles", security(("token" = [Action::TitleRead])), params(("client" = Option<String>, Query, description = "Only the titles of this client."), ("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^ttl_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<TitleBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<TitleQuery>,
) -> Result<Json<Page<TitleBody>>, ApiProblem> {
    let client = query.client.as_deref().map(|text| id(text, "client")).transpose()?;
    let after = query.after.as_deref().map(str::parse::<Id<Title>>).transpose();
    let after = after.map_err(|error| Problem::field("after", error.to_string()))?;
    let part = (after, query.limit.0);
    let (items, more) = titles::title_page(&app, &caller, client, part).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(TitleBody::from).collect(), next }))
}

/// A title as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TitleTermsBody {
    /// What it is really called.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it is called before all who need not know; no other title has it.
    #[schema(min_length = 1, max_length = 100)]
    alias: String,
    #[serde(default)]
    is_high_security: bool,
    /// The first day of the work on it: `2026-09-30`.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; absent while it runs.
    #[schema(format = Date)]
    ends_on: Option<String>,
    /// The first day on which nothing of its content is held any more: today or before; absent while some is.
    #[schema(format = Date)]
    content_gone_on: Option<String>,
}

impl From<TitleTermsBody> for NewTitle {
    fn from(said: TitleTermsBody) -> Self {
        Self {
            name: said.name,
            alias: said.alias,
            is_high_security: said.is_high_security,
            begins_on: said.begins_on,
            ends_on: said.ends_on.unwrap_or_default(),
            content_gone_on: said.content_gone_on.unwrap_or_default(),
        }
    }
}

/// A new title.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTitleBody {
    /// The id of the client whose it is.
    client: String,
    /// The title.
    title: TitleTermsBody,
}

/// Enters a title.
#[utoipa::path(post, path = "/api/v1/titles", tag = "titles", security(("token" = [Action::TitleWrite])), request_body = NewTitleBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "There are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewTitleBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let client = said.client.parse().ok();
    let id = titles::title_add(&app, &caller, client, said.title.into()).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Somebody's work on a title.
#[derive(Serialize, ToSchema)]
struct MemberBody {
    person: String,
    name: String,
    /// What they do on it.
    job: String,
    #[schema(format = Date)]
    begins_on: String,
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
}

/// One title with the people who work on it, did, or will.
#[derive(Serialize, ToSchema)]
struct TitleDetailBody {
    #[serde(flatten)]
    title: TitleBody,
    client_name: String,
    people: Vec<MemberBody>,
}

/// One title.
#[utoipa::path(get, path = "/api/v1/titles/{id}", tag = "titles", security(("token" = [Action::TitleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = TitleDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<TitleDetailBody>, ApiProblem> {
    let detail = titles::title_one(&app, &caller, id(&text, "title")?).await?;
    Ok(Json(TitleDetailBody {
        title: detail.title.into(),
        client_name: detail.client.name,
        people: detail
            .team
            .into_iter()
            .map(|member| MemberBody {
                person: member.person.to_string(),
                name: member.name,
                job: member.job,
                begins_on: member.days.first.to_string(),
                ends_on: member.days.last.map(|last| last.to_string()),
            })
            .collect(),
    }))
}

/// Says what a title is from now on, whole: that it has ended, that its content is gone, or that this was
/// said by mistake.
#[utoipa::path(put, path = "/api/v1/titles/{id}", tag = "titles", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), request_body = TitleTermsBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<TitleTermsBody>,
) -> Result<StatusCode, ApiProblem> {
    titles::title_change(&app, &caller, id(&text, "title")?, said.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes out a title that was entered by mistake.
#[utoipa::path(delete, path = "/api/v1/titles/{id}", tag = "titles", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "People work on it, or did", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    titles::title_remove(&app, &caller, id(&text, "title")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody lacks to be cleared.
#[derive(Serialize, ToSchema)]
struct LackBody {
    /// `engagement`: nobody engages them on that day; `signature`: an agreement is not signed; `reading`: a policy is not read.
    what: &'static str,
    /// The id of the agreement or the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl From<Lack> for LackBody {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Engagement => Self { what: "engagement", id: None, name: None },
            Lack::Signature(id, name) => {
                Self { what: "signature", id: Some(id.to_string()), name: Some(name) }
            }
            Lack::Reading(id, name) => {
                Self { what: "reading", id: Some(id.to_string()), name: Some(name) }
            }
        }
    }
}

/// Somebody who works on a title now, or will.
#[derive(Serialize, ToSchema)]
struct ClearedBody {
    person: String,
    name: String,
    /// The first day of their work on it.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; absent where it is open.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
    /// The day for which it was asked: today, or the first one of their work.
    #[schema(format = Date)]
    on: String,
    /// Nothing is lacking.
    is_cleared: bool,
    lacks: Vec<LackBody>,
}

impl From<Cleared> for ClearedBody {
    fn from(one: Cleared) -> Self {
        Self {
            person: one.person.to_string(),
            name: one.name,
            begins_on: one.days.first.to_string(),
            ends_on: one.days.last.map(|last| last.to_string()),
            on: one.clearance.on.to_string(),
            is_cleared: one.clearance.is_cleared(),
            lacks: one.clearance.lacks.into_iter().map(LackBody::from).collect(),
        }
    }
}

/// Who works on a title now or will, and who of them is cleared: engaged, with everything signed and read that is asked for it.
#[utoipa::path(get, path = "/api/v1/titles/{id}/team", tag = "titles", security(("token" = [Action::TitleRead, Action::PeopleRead])), params(("id" = String, Path), ("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<ClearedBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn title_team(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ClearedBody>>, ApiProblem> {
    let (id, after) = (id(&text, "title")?, after(page.after.as_deref())?);
    let (items, more) = people::clearance_list(&app, &caller, id, (after, page.limit.0)).await?;
    let next = items.last().filter(|_| more).map(|last| last.person.to_string());
    Ok(Json(Page { items: items.into_iter().map(ClearedBody::from).collect(), next }))
}
