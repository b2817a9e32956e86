//! Tokens of programs.

use crate::{
    ApiProblem, Asker,
    address::{Path, id},
    body::Body,
    description::Scope,
    idempotency::ShownOnce,
    problem::ProblemBody,
};
use axum::{Extension, Json, extract::State, http::StatusCode};
use closedset_app::{App, Problem, accounts};
use closedset_core::{Action, Actions, Time};
use closedset_store::organisations::ApiTokenRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(token_list, token_create)).routes(routes!(token_revoke))
}

/// A token, without its text.
#[derive(Serialize, ToSchema)]
struct TokenBody {
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<Scope>)]
    scopes: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
}

impl From<ApiTokenRow> for TokenBody {
    fn from(row: ApiTokenRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            scopes: row.scopes.iter().map(Action::as_str).collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// The tokens, oldest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "settings", security(("token" = [Action::SettingsRead])), responses(
    (status = 200, body = Vec<TokenBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn token_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<TokenBody>>, ApiProblem> {
    let rows = accounts::token_list(&app, &caller).await?;
    Ok(Json(rows.into_iter().map(TokenBody::from).collect()))
}

/// A token as asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do: at least one scope, each once, and none that the maker lacks.
    #[schema(value_type = Vec<Scope>, min_items = 1)]
    scopes: Vec<String>,
    /// After how many days it ends.
    #[schema(minimum = 1, maximum = 366)]
    days: i64,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
struct TokenMadeBody {
    #[serde(flatten)]
    made: TokenBody,
    /// For the header `Authorization: Bearer`. Shown once.
    token: String,
}

/// Makes a token for a program.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "settings", security(("token" = [Action::SettingsWrite])), request_body = NewTokenBody, responses(
    (status = 201, body = TokenMadeBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn token_create(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(wanted): Body<NewTokenBody>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<TokenMadeBody>), ApiProblem> {
    let scopes = Actions::from_words(wanted.scopes.iter().map(String::as_str))
        .map_err(|error| Problem::field("scopes", format!("{error}.")))?;
    let new = accounts::NewToken { name: wanted.name, scopes, days: wanted.days };
    let (row, token) = accounts::token_create(&app, &caller, new).await?;
    let body = TokenMadeBody { made: row.into(), token };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(body)))
}

/// Takes a token back. Whoever takes another's from a browser must have shown the second factor within ten
/// minutes.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "settings", security(("token" = [Action::SettingsWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn token_revoke(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    accounts::token_revoke(&app, &caller, id(&text, "token")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
