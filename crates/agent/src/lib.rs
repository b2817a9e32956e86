//! The agent of a computer: it enrols with a server, looks at the computer again and again, signs
//! what it found, keeps it on disk while the server is out of reach, and delivers it in order.
//!
//! - [`enrol`] exchanges a one-time link for an identity; the device's key never leaves the folder.
//! - [`Agent::open`] takes the folder, [`run_once`] looks and delivers once, [`run`] does so until
//!   it is told to stop, [`status`] says how things stand.
//! - [`transport`] speaks TLS with the one server key that the link pinned.
//!
//! What is looked at is no business of this crate: a [`Collector`] is passed in. So are the clock,
//! randomness, the disk and the waiting, and a test can break each of them.

mod agent;
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
pub use collected::Collector;
pub use deliver::DeliveryProblem;
pub use enrol::{Applicant, Existing, enrol};
pub use error::AgentError;
pub use once::{RunReport, run_once};
pub use refusal::Refusal;
pub use run::{RunOptions, run};
pub use state::{Dropped, Identity, QueueLimits, Replays, Trouble};
pub use status::{AgentStatus, status};
pub use stop::{Sleeper, Stop};
