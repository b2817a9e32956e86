//! Reading the ledger, erasing what may be erased, and how far the tree is built.
//!
//! Entries are written by [`Tx::record`] alone. Tiles, signatures and proofs are made elsewhere:
//! here are only the leaves and the head.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    entry::{self, Log},
    id::{Entry, Id},
};

/// An entry, with the names behind its pseudonyms where they are not erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its number in the log.
    pub index: i64,
    /// Its id.
    pub id: Id<Entry>,
    /// When it was recorded.
    pub at: Time,
    /// What happened.
    pub kind: String,
    /// Who did it, as the log shows it.
    pub actor: String,
    /// Who that is; none if erased.
    pub actor_name: Option<String>,
    /// What it is about, as the log shows it.
    pub subject: String,
    /// What that is; none if erased.
    pub subject_name: Option<String>,
    /// The leaf.
    pub envelope: Vec<u8>,
    /// Its body was erased.
    pub is_erased: bool,
}

const ENTRY: &str = "SELECT e.idx, e.id, e.at, e.kind, e.actor, a.name, e.subject, s.name, e.envelope, x.idx \
    FROM entry e \
    LEFT JOIN pseudonym a ON a.log = e.log AND a.pseudonym = e.actor \
    LEFT JOIN pseudonym s ON s.log = e.log AND s.pseudonym = e.subject \
    LEFT JOIN entry_erasure x ON x.log = e.log AND x.idx = e.idx";

fn entry(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        index: row.int(0)?,
        id: row.id(1)?,
        at: row.time(2)?,
        kind: row.text(3)?,
        actor: row.text(4)?,
        actor_name: row.text_opt(5)?,
        subject: row.text(6)?,
        subject_name: row.text_opt(7)?,
        envelope: row.bytes(8)?,
        is_erased: row.int_opt(9)?.is_some(),
    })
}

/// Which entries a page shows.
#[derive(Debug, Clone, Copy)]
pub struct Page<'p> {
    /// Only entries before this number; all if none.
    pub before: Option<i64>,
    /// Only entries of this kind.
    pub kind: Option<&'p str>,
    /// How many at most.
    pub limit: i64,
}

/// A page of a log, newest first.
pub fn entry_page(tx: &mut Tx<'_>, log: Log, page: Page<'_>) -> Result<Vec<EntryRow>, StoreError> {
    let before = page.before.unwrap_or(i64::MAX);
    match page.kind {
        None => tx.query(
            &format!("{ENTRY} WHERE e.log = $1 AND e.idx < $2 ORDER BY e.idx DESC LIMIT $3"),
            params![log, before, page.limit],
            entry,
        ),
        Some(kind) => tx.query(
            &format!(
                "{ENTRY} WHERE e.log = $1 AND e.kind = $2 AND e.idx < $3 \
                 ORDER BY e.idx DESC LIMIT $4"
            ),
            params![log, kind, before, page.limit],
            entry,
        ),
    }
}

/// The entry with this number.
pub fn entry_at(tx: &mut Tx<'_>, log: Log, index: i64) -> Result<Option<EntryRow>, StoreError> {
    tx.query_opt(&format!("{ENTRY} WHERE e.log = $1 AND e.idx = $2"), params![log, index], entry)
}

/// The entries about a subject that still has its name, newest first.
pub fn entries_of_subject(
    tx: &mut Tx<'_>,
    log: Log,
    name: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    let pseudonym = tx.query_opt(
        "SELECT pseudonym FROM pseudonym WHERE log = $1 AND name = $2",
        params![log, name],
        |row| row.text(0),
    )?;
    let Some(pseudonym) = pseudonym else { return Ok(Vec::new()) };
    tx.query(
        &format!(
            "{ENTRY} WHERE e.log = $1 AND e.subject = $2 AND e.idx < $3 \
             ORDER BY e.idx DESC LIMIT $4"
        ),
        params![log, pseudonym, before.unwrap_or(i64::MAX), limit],
        entry,
    )
}

/// How many entries of a kind follow the one at `index`.
pub fn entries_after(tx: &mut Tx<'_>, log: Log, kind: &str, index: i64) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM entry WHERE log = $1 AND kind = $2 AND idx > $3",
        params![log, kind, index],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Whether an entry of the same kind about the same subject follows the one at `index`.
pub fn is_followed(tx: &mut Tx<'_>, log: Log, index: i64) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM entry one JOIN entry later \
         ON later.log = one.log AND later.subject = one.subject AND later.idx > one.idx \
         AND later.kind = one.kind WHERE one.log = $1 AND one.idx = $2",
        params![log, index],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// Leaves from number `from` on, in order, at most `limit`: what the tree is built from.
pub fn entries_from(
    tx: &mut Tx<'_>,
    log: Log,
    from: i64,
    limit: i64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let rows = tx.query(
        "SELECT idx, envelope FROM entry WHERE log = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
        params![log, from, limit],
        |row| Ok((row.int(0)?, row.bytes(1)?)),
    )?;
    rows.into_iter()
        .zip(from..)
        .map(|((index, envelope), wanted)| {
            if index == wanted {
                Ok(envelope)
            } else {
                Err(StoreError::corrupt("the next entry of the log", &format!("{log} {index}")))
            }
        })
        .collect()
}

/// What the columns beside a leaf say of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryColumns {
    /// Its number in the log.
    pub index: i64,
    /// Its id.
    pub id: Id<Entry>,
    /// When it was recorded.
    pub at: Time,
    /// What happened.
    pub kind: String,
    /// Who did it, as the log shows it.
    pub actor: String,
    /// What it is about, as the log shows it.
    pub subject: String,
}

/// The columns of entries from number `from` on, in order, at most `limit`.
pub fn entry_columns_from(
    tx: &mut Tx<'_>,
    log: Log,
    from: i64,
    limit: i64,
) -> Result<Vec<EntryColumns>, StoreError> {
    tx.query(
        "SELECT idx, id, at, kind, actor, subject FROM entry WHERE log = $1 AND idx >= $2 \
         ORDER BY idx LIMIT $3",
        params![log, from, limit],
        |row| {
            Ok(EntryColumns {
                index: row.int(0)?,
                id: row.id(1)?,
                at: row.time(2)?,
                kind: row.text(3)?,
                actor: row.text(4)?,
                subject: row.text(5)?,
            })
        },
    )
}

/// How many entries a log has; none if it has not begun.
pub fn entry_count(tx: &mut Tx<'_>, log: Log) -> Result<i64, StoreError> {
    let next =
        tx.query_opt("SELECT next_index FROM log WHERE log = $1", params![log], |row| row.int(0))?;
    Ok(next.unwrap_or(0))
}

/// Whether everything in this installation is invented, as the first entry of its own log says.
pub fn is_demonstration(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT COUNT(*) FROM entry WHERE log = $1 AND idx = 0 AND kind = $2",
        params![Log::Installation, entry::DEMONSTRATION],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0) > 0)
}

/// Every log that has begun, in order of its name.
pub fn log_list(tx: &mut Tx<'_>) -> Result<Vec<Log>, StoreError> {
    tx.query("SELECT log FROM log ORDER BY log", params![], |row| {
        let text = row.text_ref(0)?;
        text.parse().map_err(|_| StoreError::corrupt("a log", text))
    })
}

/// The present time in a log: not before its last entry, as for units that write to it.
pub fn time_in(tx: &mut Tx<'_>, log: Log) -> Result<Time, StoreError> {
    let last_at =
        tx.query_opt("SELECT last_at FROM log WHERE log = $1", params![log.to_string()], |row| {
            row.time(0)
        })?;
    if let Some(last_at) = last_at {
        tx.not_before(last_at);
    }
    Ok(tx.now())
}

/// What a log is called in its checkpoints; none if it has not begun.
pub fn log_origin(tx: &mut Tx<'_>, log: Log) -> Result<Option<String>, StoreError> {
    tx.query_opt("SELECT origin FROM log WHERE log = $1", params![log], |row| row.text(0))
}

/// What an envelope commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBody {
    /// The salt of the commitment.
    pub salt: [u8; 32],
    /// Canonical JSON.
    pub body: Vec<u8>,
}

/// The body of an entry; none if it was erased or there is no such entry.
pub fn entry_body_at(
    tx: &mut Tx<'_>,
    log: Log,
    index: i64,
) -> Result<Option<EntryBody>, StoreError> {
    tx.query_opt(
        "SELECT salt, body FROM entry_body WHERE log = $1 AND idx = $2",
        params![log, index],
        |row| Ok(EntryBody { salt: row.bytes_n(0)?, body: row.bytes(1)? }),
    )
}

/// Erases the body and salt of an entry and leaves a tombstone; false if there is none to erase.
/// The tree still verifies. The caller records why.
pub fn erase_body(tx: &mut Tx<'_>, log: Log, index: i64) -> Result<bool, StoreError> {
    tx.lock(log)?;
    let now = tx.now();
    let rows =
        tx.execute("DELETE FROM entry_body WHERE log = $1 AND idx = $2", params![log, index])?;
    if rows == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO entry_erasure (log, idx, erased_at) VALUES ($1, $2, $3)",
        params![log, index, now],
    )?;
    Ok(true)
}

/// How many bodies of a log were erased.
pub fn erasure_count(tx: &mut Tx<'_>, log: Log) -> Result<i64, StoreError> {
    let count =
        tx.query_opt("SELECT COUNT(*) FROM entry_erasure WHERE log = $1", params![log], |row| {
            row.int(0)
        })?;
    Ok(count.unwrap_or(0))
}

/// The erased entries of a log from number `from` on, in order, at most `limit`, with the time of
/// erasure.
pub fn erasure_list(
    tx: &mut Tx<'_>,
    log: Log,
    from: i64,
    limit: i64,
) -> Result<Vec<(i64, Time)>, StoreError> {
    tx.query(
        "SELECT idx, erased_at FROM entry_erasure WHERE log = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
        params![log, from, limit],
        |row| Ok((row.int(0)?, row.time(1)?)),
    )
}

/// Forgets who or what `name` is in a log; false if the log does not know it. Entries keep the
/// pseudonym, which from here on means nothing; should the name come again, it gets another one.
/// The caller records why, about something else.
pub fn erase_pseudonym(tx: &mut Tx<'_>, log: Log, name: &str) -> Result<bool, StoreError> {
    tx.forget_name(log, name)
}

/// The name behind a pseudonym of a log; none if it was erased or never was.
pub fn pseudonym_name(
    tx: &mut Tx<'_>,
    log: Log,
    pseudonym: &str,
) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT name FROM pseudonym WHERE log = $1 AND pseudonym = $2",
        params![log, pseudonym],
        |row| row.text(0),
    )
}

/// The pseudonym of a name in a log; none if the log never named it or it was erased.
pub fn pseudonym_of(tx: &mut Tx<'_>, log: Log, name: &str) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT pseudonym FROM pseudonym WHERE log = $1 AND name = $2",
        params![log, name],
        |row| row.text(0),
    )
}

/// How far the tree of a log is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHead {
    /// How many leaves it has.
    pub size: i64,
    /// Its root.
    pub root: Digest,
    /// The roots of its full subtrees, largest first, 32 bytes each: what building on needs.
    pub frontier: Vec<u8>,
    /// When it was committed.
    pub committed_at: Time,
}

/// The head of a log's tree; none if nothing is built yet.
pub fn ledger_head(tx: &mut Tx<'_>, log: Log) -> Result<Option<LedgerHead>, StoreError> {
    tx.query_opt(
        "SELECT size, root, frontier, committed_at FROM ledger_head WHERE log = $1",
        params![log],
        |row| {
            Ok(LedgerHead {
                size: row.int(0)?,
                root: row.digest(1)?,
                frontier: row.bytes(2)?,
                committed_at: row.time(3)?,
            })
        },
    )
}

/// Moves the head from `size` leaves (0 if nothing was built) to `head`, under a lock on its row;
/// false, and nothing changed, if another server was faster: its tiles hold the same bytes. The
/// head's own time is not read.
pub fn ledger_head_commit(
    tx: &mut Tx<'_>,
    log: Log,
    size: i64,
    head: &LedgerHead,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let moved = tx.execute(
        "UPDATE ledger_head SET size = $3, root = $4, frontier = $5, committed_at = $6 \
         WHERE log = $1 AND size = $2",
        params![log, size, head.size, head.root, head.frontier.as_slice(), now],
    )?;
    if moved == 0 && size == 0 {
        let begun = tx.execute(
            "INSERT INTO ledger_head (log, size, root, frontier, committed_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (log) DO NOTHING",
            params![log, head.size, head.root, head.frontier.as_slice(), now],
        )?;
        return Ok(begun == 1);
    }
    Ok(moved == 1)
}
