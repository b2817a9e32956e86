//! The audit pack: everything an assessor needs in one ZIP, verifiable offline by somebody who
//! trusts nobody.
//!
//! [`PackBuilder`] makes one from plain structs, in two steps: first everything that speaks of the
//! organisation (evidence, verdicts, a page and a report for people, a manifest over all of it), then, once the
//! caller has recorded the manifest's digest as an entry of the ledger, the ledger's part (the signed
//! checkpoint, tiles, entries and a proof for each). [`verify()`] reads a pack from a stranger and says
//! that it is valid or exactly what was changed, removed, added, cut off or spliced in.
//!
//! The form is described in [`manifest`]; what the bodies of entries must hold, in [`verify`](mod@verify).
//! No database is read here and no verdict is made. A pack may be handed over in an age file, see [`lock`].

mod builder;
mod entry_file;
mod error;
pub mod limited;
pub mod lock;
pub mod manifest;
mod report;
mod rolled_up;
pub mod rows;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod spelling;
pub mod verify;
mod viewer;
pub mod without_names;
mod zip;
mod zone;

pub use builder::{LedgerInput, PackBuilder, PackInput, SealedPack};
pub use entry_file::{EntryBody, LedgerEntry};
pub use error::PackError;
pub use report::report_in;
pub use rolled_up::{RolledUp, confirmation_hash};
pub use verify::{
    ControlWords, Finding, FindingKind, Outcome, Recompute, Report, Severity, VerifyOptions,
    counted_within, counts, counts_from, counts_of_period, verify,
};
pub use zone::{Zone, ZoneError};

#[cfg(test)]
mod tests;
