//! Recovery codes: ten, each opens once, for the day the phone is lost.

use super::{
    session::{SessionToken, Signed, Stage, token_digest},
    sign_in::{count_failure, refuse_locked},
    totp::{record, signed_in},
};
use crate::{App, Problem};
use closedset_core::{Digest, randomness};
use closedset_store::{Scope, accounts};
use serde_json::json;

const COUNT: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn digest(code: &str) -> Digest {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    Digest::of(format!("recovery\n{plain}").as_bytes())
}

/// Ten new codes of 80 bits each; those made before no longer open. They are shown once.
pub async fn recovery_codes_make(app: &App, signed: &Signed) -> Result<Vec<String>, Problem> {
    signed.require(Stage::Full)?;
    signed.require_fresh_factor(app.now())?;
    let codes: Vec<String> = (0..COUNT)
        .map(|_| {
            let bytes: [u8; 16] = randomness::bytes(app.randomness());
            let letters: String =
                bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
            format!("{}-{}-{}-{}", &letters[..4], &letters[4..8], &letters[8..12], &letters[12..])
        })
        .collect();
    let digests: Vec<Digest> = codes.iter().map(|code| digest(code)).collect();
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            accounts::recovery_code_replace(tx, signed.account, &digests)?;
            record(
                tx,
                &signed,
                "account.recovery_codes_made",
                json!({"account": signed.account, "count": COUNT}),
            )
        })
        .await?;
    Ok(codes)
}

/// The person says that the codes are kept.
pub async fn recovery_codes_confirm(app: &App, signed: &Signed) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            if accounts::recovery_code_count(tx, signed.account)? == 0 {
                return Err(Problem::field("kept", "Make recovery codes first."));
            }
            accounts::account_confirm_recovery(tx, signed.account)?;
            record(tx, &signed, "account.recovery_codes_kept", json!({"account": signed.account}))
        })
        .await
}

/// The second step of sign-in, by a recovery code, which is then used up.
pub async fn recovery_sign_in(
    app: &App,
    signed: &Signed,
    code: &str,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::SecondFactor)?;
    let key = format!("second-factor:{}", signed.account);
    let limit = {
        let key = key.clone();
        app.store()
            .read(move |tx| -> Result<_, Problem> { Ok(accounts::rate_limit(tx, &key)?) })
            .await?
    };
    refuse_locked(limit, app.now())?;
    let session = SessionToken::random(app.randomness());
    let (token, code) = (token_digest(&session), digest(code));
    let (account, signed, browser) = (signed.account, signed.clone(), browser.to_owned());
    let unit_key = key.clone();
    let is_right = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_locked(accounts::rate_limit(tx, &unit_key)?, tx.now())?;
            if !accounts::recovery_code_use(tx, signed.account, code)? {
                return Ok(false);
            }
            signed_in(tx, &signed, token, &browser, "recovery code")?;
            Ok(true)
        })
        .await?;
    if is_right {
        return Ok(session);
    }
    count_failure(app, key, Some(account).into()).await?;
    Err(Problem::field(
        "recovery_code",
        "This recovery code is not one of yours, or it was used already.",
    ))
}
