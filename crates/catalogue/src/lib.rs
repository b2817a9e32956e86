//! Reads and checks the catalogue, and assesses facts against it.
//!
//! The catalogue is data (TOML under `catalogue/`) that a facility can read and extend:
//! [frameworks](Framework) with their [controls](Control), [checks](Check), [limits](Limits) and
//! the release lines of operating systems. [`Catalogue::embedded`] is the one this program carries;
//! [`Catalogue::with`] adds a facility's own files.
//!
//! [`Catalogue::assess`] turns a check and a subject's [facts](SubjectFacts) into a verdict, and
//! [`Catalogue::except`] tells what people's exceptions make of it.
//! [`Catalogue::control_status`] turns verdicts into a control's status, [`Catalogue::explain`]
//! says what was found, what is wanted and what mends it, and [`Catalogue::derive`] makes the facts
//! that follow from others. [`Catalogue::and_own`] adds a facility's own checks, which are never part of a
//! framework; [`Catalogue::choosing`] asks what the frameworks ask that it answers. [`Fitting`] chooses the commands that fit one computer.
//!
//! Everything here is pure: no file, no clock, no network. Storing verdicts, noticing expiries and
//! collecting facts are the work of others.

mod assess;
mod catalogue;
mod check;
mod choice;
mod compose;
mod derive;
mod embedded;
mod error;
mod except;
mod explain;
mod facts;
mod fitting;
mod framework;
mod lack;
mod language;
mod limits;
mod load;
mod own;
mod releases;
mod scenarios;
mod status;
mod suggest;
mod thresholds;

pub use catalogue::Catalogue;
pub use check::{Check, Fix};
pub use choice::FIRST as FIRST_FRAMEWORK;
pub use compose::{
    AskableField, Compared, Composed, FieldKind, Joined, Line as ComposedLine, LineProblem,
    askable_fields, compose,
};
pub use derive::Derived;
pub use error::{CatalogueError, CatalogueErrors};
pub use explain::Explanation;
pub use facts::{SourcedFact, SubjectFacts};
pub use fitting::Fitting;
pub use framework::{Area, Contacts, Control, EvidenceRole, Framework, Platform, Verb};
pub use language::{BRACKET_LIMIT, TEXT_LIMIT};
pub use limits::{Limit, Limits};
pub use load::{CatalogueFile, FILE_LIMIT};
pub use own::NotAsked;
pub use releases::{Line, Product};
pub use scenarios::{Scenario, scenarios};
pub use status::{ControlStatus, SignedAnswer, Tally};
pub use thresholds::{Direction, Threshold, ThresholdError};
