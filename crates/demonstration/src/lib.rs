//! A facility that does not exist, grown through the use cases that real ones go through.
//!
//! [`grow`] lives through more than a year on a clock of its own ([`StoryClock`]): it sets up an account
//! and an organisation, enrols computers with keys of their own, lets them sign what they say, gives
//! documents and attestations, accepts risks, closes tasks and makes a pack. Then the clock is the
//! system's, and [`keep_reporting`] lets the computers go on. What happens follows from a seed; secrets
//! do not. Nothing is written past the use cases, so whatever they refuse, this cannot do either.
//!
//! The mark that all of it is invented is not made here but by [`closedset_app::demonstration`].
//! The facility stands in [`house`], what its computers say in [`facts`], what befalls them in
//! [`story`], what people write in [`paper`], who works there on what in [`roster`].

mod audits;
mod clock;
mod code;
mod computer;
mod dice;
mod error;
mod facts;
mod grow;
mod house;
mod paper;
mod questionnaires;
mod report;
mod risks;
mod roster;
mod sign_in;
mod story;

pub use clock::StoryClock;
pub use computer::DeviceKeys;
pub use error::DemonstrationError;
pub use grow::{Plan, Progress, Soil, grow};
pub use report::keep_reporting;
pub use sign_in::{SignIn, new_codes};
