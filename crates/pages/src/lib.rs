//! The screen: one typed struct and one compiled template for every page, and the small design
//! system they share.
//!
//! A view is a plain struct of owned fields beside its template: `src/<area>/<page>.rs` and
//! `templates/<area>/<page>.html`. Views hold what is shown and nothing that decides; every word
//! of the interface stands in a template. Each view begins with a [`Shell`] and renders by itself
//! (`askama::Template::render`). Pieces that several pages share are in [`components`], the files
//! a browser fetches in [`assets`].
//!
//! Rules that the tests hold every page to: no inline script or style, one `h1`, unique ids, a
//! label for every input, a `csrf` field first in every form that posts, balanced markup. Pages
//! work without JavaScript; the scripts only add to them.
//!
//! To look at the pages: `cargo run -p closedset-pages --example gallery -- FOLDER`.

pub mod agreements;
pub mod answers;
pub mod assets;
pub mod audits;
pub mod board;
pub mod components;
pub mod contacts;
pub mod devices;
pub mod entry;
pub mod facility;
pub mod guide;
pub mod ledger;
pub mod notice;
pub mod people;
pub mod policies;
pub mod questionnaires;
pub mod registers;
pub mod risks;
pub mod samples;
mod serve;
pub mod settings;
pub mod shell;
pub mod tasks;
pub mod titles;

pub use serve::{as_invented, cookie, other_site, refused_because, refused_with};
pub use shell::{Area, Flash, FlashKind, Shell};

use axum::{Router, routing::get};
use closedset_app::App;

/// The routes that take a file in a form.
pub const UPLOADS: [&str; 7] = [
    "/audits/{id}/report",
    "/controls/{id}/documents",
    "/documents/{id}/versions",
    "/people/compare",
    "/people/import",
    "/people/{id}/papers",
    "/questionnaires",
];

/// The routes that take the report of a computer in a form.
pub const REPORTS: [&str; 2] = devices::REPORTS;

/// Every page, with the files a browser fetches for it, and what is shown where there is none.
pub fn routes(app: &App) -> Router {
    Router::new()
        .merge(entry::routes())
        .merge(board::routes())
        .merge(devices::routes())
        .merge(audits::routes())
        .merge(tasks::routes())
        .merge(people::routes())
        .merge(agreements::routes())
        .merge(contacts::routes())
        .merge(policies::routes())
        .merge(risks::routes())
        .merge(answers::routes())
        .merge(facility::routes())
        .merge(questionnaires::routes())
        .merge(titles::routes())
        .merge(ledger::routes())
        .merge(settings::routes())
        .merge(guide::routes())
        .route("/", get(|looker: serve::Looker| async move { serve::go(&looker.home()) }))
        .route("/assets/{*path}", get(serve::asset))
        .route_layer(axum::middleware::from_fn(serve::around))
        .method_not_allowed_fallback(|| async { serve::only_forms() })
        .fallback(|| async { serve::not_found() })
        .with_state(app.clone())
}

#[cfg(test)]
mod tests;
