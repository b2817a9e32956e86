//! The ledger, for people: its head, its entries, and how to verify them elsewhere.

mod handlers;
mod names;
pub mod view;

pub(crate) use handlers::routes;
pub(crate) use names::Names;
