//! Authenticator apps: time-based one-time passwords (RFC 6238), SHA-1, six digits, 30 seconds, as
//! every app understands them. A code opens once.

use super::{
    ceremony::{self, Ceremony},
    session::{SessionToken, Signed, Stage, promote, refuse_overtaken, token_digest},
    sign_in::{count_failure, forget_failures, refuse_locked},
};
use crate::{App, Problem};
use closedset_core::{Actor, Time, entry::Log, randomness};
use closedset_store::{NewEntry, Scope, Tx, accounts};
use serde_json::json;
use totp_rs::{Algorithm, Builder, Totp};

/// What the person's app needs.
#[derive(Debug, Clone)]
pub struct TotpSecret {
    /// The `otpauth://` link, for a QR code.
    pub url: String,
    /// The secret in base 32, for typing.
    pub secret: String,
    /// It was made just now: what an app scanned before from this account's pages is not it.
    pub is_new: bool,
}

fn totp(secret: &[u8], email: &str) -> Result<Totp, Problem> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret.to_vec())
        .with_account_name(email.replace(':', "_"))
        .with_issuer(Some("Closedset"))
        .build()
        .map_err(|error| Problem::fault("a one-time password could not be set up", error))
}

fn purpose(signed: &Signed) -> String {
    format!("totp/{}", signed.account)
}

/// The sealed secret that waits for its first code.
fn waiting(signed: &Signed) -> Option<Vec<u8>> {
    signed.pending(Ceremony::App).and_then(|text| hex::decode(text).ok())
}

fn step(totp: &Totp, code: &str, now: Time) -> Option<i64> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    totp.check(&digits, u64::try_from(now.seconds()).ok()?)
        .and_then(|step| i64::try_from(step).ok())
}

/// A secret for the person's app, kept aside until a code proves that the app has it. Asking again
/// while one waits gives the same, whatever was confirmed or added with a passkey in between.
pub async fn totp_begin(app: &App, signed: &Signed) -> Result<TotpSecret, Problem> {
    signed.require_fresh_factor(app.now())?;
    let waiting = waiting(signed);
    let is_new = waiting.is_none();
    let secret = match waiting {
        Some(sealed) => app.master_key().open(&purpose(signed), &sealed)?,
        None => {
            let secret: [u8; 20] = randomness::bytes(app.randomness());
            let sealed = app.master_key().seal(&purpose(signed), &secret, app.randomness())?;
            ceremony::keep(app, signed, Ceremony::App, hex::encode(sealed)).await?;
            secret.to_vec()
        }
    };
    let totp = totp(&secret, &signed.email)?;
    let url =
        totp.to_url().map_err(|error| Problem::fault("a one-time password has no link", error))?;
    let secret = totp_rs::Secret::from(secret).to_base32();
    Ok(TotpSecret { url, secret, is_new })
}

/// Adds the app when a code proves it; a session that was enrolling is then signed in, under the
/// token returned.
pub async fn totp_finish(
    app: &App,
    signed: &Signed,
    code: &str,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require_fresh_factor(app.now())?;
    let sealed = waiting(signed).ok_or_else(|| {
        Problem::field(
            "code",
            "This picture is a new one. Scan it, enter its code, and remove from the app what it scanned before.",
        )
    })?;
    let secret = app.master_key().open(&purpose(signed), &sealed)?;
    let step = step(&totp(&secret, &signed.email)?, code, app.now()).ok_or_else(|| {
        Problem::field(
            "code",
            "This is not the code the app shows now. Is the clock of your phone right?",
        )
    })?;
    let session = SessionToken::random(app.randomness());
    let token = token_digest(&session);
    let (signed, browser) = (signed.clone(), browser.to_owned());
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            accounts::account_set_totp(tx, signed.account, &sealed)?;
            accounts::account_use_totp_step(tx, signed.account, step)?;
            ceremony::forget(tx, signed.token, Ceremony::App)?;
            promote(tx, &signed, token, &browser)?;
            record(
                tx,
                &signed,
                "account.second_factor_added",
                json!({"account": signed.account, "factor": "totp"}),
            )
        })
        .await?;
    Ok(session)
}

/// The second step of sign-in, by code.
pub async fn totp_sign_in(
    app: &App,
    signed: &Signed,
    code: &str,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::SecondFactor)?;
    totp_show(app, signed, code, browser).await
}

/// Checks a code; the session is then signed in, under the token returned.
pub(super) async fn totp_show(
    app: &App,
    signed: &Signed,
    code: &str,
    browser: &str,
) -> Result<SessionToken, Problem> {
    let key = format!("second-factor:{}", signed.account);
    let (account, limit) = {
        let (account, key) = (signed.account, key.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                Ok((accounts::account_by_id(tx, account)?, accounts::rate_limit(tx, &key)?))
            })
            .await?
    };
    refuse_locked(limit, app.now())?;
    let wrong = || {
        Problem::field("code", "This is not the code the app shows now, or it was used already.")
    };
    let sealed = account.and_then(|account| account.totp_sealed).ok_or_else(|| {
        Problem::field(
            "code",
            "This account has no authenticator app; use its passkey or a recovery code.",
        )
    })?;
    let secret = app.master_key().open(&purpose(signed), &sealed)?;
    let Some(step) = step(&totp(&secret, &signed.email)?, code, app.now()) else {
        count_failure(app, key, Some(signed.account).into()).await?;
        return Err(wrong());
    };
    let session = SessionToken::random(app.randomness());
    let token = token_digest(&session);
    let (account, signed, browser) = (signed.account, signed.clone(), browser.to_owned());
    let unit_key = key.clone();
    let is_new = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_locked(accounts::rate_limit(tx, &unit_key)?, tx.now())?;
            if !accounts::account_use_totp_step(tx, signed.account, step)? {
                return Ok(false);
            }
            signed_in(tx, &signed, token, &browser, "totp")?;
            Ok(true)
        })
        .await?;
    if is_new {
        return Ok(session);
    }
    count_failure(app, key, Some(account).into()).await?;
    Err(wrong())
}

/// The second factor was shown: a new token, the failures forgotten, an entry. A session that was
/// signed in before goes on, one that was not is now.
pub(crate) fn signed_in(
    tx: &mut Tx<'_>,
    signed: &Signed,
    token: closedset_core::Digest,
    browser: &str,
    factor: &str,
) -> Result<(), Problem> {
    refuse_overtaken(tx, signed)?;
    forget_failures(tx, &format!("second-factor:{}", signed.account))?;
    let body = json!({"account": signed.account, "factor": factor});
    if signed.stage == Stage::Full {
        ceremony::forget(tx, signed.token, Ceremony::Authentication)?;
        accounts::session_factor_shown(tx, signed.token, token)?;
        return record(tx, signed, "account.confirmed", body);
    }
    promote(tx, signed, token, browser)?;
    forget_failures(tx, &format!("sign-in:{}", signed.email))?;
    record(tx, signed, "account.signed_in", body)
}

pub(crate) fn record(
    tx: &mut Tx<'_>,
    signed: &Signed,
    kind: &'static str,
    body: serde_json::Value,
) -> Result<(), Problem> {
    let subject = format!("account:{}", signed.account);
    let place = signed.organisation.or(signed.memberships.first().map(|one| one.organisation));
    let actor = match place {
        Some(organisation) => Actor::Account { account: signed.account, organisation },
        None => Actor::AccountAlone(signed.account),
    };
    tx.record(Log::Installation, NewEntry { actor: &actor, subject, kind, body })?;
    Ok(())
}
