//! The only SQL of Closedset: one text for two engines, SQLite and PostgreSQL.
//!
//! Work is done in *units*: synchronous closures over a [`Tx`], which run again from nothing where
//! the engine demands it and are kept whole or not at all ([`Store::write`], [`Store::read`]). What
//! changes rows records an entry of the ledger ([`Tx::record`]); the store refuses a unit that does
//! not ([`EXEMPT`] lists the tables that are free of it). The engine lies in `engine/`; the areas'
//! rows and statements lie beside it, one module for each area, in [`ledger`] those of the ledger.
//!
//! This crate decides nothing: who may do what, and what follows from what, is `closedset-app`'s.

mod ddl;
mod engine;
mod error;
mod exempt;
mod job;
mod lexer;
mod memory;
mod migrate;
mod options;
mod queue;
mod record;
mod row;
mod scope;
mod statement;
mod store;
mod tx;
mod value;
mod wait;

pub mod accounts;
pub mod agreements;
pub mod audits;
pub mod calendars;
pub mod comparisons;
pub mod contacts;
pub mod devices;
pub mod engagements;
pub mod evidence;
pub mod exceptions;
pub mod facility_profiles;
pub mod facts;
pub mod frameworks;
pub mod imports;
pub mod leavings;
pub mod ledger;
pub mod mail;
pub mod organisations;
pub mod own_checks;
pub mod packs;
pub mod papers;
pub mod people;
pub mod policies;
pub mod portable;
pub mod providers;
pub mod questionnaires;
pub mod register;
pub mod register_confirmations;
pub mod risks;
pub mod scim;
pub mod tasks;
pub mod titles;
pub mod verdicts;

#[cfg(test)]
mod tests;

pub use error::{Cause, Constraint, StoreError};
pub use exempt::EXEMPT;
pub use options::{DatabaseUrl, StoreOptions};
pub use record::{EntryRef, NewEntry};
pub use row::Row;
pub use scope::Scope;
pub use store::Store;
pub use tx::Tx;
pub use value::Value;
