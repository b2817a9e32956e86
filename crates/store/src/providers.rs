//! Signing in by a provider: which one, as whom it knows accounts, and the browsers that are on their way.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Time,
    id::{Account, Id, Identity, Session},
};

/// The provider of the installation.
#[derive(Debug, Clone)]
pub struct ProviderRow {
    /// What people call it.
    pub name: String,
    /// What it calls itself: its address.
    pub issuer: String,
    /// What this program is called there.
    pub client: String,
    /// The program's secret, sealed.
    pub secret_sealed: Vec<u8>,
    /// Whose word a second factor is: `provider` or `here`.
    pub factor: String,
    /// The levels that show one, with blanks between.
    pub levels: String,
    /// What it said of itself when it was set, as JSON.
    pub said: String,
    /// When it was set.
    pub changed_at: Time,
}

/// The provider, where one was set.
pub fn provider(tx: &mut Tx<'_>) -> Result<Option<ProviderRow>, StoreError> {
    tx.query_opt(
        "SELECT name, issuer, client, secret_sealed, factor, levels, said, changed_at \
         FROM provider WHERE id = 1",
        params![],
        |row| {
            Ok(ProviderRow {
                name: row.text(0)?,
                issuer: row.text(1)?,
                client: row.text(2)?,
                secret_sealed: row.bytes(3)?,
                factor: row.text(4)?,
                levels: row.text(5)?,
                said: row.text(6)?,
                changed_at: row.time(7)?,
            })
        },
    )
}

/// Sets the provider.
pub fn provider_put(tx: &mut Tx<'_>, row: &ProviderRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO provider (id, name, issuer, client, secret_sealed, factor, levels, said, changed_at) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, issuer = excluded.issuer, \
         client = excluded.client, secret_sealed = excluded.secret_sealed, \
         factor = excluded.factor, levels = excluded.levels, said = excluded.said, \
         changed_at = excluded.changed_at",
        params![
            row.name.as_str(),
            row.issuer.as_str(),
            row.client.as_str(),
            row.secret_sealed.as_slice(),
            row.factor.as_str(),
            row.levels.as_str(),
            row.said.as_str(),
            row.changed_at
        ],
    )?;
    Ok(())
}

/// Takes the provider out; false if there was none.
pub fn provider_delete(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM provider WHERE id = 1", params![])? == 1)
}

/// As whom a provider knows an account.
#[derive(Debug, Clone)]
pub struct IdentityRow {
    /// Its id.
    pub id: Id<Identity>,
    /// Which provider.
    pub issuer: String,
    /// Its own name for somebody.
    pub subject: String,
    /// Whose account it is here.
    pub account: Id<Account>,
    /// The address that the provider told then; empty where it told none.
    pub email: String,
    /// Since when they are linked.
    pub linked_at: Time,
    /// When somebody last signed in by it.
    pub used_at: Option<Time>,
    /// When the provider last said that a second factor was shown.
    pub factor_at: Option<Time>,
}

const IDENTITY: &str =
    "SELECT id, issuer, subject, account, email, linked_at, used_at, factor_at FROM identity";

fn identity(row: &Row<'_>) -> Result<IdentityRow, StoreError> {
    Ok(IdentityRow {
        id: row.id(0)?,
        issuer: row.text(1)?,
        subject: row.text(2)?,
        account: row.id(3)?,
        email: row.text(4)?,
        linked_at: row.time(5)?,
        used_at: row.time_opt(6)?,
        factor_at: row.time_opt(7)?,
    })
}

/// Whom a provider names so.
pub fn identity_by_subject(
    tx: &mut Tx<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<IdentityRow>, StoreError> {
    tx.query_opt(
        &format!("{IDENTITY} WHERE issuer = $1 AND subject = $2"),
        params![issuer, subject],
        identity,
    )
}

/// As whom providers know an account, oldest first.
pub fn identity_list(
    tx: &mut Tx<'_>,
    account: Id<Account>,
) -> Result<Vec<IdentityRow>, StoreError> {
    tx.query(&format!("{IDENTITY} WHERE account = $1 ORDER BY id"), params![account], identity)
}

/// How many accounts a provider knows.
pub fn identity_count(tx: &mut Tx<'_>, issuer: &str) -> Result<i64, StoreError> {
    let count =
        tx.query_opt("SELECT COUNT(*) FROM identity WHERE issuer = $1", params![issuer], |row| {
            row.int(0)
        })?;
    Ok(count.unwrap_or(0))
}

/// Links an account; false if the provider's name is linked already.
pub fn identity_insert(tx: &mut Tx<'_>, row: &IdentityRow) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "INSERT INTO identity (id, issuer, subject, account, email, linked_at, used_at, factor_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (issuer, subject) DO NOTHING",
        params![
            row.id,
            row.issuer.as_str(),
            row.subject.as_str(),
            row.account,
            row.email.as_str(),
            row.linked_at,
            row.used_at,
            row.factor_at
        ],
    )?;
    Ok(rows == 1)
}

/// Somebody signed in by it now.
pub fn identity_use(tx: &mut Tx<'_>, id: Id<Identity>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("UPDATE identity SET used_at = $2 WHERE id = $1", params![id, now])?;
    Ok(())
}

/// The provider said that a second factor was shown.
pub fn identity_factor_shown(tx: &mut Tx<'_>, id: Id<Identity>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("UPDATE identity SET factor_at = $2 WHERE id = $1", params![id, now])?;
    Ok(())
}

/// Ends a link of an account; false if there is none such.
pub fn identity_delete(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    id: Id<Identity>,
) -> Result<bool, StoreError> {
    let rows =
        tx.execute("DELETE FROM identity WHERE account = $1 AND id = $2", params![account, id])?;
    Ok(rows == 1)
}

/// A browser that was sent to the provider.
#[derive(Debug, Clone)]
pub struct ErrandRow {
    /// By what it is known again.
    pub state: Digest,
    /// The secret that its cookie holds.
    pub browser: Digest,
    /// What the token must say, and the secret to which its code is bound, sealed.
    pub sealed: Vec<u8>,
    /// To which provider.
    pub issuer: String,
    /// As which program.
    pub client: String,
    /// What for, in a word.
    pub purpose: String,
    /// The session that asked.
    pub session: Option<Id<Session>>,
    /// The invitation that is to be used.
    pub invitation: Option<Digest>,
    /// The word for where it goes on.
    pub onward: String,
    /// When it was sent.
    pub begun_at: Time,
}

/// Writes down that a browser is sent.
pub fn errand_insert(tx: &mut Tx<'_>, row: &ErrandRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO provider_errand (state_digest, browser_digest, sealed, issuer, client, purpose, session, invitation_digest, onward, begun_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            row.state,
            row.browser,
            row.sealed.as_slice(),
            row.issuer.as_str(),
            row.client.as_str(),
            row.purpose.as_str(),
            row.session,
            row.invitation,
            row.onward.as_str(),
            row.begun_at
        ],
    )?;
    Ok(())
}

/// The browser that is known by this, and was sent with this secret. It is on its way no more.
pub fn errand_take(
    tx: &mut Tx<'_>,
    state: Digest,
    browser: Digest,
) -> Result<Option<ErrandRow>, StoreError> {
    let row = tx.query_opt(
        "SELECT state_digest, browser_digest, sealed, issuer, client, purpose, session, invitation_digest, onward, begun_at \
         FROM provider_errand WHERE state_digest = $1 AND browser_digest = $2",
        params![state, browser],
        |row| {
            Ok(ErrandRow {
                state: row.digest(0)?,
                browser: row.digest(1)?,
                sealed: row.bytes(2)?,
                issuer: row.text(3)?,
                client: row.text(4)?,
                purpose: row.text(5)?,
                session: row.id_opt(6)?,
                invitation: row.digest_opt(7)?,
                onward: row.text(8)?,
                begun_at: row.time(9)?,
            })
        },
    )?;
    // Of two that come at once, one takes it.
    let taken = tx.execute(
        "DELETE FROM provider_errand WHERE state_digest = $1 AND browser_digest = $2",
        params![state, browser],
    )?;
    Ok(row.filter(|_| taken == 1))
}

/// How many browsers are on their way.
pub fn errand_count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let count =
        tx.query_opt("SELECT COUNT(*) FROM provider_errand", params![], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

/// Forgets the browsers that were sent before `before`.
pub fn errand_sweep(tx: &mut Tx<'_>, before: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM provider_errand WHERE begun_at < $1", params![before])
}
