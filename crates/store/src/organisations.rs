//! Organisations, their facilities, and the tokens of programs. Who belongs stands in
//! [`crate::people`].

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Actions, Digest, Time,
    id::{Account, ApiToken, Facility, Id, Organisation},
};

/// An organisation.
#[derive(Debug, Clone)]
pub struct OrganisationRow {
    /// Its id.
    pub id: Id<Organisation>,
    /// Its name.
    pub name: String,
    /// When it was set up: its record begins there.
    pub created_at: Time,
}

const ORGANISATION: &str = "SELECT id, name, created_at FROM organisation";

fn organisation(row: &Row<'_>) -> Result<OrganisationRow, StoreError> {
    Ok(OrganisationRow { id: row.id(0)?, name: row.text(1)?, created_at: row.time(2)? })
}

/// Every organisation, oldest first.
pub fn organisation_list(tx: &mut Tx<'_>) -> Result<Vec<OrganisationRow>, StoreError> {
    tx.query(&format!("{ORGANISATION} ORDER BY id"), params![], organisation)
}

/// The organisation with this id.
pub fn organisation_by_id(
    tx: &mut Tx<'_>,
    id: Id<Organisation>,
) -> Result<Option<OrganisationRow>, StoreError> {
    tx.query_opt(&format!("{ORGANISATION} WHERE id = $1"), params![id], organisation)
}

/// Adds an organisation.
pub fn organisation_insert(
    tx: &mut Tx<'_>,
    id: Id<Organisation>,
    name: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)",
        params![id, name, now],
    )?;
    Ok(())
}

/// Renames an organisation.
pub fn organisation_rename(
    tx: &mut Tx<'_>,
    id: Id<Organisation>,
    name: &str,
) -> Result<(), StoreError> {
    tx.execute("UPDATE organisation SET name = $2 WHERE id = $1", params![id, name])?;
    Ok(())
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityRow {
    /// Its id.
    pub id: Id<Facility>,
    /// Its name.
    pub name: String,
    /// Its address, in lines.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
}

/// The sites of an organisation, oldest first.
pub fn facility_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<FacilityRow>, StoreError> {
    tx.query(
        "SELECT id, name, address, country, time_zone FROM facility WHERE organisation = $1 ORDER BY id",
        params![organisation],
        |row| {
            Ok(FacilityRow {
                id: row.id(0)?,
                name: row.text(1)?,
                address: row.text(2)?,
                country: row.text(3)?,
                time_zone: row.text(4)?,
            })
        },
    )
}

/// Adds a site, or writes what changed about it.
pub fn facility_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    facility: &FacilityRow,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO facility (id, organisation, name, address, country, time_zone, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, \
         country = excluded.country, time_zone = excluded.time_zone, changed_at = excluded.changed_at",
        params![
            facility.id,
            organisation,
            facility.name.as_str(),
            facility.address.as_str(),
            facility.country.as_str(),
            facility.time_zone.as_str(),
            now
        ],
    )?;
    Ok(())
}

/// A program's token; the token itself is never stored.
#[derive(Debug, Clone)]
pub struct ApiTokenRow {
    /// Its id.
    pub id: Id<ApiToken>,
    /// Where it acts.
    pub organisation: Id<Organisation>,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Actions,
    /// The name of who made it.
    pub created_by: String,
    /// The account of who made it, or of whom the token was that did; none where an operator did.
    pub account: Option<Id<Account>>,
    /// The token that made it, which takes it along when it is revoked.
    pub parent: Option<Id<ApiToken>>,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub expires_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

const API_TOKEN: &str = "SELECT id, organisation, name, scopes, created_by, created_at, expires_at, revoked_at, account, parent FROM api_token";

fn scopes(row: &Row<'_>, column: usize) -> Result<Actions, StoreError> {
    let text = row.text(column)?;
    text.parse().map_err(|_| StoreError::corrupt("scopes", &text))
}

fn api_token(row: &Row<'_>) -> Result<ApiTokenRow, StoreError> {
    Ok(ApiTokenRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        name: row.text(2)?,
        scopes: scopes(row, 3)?,
        created_by: row.text(4)?,
        created_at: row.time(5)?,
        expires_at: row.time(6)?,
        revoked_at: row.time_opt(7)?,
        account: row.id_opt(8)?,
        parent: row.id_opt(9)?,
    })
}

/// Adds a token. The row's `revoked_at` is not read.
pub fn api_token_insert(
    tx: &mut Tx<'_>,
    token: &ApiTokenRow,
    digest: Digest,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO api_token (id, organisation, name, token_digest, scopes, created_by, created_at, expires_at, account, parent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            token.id,
            token.organisation,
            token.name.as_str(),
            digest,
            token.scopes,
            token.created_by.as_str(),
            token.created_at,
            token.expires_at,
            token.account,
            token.parent
        ],
    )?;
    Ok(())
}

/// The token with this digest.
pub fn api_token_by_digest(
    tx: &mut Tx<'_>,
    digest: Digest,
) -> Result<Option<ApiTokenRow>, StoreError> {
    tx.query_opt(&format!("{API_TOKEN} WHERE token_digest = $1"), params![digest], api_token)
}

/// The token with this id.
pub fn api_token_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<ApiToken>,
) -> Result<Option<ApiTokenRow>, StoreError> {
    tx.query_opt(
        &format!("{API_TOKEN} WHERE organisation = $1 AND id = $2"),
        params![organisation, id],
        api_token,
    )
}

/// The tokens of an organisation, oldest first.
pub fn api_token_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<ApiTokenRow>, StoreError> {
    tx.query(
        &format!("{API_TOKEN} WHERE organisation = $1 ORDER BY id"),
        params![organisation],
        api_token,
    )
}

/// Takes back all tokens in force of an account in an organisation, and says which.
pub fn api_token_revoke_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    account: Id<Account>,
) -> Result<Vec<Id<ApiToken>>, StoreError> {
    let now = tx.now();
    let tokens = tx.query(
        "SELECT id FROM api_token \
         WHERE organisation = $1 AND account = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id",
        params![organisation, account, now],
        |row| row.id(0),
    )?;
    for token in &tokens {
        api_token_revoke(tx, organisation, *token)?;
    }
    Ok(tokens)
}

/// The tokens that a token made, and those that they made, each after the one that made it.
pub fn api_token_descendants(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<ApiToken>,
) -> Result<Vec<ApiTokenRow>, StoreError> {
    let (mut found, mut next) = (Vec::<ApiTokenRow>::new(), Some(id));
    let mut seen = 0;
    while let Some(parent) = next {
        let children = tx.query(
            &format!("{API_TOKEN} WHERE organisation = $1 AND parent = $2 ORDER BY id"),
            params![organisation, parent],
            api_token,
        )?;
        found.extend(children);
        next = found.get(seen).map(|row| row.id);
        seen += 1;
    }
    Ok(found)
}

/// Takes a token back; false if there is none such in force.
pub fn api_token_revoke(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<ApiToken>,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE api_token SET revoked_at = $3 WHERE organisation = $1 AND id = $2 AND revoked_at IS NULL",
        params![organisation, id, now],
    )?;
    Ok(rows == 1)
}

/// The status of a key that was claimed and has no answer yet.
pub const IDEMPOTENCY_PENDING: i64 = 0;

/// What is known of a request under an idempotency key.
#[derive(Debug, Clone)]
pub struct IdempotencyRow {
    /// The digest of the request.
    pub request_digest: Digest,
    /// The HTTP status of the answer, or [`IDEMPOTENCY_PENDING`].
    pub status: i64,
    /// The body of the answer; of a claim without one yet, the run of the server that took it.
    pub answer: Vec<u8>,
    /// When the key was claimed.
    pub since: Time,
}

/// Claims a key of this actor for a request done by this `run` of a server; what is known under it
/// if it was claimed before.
pub fn idempotency_claim(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    request_digest: Digest,
    run: &[u8],
) -> Result<Option<IdempotencyRow>, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO idempotency (actor, key, request_digest, status, answer, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (actor, key) DO NOTHING",
        params![actor, key, request_digest, IDEMPOTENCY_PENDING, run, now],
    )?;
    if rows == 1 {
        return Ok(None);
    }
    let known = tx.query_opt(
        "SELECT request_digest, status, answer, created_at FROM idempotency WHERE actor = $1 AND key = $2",
        params![actor, key],
        |row| {
            Ok(IdempotencyRow {
                request_digest: row.digest(0)?,
                status: row.int(1)?,
                answer: row.bytes(2)?,
                since: row.time(3)?,
            })
        },
    )?;
    // Forgotten or set free between the two statements: nothing was claimed, and nothing is known.
    known.map(Some).ok_or(StoreError::Busy)
}

/// Keeps the answer under a claimed key.
pub fn idempotency_complete(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    request_digest: Digest,
    status: i64,
    answer: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE idempotency SET request_digest = $3, status = $4, answer = $5 \
         WHERE actor = $1 AND key = $2",
        params![actor, key, request_digest, status, answer],
    )?;
    Ok(())
}

/// Sets a claimed key free; an answer stays.
pub fn idempotency_release(tx: &mut Tx<'_>, actor: &str, key: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND status = $3",
        params![actor, key, IDEMPOTENCY_PENDING],
    )?;
    Ok(())
}

/// Forgets answers kept before `before`.
pub fn idempotency_sweep(tx: &mut Tx<'_>, before: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM idempotency WHERE created_at < $1", params![before])
}
