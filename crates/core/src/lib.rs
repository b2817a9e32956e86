//! The words of Closedset: ids, time, subjects, facts, verdicts, entries, roles and the messages
//! between an agent and the server.
//!
//! Every other crate speaks with these types. Nothing here does input or output; the clock and
//! randomness are passed in (see [`time::Clock`] and [`randomness::Randomness`]).

pub mod actions;
pub mod actor;
pub mod audit;
pub mod canonical;
pub mod check_in;
pub mod comparison;
pub mod contact;
pub mod digest;
pub mod engagement;
pub mod entry;
pub mod exception;
pub mod facility;
pub mod fact;
pub mod id;
pub mod link;
pub mod own_check;
pub mod policy;
pub mod randomness;
pub mod report;
pub mod risk;
pub mod role;
pub mod secret;
pub mod subject;
pub mod time;
pub mod verdict;

pub use actions::Actions;
pub use actor::{Actor, operator_name};
pub use digest::Digest;
pub use id::Id;
pub use randomness::Randomness;
pub use role::{Action, Role};
pub use secret::Secret;
pub use subject::{Subject, SubjectKind};
pub use time::{Clock, Duration, Time};
pub use verdict::{Status, Verdict};
