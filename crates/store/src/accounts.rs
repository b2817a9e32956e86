//! Accounts, their second factors and their sessions.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Digest, Duration, Time,
    id::{Account, Id, Organisation, Passkey, Session},
};

/// An account as it stands in the register.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Its id.
    pub id: Id<Account>,
    /// The e-mail address, lower case.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The password's Argon2id hash in PHC form; empty where the account has none, because its person
    /// came by a provider.
    pub password_hash: String,
    /// The TOTP secret, sealed with the master key.
    pub totp_sealed: Option<Vec<u8>>,
    /// The last TOTP step that was used: no code opens twice.
    pub totp_last_step: i64,
    /// Since when it has a second factor.
    pub second_factor_at: Option<Time>,
    /// When the person said the recovery codes are kept.
    pub recovery_confirmed_at: Option<Time>,
}

const ACCOUNT: &str = "SELECT id, email, name, password_hash, totp_sealed, totp_last_step, second_factor_at, recovery_confirmed_at FROM account";

fn account(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.id(0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        password_hash: row.text(3)?,
        totp_sealed: row.bytes_opt(4)?,
        totp_last_step: row.int(5)?,
        second_factor_at: row.time_opt(6)?,
        recovery_confirmed_at: row.time_opt(7)?,
    })
}

/// How many accounts there are.
pub fn account_count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt("SELECT COUNT(*) FROM account", params![], |row| row.int(0))?.unwrap_or(0))
}

/// The account with this id.
pub fn account_by_id(tx: &mut Tx<'_>, id: Id<Account>) -> Result<Option<AccountRow>, StoreError> {
    tx.query_opt(&format!("{ACCOUNT} WHERE id = $1"), params![id], account)
}

/// The account with this e-mail address, in lower case.
pub fn account_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<AccountRow>, StoreError> {
    tx.query_opt(&format!("{ACCOUNT} WHERE email = $1"), params![email], account)
}

/// Adds an account without a second factor; false if the address is taken.
pub fn account_insert(
    tx: &mut Tx<'_>,
    id: Id<Account>,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "INSERT INTO account (id, email, name, password_hash, totp_last_step, created_at) \
         VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (email) DO NOTHING",
        params![id, email, name, password_hash, now],
    )?;
    Ok(rows == 1)
}

/// Deletes an account that belongs nowhere, with its sessions, passkeys, recovery codes and links to
/// providers.
pub fn account_delete(tx: &mut Tx<'_>, id: Id<Account>) -> Result<(), StoreError> {
    for table in ["session", "passkey", "recovery_code", "identity"] {
        tx.execute(&format!("DELETE FROM {table} WHERE account = $1"), params![id])?;
    }
    tx.execute("DELETE FROM account WHERE id = $1", params![id])?;
    Ok(())
}

/// Puts another password in the place of the one with this hash; false if that is not it any more.
pub fn account_set_password(
    tx: &mut Tx<'_>,
    id: Id<Account>,
    before: &str,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        params![id, before, password_hash],
    )?;
    Ok(rows == 1)
}

/// Sets or replaces the TOTP secret.
pub fn account_set_totp(tx: &mut Tx<'_>, id: Id<Account>, sealed: &[u8]) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE account SET totp_sealed = $2, totp_last_step = 0, \
         second_factor_at = COALESCE(second_factor_at, $3) WHERE id = $1",
        params![id, sealed, now],
    )?;
    Ok(())
}

/// Forgets the TOTP secret.
pub fn account_remove_totp(tx: &mut Tx<'_>, id: Id<Account>) -> Result<(), StoreError> {
    tx.execute("UPDATE account SET totp_sealed = NULL WHERE id = $1", params![id])?;
    Ok(())
}

/// Remembers the TOTP step that was just used; false if this or a later one was used before, or if
/// there is no secret any more.
pub fn account_use_totp_step(
    tx: &mut Tx<'_>,
    id: Id<Account>,
    step: i64,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "UPDATE account SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2 \
         AND totp_sealed IS NOT NULL",
        params![id, step],
    )?;
    Ok(rows == 1)
}

/// The person has seen and kept the recovery codes.
pub fn account_confirm_recovery(tx: &mut Tx<'_>, id: Id<Account>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("UPDATE account SET recovery_confirmed_at = $2 WHERE id = $1", params![id, now])?;
    Ok(())
}

/// A passkey of an account.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    /// Its id.
    pub id: Id<Passkey>,
    /// What the person calls it.
    pub name: String,
    /// The credential as the WebAuthn library serialises it.
    pub credential: String,
    /// When it was added.
    pub created_at: Time,
}

/// The passkeys of an account, oldest first.
pub fn passkey_list(tx: &mut Tx<'_>, account: Id<Account>) -> Result<Vec<PasskeyRow>, StoreError> {
    tx.query(
        "SELECT id, name, credential, created_at FROM passkey WHERE account = $1 ORDER BY id",
        params![account],
        |row| {
            Ok(PasskeyRow {
                id: row.id(0)?,
                name: row.text(1)?,
                credential: row.text(2)?,
                created_at: row.time(3)?,
            })
        },
    )
}

/// Adds a passkey; the account then has a second factor.
pub fn passkey_insert(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    id: Id<Passkey>,
    name: &str,
    credential: &str,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO passkey (id, account, name, credential, created_at) VALUES ($1, $2, $3, $4, $5)",
        params![id, account, name, credential, now],
    )?;
    tx.execute(
        "UPDATE account SET second_factor_at = COALESCE(second_factor_at, $2) WHERE id = $1",
        params![account, now],
    )?;
    Ok(())
}

/// Stores a credential whose counter moved on.
pub fn passkey_update(
    tx: &mut Tx<'_>,
    id: Id<Passkey>,
    credential: &str,
) -> Result<(), StoreError> {
    tx.execute("UPDATE passkey SET credential = $2 WHERE id = $1", params![id, credential])?;
    Ok(())
}

/// Removes a passkey of an account; false if there is none such.
pub fn passkey_delete(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    id: Id<Passkey>,
) -> Result<bool, StoreError> {
    let removed =
        tx.execute("DELETE FROM passkey WHERE account = $1 AND id = $2", params![account, id])?;
    Ok(removed == 1)
}

/// Replaces all recovery codes of an account.
pub fn recovery_code_replace(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    digests: &[Digest],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_code WHERE account = $1", params![account])?;
    for digest in digests {
        tx.execute(
            "INSERT INTO recovery_code (account, digest) VALUES ($1, $2)",
            params![account, *digest],
        )?;
    }
    Ok(())
}

/// Uses up a recovery code; false if there is none such or it was used.
pub fn recovery_code_use(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    digest: Digest,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND digest = $2 AND used_at IS NULL",
        params![account, digest, now],
    )?;
    Ok(rows == 1)
}

/// How many recovery codes are left.
pub fn recovery_code_count(tx: &mut Tx<'_>, account: Id<Account>) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL",
        params![account],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id, to end it by.
    pub id: Id<Session>,
    /// Whose.
    pub account: Id<Account>,
    /// `second_factor`, `enrolling` or `full`.
    pub stage: String,
    /// The pending WebAuthn and TOTP ceremonies, one a line.
    pub challenge: Option<String>,
    /// The browser by its own words.
    pub browser: String,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub seen_at: Time,
    /// When the second factor was last shown in it.
    pub factor_at: Option<Time>,
    /// Where it looks; none where nobody chose.
    pub organisation: Option<Id<Organisation>>,
}

const SESSION: &str = "SELECT id, account, stage, challenge, browser, created_at, seen_at, factor_at, organisation FROM session";

fn session(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.id(0)?,
        account: row.id(1)?,
        stage: row.text(2)?,
        challenge: row.text_opt(3)?,
        browser: row.text(4)?,
        created_at: row.time(5)?,
        seen_at: row.time(6)?,
        factor_at: row.time_opt(7)?,
        organisation: row.id_opt(8)?,
    })
}

/// Begins a session.
pub fn session_insert(
    tx: &mut Tx<'_>,
    token: Digest,
    account: Id<Account>,
    stage: &str,
    browser: &str,
    factor_at: Option<Time>,
) -> Result<Id<Session>, StoreError> {
    let now = tx.now();
    let shut = tx.query_opt(
        "SELECT MAX(signed_out_at) FROM membership WHERE account = $1",
        params![account],
        |row| row.time_opt(0),
    )?;
    // Organisations keep a time of their own: what begins after they signed somebody out began later.
    let after = shut.flatten().map_or(now, |until| until + Duration::from_millis(1));
    let began = now.max(after);
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO session (token_digest, id, account, stage, browser, created_at, seen_at, factor_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![token, id, account, stage, browser, began, now, factor_at],
    )?;
    Ok(id)
}

/// Lets a session look at an organisation; false if it ended.
pub fn session_set_organisation(
    tx: &mut Tx<'_>,
    token: Digest,
    organisation: Id<Organisation>,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "UPDATE session SET organisation = $2 WHERE token_digest = $1",
        params![token, organisation],
    )?;
    Ok(rows == 1)
}

/// Ends an account's sessions that look at an organisation; how many there were.
pub fn session_delete_in(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM session WHERE account = $1 AND organisation = $2",
        params![account, organisation],
    )
}

/// Ends all sessions of an account; how many there were.
pub fn session_delete_all(tx: &mut Tx<'_>, account: Id<Account>) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM session WHERE account = $1", params![account])
}

/// The second factor was shown in a session, which goes on under another token.
pub fn session_factor_shown(
    tx: &mut Tx<'_>,
    token: Digest,
    new_token: Digest,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE session SET token_digest = $2, factor_at = $3, seen_at = $3 WHERE token_digest = $1",
        params![token, new_token, now],
    )?;
    Ok(())
}

/// Lets a session go on under another token.
pub fn session_renew(tx: &mut Tx<'_>, token: Digest, new_token: Digest) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE session SET token_digest = $2 WHERE token_digest = $1",
        params![token, new_token],
    )?;
    Ok(())
}

/// The session of this token.
pub fn session_by_token(tx: &mut Tx<'_>, token: Digest) -> Result<Option<SessionRow>, StoreError> {
    tx.query_opt(&format!("{SESSION} WHERE token_digest = $1"), params![token], session)
}

/// The sessions of an account, latest first.
pub fn session_list(tx: &mut Tx<'_>, account: Id<Account>) -> Result<Vec<SessionRow>, StoreError> {
    tx.query(
        &format!("{SESSION} WHERE account = $1 ORDER BY seen_at DESC, id"),
        params![account],
        session,
    )
}

/// Marks a session as used now.
pub fn session_touch(tx: &mut Tx<'_>, token: Digest) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("UPDATE session SET seen_at = $2 WHERE token_digest = $1", params![token, now])?;
    Ok(())
}

/// Keeps the state of the pending ceremonies; `None` forgets it.
pub fn session_set_challenge(
    tx: &mut Tx<'_>,
    token: Digest,
    challenge: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE session SET challenge = $2 WHERE token_digest = $1",
        params![token, challenge],
    )?;
    Ok(())
}

/// Ends the session of this token.
pub fn session_delete(tx: &mut Tx<'_>, token: Digest) -> Result<(), StoreError> {
    tx.execute("DELETE FROM session WHERE token_digest = $1", params![token])?;
    Ok(())
}

/// Ends an account's sessions at one stage.
pub fn session_delete_at_stage(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    stage: &str,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM session WHERE account = $1 AND stage = $2", params![account, stage])?;
    Ok(())
}

/// Ends all sessions of an account, whatever their stage, but the one of this token.
pub fn session_delete_others(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    token: Digest,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM session WHERE account = $1 AND token_digest <> $2",
        params![account, token],
    )?;
    Ok(())
}

/// Ends one session of an account by its id; false if there is none such.
pub fn session_delete_by_id(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    id: Id<Session>,
) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM session WHERE account = $1 AND id = $2", params![account, id])? == 1)
}

/// Ends every session that was idle since before `idle_since` or began before `begun_before`.
pub fn session_sweep(
    tx: &mut Tx<'_>,
    idle_since: Time,
    begun_before: Time,
) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM session WHERE seen_at < $1 OR created_at < $2",
        params![idle_since, begun_before],
    )
}

/// Failures counted under one key.
#[derive(Debug, Clone, Copy)]
pub struct RateLimitRow {
    /// How many since the last success.
    pub failures: i64,
    /// When the last was.
    pub last_at: Time,
    /// Until when nothing is tried.
    pub locked_until: Time,
}

/// What is counted under `key`.
pub fn rate_limit(tx: &mut Tx<'_>, key: &str) -> Result<Option<RateLimitRow>, StoreError> {
    tx.query_opt(
        "SELECT failures, last_at, locked_until FROM rate_limit WHERE key = $1",
        params![key],
        |row| {
            Ok(RateLimitRow {
                failures: row.int(0)?,
                last_at: row.time(1)?,
                locked_until: row.time(2)?,
            })
        },
    )
}

/// Forgets what is counted under `key`.
pub fn rate_limit_delete(tx: &mut Tx<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM rate_limit WHERE key = $1", params![key])?;
    Ok(())
}

/// Forgets what was last counted before `before`: anybody can make failures under any address.
pub fn rate_limit_sweep(tx: &mut Tx<'_>, before: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM rate_limit WHERE last_at < $1", params![before])
}

/// Writes what is counted under `key`.
pub fn rate_limit_set(tx: &mut Tx<'_>, key: &str, limit: RateLimitRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO rate_limit (key, failures, last_at, locked_until) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
         locked_until = excluded.locked_until",
        params![key, limit.failures, limit.last_at, limit.locked_until],
    )?;
    Ok(())
}
