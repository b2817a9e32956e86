//! The agent from outside: against a real TLS server on loopback, a clock that is moved by hand and
//! a disk that can fail at any step.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so at once")]

mod books;
mod by_hand;
mod crash;
mod damage;
mod delivery;
mod enrolment;
mod memory;
mod offline;
mod schedule;
mod server;
mod world;
