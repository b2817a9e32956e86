//! The board: all controls at a glance, and the page of each control with the evidence given there.
//!
//! Views stand in `overview` and `control`; `overview_handler` and `control_handler` fill them, and
//! `attestation` carries out what is signed and withdrawn, `exception` what is asked for.

mod attestation;
pub mod control;
mod control_handler;
mod exception;
pub mod overview;
mod overview_handler;

pub use control::ControlPage;
pub use overview::Board;
pub(crate) use overview_handler::title_case;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/board", get(overview_handler::board))
        .route("/controls/{id}", get(control_handler::control))
        .route(
            "/controls/{id}/documents",
            post(control_handler::document).layer(DefaultBodyLimit::disable()),
        )
        .route("/controls/{id}/attestations", post(attestation::sign))
        .route("/controls/{id}/exceptions", post(exception::ask))
        .route(
            "/controls/{id}/attestations/{attestation}/withdraw",
            get(attestation::withdraw_ask).post(attestation::withdraw),
        )
}
