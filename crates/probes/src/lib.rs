//! What a computer says of itself: one probe for each kind of fact on Linux ([`probe`]), [`macos`]
//! and [`windows`]; [`collect`] holds the table.
//!
//! A probe looks through a [`HostView`] and yields the body of a fact as [`closedset_core::fact`]
//! shapes it. The text that programs and files hold is read by pure parsers in [`parse`], which
//! never fail on bad input but leave out what they do not understand.
//!
//! The rule above all: absence of evidence is never a pass. What could not be read stands in the
//! body's `unread` with the reason and what a person can do about it, and a probe that could read
//! nothing says so instead of guessing. Nothing here decides whether a fact is good enough; that is
//! the catalogue's.

mod collect;
pub mod host;
mod look;
mod macos;
pub mod parse;
mod probe;
mod sight;
mod windows;

pub use collect::{CollectOptions, KINDS, collect, collect_one};
pub use host::{
    Command, CommandOutput, Destination, FileKind, FileMeta, HostError, HostView, Inventory,
    LiveHost, LiveLimits, Otherwise, Platform, Reach, RecordedHost, RecordingHost,
    RecordingOptions, RunAs,
};
