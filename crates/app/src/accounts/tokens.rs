//! Tokens by which programs use the API: shown once, kept as a digest, with scopes and an end.
//!
//! What a token may is settled when it is made: its scopes, of which its maker had every one then. It is
//! held against its maker at each use: a token may what its scopes and its maker's role both allow, and
//! nothing once its maker does not belong any more. What a token makes is its maker's too. Tokens that
//! somebody made at the server's command line have no maker among the people, and stand by themselves.

use crate::{App, Caller, FieldProblem, Problem};
use closedset_core::{
    Action, Actions, Actor, Digest, Duration, Secret, Time,
    entry::Log,
    id::{Account, ApiToken, Id},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    organisations::{self, ApiTokenRow},
    people,
};
use serde_json::json;

const PREFIX: &str = "closedset_";

/// A token as asked for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do: something, and never more than its maker.
    pub scopes: Actions,
    /// After how many days it ends, 1 to 366.
    pub days: i64,
}

/// Makes a token; the text is shown now and never again.
pub async fn token_create(
    app: &App,
    caller: &Caller,
    new: NewToken,
) -> Result<(ApiTokenRow, String), Problem> {
    caller.require(Action::SettingsWrite)?;
    let mut problems = Vec::new();
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        problems.push(FieldProblem {
            field: "name",
            message: "Say what the token is for, in at most 100 characters.".into(),
        });
    }
    if !(1..=366).contains(&new.days) {
        problems.push(FieldProblem {
            field: "days",
            message: "A token lives between 1 and 366 days.".into(),
        });
    }
    if let Err(message) = check_scopes(new.scopes, caller) {
        problems.push(FieldProblem { field: "scopes", message });
    }
    if !problems.is_empty() {
        return Err(Problem::Invalid(problems));
    }
    caller.require_fresh_factor(app.now())?;
    let secret = Secret::<32>::random(app.randomness());
    let digest = Digest::of(secret.expose());
    let caller = caller.clone();
    let row = app
        .store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            let expires_at = tx.now() + Duration::from_days(new.days);
            let account = check_maker(tx, &caller, expires_at)?;
            let row = ApiTokenRow {
                id: tx.new_id(),
                organisation: caller.organisation,
                name: name.clone(),
                scopes: new.scopes,
                created_by: caller.name.clone(),
                account,
                created_at: tx.now(),
                expires_at,
                revoked_at: None,
            };
            organisations::api_token_insert(tx, &row, digest)?;
            let scopes: Vec<_> = row.scopes.iter().map(Action::as_str).collect();
            tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("token:{}", row.id),
                    kind: "token.created",
                    body: json!({"token": row.id, "name": row.name, "scopes": scopes, "expires_at": row.expires_at}),
                },
            )?;
            Ok(row)
        })
        .await?;
    Ok((row, format!("{PREFIX}{}", secret.to_token())))
}

fn check_scopes(scopes: Actions, maker: &Caller) -> Result<(), String> {
    if scopes.is_empty() {
        return Err("Choose what the token may do.".into());
    }
    let beyond = scopes.without(maker.allowed);
    if beyond.is_empty() {
        return Ok(());
    }
    Err(format!("A token may do no more than its maker, who lacks: {beyond}."))
}

/// Refuses what a token makes once it is revoked or has ended, and a token that would live longer
/// than the one that makes it. Yields whose it will be.
fn check_maker(
    tx: &mut Tx<'_>,
    caller: &Caller,
    expires_at: Time,
) -> Result<Option<Id<Account>>, Problem> {
    let token = match caller.actor {
        Actor::Token { token, .. } => token,
        Actor::Account { account, .. } => return Ok(Some(account)),
        Actor::AccountAlone(_) => return Err(Problem::NotSignedIn),
        Actor::Device(_) | Actor::Operator(_) | Actor::Closedset => return Ok(None),
    };
    let maker = organisations::api_token_by_id(tx, caller.organisation, token)?
        .filter(|maker| is_in_force(maker, tx.now()))
        .ok_or(Problem::NotSignedIn)?;
    if expires_at <= maker.expires_at {
        return Ok(maker.account);
    }
    Err(Problem::field(
        "days",
        format!("A token makes none that outlives it, and this one ends at {}.", maker.expires_at),
    ))
}

fn is_in_force(token: &ApiTokenRow, now: Time) -> bool {
    token.revoked_at.is_none() && now < token.expires_at
}

/// What a token may now: of its scopes those that its maker's role allows; none if it ended, or its
/// maker does not belong any more.
pub(super) fn allowed(tx: &mut Tx<'_>, token: &ApiTokenRow) -> Result<Option<Actions>, Problem> {
    let now = tx.now();
    if !is_in_force(token, now) {
        return Ok(None);
    }
    let Some(account) = token.account else { return Ok(Some(token.scopes)) };
    let maker = people::membership_of(tx, account, token.organisation)?;
    Ok(maker
        .filter(|maker| maker.is_in_force(now))
        .map(|maker| token.scopes.iter().filter(|scope| maker.role.may(*scope)).collect()))
}

/// The organisation's tokens.
pub async fn token_list(app: &App, caller: &Caller) -> Result<Vec<ApiTokenRow>, Problem> {
    caller.require(Action::SettingsRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(organisations::api_token_list(tx, organisation)?)).await
}

/// Takes a token back: of those that may do no more than the caller. Whoever takes another's shows the second
/// factor.
pub async fn token_revoke(app: &App, caller: &Caller, id: Id<ApiToken>) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    let (caller, now) = (caller.clone(), app.now());
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
            let row = organisations::api_token_by_id(tx, caller.organisation, id)?
                .ok_or(Problem::NotFound("token"))?;
            caller.require_all(row.scopes)?;
            caller.require_fresh_factor_for(row.account, now)?;
            if !organisations::api_token_revoke(tx, caller.organisation, id)? {
                return Err(Problem::NotFound("token"));
            }
            tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("token:{id}"),
                    kind: "token.revoked",
                    body: json!({"token": id}),
                },
            )?;
            Ok(())
        })
        .await
}

/// Who a program with this token is.
pub async fn token_caller(app: &App, token: &str) -> Result<Caller, Problem> {
    let secret = token
        .strip_prefix(PREFIX)
        .and_then(Secret::<32>::from_token)
        .ok_or(Problem::NotSignedIn)?;
    let digest = Digest::of(secret.expose());
    app.store()
        .read(move |tx| {
            let row =
                organisations::api_token_by_digest(tx, digest)?.ok_or(Problem::NotSignedIn)?;
            let allowed = allowed(tx, &row)?.ok_or(Problem::NotSignedIn)?;
            Ok(Caller {
                actor: Actor::Token { token: row.id, organisation: row.organisation },
                // Whoever makes a token names it as they like; what it signs names them too.
                name: format!("token {}, made by {}", row.name, row.created_by),
                organisation: row.organisation,
                allowed,
                factor_at: None,
                session: None,
            })
        })
        .await
}
