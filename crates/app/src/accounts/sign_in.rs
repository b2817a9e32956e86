//! Sign-in by e-mail and password: the first of two steps, with a lock-out that grows.

use super::{
    FAILURES_KEPT, password,
    session::{SessionToken, Stage, begin, token_digest},
};
use crate::{App, Problem};
use closedset_core::{
    Actor, Duration, Time,
    entry::Log,
    id::{Account, Id, Invitation, Organisation},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    accounts::{self, RateLimitRow},
};
use serde_json::json;

/// Failures before an account is locked for a while.
const FREE_FAILURES: i64 = 5;

/// Checks the password and begins a session that still wants the second factor.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: String,
    browser: &str,
) -> Result<SessionToken, Problem> {
    let email = email.trim().to_lowercase();
    if email.len() > 254 || password.len() > password::MAXIMUM_BYTES {
        return Err(wrong());
    }
    let key = format!("sign-in:{email}");
    let (account, limit) = {
        let (email, key) = (email.clone(), key.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                Ok((accounts::account_by_email(tx, &email)?, accounts::rate_limit(tx, &key)?))
            })
            .await?
    };
    refuse_locked(limit, app.now())?;
    // Without a password nothing opens, and as much time is spent.
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let hash = hash.filter(|hash| !hash.is_empty());
    let is_right = password::verify(password, hash).await?;
    let account = match account {
        Some(account) if is_right => account,
        other => {
            count_failure(app, key, other.map(|account| account.id).into()).await?;
            return Err(wrong());
        }
    };
    let session = SessionToken::random(app.randomness());
    let token = token_digest(&session);
    let stage =
        if account.second_factor_at.is_some() { Stage::SecondFactor } else { Stage::Enrolling };
    let browser = browser.to_owned();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_locked(accounts::rate_limit(tx, &key)?, tx.now())?;
            begin(tx, token, account.id, stage, &browser)
        })
        .await?;
    Ok(session)
}

fn wrong() -> Problem {
    Problem::field("password", "The e-mail address or the password is not right.")
}

pub(crate) fn refuse_locked(limit: Option<RateLimitRow>, now: Time) -> Result<(), Problem> {
    match limit {
        Some(limit) if limit.locked_until > now => {
            Err(Problem::Limited { retry_after_s: limit.locked_until.since(now).seconds() + 1 })
        }
        _ => Ok(()),
    }
}

/// What somebody tried to open, for the entry that says that it is locked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guessed {
    /// Nothing that there is.
    Nothing,
    /// An account.
    Account(Id<Account>),
    /// An invitation, by its link.
    Invitation {
        /// Where to.
        organisation: Id<Organisation>,
        /// Which.
        invitation: Id<Invitation>,
    },
}

impl From<Option<Id<Account>>> for Guessed {
    fn from(account: Option<Id<Account>>) -> Self {
        account.map_or(Self::Nothing, Self::Account)
    }
}

/// Counts a failure under `key`; from the fifth on the key is locked for a minute, then two, four,
/// up to an hour. The lock is an entry in the ledger. A guess that was looked at while others
/// led to a lock learns of the lock alone.
pub(crate) async fn count_failure(app: &App, key: String, guessed: Guessed) -> Result<(), Problem> {
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let now = tx.now();
            let before = accounts::rate_limit(tx, &key)?;
            refuse_locked(before, now)?;
            let before = before.filter(|limit| now.since(limit.last_at) < FAILURES_KEPT);
            let failures = before.map_or(0, |limit| limit.failures) + 1;
            let beyond = failures - FREE_FAILURES;
            let locked_until = if beyond < 0 {
                Time::from_millis(0)
            } else {
                now + Duration::from_minutes((1i64 << beyond.min(6)).min(60))
            };
            accounts::rate_limit_set(
                tx,
                &key,
                RateLimitRow { failures, last_at: now, locked_until },
            )?;
            if beyond < 0 {
                return Ok(());
            }
            let (subject, kind, mut body) = match guessed {
                Guessed::Nothing => return Ok(()),
                Guessed::Account(account) => {
                    (format!("account:{account}"), "account.locked", json!({"account": account}))
                }
                Guessed::Invitation { organisation, invitation } => (
                    format!("invitation:{invitation}"),
                    "invitation.locked",
                    json!({"invitation": invitation, "organisation": organisation}),
                ),
            };
            body["failures"] = failures.into();
            body["until"] = json!(locked_until);
            tx.record(
                Log::Installation,
                NewEntry { actor: &Actor::Closedset, subject, kind, body },
            )?;
            Ok(())
        })
        .await
}

/// A success forgets the failures.
pub(super) fn forget_failures(tx: &mut Tx<'_>, key: &str) -> Result<(), Problem> {
    let now = tx.now();
    if accounts::rate_limit(tx, key)?.is_some_and(|limit| limit.failures > 0) {
        let clear = RateLimitRow { failures: 0, last_at: now, locked_until: Time::from_millis(0) };
        accounts::rate_limit_set(tx, key, clear)?;
    }
    Ok(())
}
