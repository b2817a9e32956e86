//! What leaves the house in foreign forms: letters, and how they are handed to a mail server; calendars.
//!
//! A letter is always handed over TLS, except to a server on the same machine where somebody said so.
//! Nothing is stored, tried again or decided here: the outbox, with who gets what and when, is
//! `closedset-app`'s.

mod address;
mod calendar;
mod failure;
mod letter;
mod server;
mod session;

pub use address::{Address, AddressError};
pub use calendar::{Occasion, calendar};
pub use failure::{Failure, Step};
pub use letter::{Letter, clean};
pub use server::{Login, MailServer, MailServerFault, Security, Sender};
pub use session::{Patience, Session, Trust};
