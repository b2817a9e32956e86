//! Adding facts, documents and attestations to a pack in the making.

use super::{PackBuilder, check_trees};
use crate::{
    PackError,
    manifest::{FileKind, attestation_path, document_path, fact_path},
    rows::{AttestationRow, DocumentRow, FactRow},
};
use closedset_core::Digest;
use std::{
    collections::BTreeMap,
    io::{Read, Seek, Write},
};

impl<W: Write + Seek> PackBuilder<W> {
    /// Adds a fact with its canonical body. Without a body, say in `left_out` why.
    pub fn add_fact(&mut self, mut row: FactRow, body: Option<&[u8]>) -> Result<(), PackError> {
        if let Some(body) = body {
            row.left_out = None;
            let path = fact_path(row.digest);
            check_digest(&path, row.digest, Digest::of(body))?;
            self.excerpts.add(row.digest, body);
            if !self.paths.contains(&path) {
                check_trees(&mut self.trees, body)?;
                self.write(&path, FileKind::Fact, body)?;
            }
        } else {
            check_reason(row.left_out.is_some(), &row.kind)?;
        }
        self.facts.push(row);
        Ok(())
    }

    /// Adds a document with its content. Without content, say in `left_out` why.
    pub fn add_document(
        &mut self,
        mut row: DocumentRow,
        content: Option<&mut dyn Read>,
    ) -> Result<(), PackError> {
        let same =
            self.documents.iter().find(|other| other.digest == row.digest && other.path.is_some());
        row.path = None;
        if let Some(content) = content {
            row.left_out = None;
            row.path = match same.and_then(|other| other.path.clone()) {
                Some(path) => Some(path),
                None => Some(self.write_document(&row, content)?),
            };
        } else {
            check_reason(row.left_out.is_some(), &row.title)?;
        }
        self.documents.push(row);
        Ok(())
    }

    /// Adds an attestation with its text. Without text, say in `left_out` why.
    pub fn add_attestation(
        &mut self,
        mut row: AttestationRow,
        text: Option<&str>,
    ) -> Result<(), PackError> {
        if let Some(text) = text {
            row.left_out = None;
            let path = attestation_path(row.digest);
            check_digest(&path, row.digest, Digest::of(text.as_bytes()))?;
            self.excerpts.add_text(row.digest, text);
            if !self.paths.contains(&path) {
                let bytes = text.as_bytes();
                self.write(&path, FileKind::Attestation, bytes)?;
            }
        } else {
            check_reason(row.left_out.is_some(), "an attestation")?;
        }
        self.attestations.push(row);
        Ok(())
    }

    fn write_document(
        &mut self,
        row: &DocumentRow,
        content: &mut dyn Read,
    ) -> Result<String, PackError> {
        let path = document_path(row.digest, &row.file_name);
        let written = self.zip.add(&path, content)?;
        check_digest(&path, row.digest, written.digest)?;
        self.list(&path, FileKind::Document, written);
        Ok(path)
    }
}

impl<W> PackBuilder<W> {
    /// What stands in the pack for another row is not left out.
    pub(super) fn settle_left_out(&mut self) {
        for row in &mut self.facts {
            row.left_out.take_if(|_| self.paths.contains(&fact_path(row.digest)));
        }
        for row in &mut self.attestations {
            row.left_out.take_if(|_| self.paths.contains(&attestation_path(row.digest)));
        }
        let there: BTreeMap<Digest, String> =
            self.documents.iter().filter_map(|row| Some((row.digest, row.path.clone()?))).collect();
        for row in &mut self.documents {
            if let Some(path) = there.get(&row.digest) {
                (row.path, row.left_out) = (Some(path.clone()), None);
            }
        }
    }
}

fn check_digest(what: &str, expected: Digest, found: Digest) -> Result<(), PackError> {
    if expected == found {
        Ok(())
    } else {
        Err(PackError::Digest { what: what.to_owned(), expected, found })
    }
}

fn check_reason(has_reason: bool, what: &str) -> Result<(), PackError> {
    if has_reason { Ok(()) } else { Err(PackError::NoReason(what.to_owned())) }
}
