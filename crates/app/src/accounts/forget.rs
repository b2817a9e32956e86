//! Deleting an account that belongs nowhere: by whose it is, or by whoever runs the server. Its address
//! is free again. What the person did in an organisation stays in that one's registers and ledger.

use super::{
    password,
    session::{Signed, Stage, refuse_overtaken},
    sign_in::{Guessed, count_failure, refuse_locked},
};
use crate::{App, Problem};
use closedset_core::{Actor, entry::Log};
use closedset_store::{
    NewEntry, Scope, Tx,
    accounts::{self, AccountRow},
    ledger, people,
};
use serde_json::json;

/// Entries looked at in one go.
const BATCH: i64 = 200;

/// Deletes the account that is signed in, which wants its password. Guesses count with those at sign-in.
pub async fn account_forget_own(
    app: &App,
    signed: &Signed,
    password: String,
) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    let wrong =
        || Problem::field("password", "This is not the password that you sign in with now.");
    if password.len() > password::MAXIMUM_BYTES {
        return Err(wrong());
    }
    let (id, key) = (signed.account, format!("sign-in:{}", signed.email));
    let (account, limit) = {
        let key = key.clone();
        app.store()
            .read(move |tx| -> Result<_, Problem> {
                Ok((accounts::account_by_id(tx, id)?, accounts::rate_limit(tx, &key)?))
            })
            .await?
    };
    refuse_locked(limit, app.now())?;
    let before = account.ok_or(Problem::NotSignedIn)?.password_hash;
    if before.is_empty() {
        signed.require_fresh_factor(app.now())?;
    } else if password.is_empty() {
        return Err(wrong());
    } else if !password::verify(password, Some(before.clone())).await? {
        count_failure(app, key, Guessed::Account(id)).await?;
        return Err(wrong());
    }
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_locked(accounts::rate_limit(tx, &key)?, tx.now())?;
            refuse_overtaken(tx, &signed)?;
            let account = accounts::account_by_id(tx, id)?
                .filter(|account| account.password_hash == before)
                .ok_or(Problem::NotSignedIn)?;
            forget(tx, &account, &Actor::AccountAlone(id))
        })
        .await
}

/// Deletes the account of this address, for whoever runs the server: they alone can tell whose it is.
pub async fn account_forget(app: &App, operator: Actor, email: &str) -> Result<(), Problem> {
    match operator {
        Actor::Operator(_) => {}
        Actor::Account { .. }
        | Actor::AccountAlone(_)
        | Actor::Token { .. }
        | Actor::Person(_)
        | Actor::Device(_)
        | Actor::Closedset => {
            return Err(Problem::Forbidden);
        }
    }
    let email = email.trim().to_lowercase();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let account =
                accounts::account_by_email(tx, &email)?.ok_or(Problem::NotFound("account"))?;
            forget(tx, &account, &operator)
        })
        .await
}

fn forget(tx: &mut Tx<'_>, account: &AccountRow, actor: &Actor) -> Result<(), Problem> {
    if !people::membership_list(tx, account.id)?.is_empty() {
        return Err(Problem::Conflict {
            code: "account.belongs",
            sentence: "This account belongs to an organisation, or did until its last day there.",
            remedy: "Have it removed there first: under Settings, People, or with closedset people remove.",
        });
    }
    let subject = format!("account:{}", account.id);
    // Versions before this one wrote name and address into the log of the installation.
    let mut before = None;
    loop {
        let page = ledger::entries_of_subject(tx, Log::Installation, &subject, before, BATCH)?;
        let Some(last) = page.last() else { break };
        before = Some(last.index);
        for entry in page.iter().filter(|entry| entry.kind == "account.created") {
            ledger::erase_body(tx, Log::Installation, entry.index)?;
        }
    }
    accounts::account_delete(tx, account.id)?;
    accounts::rate_limit_delete(tx, &format!("sign-in:{}", account.email))?;
    tx.record(
        Log::Installation,
        NewEntry {
            actor,
            subject,
            kind: "account.forgotten",
            body: json!({"account": account.id}),
        },
    )?;
    Ok(())
}
