//! The server's certificates: our own, whose key agents know; one that browsers trust, given by the
//! facility or obtained from an authority; and which of them is shown to whom.
//!
//! [`Keeper`] is the way in. It reads and writes the folder `tls` alone, knows neither database nor
//! HTTP routes, and is told what time it is.

mod acme;
mod facts;
mod folder;
mod given;
mod keeper;
mod own;
mod refusal;
mod shown;
#[cfg(test)]
mod testing;

pub use acme::{Agreement, Failed, LETS_ENCRYPT, NewAgreement};
pub use facts::Facts;
pub use given::Material;
pub use keeper::{Failure, Files, InUse, Keeper, NotTaken, Options, Situation, TlsError, Way};
pub use refusal::Refusal;
