//! Every attestation.

use super::documents::Standing;
use crate::Shell;
use crate::components::{Paging, TimeText};
use askama::Template;

/// The attestations of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/attestations.html")]
pub struct Attestations {
    /// The frame around the page.
    pub shell: Shell,
    /// The attestations of this part of the list.
    pub attestations: Vec<AttestationLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Which of the tabs this is.
    pub tab: &'static str,
}

/// An attestation in the list.
#[derive(Debug, Clone)]
pub struct AttestationLine {
    /// What is stated.
    pub statement: String,
    /// The control it is given for.
    pub control: String,
    /// Whether it counts.
    pub standing: Standing,
    /// The last day on which it counts.
    pub last_day: TimeText,
    /// Who signed it.
    pub by: String,
    /// The index of the ledger's entry.
    pub entry: i64,
    /// The ledger entry that says why it was withdrawn.
    pub withdrawn_entry: Option<i64>,
}
