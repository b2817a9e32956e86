//! By which provider people sign in. It is set by people on the screen: what a token set would outlast
//! the token, and lead people elsewhere.

use crate::{ApiProblem, Asker, problem::ProblemBody};
use axum::{Json, extract::State};
use closedset_app::{
    App,
    sign_on::{self, ProviderShown, SignOnSettings},
};
use closedset_core::{Action, Time};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in_settings))
}

/// An OpenID provider, without the secret.
#[derive(Serialize, ToSchema)]
struct SignInProviderBody {
    /// Its address.
    issuer: String,
    /// What this program is called there.
    client_id: String,
    /// Whose word a second factor is: `provider` or `here`.
    second_factor: &'static str,
    /// The levels (`acr`) that show one.
    levels: Vec<String>,
    /// Where browsers are sent.
    authorization_endpoint: String,
    /// Where codes are redeemed.
    token_endpoint: String,
    /// Where its keys are.
    jwks_uri: String,
    /// By which algorithms it signs that are believed here.
    algorithms: Vec<String>,
    /// How many accounts are linked with it.
    linked: i64,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Time,
}

impl From<ProviderShown> for SignInProviderBody {
    fn from(provider: ProviderShown) -> Self {
        Self {
            issuer: provider.issuer,
            client_id: provider.client,
            second_factor: provider.factor.as_str(),
            levels: provider.levels.split_whitespace().map(str::to_owned).collect(),
            authorization_endpoint: provider.said.authorization,
            token_endpoint: provider.said.tokens,
            jwks_uri: provider.said.keys,
            algorithms: provider.said.algorithms,
            linked: provider.linked,
            changed_at: provider.changed_at,
        }
    }
}

/// How people sign in by a provider.
#[derive(Serialize, ToSchema)]
struct SignInSettingsBody {
    /// What the provider is called, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The provider, for the organisation that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<SignInProviderBody>,
    /// The organisation keeps the provider.
    is_keeper: bool,
}

impl From<SignOnSettings> for SignInSettingsBody {
    fn from(settings: SignOnSettings) -> Self {
        Self {
            name: settings.name,
            provider: settings.provider.map(SignInProviderBody::from),
            is_keeper: settings.is_keeper,
        }
    }
}

/// By which provider people sign in, where one is set.
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "settings", security(("token" = [Action::SettingsRead])), responses(
    (status = 200, body = SignInSettingsBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn sign_in_settings(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<SignInSettingsBody>, ApiProblem> {
    Ok(Json(sign_on::settings(&app, &caller).await?.into()))
}
