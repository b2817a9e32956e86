//! One audit pack.

use super::packs::PackLine;
use crate::Shell;
use crate::components::{Command, DigestText};
use askama::Template;

/// One audit pack.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/pack.html")]
pub struct PackPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The pack.
    pub pack: PackLine,
    /// SHA-256 of its manifest, which the ledger holds.
    pub manifest: DigestText,
    /// SHA-256 of its file; none if the pack was not finished.
    pub file: Option<DigestText>,
    /// The ledger entry that says so.
    pub entry: i64,
    /// The command by which anybody verifies it.
    pub verify: Command,
    /// The same with the ledger's key.
    pub verify_with_key: Command,
    /// The key's fingerprint, for people to compare.
    pub fingerprint: String,
}
