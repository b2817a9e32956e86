//! Lists held against the register: what the two do not agree on, and how that was settled.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    comparison::{DifferenceKind, ListKind, Settlement},
    id::{Comparison, Difference, Id, Organisation, Person, Task},
};

/// A list that waits to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldListRow {
    /// The id of the comparison that it becomes.
    pub id: Id<Comparison>,
    /// Where it comes from.
    pub kind: ListKind,
    /// The file's name.
    pub file_name: String,
    /// The file's digest.
    pub digest: Digest,
    /// Since when it is held.
    pub created_at: Time,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparisonRow {
    /// Its id.
    pub id: Id<Comparison>,
    /// Where the list came from.
    pub kind: ListKind,
    /// The file's digest.
    pub digest: Digest,
    /// Which columns were read, as what, in words of whoever compared.
    pub columns: String,
    /// What came of it, in words of whoever compared.
    pub counts: String,
    /// Who compared.
    pub compared_by: String,
    /// When.
    pub compared_at: Time,
}

/// What a list and the register do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceRow {
    /// Its id.
    pub id: Id<Difference>,
    /// Of which comparison.
    pub comparison: Id<Comparison>,
    /// In which way.
    pub kind: DifferenceKind,
    /// The row of the list; 0 for somebody who is not in it.
    pub line: i64,
    /// The name as the list has it; for somebody who is not in it, as the register has it.
    pub name: String,
    /// The address; empty where none is said.
    pub email: String,
    /// The name as it is compared.
    pub name_key: String,
    /// Who it is.
    pub person: Option<Id<Person>>,
    /// Who it may be.
    pub candidates: Vec<Id<Person>>,
    /// What is to be said of it.
    pub note: String,
    /// How it was settled; none while it is open.
    pub settled: Option<DifferenceSettled>,
    /// The task for it.
    pub task: Option<Id<Task>>,
}

/// How a difference was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceSettled {
    /// In which way.
    pub how: Settlement,
    /// Why; empty where nothing need be said.
    pub why: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
    /// The index of the entry that says so.
    pub entry: i64,
}

fn unread(column: &'static str) -> StoreError {
    StoreError::Statement(format!("{column} holds a word that is not known"))
}

const HELD: &str =
    "SELECT id, kind, file_name, digest, created_at FROM comparison_list WHERE organisation = $1";

fn held(row: &Row<'_>) -> Result<HeldListRow, StoreError> {
    Ok(HeldListRow {
        id: row.id(0)?,
        kind: ListKind::from_word(&row.text(1)?).ok_or_else(|| unread("kind"))?,
        file_name: row.text(2)?,
        digest: row.digest(3)?,
        created_at: row.time(4)?,
    })
}

/// Holds a list.
pub fn held_list_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    list: &HeldListRow,
    bytes: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO comparison_list (id, organisation, kind, file_name, digest, bytes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            list.id,
            organisation,
            list.kind.as_str(),
            list.file_name.as_str(),
            list.digest,
            bytes,
            list.created_at
        ],
    )?;
    Ok(())
}

/// The lists that wait, the latest first.
pub fn held_lists(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<HeldListRow>, StoreError> {
    let sql = format!("{HELD} ORDER BY created_at DESC, id DESC");
    tx.query(&sql, params![organisation], held)
}

/// A list that waits, with its bytes.
pub fn held_list_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Comparison>,
) -> Result<Option<(HeldListRow, Vec<u8>)>, StoreError> {
    let Some(row) =
        tx.query_opt(&format!("{HELD} AND id = $2"), params![organisation, id], held)?
    else {
        return Ok(None);
    };
    let bytes = tx.query_opt(
        "SELECT bytes FROM comparison_list WHERE organisation = $1 AND id = $2",
        params![organisation, id],
        |row| row.bytes(0),
    )?;
    Ok(bytes.map(|bytes| (row, bytes)))
}

/// Lets a list go; whether it was held.
pub fn held_list_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Comparison>,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "DELETE FROM comparison_list WHERE organisation = $1 AND id = $2",
        params![organisation, id],
    )?;
    Ok(rows == 1)
}

/// Lets go the lists that were brought before.
pub fn held_list_sweep(tx: &mut Tx<'_>, before: Time) -> Result<(), StoreError> {
    tx.execute("DELETE FROM comparison_list WHERE created_at < $1", params![before])?;
    Ok(())
}

const COMPARISON: &str = "SELECT id, kind, digest, columns, counts, compared_by, compared_at FROM comparison \
    WHERE organisation = $1";

fn comparison(row: &Row<'_>) -> Result<ComparisonRow, StoreError> {
    Ok(ComparisonRow {
        id: row.id(0)?,
        kind: ListKind::from_word(&row.text(1)?).ok_or_else(|| unread("kind"))?,
        digest: row.digest(2)?,
        columns: row.text(3)?,
        counts: row.text(4)?,
        compared_by: row.text(5)?,
        compared_at: row.time(6)?,
    })
}

/// Keeps a comparison.
pub fn comparison_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ComparisonRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO comparison (id, organisation, kind, digest, columns, counts, compared_by, compared_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.id,
            organisation,
            row.kind.as_str(),
            row.digest,
            row.columns.as_str(),
            row.counts.as_str(),
            row.compared_by.as_str(),
            row.compared_at
        ],
    )?;
    Ok(())
}

/// One comparison.
pub fn comparison_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Comparison>,
) -> Result<Option<ComparisonRow>, StoreError> {
    tx.query_opt(&format!("{COMPARISON} AND id = $2"), params![organisation, id], comparison)
}

/// The last comparison with a list of this kind.
pub fn comparison_last(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    kind: ListKind,
) -> Result<Option<ComparisonRow>, StoreError> {
    tx.query_opt(
        &format!("{COMPARISON} AND kind = $2 ORDER BY compared_at DESC, id DESC LIMIT 1"),
        params![organisation, kind.as_str()],
        comparison,
    )
}

const DIFFERENCE: &str = "SELECT id, comparison, kind, line, name, email, name_key, person, candidates, note, settled, \
    settled_why, settled_by, settled_at, entry, task FROM difference WHERE organisation = $1";

fn difference(row: &Row<'_>) -> Result<DifferenceRow, StoreError> {
    let how = Settlement::from_word(&row.text(10)?);
    let (why, by, at, entry) =
        (row.text(11)?, row.text_opt(12)?, row.time_opt(13)?, row.int_opt(14)?);
    let settled = match (how, at) {
        (Some(how), Some(at)) => Some(DifferenceSettled {
            how,
            why,
            by: by.unwrap_or_default(),
            at,
            entry: entry.unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(DifferenceRow {
        id: row.id(0)?,
        comparison: row.id(1)?,
        kind: DifferenceKind::from_word(&row.text(2)?).ok_or_else(|| unread("kind"))?,
        line: row.int(3)?,
        name: row.text(4)?,
        email: row.text(5)?,
        name_key: row.text(6)?,
        person: row.id_opt(7)?,
        candidates: row.text(8)?.split(' ').filter_map(|id| id.parse().ok()).collect(),
        note: row.text(9)?,
        settled,
        task: row.id_opt(15)?,
    })
}

fn joined(ids: &[Id<Person>]) -> String {
    ids.iter().map(Id::to_string).collect::<Vec<_>>().join(" ")
}

/// Keeps a difference.
pub fn difference_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &DifferenceRow,
) -> Result<(), StoreError> {
    let settled = row.settled.as_ref();
    tx.execute(
        "INSERT INTO difference (id, organisation, comparison, kind, line, name, email, name_key, person, candidates, note, \
         settled, settled_why, settled_by, settled_at, entry, task) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        params![
            row.id,
            organisation,
            row.comparison,
            row.kind.as_str(),
            row.line,
            row.name.as_str(),
            row.email.as_str(),
            row.name_key.as_str(),
            row.person,
            joined(&row.candidates),
            row.note.as_str(),
            settled.map_or("", |settled| settled.how.as_str()),
            settled.map_or("", |settled| settled.why.as_str()),
            settled.map(|settled| settled.by.as_str()),
            settled.map(|settled| settled.at),
            settled.map(|settled| settled.entry),
            row.task
        ],
    )?;
    Ok(())
}

/// Writes down what a difference is now.
pub fn difference_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &DifferenceRow,
) -> Result<(), StoreError> {
    let settled = row.settled.as_ref();
    tx.execute(
        "UPDATE difference SET kind = $3, person = $4, note = $5, settled = $6, settled_why = $7, settled_by = $8, \
         settled_at = $9, entry = $10, task = $11, name = $12, email = $13, name_key = $14, candidates = $15 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            row.id,
            row.kind.as_str(),
            row.person,
            row.note.as_str(),
            settled.map_or("", |settled| settled.how.as_str()),
            settled.map_or("", |settled| settled.why.as_str()),
            settled.map(|settled| settled.by.as_str()),
            settled.map(|settled| settled.at),
            settled.map(|settled| settled.entry),
            row.task,
            row.name.as_str(),
            row.email.as_str(),
            row.name_key.as_str(),
            joined(&row.candidates)
        ],
    )?;
    Ok(())
}

/// The differences of a comparison, as they were found.
pub fn difference_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Comparison>,
) -> Result<Vec<DifferenceRow>, StoreError> {
    let sql = format!("{DIFFERENCE} AND comparison = $2 ORDER BY line, id");
    tx.query(&sql, params![organisation, id], difference)
}

/// One difference.
pub fn difference_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Difference>,
) -> Result<Option<DifferenceRow>, StoreError> {
    tx.query_opt(&format!("{DIFFERENCE} AND id = $2"), params![organisation, id], difference)
}

/// Every difference that names somebody: by who they are, by an address, or by the name as it is compared.
pub fn differences_naming(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (person, email, key): (Id<Person>, &str, &str),
) -> Result<Vec<DifferenceRow>, StoreError> {
    tx.query(
        &format!(
            "{DIFFERENCE} AND (person = $2 OR (email <> '' AND email = $3) OR (name_key <> '' AND name_key = $4)) ORDER BY id"
        ),
        params![organisation, person, email, key],
        difference,
    )
}

/// Under which names lists have whom.
pub fn tie_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<(String, Id<Person>)>, StoreError> {
    tx.query(
        "SELECT name, person FROM tie WHERE organisation = $1 ORDER BY name",
        params![organisation],
        |row| Ok((row.text(0)?, row.id(1)?)),
    )
}

/// Lists have this person under this name from now on.
pub fn tie_write(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (name, person): (&str, Id<Person>),
    by: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO tie (organisation, name, person, tied_by, tied_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (organisation, name) DO UPDATE SET person = $3, tied_by = $4, tied_at = $5",
        params![organisation, name, person, by, now],
    )?;
    Ok(())
}

/// Forgets under which names lists have somebody.
pub fn ties_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM tie WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(())
}
