//! The agent of a computer: it enrols with a server, looks at the computer again and again, signs
//! what it found, keeps it on disk while the server is out of reach, and delivers it in order.
//!
//! - [`enrol`] exchanges a one-time link for an identity; the device's key never leaves the folder.
//! - [`Agent::open`] takes the folder, [`run_once`] looks and delivers once, [`run`] does so until
//!   it is told to stop, [`status`] says how things stand.
//! - [`report_once`] does so with what was seen already; [`enrol_by_hand`] and
//!   [`Agent::sign_by_hand`] are for a computer without network, whose report a person carries.
//! - [`transport`] speaks TLS with the one server key that the link pinned.
//!
//! What is looked at is no business of this crate: a [`Collector`] is passed in. So are the clock,
//! randomness, the disk and the waiting, and a test can break each of them.

mod agent;
mod by_hand;
mod collected;
mod deliver;
pub mod disk;
mod enrol;
mod error;
mod once;
mod refusal;
mod reply;
mod run;
mod schedule;
mod state;
mod status;
mod stop;
pub mod transport;

pub use agent::{Agent, Delivery, Stated, Surroundings};
pub use by_hand::enrol_by_hand;
pub use collected::{Collector, Depth, Look, Seen};
pub use deliver::DeliveryProblem;
pub use enrol::{Applicant, Existing, enrol};
pub use error::AgentError;
pub use once::{RunReport, report_once, run_once};
pub use refusal::Refusal;
pub use run::{RunOptions, run};
pub use state::{Dropped, Identity, QueueLimits, Replays, Trouble};
pub use status::{AgentStatus, refuse_other_machine, status};
pub use stop::{Sleeper, Stop};
