//! Agreements signed on paper: what was uploaded, and what became of it.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    id::{Agreement, Id, Organisation, Paper, Person},
};
use jiff::civil::Date;

/// A paper that somebody uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    /// Its id.
    pub id: Id<Paper>,
    /// Which agreement was signed.
    pub agreement: Id<Agreement>,
    /// As which version it counts.
    pub number: i64,
    /// By whom.
    pub person: Id<Person>,
    /// The day that stands on it.
    pub signed_on: Date,
    /// Its words are earlier ones, which the facility holds to cover that version.
    pub is_earlier_wording: bool,
    /// SHA-256 of the scan.
    pub file: Digest,
    /// What the scan is: `pdf`, `jpeg` or `png`.
    pub form: String,
    /// Who uploaded it.
    pub uploaded_by: String,
    /// The same as entries name them.
    pub uploaded_actor: String,
    /// When.
    pub uploaded_at: Time,
    /// The index of the entry that says so.
    pub entry: i64,
    /// What somebody who looked at it said; none while it waits.
    pub judged: Option<Judged>,
}

/// What became of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Who looked at it.
    pub by: String,
    /// When.
    pub at: Time,
    /// That was another than who uploaded it.
    pub has_second_person: bool,
    /// Why it was refused; none where it was confirmed.
    pub refused_because: Option<String>,
}

const PAPER: &str = "SELECT id, agreement, number, person, signed_on, is_earlier_wording, file, form, uploaded_by, \
    uploaded_actor, uploaded_at, entry, judged_by, judged_at, has_second_person, refused_because FROM paper \
    WHERE organisation = $1";

fn paper(row: &Row<'_>) -> Result<PaperRow, StoreError> {
    let judged = match (row.text_opt(12)?, row.time_opt(13)?) {
        (Some(by), Some(at)) => Some(Judged {
            by,
            at,
            has_second_person: row.bool_opt(14)?.unwrap_or(false),
            refused_because: row.text_opt(15)?,
        }),
        _ => None,
    };
    Ok(PaperRow {
        id: row.id(0)?,
        agreement: row.id(1)?,
        number: row.int(2)?,
        person: row.id(3)?,
        signed_on: row.day(4)?,
        is_earlier_wording: row.bool(5)?,
        file: row.digest(6)?,
        form: row.text(7)?,
        uploaded_by: row.text(8)?,
        uploaded_actor: row.text(9)?,
        uploaded_at: row.time(10)?,
        entry: row.int(11)?,
        judged,
    })
}

/// Adds a paper, which waits to be looked at.
pub fn paper_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    paper: &PaperRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO paper (id, organisation, agreement, number, person, signed_on, is_earlier_wording, file, form, \
         uploaded_by, uploaded_actor, uploaded_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            paper.id,
            organisation,
            paper.agreement,
            paper.number,
            paper.person,
            paper.signed_on,
            paper.is_earlier_wording,
            paper.file,
            paper.form.as_str(),
            paper.uploaded_by.as_str(),
            paper.uploaded_actor.as_str(),
            paper.uploaded_at,
            paper.entry
        ],
    )?;
    Ok(())
}

/// Writes down what became of a paper that waited.
pub fn paper_judge(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Paper>,
    judged: &Judged,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE paper SET judged_by = $3, judged_at = $4, has_second_person = $5, refused_because = $6 \
         WHERE organisation = $1 AND id = $2 AND judged_at IS NULL",
        params![
            organisation,
            id,
            judged.by.as_str(),
            judged.at,
            judged.has_second_person,
            judged.refused_because.as_deref()
        ],
    )?;
    Ok(())
}

/// One paper.
pub fn paper_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Paper>,
) -> Result<Option<PaperRow>, StoreError> {
    tx.query_opt(&format!("{PAPER} AND id = $2"), params![organisation, id], paper)
}

/// The papers of somebody, the newest first.
pub fn paper_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<PaperRow>, StoreError> {
    tx.query(
        &format!("{PAPER} AND person = $2 ORDER BY id DESC"),
        params![organisation, person],
        paper,
    )
}

/// Whether this file is a scan or a signed file of somebody who is not forgotten, or was given as a document.
pub fn file_is_held(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    file: Digest,
) -> Result<bool, StoreError> {
    for of in [
        "paper f JOIN person p ON p.id = f.person WHERE p.forgotten_at IS NULL AND f.file = $2 AND",
        "signature f JOIN person p ON p.id = f.person WHERE p.forgotten_at IS NULL AND f.file = $2 AND",
        "document_version f WHERE f.digest = $2 AND",
    ] {
        let held = tx.query(
            &format!("SELECT f.id FROM {of} f.organisation = $1 LIMIT 1"),
            params![organisation, file],
            |row| row.text(0),
        )?;
        if !held.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the words with which papers of somebody were refused out of them.
pub fn papers_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    words: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE paper SET refused_because = $3 \
         WHERE organisation = $1 AND person = $2 AND refused_because IS NOT NULL",
        params![organisation, person, words],
    )?;
    Ok(())
}
