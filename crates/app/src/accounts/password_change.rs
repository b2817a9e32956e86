//! Another password in the place of the present one.

use super::{
    password,
    session::{SessionToken, Signed, Stage, refuse_overtaken, token_digest},
    sign_in::{count_failure, forget_failures, refuse_locked},
    totp::record,
};
use crate::{App, FieldProblem, Problem};
use closedset_store::{Scope, accounts};
use serde_json::json;

/// A change of password, as entered.
#[derive(Clone)]
pub struct PasswordChange {
    /// The present password.
    pub present: String,
    /// The one that takes its place.
    pub new: String,
}

/// Changes the password. Every other session of the account ends, and this one goes on under the
/// token returned: whoever knew the password, or a session's token, is out.
///
/// Guesses of the present password count with those at sign-in.
pub async fn password_change(
    app: &App,
    signed: &Signed,
    change: PasswordChange,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::Full)?;
    signed.require_fresh_factor(app.now())?;
    let PasswordChange { present, new } = change;
    let key = format!("sign-in:{}", signed.email);
    let (account, limit) = {
        let (account, key) = (signed.account, key.clone());
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                Ok((accounts::account_by_id(tx, account)?, accounts::rate_limit(tx, &key)?))
            })
            .await?
    };
    refuse_locked(limit, app.now())?;
    let account = account.ok_or(Problem::NotSignedIn)?;
    let before = account.password_hash;
    let is_first = before.is_empty();
    // With a password alone, whoever knows it could add a second factor of theirs.
    if is_first && account.second_factor_at.is_none() {
        return Err(Problem::Conflict {
            code: "password.factor_first",
            sentence: "Your account has no second factor here yet, and a password alone opens nothing.",
            remedy: "Add an authenticator app or a passkey under My account first, then choose a password.",
        });
    }
    check(signed, (!is_first).then_some(&*present), &new)?;
    if !is_first && !password::verify(present, Some(before.clone())).await? {
        count_failure(app, key, Some(signed.account).into()).await?;
        return Err(wrong());
    }
    let hash = password::hash(new, app.randomness()).await?;
    let session = SessionToken::random(app.randomness());
    let (token, signed) = (token_digest(&session), signed.clone());
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_locked(accounts::rate_limit(tx, &key)?, tx.now())?;
            refuse_overtaken(tx, &signed)?;
            if !accounts::account_set_password(tx, signed.account, &before, &hash)? {
                return Err(wrong());
            }
            accounts::session_delete_others(tx, signed.account, signed.token)?;
            accounts::session_renew(tx, signed.token, token)?;
            forget_failures(tx, &key)?;
            let body = json!({"account": signed.account});
            record(tx, &signed, "account.password_changed", body)
        })
        .await?;
    Ok(session)
}

/// Who has no password yet has none to show; the second factor was shown just now.
fn check(signed: &Signed, present: Option<&str>, new: &str) -> Result<(), Problem> {
    let mut problems = Vec::new();
    if present.is_some_and(|text| text.is_empty() || text.len() > password::MAXIMUM_BYTES) {
        problems.push(FieldProblem {
            field: "password",
            message: "Enter the password that you sign in with now.".into(),
        });
    }
    if let Err(message) = password::check_new(new, &signed.email, &signed.name) {
        problems.push(FieldProblem { field: "new_password", message });
    } else if Some(new) == present {
        problems.push(FieldProblem {
            field: "new_password",
            message: "This is the password that you have; choose another.".into(),
        });
    }
    if problems.is_empty() { Ok(()) } else { Err(Problem::Invalid(problems)) }
}

fn wrong() -> Problem {
    Problem::field("password", "This is not the password that you sign in with now.")
}
