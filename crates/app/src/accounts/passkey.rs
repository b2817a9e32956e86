//! Passkeys (W3C Web Authentication): adding one, and signing in with one.

use super::{
    ceremony::{self, Ceremony},
    session::{SessionToken, Signed, Stage, promote, refuse_overtaken, token_digest},
    totp::{record, signed_in},
};
use crate::{App, Problem};
use closedset_store::{Scope, accounts};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use webauthn_rs::prelude::{
    CreationChallengeResponse, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, Uuid,
};

fn encode<T: Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value)
        .map_err(|error| Problem::fault("a passkey could not be written", error))
}

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::fault("a passkey could not be read", error))
}

fn refused(error: impl std::fmt::Display) -> Problem {
    tracing::info!(%error, "a passkey was refused");
    Problem::Conflict {
        code: "passkey.refused",
        sentence: "The passkey was not accepted.",
        remedy: "Try again, or use an authenticator app.",
    }
}

fn challenge<T: DeserializeOwned>(signed: &Signed, ceremony: Ceremony) -> Result<T, Problem> {
    let text = signed.pending(ceremony).ok_or(Problem::Conflict {
        code: "passkey.not_begun",
        sentence: "This ceremony was not begun here, or another was begun since.",
        remedy: "Press the button again.",
    })?;
    decode(text)
}

async fn passkeys(
    app: &App,
    signed: &Signed,
) -> Result<Vec<(accounts::PasskeyRow, Passkey)>, Problem> {
    let account = signed.account;
    let rows = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(accounts::passkey_list(tx, account)?) })
        .await?;
    rows.into_iter().map(|row| decode(&row.credential).map(|passkey| (row, passkey))).collect()
}

/// Begins to add a passkey: what the browser is asked.
pub async fn passkey_begin(
    app: &App,
    signed: &Signed,
) -> Result<CreationChallengeResponse, Problem> {
    signed.require_fresh_factor(app.now())?;
    let known = passkeys(app, signed)
        .await?
        .into_iter()
        .map(|(_, passkey)| passkey.cred_id().clone())
        .collect();
    let (asked, state) = app
        .webauthn()?
        .start_passkey_registration(
            Uuid::from_u128(signed.account.bits()),
            &signed.email,
            &signed.name,
            Some(known),
        )
        .map_err(refused)?;
    ceremony::keep(app, signed, Ceremony::Registration, encode(&state)?).await?;
    Ok(asked)
}

/// Adds the passkey; a session that was enrolling is then signed in, under the token returned.
pub async fn passkey_finish(
    app: &App,
    signed: &Signed,
    name: &str,
    answer: &RegisterPublicKeyCredential,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require_fresh_factor(app.now())?;
    let state: PasskeyRegistration = challenge(signed, Ceremony::Registration)?;
    let passkey = app.webauthn()?.finish_passkey_registration(answer, &state).map_err(refused)?;
    let credential = encode(&passkey)?;
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).take(60).collect();
    let name = if name.is_empty() { "Passkey".to_owned() } else { name };
    let session = SessionToken::random(app.randomness());
    let (token, signed, browser) = (token_digest(&session), signed.clone(), browser.to_owned());
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let id = tx.new_id();
            accounts::passkey_insert(tx, signed.account, id, &name, &credential)?;
            ceremony::forget(tx, signed.token, Ceremony::Registration)?;
            promote(tx, &signed, token, &browser)?;
            let body = json!({"account": signed.account, "factor": "passkey", "passkey": id});
            record(tx, &signed, "account.second_factor_added", body)
        })
        .await?;
    Ok(session)
}

/// Begins the second step of sign-in with a passkey.
pub async fn passkey_sign_in_begin(
    app: &App,
    signed: &Signed,
) -> Result<RequestChallengeResponse, Problem> {
    signed.require(Stage::SecondFactor)?;
    passkey_ask(app, signed).await
}

/// What the browser is asked, to show a passkey that the account has.
pub(super) async fn passkey_ask(
    app: &App,
    signed: &Signed,
) -> Result<RequestChallengeResponse, Problem> {
    let known: Vec<Passkey> =
        passkeys(app, signed).await?.into_iter().map(|(_, passkey)| passkey).collect();
    if known.is_empty() {
        return Err(Problem::Conflict {
            code: "passkey.none",
            sentence: "This account has no passkey.",
            remedy: "Use your authenticator app or a recovery code.",
        });
    }
    let (asked, state) = app.webauthn()?.start_passkey_authentication(&known).map_err(refused)?;
    ceremony::keep(app, signed, Ceremony::Authentication, encode(&state)?).await?;
    Ok(asked)
}

/// The second step of sign-in, with a passkey.
pub async fn passkey_sign_in_finish(
    app: &App,
    signed: &Signed,
    answer: &PublicKeyCredential,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::SecondFactor)?;
    passkey_show(app, signed, answer, browser).await
}

/// Checks what the browser answered; the session is then signed in, under the token returned.
pub(super) async fn passkey_show(
    app: &App,
    signed: &Signed,
    answer: &PublicKeyCredential,
    browser: &str,
) -> Result<SessionToken, Problem> {
    let state: PasskeyAuthentication = challenge(signed, Ceremony::Authentication)?;
    let result = app.webauthn()?.finish_passkey_authentication(answer, &state).map_err(refused)?;
    let mut shown = None;
    for (row, mut passkey) in passkeys(app, signed).await? {
        if let Some(has_moved_on) = passkey.update_credential(&result) {
            let moved_on = if has_moved_on { Some(encode(&passkey)?) } else { None };
            shown = Some((row.id, moved_on));
        }
    }
    // It may have been removed since the browser was asked for it.
    let (id, moved_on) = shown.ok_or_else(|| refused("it is none of the account's"))?;
    let session = SessionToken::random(app.randomness());
    let (token, signed, browser) = (token_digest(&session), signed.clone(), browser.to_owned());
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            if !accounts::passkey_list(tx, signed.account)?.iter().any(|row| row.id == id) {
                return Err(refused("it was removed"));
            }
            if let Some(credential) = &moved_on {
                accounts::passkey_update(tx, id, credential)?;
            }
            signed_in(tx, &signed, token, &browser, "passkey")
        })
        .await?;
    Ok(session)
}
