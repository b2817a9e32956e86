//! The manifest: every file of the pack but those of the ledger, each with its digest. An entry of
//! kind `pack.created` holds the manifest's own digest, so the log vouches for all of them.

use crate::{
    rows::{Heading, LeftOut, LogName},
    zip::name,
};
use closedset_core::Digest;
use serde::{Deserialize, Serialize};

/// The form of packs that this program writes.
pub const FORMAT: &str = "closedset-pack/8";
/// The form before, which this program reads as well: no pack of it counts people.
pub(crate) const FORMAT_7: &str = "closedset-pack/7";
/// The form before that, which this program reads as well: no pack of it is without names, or counts people.
pub(crate) const FORMAT_6: &str = "closedset-pack/6";
/// With what every form's name begins.
pub(crate) const FORM_NAME: &str = "closedset-pack/";
/// The kind of the entry that holds the manifest's digest.
pub const CREATED_KIND: &str = "pack.created";

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const VIEWER: &str = "index.html";
/// The report for people, to print and to hand on.
pub const REPORT: &str = "report.pdf";
pub(crate) const CONTROLS: &str = "controls.json";
pub(crate) const VERDICTS: &str = "verdicts.json";
pub(crate) const FACTS: &str = "facts.json";
pub(crate) const DEVICES: &str = "devices.json";
pub(crate) const DOCUMENTS: &str = "documents.json";
pub(crate) const ATTESTATIONS: &str = "attestations.json";
pub(crate) const EXCEPTIONS: &str = "exceptions.json";
/// The lists.
pub(crate) const LISTS: [&str; 7] =
    [CONTROLS, VERDICTS, FACTS, DEVICES, DOCUMENTS, ATTESTATIONS, EXCEPTIONS];
/// The most controls of a pack, and the most checks of all of them: as many as a catalogue may have, and far more than
/// any framework has.
pub(crate) const CONTROL_LIMIT: usize = 1_000;
pub(crate) const CHECK_LIMIT: usize = 4_000;
pub(crate) const LEDGER: &str = "ledger/";
pub(crate) const CHECKPOINT: &str = "ledger/checkpoint";
pub(crate) const KEY: &str = "ledger/key";

/// `manifest.json`, in canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`], or one of those before.
    pub format: String,
    /// What the pack is.
    pub heading: Heading,
    /// The log that proves it.
    pub log: LogName,
    /// The indexes of the entries in `ledger/entries/`, without that of `pack.created`; ascending.
    pub entries: Vec<u64>,
    /// Of these, those whose body had been erased when the pack was made; ascending.
    pub erased: Vec<u64>,
    /// What was left out on purpose.
    pub left_out: Vec<LeftOut>,
    /// How the report is drawn: [`closedset_pdf::FORM`]. Who draws alike must come to the same bytes.
    pub report: u32,
    /// The files, in the order in which they stand in the pack. This one follows them, then the
    /// ledger's: checkpoint, key, tiles, bundles, and the entries in their order, each with its proof,
    /// that of `pack.created` last.
    pub files: Vec<ManifestFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path in the pack.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// What it is.
    pub what: FileKind,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// The page for people.
    Viewer,
    /// The report for people.
    Report,
    /// The framework's controls, checks and their status.
    Controls,
    /// Verdicts and their history.
    Verdicts,
    /// The list of facts.
    Facts,
    /// The list of devices with their keys.
    Devices,
    /// The list of documents.
    Documents,
    /// The list of attestations.
    Attestations,
    /// The list of exceptions.
    Exceptions,
    /// The body of a fact.
    Fact,
    /// A document.
    Document,
    /// The text of an attestation.
    Attestation,
}

pub(crate) fn fact_path(digest: Digest) -> String {
    format!("facts/{digest}.json")
}
pub(crate) fn attestation_path(digest: Digest) -> String {
    format!("attestations/{digest}.txt")
}
/// The path of a document that was given as a file of this name.
pub(crate) fn document_path(digest: Digest, file_name: &str) -> String {
    format!("documents/{digest}/{}", name::safe_document(file_name))
}
pub(crate) fn entry_path(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}
pub(crate) fn proof_path(index: u64) -> String {
    format!("ledger/proofs/{index}.tlog-proof")
}
