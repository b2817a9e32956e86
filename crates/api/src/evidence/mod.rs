//! Evidence given by hand for a control: documents and attestations.

mod attestation;
mod document;
mod upload;

pub(crate) use attestation::AttestationBody;
pub(crate) use upload::UPLOAD;

use closedset_app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(document::routes()).merge(attestation::routes())
}
