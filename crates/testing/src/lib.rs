//! Helpers that only tests use: a throw-away PostgreSQL, see [`postgres`], a foreign mail server, see
//! [`mail`], and an OpenID provider that can lie, see [`provider`].

pub mod mail;
pub mod postgres;
pub mod provider;
pub mod signing;

pub use postgres::{Database, Postgres};
