//! Attestations: what a person states for a control.

use super::WithdrawBody;
use crate::{
    ApiProblem, Asker,
    address::{Path, Query, id},
    body::{Body, Created},
    page::{Page, PageQuery, after},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{App, evidence};
use closedset_core::{Action, Time};
use closedset_store::evidence::AttestationRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(attestation_list, attestation_sign))
        .routes(routes!(attestation_withdraw))
}

/// A signed statement.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttestationBody {
    id: String,
    control: String,
    statement: String,
    /// SHA-256 of the statement.
    digest: String,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Time,
    #[schema(value_type = String, format = DateTime)]
    valid_to: Time,
    signed_by: String,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Time>,
    /// The index of the ledger's entry that says why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_entry: Option<i64>,
    /// The index of the ledger's entry.
    entry: i64,
}

impl From<AttestationRow> for AttestationBody {
    fn from(row: AttestationRow) -> Self {
        Self {
            id: row.id.to_string(),
            control: row.control,
            statement: row.statement,
            digest: row.digest.to_string(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            signed_by: row.signed_by,
            signed_at: row.signed_at,
            withdrawn_at: row.withdrawn_at,
            withdrawn_entry: row.withdrawn_entry,
            entry: row.entry,
        }
    }
}

/// The attestations, oldest first.
#[utoipa::path(get, path = "/api/v1/attestations", tag = "evidence", security(("token" = [Action::EvidenceRead])), params(("after" = Option<String>, Query, description = "The id after which to go on: `next` of the page before.", pattern = "^att_[0-7][0-9a-hjkmnp-tv-z]{25}$"), ("limit" = Option<i64>, Query, description = "How many at most; 50 if nothing is said.", minimum = 1, maximum = 200)), responses(
    (status = 200, body = Page<AttestationBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn attestation_list(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AttestationBody>>, ApiProblem> {
    let after = after(page.after.as_deref())?;
    let (items, more) = evidence::attestation_list(&app, &caller, after, page.limit.0).await?;
    let next = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(Page { items: items.into_iter().map(AttestationBody::from).collect(), next }))
}

/// What is stated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignBody {
    control: String,
    /// What is true and how the signer knows.
    #[schema(min_length = 20, max_length = 5000)]
    statement: String,
    /// Now, if absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Time>,
    /// At most three years later.
    #[schema(value_type = String, format = DateTime)]
    valid_to: Time,
}

/// Signs a statement as evidence for a control.
#[utoipa::path(post, path = "/api/v1/attestations", tag = "evidence", security(("token" = [Action::EvidenceWrite])), request_body = SignBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn attestation_sign(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<SignBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let new = evidence::NewAttestation {
        control: said.control,
        statement: said.statement,
        valid_from: said.valid_from,
        valid_to: said.valid_to,
    };
    let id = evidence::attestation_sign(&app, &caller, new).await?.to_string();
    Ok((StatusCode::CREATED, Json(Created { id })))
}

/// Withdraws an attestation: it no longer counts.
#[utoipa::path(post, path = "/api/v1/attestations/{id}/withdraw", tag = "evidence", security(("token" = [Action::EvidenceWrite])), params(("id" = String, Path)), request_body = WithdrawBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Withdrawn before", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn attestation_withdraw(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<WithdrawBody>,
) -> Result<StatusCode, ApiProblem> {
    let id = id(&text, "attestation")?;
    evidence::attestation_withdraw(&app, &caller, id, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
