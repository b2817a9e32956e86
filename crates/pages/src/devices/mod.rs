//! Devices: the list with the panel that makes enrolment links, one device, sending one away.
//!
//! Views stand in `list`, `device`, `facts` and `revoke`; `show` fills them from the use cases and
//! `change` carries out what is posted, `hand_in` takes the reports that people bring.

mod change;
pub mod device;
mod draw;
pub mod facts;
mod hand_in;
pub mod list;
mod pen;
pub mod revoke;
mod show;

pub use device::Device;
pub(crate) use draw::size;
pub use list::{Devices, HandIn};
pub use revoke::Revoke;
pub(crate) use show::{asks_of_screen, is_news, only_here};

use crate::serve::go;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use closedset_app::App;

/// Where reports are handed in, which are larger than other forms.
pub(crate) const REPORTS: [&str; 2] = ["/devices/reports", "/devices/{id}/reports"];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/devices", get(show::devices))
        .route("/devices/enrol", get(|| async { go("/devices#enrol") }).post(change::enrol))
        .route(
            REPORTS[0],
            get(|| async { go("/devices#hand-in") })
                .post(hand_in::of_any)
                .layer(DefaultBodyLimit::disable()),
        )
        .route(REPORTS[1], post(hand_in::of_this).layer(DefaultBodyLimit::disable()))
        .route("/devices/{id}", get(show::device))
        .route("/devices/{id}/confirm", post(change::confirm))
        .route("/devices/{id}/revoke", get(show::revoke).post(change::revoke))
}
