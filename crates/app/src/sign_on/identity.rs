//! Ending a link with a provider.

use crate::{
    App, Problem,
    accounts::{Signed, Stage, record, refuse_overtaken},
};
use closedset_core::id::{Id, Identity};
use closedset_store::{Scope, accounts, providers};
use serde_json::json;

/// Ends a link of the account that is signed in. Who has no password keeps it: it is the way in.
pub async fn identity_remove(app: &App, signed: &Signed, id: Id<Identity>) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    signed.require_fresh_factor(app.now())?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let account =
                accounts::account_by_id(tx, signed.account)?.ok_or(Problem::NotSignedIn)?;
            if !providers::identity_delete(tx, signed.account, id)? {
                return Err(Problem::NotFound("link"));
            }
            if account.password_hash.is_empty() {
                return Err(Problem::Conflict {
                    code: "provider.last",
                    sentence: "Your account has no password, and without the provider you could not sign in.",
                    remedy: "Choose a password under My account first, then end the link.",
                });
            }
            let body = json!({"account": signed.account, "identity": id});
            record(tx, &signed, "account.identity_removed", body)
        })
        .await
}
