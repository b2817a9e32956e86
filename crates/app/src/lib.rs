//! What Closedset does: one use case a file, by area.
//!
//! A use case takes a [`Caller`], checks what the caller may do, and runs one unit of work in the
//! store. Derivers and the assessment run inside the same unit, so that facts, verdicts, tasks and
//! the ledger's entries are true together or not at all. Nothing here knows of HTTP or HTML.

pub mod accounts;
mod admitted;
pub mod agreements;
pub mod answers;
mod app;
pub mod assessment;
pub mod audits;
pub mod backup;
pub mod board;
pub mod calendar;
mod caller;
pub mod catalogue_change;
pub mod comparisons;
pub mod contacts;
mod csv;
mod days;
pub mod demonstration;
pub mod devices;
pub mod evidence;
pub mod exceptions;
pub mod facility_profile;
pub mod frameworks;
pub mod leaving;
pub mod ledger;
pub mod mail;
mod master_key;
pub mod network;
pub mod organisations;
pub mod own_checks;
pub mod packs;
pub mod people;
pub mod policies;
mod present;
mod problem;
mod prose;
pub mod questionnaires;
pub mod registers;
pub mod risks;
mod second_person;
pub mod sign_on;
pub mod sweep;
pub mod tasks;
pub mod titles;

pub use app::{App, AppOptions};
pub use caller::Caller;
pub use master_key::MasterKey;
pub use present::present;
pub use problem::{FieldProblem, Problem};
