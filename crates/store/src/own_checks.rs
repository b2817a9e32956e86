//! A facility's own checks, and every version of their terms.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    id::{Id, Organisation, OwnCheck},
    own_check::{self, Terms},
};

/// An own check in its newest version.
#[derive(Debug, Clone)]
pub struct OwnCheckRow {
    /// Its id.
    pub id: Id<OwnCheck>,
    /// The newest version.
    pub newest: OwnVersionRow,
    /// How it ended, if it did.
    pub retired: Option<Retired>,
}

/// One version of an own check.
#[derive(Debug, Clone)]
pub struct OwnVersionRow {
    /// The own check.
    pub id: Id<OwnCheck>,
    /// Counts from 1.
    pub version: i64,
    /// What it asks.
    pub terms: Terms,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Time,
    /// The entry that recorded it.
    pub entry: i64,
}

/// How an own check ended.
#[derive(Debug, Clone)]
pub struct Retired {
    /// When.
    pub at: Time,
    /// Who ended it.
    pub by: String,
    /// The entry that says why.
    pub entry: i64,
}

impl OwnCheckRow {
    /// The check as it is asked.
    pub fn own_check(&self) -> own_check::OwnCheck {
        let OwnVersionRow { id, version, terms, .. } = self.newest.clone();
        own_check::OwnCheck { id, version, terms }
    }
}

const OWN_CHECK: &str = "SELECT v.own_check, v.version, v.terms, v.written_by, v.written_at, v.entry, \
    c.retired_at, c.retired_by, c.retired_entry FROM own_check c \
    JOIN own_check_version v ON v.own_check = c.id AND v.version = c.version";

fn version(row: &Row<'_>) -> Result<OwnVersionRow, StoreError> {
    let terms = row.text(2)?;
    Ok(OwnVersionRow {
        id: row.id(0)?,
        version: row.int(1)?,
        terms: serde_json::from_str(&terms)
            .map_err(|_| StoreError::corrupt("the terms of an own check", &terms))?,
        written_by: row.text(3)?,
        written_at: row.time(4)?,
        entry: row.int(5)?,
    })
}

fn own_check(row: &Row<'_>) -> Result<OwnCheckRow, StoreError> {
    let newest = version(row)?;
    // What is retired by half is retired, and no entry says so.
    let (by, entry) = (row.text_opt(7)?.unwrap_or_default(), row.int_opt(8)?.unwrap_or(-1));
    let retired = row.time_opt(6)?.map(|at| Retired { at, by, entry });
    Ok(OwnCheckRow { id: newest.id, newest, retired })
}

/// The own checks in force, oldest first.
pub fn own_check_in_force(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<OwnCheckRow>, StoreError> {
    tx.query(
        &format!("{OWN_CHECK} WHERE c.organisation = $1 AND c.retired_at IS NULL ORDER BY c.id"),
        params![organisation],
        own_check,
    )
}

/// The own checks after `after`, those that were retired too, oldest first.
pub fn own_check_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<OwnCheck>>,
    limit: i64,
) -> Result<Vec<OwnCheckRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!("{OWN_CHECK} WHERE c.organisation = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"),
        params![organisation, after, limit],
        own_check,
    )
}

/// The own check with this id.
pub fn own_check_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<OwnCheck>,
) -> Result<Option<OwnCheckRow>, StoreError> {
    tx.query_opt(
        &format!("{OWN_CHECK} WHERE c.organisation = $1 AND c.id = $2"),
        params![organisation, id],
        own_check,
    )
}

/// Every version of every own check, or of one, oldest first.
pub fn own_check_versions(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Option<Id<OwnCheck>>,
) -> Result<Vec<OwnVersionRow>, StoreError> {
    let id = id.map_or_else(String::new, |id| id.to_string());
    tx.query(
        "SELECT own_check, version, terms, written_by, written_at, entry FROM own_check_version \
         WHERE organisation = $1 AND ($2 = '' OR own_check = $2) ORDER BY own_check, version",
        params![organisation, id],
        version,
    )
}

/// Writes a version down; the first makes the check, every other follows the one before.
pub fn own_check_write(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &OwnVersionRow,
) -> Result<(), StoreError> {
    let terms = serde_json::to_string(&row.terms)
        .map_err(|_| StoreError::corrupt("the terms of an own check", &row.terms.title))?;
    match row.version {
        1 => tx.execute(
            "INSERT INTO own_check (id, organisation, version) VALUES ($1, $2, 1)",
            params![row.id, organisation],
        )?,
        version => tx.execute(
            "UPDATE own_check SET version = $3 \
             WHERE organisation = $1 AND id = $2 AND version = $3 - 1 AND retired_at IS NULL",
            params![organisation, row.id, version],
        )?,
    };
    tx.execute(
        "INSERT INTO own_check_version (own_check, organisation, version, terms, written_by, written_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            row.id,
            organisation,
            row.version,
            terms,
            row.written_by.as_str(),
            row.written_at,
            row.entry
        ],
    )?;
    Ok(())
}

/// Ends an own check; its versions stay.
pub fn own_check_retire(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<OwnCheck>,
    retired: &Retired,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE own_check SET retired_at = $3, retired_by = $4, retired_entry = $5 \
         WHERE organisation = $1 AND id = $2 AND retired_at IS NULL",
        params![organisation, id, retired.at, retired.by.as_str(), retired.entry],
    )?;
    Ok(())
}
