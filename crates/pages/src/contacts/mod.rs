//! Whom one calls about content security: the sheet on which both stand, and what each of them says to it by their link.

pub mod mine;
pub mod sheet;

pub use mine::ContactLine;
pub use sheet::{ContactForm, ContactsPage, Place, SheetDocument};

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/contacts", get(sheet::contacts).post(sheet::name))
        .route("/mine/contact", post(mine::confirm))
}
