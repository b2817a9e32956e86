//! Helpers that only tests use: a throw-away PostgreSQL, see [`postgres`].

pub mod postgres;

pub use postgres::{Database, Postgres};
