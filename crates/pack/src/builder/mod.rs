//! Making a pack: evidence first, then the ledger.

mod evidence;
mod ledger;

pub use ledger::LedgerInput;

use crate::{
    PackError,
    manifest::{
        ATTESTATIONS, CHECK_LIMIT, CONTROL_LIMIT, CONTROLS, DEVICES, DOCUMENTS, EXCEPTIONS, FACTS,
        FORMAT, FileKind, MANIFEST, Manifest, ManifestFile, REPORT, VERDICTS, VIEWER,
    },
    report,
    rows::{
        AttestationRow, Control, DeviceRow, DocumentRow, ExceptionRow, FactRow, Heading, Interval,
        LeftOut, LogName, VerdictRow,
    },
    spelling::{TREES_LIMIT, limit_of, tree_bytes},
    viewer::{self, Excerpts},
    zip::{ZipWriter, write::Written},
    zone::Zone,
};
use closedset_core::{Digest, canonical};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    io::{Seek, Write},
};

/// Everything in a pack that is not a file of evidence and not the ledger.
#[derive(Debug, Clone)]
pub struct PackInput {
    /// What the pack is.
    pub heading: Heading,
    /// The log that will prove it.
    pub log: LogName,
    /// The framework's controls with their checks, in the framework's order.
    pub controls: Vec<Control>,
    /// What every check says of every subject as the pack is made.
    pub verdicts: Vec<VerdictRow>,
    /// What they said during the period.
    pub history: Vec<Interval>,
    /// The devices, with the keys they sign with.
    pub devices: Vec<DeviceRow>,
    /// What people signed where a check does not pass.
    pub exceptions: Vec<ExceptionRow>,
    /// What was left out on purpose.
    pub left_out: Vec<LeftOut>,
    /// Indexes of entries in scope besides those that facts, devices, documents, attestations and
    /// history name; without that of `pack.created`. All that [`crate::counts()`] says and each
    /// device's newest statement must be among them: see [`mod@crate::verify`].
    pub more_entries: Vec<u64>,
    /// Of all entries in the pack, those whose body has been erased.
    pub erased: Vec<u64>,
}

/// `verdicts.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Verdicts {
    pub(crate) verdicts: Vec<VerdictRow>,
    pub(crate) history: Vec<Interval>,
}

/// A pack in the making: evidence is added.
#[derive(Debug)]
pub struct PackBuilder<W> {
    zip: ZipWriter<W>,
    input: PackInput,
    files: Vec<ManifestFile>,
    paths: BTreeSet<String>,
    facts: Vec<FactRow>,
    documents: Vec<DocumentRow>,
    attestations: Vec<AttestationRow>,
    excerpts: Excerpts,
    trees: u64,
}

/// A pack whose evidence is complete; what is missing is the ledger.
#[derive(Debug)]
pub struct SealedPack<W> {
    zip: ZipWriter<W>,
    manifest: Manifest,
    digest: Digest,
    trees: u64,
}

impl<W: Write + Seek> PackBuilder<W> {
    /// Begins a pack that is written to `writer`, which must be empty.
    pub fn new(writer: W, input: PackInput) -> Self {
        Self {
            zip: ZipWriter::new(writer),
            input,
            files: Vec::new(),
            paths: BTreeSet::new(),
            facts: Vec::new(),
            documents: Vec::new(),
            attestations: Vec::new(),
            excerpts: Excerpts::default(),
            trees: 0,
        }
    }

    /// Writes viewer, report, lists and manifest. The caller then records an entry of kind `pack.created`
    /// with the body `{"pack": ..., "manifest": ...}`, see [`SealedPack::manifest_digest`].
    pub fn seal(mut self) -> Result<SealedPack<W>, PackError> {
        self.check_counts()?;
        self.settle()?;
        let html = viewer::render(&self.content())?;
        let pdf = report::render(&self.content())?;
        self.seal_with(Some(html.as_bytes()), &pdf)
    }

    /// The same with a page and a report of the maker's own: a forgery, for tests and measurements.
    #[cfg(any(test, feature = "sample"))]
    pub fn forge(mut self, page: Option<&[u8]>, report: &[u8]) -> Result<SealedPack<W>, PackError> {
        self.settle()?;
        self.seal_with(page, report)
    }

    /// The report as it would be with so many rows and letters, and whether it is shortened.
    #[cfg(test)]
    pub(crate) fn report_within(
        &self,
        rows: usize,
        letters: usize,
    ) -> (closedset_pdf::Document, bool) {
        report::within(&self.content(), rows, letters)
    }

    /// Settles what follows from all that was added.
    fn settle(&mut self) -> Result<(), PackError> {
        self.settle_left_out();
        let name = self.input.heading.zone.name().to_owned();
        self.input.heading.zone = Zone::over(&name, viewer::span(&self.content().times()))
            .map_err(|source| PackError::Zone { name, source })?;
        Ok(())
    }

    /// What no verifier would look into is not made.
    fn check_counts(&self) -> Result<(), PackError> {
        let checks = self.input.controls.iter().map(|control| control.checks.len()).sum();
        for (what, count, limit) in [
            ("controls", self.input.controls.len(), CONTROL_LIMIT),
            ("checks", checks, CHECK_LIMIT),
        ] {
            if count > limit {
                return Err(PackError::TooMany { what, count, limit });
            }
        }
        Ok(())
    }

    fn seal_with(mut self, page: Option<&[u8]>, report: &[u8]) -> Result<SealedPack<W>, PackError> {
        if let Some(page) = page {
            self.write(VIEWER, FileKind::Viewer, page)?;
        }
        self.write(REPORT, FileKind::Report, report)?;
        let entries = self.entries();
        let mut erased = self.input.erased.clone();
        erased.sort_unstable();
        erased.dedup();
        let verdicts = Verdicts {
            verdicts: std::mem::take(&mut self.input.verdicts),
            history: std::mem::take(&mut self.input.history),
        };
        self.write_json(VERDICTS, FileKind::Verdicts, &verdicts)?;
        self.write_json(CONTROLS, FileKind::Controls, &self.input.controls.clone())?;
        self.write_json(FACTS, FileKind::Facts, &self.facts.clone())?;
        self.write_json(DEVICES, FileKind::Devices, &self.input.devices.clone())?;
        self.write_json(DOCUMENTS, FileKind::Documents, &self.documents.clone())?;
        self.write_json(ATTESTATIONS, FileKind::Attestations, &self.attestations.clone())?;
        self.write_json(EXCEPTIONS, FileKind::Exceptions, &self.input.exceptions.clone())?;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            heading: self.input.heading,
            log: self.input.log,
            entries: entries.into_iter().collect(),
            erased,
            left_out: self.input.left_out,
            report: closedset_pdf::FORM,
            files: self.files,
        };
        let bytes = json(MANIFEST, &manifest)?;
        self.zip.add(MANIFEST, &mut &bytes[..])?;
        Ok(SealedPack { zip: self.zip, manifest, digest: Digest::of(&bytes), trees: self.trees })
    }

    fn content(&self) -> viewer::Content<'_> {
        viewer::Content {
            input: &self.input,
            facts: &self.facts,
            documents: &self.documents,
            attestations: &self.attestations,
            excerpts: &self.excerpts,
        }
    }

    /// Every entry that the pack names.
    fn entries(&self) -> BTreeSet<u64> {
        let input = &self.input;
        let facts = self.facts.iter().map(|row| row.entry);
        let devices = input.devices.iter().map(|row| row.enrolled);
        let documents = self.documents.iter().map(|row| row.entry);
        let attestations = self.attestations.iter().map(|row| row.entry);
        let exceptions = input.exceptions.iter().flat_map(|row| [row.asked, row.entry]);
        let rolled_up = input.devices.iter().flat_map(|row| &row.confirmations);
        let rolled_up = rolled_up.filter_map(|one| Some(one.rolled_up.as_ref()?.entry));
        let history = input.history.iter().map(|row| row.entry);
        facts
            .chain(devices)
            .chain(documents)
            .chain(attestations)
            .chain(exceptions)
            .chain(history)
            .chain(rolled_up)
            .chain(input.more_entries.iter().copied())
            .collect()
    }

    fn write_json<T: Serialize>(
        &mut self,
        path: &str,
        what: FileKind,
        value: &T,
    ) -> Result<(), PackError> {
        let bytes = json(path, value)?;
        self.write(path, what, &bytes)
    }

    fn write(&mut self, path: &str, what: FileKind, bytes: &[u8]) -> Result<(), PackError> {
        check_size(path, bytes)?;
        let written = self.zip.add(path, &mut &bytes[..])?;
        self.list(path, what, written);
        Ok(())
    }

    fn list(&mut self, path: &str, what: FileKind, written: Written) {
        let file = ManifestFile {
            path: path.to_owned(),
            size: written.size,
            sha256: written.digest,
            what,
        };
        self.paths.insert(path.to_owned());
        self.files.push(file);
    }
}

impl<W> SealedPack<W> {
    /// The manifest's digest, for the body of the entry `pack.created`.
    pub fn manifest_digest(&self) -> Digest {
        self.digest
    }

    /// The indexes of the entries that [`SealedPack::finish`] wants, besides that of `pack.created`.
    pub fn entries(&self) -> &[u64] {
        &self.manifest.entries
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

#[cfg(test)]
impl<W> SealedPack<W> {
    /// What a maker who writes his own files would seal.
    pub(crate) fn forged(zip: ZipWriter<W>, manifest: Manifest, digest: Digest) -> Self {
        Self { zip, manifest, digest, trees: 0 }
    }
}

fn json<T: Serialize>(what: &str, value: &T) -> Result<Vec<u8>, PackError> {
    let bytes = canonical::to_vec(value)
        .map_err(|source| PackError::Canonical { what: what.to_owned(), source })?;
    check_size(what, &bytes)?;
    Ok(bytes)
}

/// Adds what a fact or an entry takes in memory to what all of them do.
fn check_trees(trees: &mut u64, bytes: &[u8]) -> Result<(), PackError> {
    *trees = trees.saturating_add(tree_bytes(bytes));
    if *trees > TREES_LIMIT {
        let name = "all that facts and entries take in memory".to_owned();
        return Err(PackError::TooLarge { name, size: *trees, limit: TREES_LIMIT });
    }
    Ok(())
}

/// What no verifier would look into is not made.
fn check_size(name: &str, bytes: &[u8]) -> Result<(), PackError> {
    let (size, limit) = (bytes.len() as u64, limit_of(name));
    if size > limit {
        return Err(PackError::TooLarge { name: name.to_owned(), size, limit });
    }
    Ok(())
}
