//! The ledger, for people: its head, its entries, and how to verify them elsewhere.

mod handlers;
pub mod view;

pub(crate) use handlers::routes;
