//! How the server is reached, and the certificate that browsers see. It is changed at the server alone,
//! by `closedset certificate`.

use crate::{ApiProblem, Asker, problem::ProblemBody};
use axum::{Json, extract::State};
use closedset_app::{
    App,
    network::{self, Facts, Reached},
};
use closedset_core::{Action, Time};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(certificate))
}

/// How the server is reached and which certificate browsers see.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateBody {
    /// The address that people and agents use.
    public_url: String,
    /// The address and port that are listened on.
    listen: String,
    /// The addresses of the server's computer on the network.
    addresses: Vec<String>,
    /// How the server came by the certificate that was chosen: `own`, `files`, `given`, `acme`.
    way: &'static str,
    /// What browsers see; our own where the chosen one is not there.
    in_use: OneBody,
    /// The server's own, whose key agents know.
    own: OneBody,
    /// When the server renews by itself what browsers see; missing where somebody else must.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    renews_at: Option<Time>,
    /// What went wrong and still does.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureBody>,
    /// The authority that issues certificates by itself, where one was agreed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<AuthorityBody>,
    /// Somebody must do something: it ends within a fortnight, or something went wrong.
    wants_attention: bool,
}

/// A certificate.
#[derive(Serialize, ToSchema)]
struct OneBody {
    /// The names and addresses that it is good for.
    names: Vec<String>,
    /// Who issued it.
    issuer: String,
    #[schema(value_type = String, format = DateTime)]
    begins_at: Time,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Time,
    /// SHA-256 of the certificate, in pairs as browsers show it.
    fingerprint: String,
    /// SHA-256 of its public key, in hexadecimal.
    key: String,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct FailureBody {
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// A stable code.
    code: String,
    sentence: String,
    remedy: String,
}

/// An authority.
#[derive(Serialize, ToSchema)]
struct AuthorityBody {
    /// The address of its directory (ACME, RFC 8555).
    directory: String,
}

impl From<&Facts> for OneBody {
    fn from(facts: &Facts) -> Self {
        Self {
            names: facts.names.clone(),
            issuer: facts.issuer.clone(),
            begins_at: facts.begins,
            ends_at: facts.ends,
            fingerprint: facts.fingerprint(),
            key: facts.pin.to_string(),
        }
    }
}

impl From<Reached> for CertificateBody {
    fn from(reached: Reached) -> Self {
        let wants_attention = reached.certificate.wants_attention(reached.at);
        let certificate = reached.certificate;
        Self {
            public_url: reached.public_url,
            listen: reached.listen.to_string(),
            addresses: reached.addresses.iter().map(ToString::to_string).collect(),
            way: certificate.chosen.as_str(),
            in_use: (&certificate.in_use.facts).into(),
            own: (&certificate.own).into(),
            renews_at: certificate.renews_at,
            failure: certificate.failure.map(|failure| FailureBody {
                at: failure.at,
                code: failure.code,
                sentence: failure.sentence,
                remedy: failure.remedy,
            }),
            authority: certificate
                .agreement
                .map(|agreement| AuthorityBody { directory: agreement.directory }),
            wants_attention,
        }
    }
}

/// How the server is reached, and which certificate browsers see.
#[utoipa::path(get, path = "/api/v1/certificate", tag = "server", security(("token" = [Action::SettingsRead])), responses(
    (status = 200, body = CertificateBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn certificate(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<CertificateBody>, ApiProblem> {
    Ok(Json(network::reached(&app, &caller).await?.into()))
}
