//! People: who belongs, in which role and until when; and invitations.

use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::Body,
    description::RoleWord,
    idempotency::ShownOnce,
    page::{Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{Extension, Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    people::{self, NewInvitation, RoleChange},
};
use closedset_core::{Action, Time};
use closedset_store::people::{InvitationRow, MemberRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(person_list))
        .routes(routes!(person_one, person_remove))
        .routes(routes!(person_change))
        .routes(routes!(person_sign_out))
        .routes(routes!(invitation_list, invite))
        .routes(routes!(invitation_revoke))
}

/// Somebody who belongs to the organisation.
#[derive(Serialize, ToSchema)]
struct PersonBody {
    id: String,
    name: String,
    email: String,
    #[schema(value_type = RoleWord)]
    role: &'static str,
    /// How the account is protected: `passkey`, `authenticator_app`; empty while it has no second
    /// factor, and may nothing.
    second_factors: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// When the membership ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Time>,
    /// When they last came in here.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_in_at: Option<Time>,
}

impl From<MemberRow> for PersonBody {
    fn from(row: MemberRow) -> Self {
        let factors = [(row.passkeys > 0, "passkey"), (row.has_totp, "authenticator_app")];
        Self {
            id: row.person.to_string(),
            name: row.name,
            email: row.email,
            role: row.role.as_str(),
            second_factors: factors.iter().filter(|(has, _)| *has).map(|(_, word)| *word).collect(),
            since: row.since,
            ends_at: row.ends_at,
            signed_in_at: row.signed_in_at,
        }
    }
}

/// Who belongs to the organisation, in the order in which they were first known.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", security(("token" = [Action::PeopleRead])), params(
    ("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^per_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
    ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200),
), responses(
    (status = 200, body = Page<PersonBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn person_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<PersonBody>>, ApiProblem> {
    let after = after(query.after.as_deref())?;
    let (rows, more) = people::person_list(&app, &caller, after, query.limit.0).await?;
    let next = rows.last().filter(|_| more).map(|row| row.person.to_string());
    Ok(Json(Page { items: rows.into_iter().map(PersonBody::from).collect(), next }))
}

/// Somebody who belongs to the organisation.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "people", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = PersonBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn person_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<PersonBody>, ApiProblem> {
    let row = people::person_one(&app, &caller, id(&text, "person")?).await?;
    Ok(Json(row.into()))
}

/// What somebody is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    /// None that may more than whoever asks; a token makes no owners.
    #[schema(value_type = RoleWord)]
    role: String,
    /// The last day of the membership where the facility is, a year from now at most; absent for one
    /// without an end. Auditors need one, owners have none.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    last_day: Option<String>,
}

/// Gives somebody another role or another last day, from their next request on.
#[utoipa::path(put, path = "/api/v1/people/{id}/role", tag = "people", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), request_body = RoleBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn person_change(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RoleBody>,
) -> Result<StatusCode, ApiProblem> {
    let change = RoleChange { role: said.role, last_day: said.last_day.unwrap_or_default() };
    people::person_change(&app, &caller, id(&text, "person")?, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes somebody. Their sessions here, the tokens they made and their open invitations end at once. Whoever
/// asks from a browser must have shown the second factor within ten minutes, but to leave.
#[utoipa::path(delete, path = "/api/v1/people/{id}", tag = "people", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn person_remove(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    people::person_remove(&app, &caller, id(&text, "person")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs somebody out everywhere, as far as this organisation is concerned. Whoever signs another out from a
/// browser must have shown the second factor within ten minutes.
#[utoipa::path(post, path = "/api/v1/people/{id}/sign-out", tag = "people", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn person_sign_out(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    people::person_sign_out(&app, &caller, id(&text, "person")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An invitation that was neither used nor taken back.
#[derive(Serialize, ToSchema)]
struct InvitationBody {
    id: String,
    name: String,
    email: String,
    #[schema(value_type = RoleWord)]
    role: &'static str,
    /// When the membership will end by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Time>,
    invited_by: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Until when the link opens something.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl From<InvitationRow> for InvitationBody {
    fn from(row: InvitationRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            email: row.email,
            role: row.role.as_str(),
            ends_at: row.ends_at,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// The open invitations, oldest first, at most 200.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "people", security(("token" = [Action::PeopleRead])), responses(
    (status = 200, body = Vec<InvitationBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn invitation_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<InvitationBody>>, ApiProblem> {
    let rows = people::invitation_list(&app, &caller).await?;
    Ok(Json(rows.into_iter().map(InvitationBody::from).collect()))
}

/// An invitation as asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitationBody {
    #[schema(format = Email, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// None that may more than whoever asks; a token makes no owners.
    #[schema(value_type = RoleWord)]
    role: String,
    /// The last day of the membership where the facility is, a year from now at most; absent for one
    /// without an end. Auditors need one, owners have none.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    last_day: Option<String>,
}

/// An invitation that was just made.
#[derive(Serialize, ToSchema)]
struct InvitedBody {
    #[serde(flatten)]
    made: InvitationBody,
    /// The one-time link, to be handed to the person. Shown once.
    link: String,
}

/// Invites somebody. The answer is the same whether or not the address has an account here.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "people", security(("token" = [Action::PeopleManage])), request_body = NewInvitationBody, responses(
    (status = 201, body = InvitedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn invite(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(wanted): Body<NewInvitationBody>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<InvitedBody>), ApiProblem> {
    let new = NewInvitation {
        email: wanted.email,
        name: wanted.name,
        role: wanted.role,
        last_day: wanted.last_day.unwrap_or_default(),
    };
    let (row, link) = people::invite(&app, &caller, new).await?;
    let body = InvitedBody { made: row.into(), link };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(body)))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "people", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn invitation_revoke(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    people::invitation_revoke(&app, &caller, id(&text, "invitation")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
