//! Lists of people that are held until they are written, and the register as a whole, which they are held against.

use crate::{
    Row, StoreError, Tx,
    engagements::{ASSIGNMENT, AssignmentRow, ENGAGEMENT, EngagementRow, assignment, engagement},
    params,
    people::{PERSON, PersonRow, person},
};
use closedset_core::{
    Digest, Time,
    id::{Id, Import, Organisation},
};

/// A list that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its id.
    pub id: Id<Import>,
    /// Who brought it, as entries name them.
    pub brought_by: String,
    /// The file's name.
    pub file_name: String,
    /// The file's digest.
    pub digest: Digest,
    /// Since when it is held.
    pub created_at: Time,
    /// When it was written last.
    pub written_at: Option<Time>,
    /// How much was written, in the words of who wrote it; empty if nothing was.
    pub written: String,
}

const IMPORT: &str = "SELECT id, brought_by, file_name, digest, created_at, written_at, written FROM import \
    WHERE organisation = $1";

fn import(row: &Row<'_>) -> Result<ImportRow, StoreError> {
    Ok(ImportRow {
        id: row.id(0)?,
        brought_by: row.text(1)?,
        file_name: row.text(2)?,
        digest: row.digest(3)?,
        created_at: row.time(4)?,
        written_at: row.time_opt(5)?,
        written: row.text(6)?,
    })
}

/// Holds a list.
pub fn import_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    import: &ImportRow,
    bytes: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO import (id, organisation, brought_by, file_name, digest, bytes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            import.id,
            organisation,
            import.brought_by.as_str(),
            import.file_name.as_str(),
            import.digest,
            bytes,
            import.created_at
        ],
    )?;
    Ok(())
}

/// The lists that are held, the latest first.
pub fn import_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<ImportRow>, StoreError> {
    let sql = format!("{IMPORT} ORDER BY created_at DESC, id DESC");
    tx.query(&sql, params![organisation], import)
}

/// One list, without its bytes.
pub fn import_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Import>,
) -> Result<Option<ImportRow>, StoreError> {
    tx.query_opt(&format!("{IMPORT} AND id = $2"), params![organisation, id], import)
}

/// A list's bytes.
pub fn import_bytes(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Import>,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(
        "SELECT bytes FROM import WHERE organisation = $1 AND id = $2",
        params![organisation, id],
        |row| row.bytes(0),
    )
}

/// Writes down how much of a list was written.
pub fn import_written(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Import>,
    written: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE import SET written_at = $3, written = $4 WHERE organisation = $1 AND id = $2",
        params![organisation, id, now, written],
    )?;
    Ok(())
}

/// Lets a list go.
pub fn import_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Import>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM import WHERE organisation = $1 AND id = $2",
        params![organisation, id],
    )?;
    Ok(())
}

/// Lets go the lists that were brought before.
pub fn import_sweep(tx: &mut Tx<'_>, before: Time) -> Result<(), StoreError> {
    tx.execute("DELETE FROM import WHERE created_at < $1", params![before])?;
    Ok(())
}

/// Everybody who was not forgotten.
pub fn people_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<PersonRow>, StoreError> {
    tx.query(PERSON, params![organisation], person)
}

/// Every engagement that was not removed.
pub fn engagements_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<EngagementRow>, StoreError> {
    tx.query(&format!("{ENGAGEMENT} AND removed_at IS NULL"), params![organisation], engagement)
}

/// Every assignment that was not removed.
pub fn assignments_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<AssignmentRow>, StoreError> {
    tx.query(&format!("{ASSIGNMENT} AND removed_at IS NULL"), params![organisation], assignment)
}
