//! Audit packs that were made, and the keys that sign the logs.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    entry::Log,
    id::{Id, Organisation, Pack},
};

/// A pack.
#[derive(Debug, Clone)]
pub struct PackRow {
    /// Its id.
    pub id: Id<Pack>,
    /// The period it covers.
    pub period_from: Time,
    /// Its end.
    pub period_to: Time,
    /// The digest of its manifest.
    pub manifest_digest: Digest,
    /// The framework that it is about; none of one that was made before there was a choice.
    pub framework: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Time,
    /// The entry that commits to the manifest.
    pub entry: i64,
    /// The controls to which it is limited; none if it holds all.
    pub controls: Vec<String>,
    /// The age recipients to whom the file is encrypted; none if it is not encrypted.
    pub recipients: Vec<String>,
    /// Nobody is named in it.
    pub without_names: bool,
    /// The finished file's digest and size; none while it is being written.
    pub file: Option<(Digest, i64)>,
}

const PACK: &str = "SELECT p.id, p.period_from, p.period_to, p.manifest_digest, p.made_by, p.made_at, p.entry, \
    f.digest, f.size_bytes, p.recipients, p.controls, p.framework, p.without_names FROM pack p LEFT JOIN pack_file f \
    ON f.pack = p.id";

fn pack(row: &Row<'_>) -> Result<PackRow, StoreError> {
    let file = match (row.digest_opt(7)?, row.int_opt(8)?) {
        (Some(digest), Some(size)) => Some((digest, size)),
        _ => None,
    };
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
    Ok(PackRow {
        id: row.id(0)?,
        period_from: row.time(1)?,
        period_to: row.time(2)?,
        manifest_digest: row.digest(3)?,
        framework: row.text_opt(11)?,
        made_by: row.text(4)?,
        made_at: row.time(5)?,
        entry: row.int(6)?,
        controls: words(row.text(10)?),
        recipients: words(row.text(9)?),
        without_names: row.bool(12)?,
        file,
    })
}

/// The packs of an organisation, newest first.
pub fn pack_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<PackRow>, StoreError> {
    tx.query(
        &format!("{PACK} WHERE p.organisation = $1 ORDER BY p.id DESC LIMIT $2"),
        params![organisation, limit],
        pack,
    )
}

/// The pack with this id.
pub fn pack_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Pack>,
) -> Result<Option<PackRow>, StoreError> {
    tx.query_opt(
        &format!("{PACK} WHERE p.organisation = $1 AND p.id = $2"),
        params![organisation, id],
        pack,
    )
}

/// Adds a pack. The row's `file` is not read.
pub fn pack_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    pack: &PackRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pack (id, organisation, period_from, period_to, manifest_digest, made_by, made_at, entry, \
          recipients, controls, framework, without_names) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            pack.id,
            organisation,
            pack.period_from,
            pack.period_to,
            pack.manifest_digest,
            pack.made_by.as_str(),
            pack.made_at,
            pack.entry,
            pack.recipients.join(" "),
            pack.controls.join(" "),
            pack.framework.as_deref(),
            pack.without_names
        ],
    )?;
    Ok(())
}

/// The pack's file is finished.
pub fn pack_file_put(
    tx: &mut Tx<'_>,
    pack: Id<Pack>,
    digest: Digest,
    size_bytes: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pack_file (pack, digest, size_bytes) VALUES ($1, $2, $3) ON CONFLICT (pack) DO NOTHING",
        params![pack, digest, size_bytes],
    )?;
    Ok(())
}

/// The key that signs a log: its name in notes, and its sealed seed.
pub fn ledger_key(tx: &mut Tx<'_>, log: Log) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    tx.query_opt(
        "SELECT name, seed_sealed FROM ledger_key WHERE log = $1",
        params![log.to_string()],
        |row| Ok((row.text(0)?, row.bytes(1)?)),
    )
}

/// Gives a log its key.
pub fn ledger_key_insert(
    tx: &mut Tx<'_>,
    log: Log,
    name: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO ledger_key (log, name, seed_sealed, created_at) VALUES ($1, $2, $3, $4)",
        params![log.to_string(), name, sealed, now],
    )?;
    Ok(())
}
