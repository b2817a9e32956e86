//! Taking packs apart and putting them together again.

use crate::{
    FindingKind, Outcome, Report, SealedPack, Severity, VerifyOptions,
    manifest::{FileKind, MANIFEST, Manifest, ManifestFile},
    sample::Sample,
    verify,
    zip::ZipWriter,
};
use closedset_core::{Digest, canonical};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
};

/// The files of a pack, in order.
#[derive(Debug, Clone)]
pub(super) struct Files(pub(super) Vec<(String, Vec<u8>)>);

impl Files {
    /// Unpacks with another program's reader.
    pub(super) fn of(pack: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(pack)).unwrap();
        let files = (0..archive.len()).map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        });
        Self(files.collect())
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        self.writer().finish().unwrap().into_inner()
    }

    /// All files written, and room for more.
    pub(super) fn writer(&self) -> ZipWriter<Cursor<Vec<u8>>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            zip.add(name, &mut bytes.as_slice()).unwrap();
        }
        zip
    }

    pub(super) fn file(&mut self, name: &str) -> &mut Vec<u8> {
        let found = self.0.iter_mut().find(|(path, _)| path == name);
        &mut found.unwrap_or_else(|| panic!("{name} is in the pack")).1
    }

    pub(super) fn remove(&mut self, name: &str) {
        let before = self.0.len();
        self.0.retain(|(path, _)| path != name);
        assert_eq!(self.0.len() + 1, before, "{name}");
    }

    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) {
        self.0.push((name.to_owned(), bytes.to_vec()));
    }

    /// The first path that begins and ends so.
    pub(super) fn first(&self, start: &str, end: &str) -> String {
        let is_it = |path: &str| path.starts_with(start) && path.ends_with(end);
        let found = self.0.iter().find(|(path, _)| is_it(path));
        found.unwrap_or_else(|| panic!("{start}*{end}")).0.clone()
    }

    pub(super) fn json(&mut self, name: &str, edit: impl FnOnce(&mut Value)) {
        let file = self.file(name);
        let mut value = serde_json::from_slice(file).unwrap();
        edit(&mut value);
        *file = canonical::to_vec(&value).unwrap();
    }

    /// Makes the manifest fit the files again, as an attacker would.
    pub(super) fn fix_manifest(&mut self) {
        let mut manifest: Manifest = serde_json::from_slice(self.file(MANIFEST)).unwrap();
        for file in &mut manifest.files {
            let bytes = self.file(&file.path);
            file.sha256 = Digest::of(bytes);
            file.size = bytes.len() as u64;
        }
        *self.file(MANIFEST) = canonical::to_vec(&manifest).unwrap();
    }

    pub(super) fn verify(&self, key: &str) -> Report {
        check(&self.pack(), Some(key))
    }
}

/// Verifies; with a key, as somebody who knows it.
pub(super) fn check(pack: &[u8], key: Option<&str>) -> Report {
    let options =
        VerifyOptions { expected_key: key.map(str::to_owned), ..VerifyOptions::default() };
    verify(Cursor::new(pack), &options).unwrap()
}

/// The errors that were found and where.
pub(super) fn errors(report: &Report) -> BTreeSet<(FindingKind, String)> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.kind, finding.place.clone()))
        .collect()
}

/// Demands exactly these errors.
pub(super) fn assert_errors(name: &str, report: &Report, expected: &[(FindingKind, &str)]) {
    let expected: BTreeSet<_> =
        expected.iter().map(|(kind, place)| (*kind, (*place).to_owned())).collect();
    assert_eq!(errors(report), expected, "{name}: {:#?}", report.findings);
    assert_eq!(report.outcome() != Outcome::NotValid, expected.is_empty(), "{name}");
    let summary = report.summary();
    assert_eq!(!summary.starts_with("Not valid"), expected.is_empty(), "{name}: {summary}");
    let is_valid = report.outcome() == Outcome::Valid;
    assert_eq!(summary.starts_with("Valid"), is_valid, "{name}: {summary}");
}

/// Lists the files as they are, records that and finishes the pack: what a maker does who writes his
/// own files. `files` are those of a pack of the sample, altered; each path that is not listed yet is
/// listed as what is said.
pub(super) fn reseal(sample: &mut Sample, files: &mut Files, what: FileKind) -> Vec<u8> {
    files.0.retain(|(path, _)| !path.starts_with("ledger/"));
    let mut manifest: Manifest = serde_json::from_slice(files.file(MANIFEST)).unwrap();
    let known: BTreeMap<String, FileKind> =
        manifest.files.iter().map(|file| (file.path.clone(), file.what)).collect();
    let evidence = files.0.iter().filter(|(path, _)| path != MANIFEST);
    manifest.files = evidence
        .map(|(path, bytes)| ManifestFile {
            path: path.clone(),
            size: bytes.len() as u64,
            sha256: Digest::of(bytes),
            what: known.get(path).copied().unwrap_or(what),
        })
        .collect();
    let bytes = canonical::to_vec(&manifest).unwrap();
    files.remove(MANIFEST);
    files.add(MANIFEST, &bytes);
    let sealed = SealedPack::forged(files.writer(), manifest, Digest::of(&bytes));
    let own = sample.record_pack(&sealed);
    sample.finish(sealed, own).unwrap()
}
