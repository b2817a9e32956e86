//! Facts: the current one of each subject, kind and source, and every body a verdict ever rested on.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Subject, Time,
    id::{Id, Organisation},
};

/// A current fact.
#[derive(Debug, Clone)]
pub struct FactRow {
    /// What it is about.
    pub subject: Subject,
    /// Its kind.
    pub kind: String,
    /// Who says it: `agent`, or `closedset/<deriver>`.
    pub source: String,
    /// The digest of its body.
    pub digest: Digest,
    /// When it was read.
    pub collected_at: Time,
    /// The entry that recorded it.
    pub entry: i64,
    /// The body's canonical bytes.
    pub body: Vec<u8>,
}

const FACT: &str = "SELECT f.subject, f.kind, f.source, f.digest, f.collected_at, f.entry, b.body FROM fact f \
    JOIN fact_body b ON b.organisation = f.organisation AND b.digest = f.digest";

fn fact(row: &Row<'_>) -> Result<FactRow, StoreError> {
    let subject = row.text(0)?;
    Ok(FactRow {
        subject: subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))?,
        kind: row.text(1)?,
        source: row.text(2)?,
        digest: row.digest(3)?,
        collected_at: row.time(4)?,
        entry: row.int(5)?,
        body: row.bytes(6)?,
    })
}

/// The current facts about a subject, by kind and source.
pub fn fact_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
) -> Result<Vec<FactRow>, StoreError> {
    tx.query(
        &format!("{FACT} WHERE f.organisation = $1 AND f.subject = $2 ORDER BY f.kind, f.source"),
        params![organisation, subject.to_string()],
        fact,
    )
}

/// The current fact of one kind from one source, if there is one.
pub fn fact_one(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    kind: &str,
    source: &str,
) -> Result<Option<FactRow>, StoreError> {
    tx.query_opt(
        &format!(
            "{FACT} WHERE f.organisation = $1 AND f.subject = $2 AND f.kind = $3 AND f.source = $4"
        ),
        params![organisation, subject.to_string(), kind, source],
        fact,
    )
}

/// A current fact without its body.
#[derive(Debug, Clone)]
pub struct FactMark {
    /// Its kind.
    pub kind: String,
    /// The digest of its body.
    pub digest: Digest,
    /// How many bytes its body has.
    pub body_bytes: i64,
}

/// A source's current facts about a subject without their bodies, by kind.
pub fn fact_marks(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    source: &str,
) -> Result<Vec<FactMark>, StoreError> {
    tx.query(
        "SELECT f.kind, f.digest, CAST(LENGTH(b.body) AS BIGINT) FROM fact f \
         JOIN fact_body b ON b.organisation = f.organisation AND b.digest = f.digest \
         WHERE f.organisation = $1 AND f.subject = $2 AND f.source = $3 ORDER BY f.kind",
        params![organisation, subject.to_string(), source],
        |row| Ok(FactMark { kind: row.text(0)?, digest: row.digest(1)?, body_bytes: row.int(2)? }),
    )
}

/// Whether a current fact was recorded by the entry at `index`.
pub fn fact_rests_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    index: i64,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM fact WHERE organisation = $1 AND entry = $2",
        params![organisation, index],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// Writes a fact: it replaces what the same source said of the same subject in the same kind.
pub fn fact_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    fact: &FactRow,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO fact_body (organisation, digest, body) VALUES ($1, $2, $3) \
         ON CONFLICT (organisation, digest) DO NOTHING",
        params![organisation, fact.digest, fact.body.as_slice()],
    )?;
    tx.execute(
        "INSERT INTO fact (organisation, subject, kind, source, digest, collected_at, recorded_at, entry) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (organisation, subject, kind, source) DO UPDATE SET digest = excluded.digest, \
         collected_at = excluded.collected_at, recorded_at = excluded.recorded_at, entry = excluded.entry",
        params![
            organisation,
            fact.subject.to_string(),
            fact.kind.as_str(),
            fact.source.as_str(),
            fact.digest,
            fact.collected_at,
            now,
            fact.entry
        ],
    )?;
    Ok(())
}

/// Removes a fact that its source no longer states; the body stays for the past.
pub fn fact_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    kind: &str,
    source: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM fact WHERE organisation = $1 AND subject = $2 AND kind = $3 AND source = $4",
        params![organisation, subject.to_string(), kind, source],
    )?;
    Ok(())
}

/// The body with this digest.
pub fn fact_body(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    digest: Digest,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(
        "SELECT body FROM fact_body WHERE organisation = $1 AND digest = $2",
        params![organisation, digest],
        |row| row.bytes(0),
    )
}

/// Erases the body with this digest if no current fact has it.
pub fn fact_body_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    digest: Digest,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM fact_body WHERE organisation = $1 AND digest = $2 \
         AND NOT EXISTS (SELECT 1 FROM fact WHERE organisation = $1 AND digest = $2)",
        params![organisation, digest],
    )?;
    Ok(())
}

/// Says when a subject must be derived again though nothing is written; `None` for never.
pub fn derivation_due_set(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    due_at: Option<Time>,
) -> Result<(), StoreError> {
    match due_at {
        Some(due_at) => tx.execute(
            "INSERT INTO derivation_due (organisation, subject, due_at) VALUES ($1, $2, $3) \
             ON CONFLICT (organisation, subject) DO UPDATE SET due_at = excluded.due_at",
            params![organisation, subject.to_string(), due_at],
        )?,
        None => tx.execute(
            "DELETE FROM derivation_due WHERE organisation = $1 AND subject = $2",
            params![organisation, subject.to_string()],
        )?,
    };
    Ok(())
}

/// Subjects that must be derived again at `now`.
pub fn derivation_due(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<(Id<Organisation>, Subject)>, StoreError> {
    tx.query(
        "SELECT organisation, subject FROM derivation_due WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
        params![now, limit],
        |row| {
            let subject = row.text(1)?;
            Ok((row.id(0)?, subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))?))
        },
    )
}

/// When a subject must be derived again, if ever.
pub fn derivation_due_at(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
) -> Result<Option<Time>, StoreError> {
    tx.query_opt(
        "SELECT due_at FROM derivation_due WHERE organisation = $1 AND subject = $2",
        params![organisation, subject.to_string()],
        |row| row.time(0),
    )
}
