//! Removing a second factor: a phone that is given away, a key that was lost. One always stays.

use super::{
    session::{Signed, Stage, refuse_overtaken},
    totp::record,
};
use crate::{App, Problem};
use closedset_core::id::{Account, Id, Passkey};
use closedset_store::{Scope, Tx, accounts};
use serde_json::json;

/// Removes a passkey.
pub async fn passkey_remove(app: &App, signed: &Signed, id: Id<Passkey>) -> Result<(), Problem> {
    let offers_passkeys = may_remove(app, signed)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            if !accounts::passkey_delete(tx, signed.account, id)? {
                return Err(Problem::NotFound("passkey"));
            }
            refuse_last(tx, signed.account, offers_passkeys)?;
            let body = json!({"account": signed.account, "factor": "passkey", "passkey": id});
            record(tx, &signed, "account.second_factor_removed", body)
        })
        .await
}

/// Removes the authenticator app.
pub async fn totp_remove(app: &App, signed: &Signed) -> Result<(), Problem> {
    let offers_passkeys = may_remove(app, signed)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let account =
                accounts::account_by_id(tx, signed.account)?.ok_or(Problem::NotSignedIn)?;
            if account.totp_sealed.is_none() {
                return Err(Problem::NotFound("authenticator app"));
            }
            accounts::account_remove_totp(tx, signed.account)?;
            refuse_last(tx, signed.account, offers_passkeys)?;
            let body = json!({"account": signed.account, "factor": "totp"});
            record(tx, &signed, "account.second_factor_removed", body)
        })
        .await
}

/// Whether passkeys count for those that stay: under an address without a name nobody can show one.
fn may_remove(app: &App, signed: &Signed) -> Result<bool, Problem> {
    signed.require(Stage::Full)?;
    signed.require_fresh_factor(app.now())?;
    Ok(app.offers_passkeys())
}

/// Refuses a unit after which the account has no second factor left that can be shown here.
fn refuse_last(
    tx: &mut Tx<'_>,
    account: Id<Account>,
    offers_passkeys: bool,
) -> Result<(), Problem> {
    let row = accounts::account_by_id(tx, account)?.ok_or(Problem::NotSignedIn)?;
    if row.totp_sealed.is_some() {
        return Ok(());
    }
    if offers_passkeys && !accounts::passkey_list(tx, account)?.is_empty() {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "factor.last",
        sentence: "This is your only second factor, and without one you could not sign in.",
        remedy: "Add another passkey or an authenticator app first, then remove this one.",
    })
}
