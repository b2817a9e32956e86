//! The first account of an installation, made with the one-time set-up token.

use super::{
    password,
    session::{SessionToken, Stage, begin, token_digest},
};
use crate::{
    App, FieldProblem, Problem,
    people::{NAME_RULE, is_line, is_name},
};
use closedset_core::{Actor, Secret, entry::Log, id::Id};
use closedset_store::{NewEntry, Scope, accounts, organisations};
use serde_json::json;

/// What is still to be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUpState {
    /// There is no account: the set-up link makes the first one.
    Account,
    /// There is an account but no organisation.
    Organisation,
    /// Nothing.
    Done,
}

/// How far set-up has come.
pub async fn set_up_state(app: &App) -> Result<SetUpState, Problem> {
    app.store()
        .read(|tx| {
            Ok(if accounts::account_count(tx)? == 0 {
                SetUpState::Account
            } else if organisations::organisation_list(tx)?.is_empty() {
                SetUpState::Organisation
            } else {
                SetUpState::Done
            })
        })
        .await
}

/// The first account, as entered.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The person's name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The browser's own words.
    pub browser: String,
}

/// An e-mail address in lower case, or what is wrong with it.
pub(crate) fn email(text: &str) -> Result<String, FieldProblem> {
    let email = text.trim().to_lowercase();
    let fits = email.len() <= 254
        && is_line(&email, 254)
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !domain.contains('@')
        })
        && !email.chars().any(char::is_whitespace);
    if fits {
        Ok(email)
    } else {
        Err(FieldProblem {
            field: "email",
            message: "Enter an e-mail address such as name@example.com.".into(),
        })
    }
}

/// Whether `token` opens set-up; wrong and missing ones are told apart for nobody.
fn check_token(app: &App, token: &str) -> Result<(), Problem> {
    let given = Secret::<32>::from_token(token);
    match (app.set_up_token(), given) {
        (Some(wanted), Some(given)) if *wanted == given => Ok(()),
        _ => Err(Problem::Conflict {
            code: "set_up.token",
            sentence: "This set-up link is not valid, or set-up was begun already.",
            remedy: "Open the link that Closedset printed when it started; it also stands in the file set-up-link in its data folder.",
        }),
    }
}

/// Makes the first account and signs it in so far that it can add its second factor.
pub async fn set_up_account(
    app: &App,
    token: &str,
    new: NewAccount,
) -> Result<SessionToken, Problem> {
    check_token(app, token)?;
    let mut problems = Vec::new();
    let name = new.name.trim().to_owned();
    if !is_name(&name) {
        problems.push(FieldProblem {
            field: "name",
            message: format!("Enter your name, {NAME_RULE}."),
        });
    }
    let email = email(&new.email).map_err(|problem| problems.push(problem)).unwrap_or_default();
    if let Err(message) = password::check_new(&new.password, &email, &name) {
        problems.push(FieldProblem { field: "password", message });
    }
    if !problems.is_empty() {
        return Err(Problem::Invalid(problems));
    }
    let hash = password::hash(new.password, app.randomness()).await?;
    let session = SessionToken::random(app.randomness());
    let token = token_digest(&session);
    app.store()
        .write(Scope::Installation, move |tx| {
            if accounts::account_count(tx)? != 0 {
                return Err(Problem::Conflict {
                    code: "set_up.done",
                    sentence: "The first account was made already.",
                    remedy: "Sign in with it.",
                });
            }
            let id: Id<_> = tx.new_id();
            accounts::account_insert(tx, id, &email, &name, &hash)?;
            begin(tx, token, id, Stage::Enrolling, &new.browser)?;
            tx.record(
                Log::Installation,
                NewEntry {
                    actor: &Actor::Closedset,
                    subject: format!("account:{id}"),
                    kind: "account.created",
                    body: json!({"account": id}),
                },
            )?;
            Ok(())
        })
        .await?;
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn addresses_are_lowered_and_what_is_none_is_refused() {
        assert_eq!(email(" Ada@Example.COM ").unwrap(), "ada@example.com");
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "a@b@c.d",
            "a@.com",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }
}
