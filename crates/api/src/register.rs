//! The register of people: who works here, with an account or without, from when to when and on which titles.
//! Who signs in, and as what, stands in [`crate::people`]; how many there are, in [`crate::head_count`].

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body, Created},
    description::FormWord,
    page::{Limit, Page, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App, Problem,
    people::{
        self, NewAssignment, NewEngagement, NewPerson, PersonDetail, Registered, Standing, Wanted,
    },
};
use closedset_core::{Action, Time};
use closedset_store::{
    engagements::{AssignmentRow, EngagementRow},
    people::PersonRow,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest text that is looked for, in characters: an address is no longer.
const TEXT_LIMIT: usize = 254;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register_list, register_add))
        .routes(routes!(register_one, register_change))
        .routes(routes!(register_forget))
        .routes(routes!(engagement_add))
        .routes(routes!(engagement_change, engagement_remove))
        .routes(routes!(assignment_add))
        .routes(routes!(assignment_change, assignment_remove))
}

/// Somebody who works here, did, or will.
#[derive(Serialize, ToSchema)]
struct KnownBody {
    /// The same by which whoever belongs to the organisation is known under `/api/v1/people`.
    id: String,
    name: String,
    /// Absent where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Absent where none is known.
    #[serde(skip_serializing_if = "String::is_empty")]
    phone: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<PersonRow> for KnownBody {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            created_at: row.created_at,
        }
    }
}

/// Somebody's work for the organisation.
#[derive(Serialize, ToSchema)]
struct EngagementBody {
    id: String,
    #[schema(value_type = FormWord)]
    form: &'static str,
    /// What they do, in the facility's words.
    job: String,
    #[schema(format = Date)]
    begins_on: String,
    /// The last day; absent where it is open.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<EngagementRow> for EngagementBody {
    fn from(row: EngagementRow) -> Self {
        Self {
            id: row.id.to_string(),
            form: row.form.as_str(),
            job: row.job,
            begins_on: row.days.first.to_string(),
            ends_on: row.days.last.map(|last| last.to_string()),
            created_at: row.created_at,
        }
    }
}

/// Somebody's work on a title.
#[derive(Serialize, ToSchema)]
struct AssignmentBody {
    id: String,
    /// The title's id.
    title: String,
    alias: String,
    /// What they do on it.
    job: String,
    #[schema(format = Date)]
    begins_on: String,
    /// The last day; absent where it is open.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<(AssignmentRow, String)> for AssignmentBody {
    fn from((row, alias): (AssignmentRow, String)) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title.to_string(),
            alias,
            job: row.job,
            begins_on: row.days.first.to_string(),
            ends_on: row.days.last.map(|last| last.to_string()),
            created_at: row.created_at,
        }
    }
}

/// Somebody in the register.
#[derive(Serialize, ToSchema)]
struct RegisteredBody {
    #[serde(flatten)]
    person: KnownBody,
    /// The earliest first.
    engagements: Vec<EngagementBody>,
    /// The earliest first; absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignments: Option<Vec<AssignmentBody>>,
}

impl RegisteredBody {
    fn new(registered: Registered, sees_titles: bool) -> Self {
        let assignments = registered.assignments.into_iter().map(AssignmentBody::from);
        Self {
            person: registered.person.into(),
            engagements: registered.engagements.into_iter().map(EngagementBody::from).collect(),
            assignments: sees_titles.then(|| assignments.collect()),
        }
    }
}

/// Whom of the register is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RegisterQuery {
    /// Who is engaged today (`here`), later and not today (`coming`), earlier and neither today nor later (`left`);
    /// or `all`, also those whom nobody has engaged. `here` if nothing is said.
    #[serde(default)]
    #[param(inline)]
    standing: StandingWord,
    /// Part of a name or an address, in whatever case.
    #[serde(default)]
    #[param(value_type = Option<String>, max_length = 254)]
    q: String,
    /// Only those who work on the title with this id: today where `here` is asked for, else whenever. It takes the scope
    /// `title.read` too.
    title: Option<String>,
    /// The id after which to go on: `next` of the page before.
    #[param(pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    after: Option<String>,
    /// How many at most; 50 if nothing is said.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    #[serde(default)]
    limit: Limit,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StandingWord {
    #[default]
    Here,
    Coming,
    Left,
    All,
}

impl From<StandingWord> for Standing {
    fn from(word: StandingWord) -> Self {
        match word {
            StandingWord::Here => Self::Here,
            StandingWord::Coming => Self::Coming,
            StandingWord::Left => Self::Left,
            StandingWord::All => Self::All,
        }
    }
}

/// The people of the register, by name, with their work.
#[utoipa::path(get, path = "/api/v1/register", tag = "register", security(("token" = [Action::PeopleRead])), params(RegisterQuery), responses(
    (status = 200, body = Page<RegisteredBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<RegisterQuery>,
) -> Result<Json<Page<RegisteredBody>>, ApiProblem> {
    if query.q.chars().count() > TEXT_LIMIT {
        return Err(Problem::field("q", "Look for at most 254 characters.").into());
    }
    let wanted = Wanted {
        standing: query.standing.into(),
        text: query.q,
        title: query.title.as_deref().map(|text| id(text, "title")).transpose()?,
        after: after(query.after.as_deref())?,
        limit: query.limit.0,
    };
    let page = people::register_list(&app, &caller, wanted).await?;
    let next = page.people.last().filter(|_| page.more).map(|last| last.person.id.to_string());
    let sees_titles = caller.may(Action::TitleRead);
    let body = |registered| RegisteredBody::new(registered, sees_titles);
    Ok(Json(Page { items: page.people.into_iter().map(body).collect(), next }))
}

/// Somebody as they are to be known, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPersonBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Absent where none is known.
    #[schema(format = Email, max_length = 254)]
    email: Option<String>,
    /// Absent where none is known.
    #[schema(max_length = 40, pattern = "^[0-9 +()./-]*$")]
    phone: Option<String>,
}

impl From<NewPersonBody> for NewPerson {
    fn from(said: NewPersonBody) -> Self {
        Self {
            name: said.name,
            email: said.email.unwrap_or_default(),
            phone: said.phone.unwrap_or_default(),
        }
    }
}

/// An engagement as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EngagementTermsBody {
    #[schema(value_type = FormWord)]
    form: String,
    /// What they do, in words.
    #[schema(min_length = 1, max_length = 80)]
    job: String,
    /// The first day: `2026-09-30`.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; absent where it is open.
    #[schema(format = Date)]
    ends_on: Option<String>,
}

impl From<EngagementTermsBody> for NewEngagement {
    fn from(said: EngagementTermsBody) -> Self {
        Self {
            form: said.form,
            job: said.job,
            begins_on: said.begins_on,
            ends_on: said.ends_on.unwrap_or_default(),
        }
    }
}

/// Somebody new, with their first engagement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRegisteredBody {
    person: NewPersonBody,
    engagement: EngagementTermsBody,
}

/// Enters somebody, with their first engagement. Who is invited with the same address later is the same person.
#[utoipa::path(post, path = "/api/v1/register", tag = "register", security(("token" = [Action::PeopleWrite])), request_body = NewRegisteredBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else has this name or this address", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewRegisteredBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let person = said.person.into();
    let id = people::person_add(&app, &caller, person, said.engagement.into()).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Somebody's work on a title, held against their engagements.
#[derive(Serialize, ToSchema)]
struct HeldAssignmentBody {
    #[serde(flatten)]
    assignment: AssignmentBody,
    /// Whether nobody has engaged them on some of its days.
    is_beyond: bool,
}

/// Somebody in the register, with what is known of them.
#[derive(Serialize, ToSchema)]
struct RegisteredDetailBody {
    #[serde(flatten)]
    person: KnownBody,
    /// Whether they belong to the organisation with an account; `/api/v1/people/{id}` tells in which role.
    has_account: bool,
    /// The earliest first.
    engagements: Vec<EngagementBody>,
    /// The earliest first; absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignments: Option<Vec<HeldAssignmentBody>>,
}

impl RegisteredDetailBody {
    fn new(detail: PersonDetail, sees_titles: bool) -> Self {
        let held = |(row, alias): &(AssignmentRow, String)| HeldAssignmentBody {
            is_beyond: detail.is_beyond(row),
            assignment: (row.clone(), alias.clone()).into(),
        };
        let assignments = detail.registered.assignments.iter().map(held);
        Self {
            assignments: sees_titles.then(|| assignments.collect()),
            has_account: detail.member.is_some(),
            person: detail.registered.person.into(),
            engagements: detail
                .registered
                .engagements
                .into_iter()
                .map(EngagementBody::from)
                .collect(),
        }
    }
}

/// Somebody in the register. The tasks that they have are under `/api/v1/tasks`.
#[utoipa::path(get, path = "/api/v1/register/{id}", tag = "register", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = RegisteredDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<RegisteredDetailBody>, ApiProblem> {
    let detail = people::person_detail(&app, &caller, id(&text, "person")?).await?;
    Ok(Json(RegisteredDetailBody::new(detail, caller.may(Action::TitleRead))))
}

/// Says what is known of somebody from now on, whole. Of whoever signs in here the address stays their account's, and
/// another name takes the scope `people.manage` too.
#[utoipa::path(put, path = "/api/v1/register/{id}", tag = "register", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = NewPersonBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody else has this name or this address, or the address is an account's", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewPersonBody>,
) -> Result<StatusCode, ApiProblem> {
    people::person_edit(&app, &caller, id(&text, "person")?, said.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why somebody is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgetBody {
    /// Without their name: it stands in the ledger.
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

/// Forgets somebody who is gone: name, address, telephone and jobs go out of the register and out of the ledger's entries
/// about them. That somebody worked here on those days stays. It cannot be undone.
#[utoipa::path(post, path = "/api/v1/register/{id}/forget", tag = "register", security(("token" = [Action::PeopleManage, Action::LedgerErase])), params(("id" = String, Path)), request_body = ForgetBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "They have an account here, or are engaged or assigned today or later", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_forget(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<ForgetBody>,
) -> Result<StatusCode, ApiProblem> {
    people::person_forget(&app, &caller, id(&text, "person")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Engages somebody who is known: again, or in another form besides.
#[utoipa::path(post, path = "/api/v1/register/{id}/engagements", tag = "register", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = EngagementTermsBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "They are engaged in this form on some of these days, somebody else has their name, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn engagement_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<EngagementTermsBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let id = people::engage(&app, &caller, id(&text, "person")?, said.into()).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Says what an engagement is from now on, whole. A last day ends it.
#[utoipa::path(put, path = "/api/v1/engagements/{id}", tag = "register", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), request_body = EngagementTermsBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "They are engaged in this form on some of these days, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn engagement_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<EngagementTermsBody>,
) -> Result<StatusCode, ApiProblem> {
    people::engagement_change(&app, &caller, id(&text, "engagement")?, said.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes out an engagement that was entered by mistake: it counts on no day any more, also of the past.
#[utoipa::path(delete, path = "/api/v1/engagements/{id}", tag = "register", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn engagement_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    people::engagement_remove(&app, &caller, id(&text, "engagement")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An assignment as it is to be, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignmentTermsBody {
    /// What they do on it, in words.
    #[schema(min_length = 1, max_length = 80)]
    job: String,
    /// The first day: `2026-09-30`.
    #[schema(format = Date)]
    begins_on: String,
    /// The last one; absent where it is open.
    #[schema(format = Date)]
    ends_on: Option<String>,
}

impl From<AssignmentTermsBody> for NewAssignment {
    fn from(said: AssignmentTermsBody) -> Self {
        Self { job: said.job, begins_on: said.begins_on, ends_on: said.ends_on.unwrap_or_default() }
    }
}

/// A new assignment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignmentBody {
    /// The id of the title.
    title: String,
    assignment: AssignmentTermsBody,
}

/// Assigns somebody to a title. It may go beyond their engagements, which is remarked and not refused.
#[utoipa::path(post, path = "/api/v1/register/{id}/assignments", tag = "register", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), request_body = NewAssignmentBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "They work on this title on some of these days, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn assignment_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewAssignmentBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let (person, title) = (id(&text, "person")?, id(&said.title, "title")?);
    let id = people::assign(&app, &caller, person, title, said.assignment.into()).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Says what an assignment is from now on, whole. A last day ends it.
#[utoipa::path(put, path = "/api/v1/assignments/{id}", tag = "register", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), request_body = AssignmentTermsBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "They work on this title on some of these days, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn assignment_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<AssignmentTermsBody>,
) -> Result<StatusCode, ApiProblem> {
    people::assignment_change(&app, &caller, id(&text, "assignment")?, said.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes out an assignment that was entered by mistake: it counts on no day any more, also of the past.
#[utoipa::path(delete, path = "/api/v1/assignments/{id}", tag = "register", security(("token" = [Action::TitleWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn assignment_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    people::assignment_remove(&app, &caller, id(&text, "assignment")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
