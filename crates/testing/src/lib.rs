//! Helpers that only tests use: a throw-away PostgreSQL, see [`postgres`], and a foreign mail server, see
//! [`mail`].

pub mod mail;
pub mod postgres;

pub use postgres::{Database, Postgres};
