//! The facility's own checks and thresholds: their list, one of them, and the form that writes one.

mod form;
mod list;
mod one;
mod preview;
mod threshold;

pub use form::{CheckFormPage, LineFields};
pub use list::{OwnCheckLine, OwnChecksPage, ThresholdLine};
pub use one::{CheckVersionLine, OwnCheckPage};
pub use preview::{PreviewRow, PreviewView};
pub use threshold::ThresholdPage;

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, Problem};
use closedset_core::id::{Id, OwnCheck};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/checks", get(list::checks))
        .route("/settings/checks/new", get(form::new).post(form::write))
        .route("/settings/checks/thresholds/{limit}", get(threshold::ask).post(threshold::set))
        .route("/settings/checks/thresholds/{limit}/clear", post(threshold::clear))
        .route("/settings/checks/{id}", get(one::check))
        .route("/settings/checks/{id}/edit", get(form::edit).post(form::change))
        .route("/settings/checks/{id}/retire", post(one::retire))
}

fn check_id(text: &str) -> Result<Id<OwnCheck>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("own check"))
}
