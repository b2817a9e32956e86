//! Evidence given by hand for a control: documents and attestations.

mod attestation;
mod document;
mod upload;

pub(crate) use attestation::AttestationBody;
pub use upload::UPLOAD;
pub(crate) use upload::receive;

use closedset_app::App;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

/// Why evidence is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawBody {
    /// It stands in the ledger.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 500)]
    pub(crate) reason: String,
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(document::routes()).merge(attestation::routes())
}
