//! Rows of documents, attestations, exceptions and own checks as a backup has them, held against the entries of
//! their log.

use super::{BackupProblem, cells::Columns};
use crate::ledger::{DocumentKept, Registers};
use closedset_core::{
    Digest,
    entry::{Envelope, Log},
    exception::{ExceptionForm, Terms},
    id::{Document, Id},
};
use closedset_store::{
    StoreError,
    evidence::{AttestationRow, VersionRow},
    exceptions::{ExceptionRow, Granted, InvitedBy},
    frameworks::ChoiceRow,
    own_checks::{OwnVersionRow, Retired},
    portable::{Cells, Table},
};
use std::collections::BTreeMap;

/// The registers of every organisation, while entries and rows pass by.
#[derive(Default)]
pub(super) struct AllRegisters {
    logs: BTreeMap<Log, Registers>,
    documents: BTreeMap<Id<Document>, (Log, DocumentKept)>,
}

impl AllRegisters {
    /// Takes an entry.
    pub(super) fn entry(&mut self, log: Log, index: u64, envelope: &Envelope) {
        self.logs.entry(log).or_default().entry(signed(index), envelope);
    }

    /// Takes the body of an entry, which fits it.
    pub(super) fn body(&mut self, log: Log, index: u64, body: &[u8]) {
        if let Some(registers) = self.logs.get_mut(&log) {
            registers.body(signed(index), body);
        }
    }

    /// Takes rows, if they are of a register; what is other than its entries say.
    pub(super) fn rows(
        &mut self,
        table: &Table,
        rows: &[Cells],
    ) -> Result<Vec<String>, BackupProblem> {
        let take = match table.name.as_str() {
            "document" => Self::document,
            "document_version" => Self::version,
            "attestation" => Self::attestation,
            "exception" => Self::exception,
            "own_check" => Self::own_check,
            "own_check_version" => Self::own_version,
            "framework_choice" => Self::choice,
            _ => return Ok(Vec::new()),
        };
        let mut faults = Vec::new();
        for row in rows {
            faults.extend(take(self, table, row)?);
        }
        Ok(faults)
    }

    /// The entries of what no row is kept.
    pub(super) fn finish(self) -> impl Iterator<Item = String> {
        let told = self.logs.into_iter();
        told.flat_map(|(log, registers)| {
            registers.finish().map(move |fault| format!("{fault}, in the log {log}"))
        })
    }

    fn document(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let names = ["id", "organisation", "control", "title", "withdrawn_at"];
        let columns = Columns::of(table, names)?;
        let kept = DocumentKept {
            id: columns.parsed(row, 0, "an id")?,
            control: columns.text(row, 2)?.to_owned(),
            title: columns.text(row, 3)?.to_owned(),
            withdrawn_at: columns.time_opt(row, 4)?,
            withdrawn_entry: withdrawn_entry(table, row)?,
        };
        let log = Log::Organisation(columns.parsed(row, 1, "an id")?);
        let fault = self.logs.entry(log).or_default().document(&kept);
        self.documents.insert(kept.id, (log, kept));
        Ok(fault)
    }

    fn version(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let columns = Columns::of(
            table,
            [
                "id",
                "document",
                "organisation",
                "number",
                "digest",
                "size_bytes",
                "file_name",
                "media_type",
                "valid_from",
                "valid_to",
                "uploaded_by",
                "uploaded_at",
                "entry",
            ],
        )?;
        let id: Id<Document> = columns.parsed(row, 1, "an id")?;
        let log = Log::Organisation(columns.parsed(row, 2, "an id")?);
        let Some((_, document)) = self.documents.get(&id).filter(|(owner, _)| *owner == log) else {
            return Ok(Some(format!("a version of the document {id} belongs to no document")));
        };
        let version = VersionRow {
            id: columns.parsed(row, 0, "an id")?,
            number: columns.int(row, 3)?,
            digest: Digest::from_bytes(columns.array(row, 4)?),
            size_bytes: columns.int(row, 5)?,
            file_name: columns.text(row, 6)?.to_owned(),
            media_type: columns.text(row, 7)?.to_owned(),
            valid_from: columns.time(row, 8)?,
            valid_to: columns.time(row, 9)?,
            uploaded_by: columns.text(row, 10)?.to_owned(),
            uploaded_at: columns.time(row, 11)?,
            entry: columns.int(row, 12)?,
        };
        Ok(self.logs.entry(log).or_default().version(document, &version))
    }

    fn attestation(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let columns = Columns::of(
            table,
            [
                "id",
                "organisation",
                "control",
                "statement",
                "digest",
                "valid_from",
                "valid_to",
                "signed_by",
                "signed_at",
                "withdrawn_at",
                "entry",
            ],
        )?;
        let kept = AttestationRow {
            id: columns.parsed(row, 0, "an id")?,
            control: columns.text(row, 2)?.to_owned(),
            statement: columns.text(row, 3)?.to_owned(),
            digest: Digest::from_bytes(columns.array(row, 4)?),
            valid_from: columns.time(row, 5)?,
            valid_to: columns.time(row, 6)?,
            signed_by: columns.text(row, 7)?.to_owned(),
            signed_at: columns.time(row, 8)?,
            withdrawn_at: columns.time_opt(row, 9)?,
            withdrawn_entry: withdrawn_entry(table, row)?,
            entry: columns.int(row, 10)?,
        };
        let log = Log::Organisation(columns.parsed(row, 1, "an id")?);
        Ok(self.logs.entry(log).or_default().attestation(&kept))
    }

    fn exception(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let columns = Columns::of(
            table,
            [
                "id",
                "organisation",
                "form",
                "control",
                "check_id",
                "subject",
                "covers_unknown",
                "reason",
                "measure",
                "valid_to",
                "asked_by",
                "asked_actor",
                "asked_at",
                "asked_entry",
                "approved_by",
                "granted_at",
                "granted_entry",
                "has_second_person",
                "withdrawn_at",
                "withdrawn_entry",
            ],
        )?;
        let id = columns.parsed(row, 0, "an id")?;
        let grant =
            (columns.text_opt(row, 14)?, columns.time_opt(row, 15)?, columns.int_opt(row, 16)?);
        let has_second_person = columns.int(row, 17)? != 0;
        let granted = match grant {
            (Some(by), Some(at), Some(entry)) => {
                let by = by.to_owned();
                Some(Granted {
                    by,
                    at,
                    entry,
                    has_second_person,
                    invited_by: invited_by(table, row)?,
                })
            }
            (None, None, None) => None,
            _ => return Ok(Some(format!("the exception {id} is granted by half"))),
        };
        let form = columns.text(row, 2)?;
        let subject = columns.text_opt(row, 5)?;
        let subject =
            subject.map(|text| text.parse().map_err(|_| StoreError::corrupt("a subject", text)));
        let kept = ExceptionRow {
            id,
            terms: Terms {
                form: ExceptionForm::from_word(form)
                    .ok_or_else(|| StoreError::corrupt("a form of exception", form))?,
                control: columns.text(row, 3)?.to_owned(),
                check: columns.text_opt(row, 4)?.map(str::to_owned),
                subject: subject.transpose()?,
                covers_unknown: columns.int(row, 6)? != 0,
                reason: columns.text(row, 7)?.to_owned(),
                measure: columns.text(row, 8)?.to_owned(),
                valid_to: columns.time(row, 9)?,
            },
            asked_by: columns.text(row, 10)?.to_owned(),
            asked_actor: columns.text(row, 11)?.to_owned(),
            asked_at: columns.time(row, 12)?,
            asked_entry: columns.int(row, 13)?,
            granted,
            withdrawn_at: columns.time_opt(row, 18)?,
            withdrawn_entry: columns.int_opt(row, 19)?,
        };
        let log = Log::Organisation(columns.parsed(row, 1, "an id")?);
        Ok(self.logs.entry(log).or_default().exception(&kept))
    }
}

impl AllRegisters {
    fn own_check(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let names = ["id", "organisation", "retired_at", "retired_by", "retired_entry"];
        let columns = Columns::of(table, names)?;
        let id = columns.parsed(row, 0, "an id")?;
        let ended =
            (columns.time_opt(row, 2)?, columns.text_opt(row, 3)?, columns.int_opt(row, 4)?);
        let retired = match ended {
            (Some(at), Some(by), Some(entry)) => Some(Retired { at, by: by.to_owned(), entry }),
            (None, None, None) => None,
            _ => return Ok(Some(format!("the own check {id} is retired by half"))),
        };
        let log = Log::Organisation(columns.parsed(row, 1, "an id")?);
        Ok(self.logs.entry(log).or_default().own_check(id, retired.as_ref()))
    }

    fn own_version(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let names =
            ["own_check", "organisation", "version", "terms", "written_by", "written_at", "entry"];
        let columns = Columns::of(table, names)?;
        let terms = columns.text(row, 3)?;
        let kept = OwnVersionRow {
            id: columns.parsed(row, 0, "an id")?,
            version: columns.int(row, 2)?,
            terms: serde_json::from_str(terms)
                .map_err(|_| StoreError::corrupt("the terms of an own check", terms))?,
            written_by: columns.text(row, 4)?.to_owned(),
            written_at: columns.time(row, 5)?,
            entry: columns.int(row, 6)?,
        };
        let log = Log::Organisation(columns.parsed(row, 1, "an id")?);
        Ok(self.logs.entry(log).or_default().own_version(&kept))
    }

    fn choice(&mut self, table: &Table, row: &Cells) -> Result<Option<String>, StoreError> {
        let names = ["organisation", "entry", "frameworks", "chosen_by", "chosen_at"];
        let columns = Columns::of(table, names)?;
        let kept = ChoiceRow {
            entry: columns.int(row, 1)?,
            frameworks: columns.text(row, 2)?.split(' ').map(str::to_owned).collect(),
            chosen_by: columns.text(row, 3)?.to_owned(),
            chosen_at: columns.time(row, 4)?,
        };
        let log = Log::Organisation(columns.parsed(row, 0, "an id")?);
        Ok(self.logs.entry(log).or_default().choice(&kept))
    }
}

/// Which entry says why it was withdrawn; an older schema does not have that column.
fn withdrawn_entry(table: &Table, row: &Cells) -> Result<Option<i64>, StoreError> {
    match Columns::of(table, ["withdrawn_entry"]) {
        Ok(columns) => columns.int_opt(row, 0),
        Err(_) => Ok(None),
    }
}

/// Which of the two invited the other; an older schema does not have that column.
fn invited_by(table: &Table, row: &Cells) -> Result<Option<InvitedBy>, StoreError> {
    match Columns::of(table, ["invited_by"]) {
        Ok(columns) => columns.text_opt(row, 0)?.map(InvitedBy::from_word).transpose(),
        Err(_) => Ok(None),
    }
}

fn signed(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
