//! What people give by hand for a control: documents with versions, and attestations.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    entry::Log,
    id::{Attestation, Document, DocumentVersion, Id, Organisation},
};

/// A document with its newest version.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// Its id.
    pub id: Id<Document>,
    /// The control it is given for.
    pub control: String,
    /// Its title.
    pub title: String,
    /// When it was taken back.
    pub withdrawn_at: Option<Time>,
    /// The entry that says why it was taken back.
    pub withdrawn_entry: Option<i64>,
    /// The newest version.
    pub newest: VersionRow,
}

/// One version of a document.
#[derive(Debug, Clone)]
pub struct VersionRow {
    /// Its id.
    pub id: Id<DocumentVersion>,
    /// 1 for the first.
    pub number: i64,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// The file's size.
    pub size_bytes: i64,
    /// The file's name as it was uploaded.
    pub file_name: String,
    /// Its media type as the uploader gave it; never used to serve it.
    pub media_type: String,
    /// From when it says something.
    pub valid_from: Time,
    /// Until when it counts.
    pub valid_to: Time,
    /// Who brought it.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: Time,
    /// The entry that recorded it.
    pub entry: i64,
}

const VERSION: &str = "v.id, v.number, v.digest, v.size_bytes, v.file_name, v.media_type, v.valid_from, \
    v.valid_to, v.uploaded_by, v.uploaded_at, v.entry";

fn version(row: &Row<'_>) -> Result<VersionRow, StoreError> {
    Ok(VersionRow {
        id: row.id(0)?,
        number: row.int(1)?,
        digest: row.digest(2)?,
        size_bytes: row.int(3)?,
        file_name: row.text(4)?,
        media_type: row.text(5)?,
        valid_from: row.time(6)?,
        valid_to: row.time(7)?,
        uploaded_by: row.text(8)?,
        uploaded_at: row.time(9)?,
        entry: row.int(10)?,
    })
}

fn document(row: &Row<'_>) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        newest: version(row)?,
        id: row.id(11)?,
        control: row.text(12)?,
        title: row.text(13)?,
        withdrawn_at: row.time_opt(14)?,
        withdrawn_entry: row.int_opt(15)?,
    })
}

fn document_select(condition: &str) -> String {
    format!(
        "SELECT {VERSION}, d.id, d.control, d.title, d.withdrawn_at, d.withdrawn_entry FROM document d \
         JOIN document_version v ON v.document = d.id AND v.number = \
         (SELECT MAX(number) FROM document_version WHERE document = d.id) WHERE {condition}"
    )
}

/// The documents of an organisation after `after`, oldest first.
pub fn document_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Document>>,
    limit: i64,
) -> Result<Vec<DocumentRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &document_select("d.organisation = $1 AND d.id > $2 ORDER BY d.id LIMIT $3"),
        params![organisation, after, limit],
        document,
    )
}

/// The documents whose newest version ends by itself after `at`, the soonest first.
pub fn document_list_ending(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
    limit: i64,
) -> Result<Vec<DocumentRow>, StoreError> {
    tx.query(
        &document_select(
            "d.organisation = $1 AND d.withdrawn_at IS NULL AND v.valid_to > $2 \
             ORDER BY v.valid_to, d.id LIMIT $3",
        ),
        params![organisation, at, limit],
        document,
    )
}

/// The documents given for a control, oldest first.
pub fn document_list_of_control(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Vec<DocumentRow>, StoreError> {
    tx.query(
        &document_select("d.organisation = $1 AND d.control = $2 ORDER BY d.id"),
        params![organisation, control],
        document,
    )
}

/// The documents that had been given for a control at a time, oldest first, each with the version
/// that was its newest; what was withdrawn later is shown as not withdrawn.
pub fn document_list_of_control_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<Vec<DocumentRow>, StoreError> {
    let mut rows = tx.query(
        &format!(
            "SELECT {VERSION}, d.id, d.control, d.title, d.withdrawn_at, d.withdrawn_entry FROM document d \
             JOIN document_version v ON v.document = d.id AND v.number = (SELECT MAX(number) \
             FROM document_version WHERE document = d.id AND uploaded_at <= $3) \
             WHERE d.organisation = $1 AND d.control = $2 ORDER BY d.id"
        ),
        params![organisation, control, at],
        document,
    )?;
    for row in &mut rows {
        if row.withdrawn_at.is_some_and(|withdrawn_at| withdrawn_at > at) {
            (row.withdrawn_at, row.withdrawn_entry) = (None, None);
        }
    }
    Ok(rows)
}

/// The document with this id.
pub fn document_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Document>,
) -> Result<Option<DocumentRow>, StoreError> {
    tx.query_opt(
        &document_select("d.organisation = $1 AND d.id = $2"),
        params![organisation, id],
        document,
    )
}

/// Every version of a document, newest first.
pub fn document_version_list(
    tx: &mut Tx<'_>,
    id: Id<Document>,
) -> Result<Vec<VersionRow>, StoreError> {
    tx.query(
        &format!(
            "SELECT {VERSION} FROM document_version v WHERE v.document = $1 ORDER BY v.number DESC"
        ),
        params![id],
        version,
    )
}

/// Every version of every document of an organisation, with its document's id.
pub fn document_version_list_of_organisation(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<(Id<Document>, VersionRow)>, StoreError> {
    tx.query(
        &format!(
            "SELECT {VERSION}, v.document FROM document_version v JOIN document d ON d.id = v.document \
             WHERE d.organisation = $1 ORDER BY v.document, v.number"
        ),
        params![organisation],
        |row| Ok((row.id(11)?, version(row)?)),
    )
}

/// Adds a document without a version yet.
pub fn document_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Document>,
    control: &str,
    title: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO document (id, organisation, control, title, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, organisation, control, title, now],
    )?;
    Ok(())
}

/// Adds a version.
pub fn document_version_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    document: Id<Document>,
    version: &VersionRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO document_version (id, document, organisation, number, digest, size_bytes, file_name, \
         media_type, valid_from, valid_to, uploaded_by, uploaded_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            version.id,
            document,
            organisation,
            version.number,
            version.digest,
            version.size_bytes,
            version.file_name.as_str(),
            version.media_type.as_str(),
            version.valid_from,
            version.valid_to,
            version.uploaded_by.as_str(),
            version.uploaded_at,
            version.entry
        ],
    )?;
    Ok(())
}

/// Takes a document back by the entry that says why; false if it was taken back before.
pub fn document_withdraw(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Document>,
    entry: i64,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE document SET withdrawn_at = $3, withdrawn_entry = $4 \
         WHERE organisation = $1 AND id = $2 AND withdrawn_at IS NULL",
        params![organisation, id, now, entry],
    )?;
    Ok(rows == 1)
}

/// A signed statement.
#[derive(Debug, Clone)]
pub struct AttestationRow {
    /// Its id.
    pub id: Id<Attestation>,
    /// The control it is given for.
    pub control: String,
    /// What is stated.
    pub statement: String,
    /// SHA-256 of the statement.
    pub digest: Digest,
    /// From when.
    pub valid_from: Time,
    /// Until when it counts.
    pub valid_to: Time,
    /// Who signed.
    pub signed_by: String,
    /// When.
    pub signed_at: Time,
    /// When it was taken back.
    pub withdrawn_at: Option<Time>,
    /// The entry that says why it was taken back.
    pub withdrawn_entry: Option<i64>,
    /// The entry that recorded it.
    pub entry: i64,
}

const ATTESTATION: &str = "SELECT id, control, statement, digest, valid_from, valid_to, signed_by, signed_at, \
    withdrawn_at, withdrawn_entry, entry FROM attestation";

fn attestation(row: &Row<'_>) -> Result<AttestationRow, StoreError> {
    Ok(AttestationRow {
        id: row.id(0)?,
        control: row.text(1)?,
        statement: row.text(2)?,
        digest: row.digest(3)?,
        valid_from: row.time(4)?,
        valid_to: row.time(5)?,
        signed_by: row.text(6)?,
        signed_at: row.time(7)?,
        withdrawn_at: row.time_opt(8)?,
        withdrawn_entry: row.int_opt(9)?,
        entry: row.int(10)?,
    })
}

/// The attestations given for a control, oldest first.
pub fn attestation_list_of_control(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Vec<AttestationRow>, StoreError> {
    tx.query(
        &format!("{ATTESTATION} WHERE organisation = $1 AND control = $2 ORDER BY id"),
        params![organisation, control],
        attestation,
    )
}

/// The attestations that had been given for a control at a time, oldest first; what was withdrawn
/// later is shown as not withdrawn.
pub fn attestation_list_of_control_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<Vec<AttestationRow>, StoreError> {
    let mut rows = attestation_list_of_control(tx, organisation, control)?;
    rows.retain(|row| row.signed_at <= at);
    for row in &mut rows {
        if row.withdrawn_at.is_some_and(|withdrawn_at| withdrawn_at > at) {
            (row.withdrawn_at, row.withdrawn_entry) = (None, None);
        }
    }
    Ok(rows)
}

/// The attestations of an organisation after `after`, oldest first.
pub fn attestation_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Attestation>>,
    limit: i64,
) -> Result<Vec<AttestationRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!("{ATTESTATION} WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3"),
        params![organisation, after, limit],
        attestation,
    )
}

/// The attestations that end by themselves after `at`, the soonest first.
pub fn attestation_list_ending(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
    limit: i64,
) -> Result<Vec<AttestationRow>, StoreError> {
    tx.query(
        &format!(
            "{ATTESTATION} WHERE organisation = $1 AND withdrawn_at IS NULL AND valid_to > $2 \
             ORDER BY valid_to, id LIMIT $3"
        ),
        params![organisation, at, limit],
        attestation,
    )
}

/// Adds an attestation, which is not withdrawn.
pub fn attestation_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    attestation: &AttestationRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO attestation (id, organisation, control, statement, digest, valid_from, valid_to, \
         signed_by, signed_at, entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            attestation.id,
            organisation,
            attestation.control.as_str(),
            attestation.statement.as_str(),
            attestation.digest,
            attestation.valid_from,
            attestation.valid_to,
            attestation.signed_by.as_str(),
            attestation.signed_at,
            attestation.entry
        ],
    )?;
    Ok(())
}

/// The control of an attestation that was not taken back.
pub fn attestation_control(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Attestation>,
) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT control FROM attestation WHERE organisation = $1 AND id = $2",
        params![organisation, id],
        |row| row.text(0),
    )
}

/// Takes an attestation back by the entry that says why; false if it was taken back before.
pub fn attestation_withdraw(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Attestation>,
    entry: i64,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE attestation SET withdrawn_at = $3, withdrawn_entry = $4 \
         WHERE organisation = $1 AND id = $2 AND withdrawn_at IS NULL",
        params![organisation, id, now, entry],
    )?;
    Ok(rows == 1)
}

/// Whether the entry at `index` vouches for a version of a document that was not withdrawn.
pub fn document_rests_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM document_version v JOIN document d ON d.id = v.document \
         WHERE d.organisation = $1 AND v.entry = $2 AND d.withdrawn_at IS NULL",
        params![organisation, index],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// Whether the entry at `index` vouches for an attestation that was not withdrawn.
pub fn attestation_rests_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM attestation \
         WHERE organisation = $1 AND entry = $2 AND withdrawn_at IS NULL",
        params![organisation, index],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// What stands where a person's words were erased.
const STRUCK: &str = "erased";

/// Erases the words and the signer's name of the attestation that the entry at `index` recorded; the entry
/// by which it was withdrawn. None if there is no such attestation.
pub fn attestation_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<Option<i64>, StoreError> {
    tx.execute(
        "UPDATE attestation SET statement = $3, signed_by = $3 WHERE organisation = $1 AND entry = $2",
        params![organisation, index, STRUCK],
    )?;
    let withdrawn = tx.query_opt(
        "SELECT withdrawn_entry FROM attestation WHERE organisation = $1 AND entry = $2",
        params![organisation, index],
        |row| row.int_opt(0),
    )?;
    Ok(withdrawn.flatten())
}

/// Erases the file's name and that of who gave it of the version that the entry at `index` recorded, and
/// the document's title if the entry of no version says it any more; the entry by which the document was
/// withdrawn. None if there is no such version. The body of the entry must be erased before.
pub fn document_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<Option<i64>, StoreError> {
    tx.execute(
        "UPDATE document_version SET file_name = $3, uploaded_by = $3 \
         WHERE organisation = $1 AND entry = $2",
        params![organisation, index, STRUCK],
    )?;
    let found = tx.query_opt(
        "SELECT d.id, d.withdrawn_entry FROM document d \
         JOIN document_version v ON v.document = d.id WHERE v.organisation = $1 AND v.entry = $2",
        params![organisation, index],
        |row| Ok((row.text(0)?, row.int_opt(1)?)),
    )?;
    let Some((id, withdrawn)) = found else { return Ok(None) };
    let log = Log::Organisation(organisation);
    let said = tx.query_opt(
        "SELECT COUNT(*) FROM document_version v \
         JOIN entry_body b ON b.log = $2 AND b.idx = v.entry WHERE v.document = $1",
        params![id.as_str(), log],
        |row| row.int(0),
    )?;
    if said == Some(0) {
        tx.execute("UPDATE document SET title = $2 WHERE id = $1", params![id.as_str(), STRUCK])?;
    }
    Ok(withdrawn)
}
