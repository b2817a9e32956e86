//! What outsiders ask to see: documents with their versions, attestations, exceptions, and audit packs.
//!
//! A document is given for a control, on that control's page; `upload` takes the file there and
//! here; the API sends files out.

pub mod attestations;
pub mod document;
pub mod documents;
pub mod exceptions;
pub mod pack;
pub mod packs;
pub mod register;
mod serve_documents;
mod serve_exceptions;
mod serve_packs;
pub(crate) mod upload;
pub mod withdraw;

pub use attestations::Attestations;
pub use document::DocumentPage;
pub use documents::Documents;
pub use exceptions::Exceptions;
pub use pack::PackPage;
pub use packs::Packs;
pub(crate) use serve_documents::last_day;
pub(crate) use serve_exceptions::{cover, line};
pub use withdraw::Withdraw;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/documents", get(serve_documents::documents))
        .route("/documents/{id}", get(serve_documents::document))
        .route("/documents/{id}/file", get(serve_documents::file))
        .route(
            "/documents/{id}/withdraw",
            get(serve_documents::withdraw_ask).post(serve_documents::withdraw),
        )
        .route(
            "/documents/{id}/versions",
            post(serve_documents::version).layer(DefaultBodyLimit::disable()),
        )
        .route("/attestations", get(serve_documents::attestations))
        .route("/exceptions", get(serve_exceptions::exceptions))
        .route("/exceptions/{id}/approve", post(serve_exceptions::approve))
        .route(
            "/exceptions/{id}/withdraw",
            get(serve_exceptions::withdraw_ask).post(serve_exceptions::withdraw),
        )
        .merge(register::routes())
        .route("/packs", get(serve_packs::packs).post(serve_packs::create))
        .route("/packs/{id}", get(serve_packs::pack))
        .route("/packs/{id}/file", get(serve_packs::file))
        .route("/packs/{id}/report", get(serve_packs::report))
}
