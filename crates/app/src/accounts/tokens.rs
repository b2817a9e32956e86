//! Tokens by which programs use the API: shown once, kept as a digest, with scopes and an end.
//!
//! What a token may is settled when it is made: its scopes, of which its maker had every one then. It is
//! held against its maker at each use: a token may what its scopes and its maker's role both allow, and
//! nothing once its maker does not belong any more. What a token makes is its maker's too, and ends with
//! it: tokens, invitations that are open, links for devices that none used. Tokens that somebody made at
//! the server's command line have no maker among the people, and stand by themselves.

use crate::{App, Caller, FieldProblem, Problem, admitted::Admitted, people::is_name};
use closedset_core::{
    Action, Actions, Actor, Digest, Duration, Role, Secret, Time,
    entry::Log,
    id::{Account, ApiToken, Enrolment, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx,
    devices::{self, EnrolmentMaker},
    organisations::{self, ApiTokenRow},
    people::{self, InvitationRow},
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
    if !is_name(&name) {
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
    let row = app
        .write_for(caller, Action::SettingsWrite, move |tx, caller| {
            let expires_at = tx.now() + Duration::from_days(new.days);
            check_maker(tx, caller, expires_at)?;
            // A role may have changed since.
            check_scopes(new.scopes, caller).map_err(|message| Problem::field("scopes", message))?;
            let row = ApiTokenRow {
                id: tx.new_id(),
                organisation: caller.organisation,
                name: name.clone(),
                scopes: new.scopes,
                created_by: caller.name.clone(),
                account: caller.account,
                parent: caller.token(),
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
    if scopes.contains(Action::Scim) && scopes != Actions::from(Action::Scim) {
        return Err("The scope scim stands alone: make another token for the rest.".into());
    }
    let beyond = asked_of_maker(scopes).without(maker.allowed);
    if beyond.is_empty() {
        return Ok(());
    }
    Err(format!("A token may do no more than its maker, who lacks: {beyond}."))
}

/// What whoever makes a token must be allowed: its scopes. What a directory does is to see people and to enter them, which
/// no role names as that.
fn asked_of_maker(scopes: Actions) -> Actions {
    match scopes.contains(Action::Scim) {
        true => {
            scopes.without(Action::Scim.into()).with(Action::PeopleRead).with(Action::PeopleWrite)
        }
        false => scopes,
    }
}

/// The scopes that somebody may give to a token.
pub fn offered(maker: &Caller) -> Actions {
    let may = |scope: &Action| asked_of_maker((*scope).into()).without(maker.allowed).is_empty();
    Action::ALL.iter().copied().filter(may).collect()
}

/// Refuses a token that would live longer than the one that makes it.
fn check_maker(tx: &mut Tx<'_>, caller: &Admitted, expires_at: Time) -> Result<(), Problem> {
    let Some(token) = caller.token() else { return Ok(()) };
    let maker = organisations::api_token_by_id(tx, caller.organisation, token)?
        .ok_or(Problem::NotSignedIn)?;
    if expires_at <= maker.expires_at {
        return Ok(());
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
    Ok(maker.filter(|maker| maker.is_in_force(now)).map(|maker| {
        let may = |scope: &Action| {
            asked_of_maker((*scope).into()).without(maker.role.actions()).is_empty()
        };
        token.scopes.iter().filter(may).collect()
    }))
}

/// Who opened something to others, and where: an invitation, a link for a device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    /// Where.
    pub(crate) organisation: Id<Organisation>,
    /// The account, or whose token it was; none where an operator did.
    pub(crate) account: Option<Id<Account>>,
    /// The token, if one did.
    pub(crate) token: Option<Id<ApiToken>>,
}

/// What whoever opened something may now; nothing once they do not belong, or the token is not in force.
pub(crate) fn may_still(tx: &mut Tx<'_>, opened: Opened) -> Result<Actions, Problem> {
    let Opened { organisation, account, token } = opened;
    let now = tx.now();
    if let Some(token) = token {
        let row = organisations::api_token_by_id(tx, organisation, token)?;
        return match row {
            Some(row) => Ok(allowed(tx, &row)?.unwrap_or(Actions::NONE)),
            None => Ok(Actions::NONE),
        };
    }
    let Some(account) = account else { return Ok(Role::Owner.actions()) };
    let membership = people::membership_of(tx, account, organisation)?;
    let role = membership.filter(|one| one.is_in_force(now)).map(|one| one.role);
    Ok(role.map_or(Actions::NONE, Role::actions))
}

/// What a token made that is still good for something.
#[derive(Debug, Clone, Default)]
pub struct TokenMade {
    /// The tokens, and those that they made.
    pub tokens: Vec<ApiTokenRow>,
    /// The invitations of all of them that are open.
    pub invitations: Vec<InvitationRow>,
}

/// What is still good of what a token and those that it made opened.
fn made_by(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<ApiToken>,
) -> Result<TokenMade, Problem> {
    let now = tx.now();
    let tokens = organisations::api_token_descendants(tx, organisation, id)?;
    let mut invitations = people::invitation_list(tx, organisation)?;
    invitations.retain(|open| {
        open.inviter_token.is_some_and(|by| by == id || tokens.iter().any(|token| token.id == by))
    });
    let tokens = tokens.into_iter().filter(|token| is_in_force(token, now)).collect();
    Ok(TokenMade { tokens, invitations })
}

/// What ended with a token.
struct EndedWith {
    tokens: Vec<Id<ApiToken>>,
    invitations: Vec<String>,
    enrolments: Vec<Id<Enrolment>>,
}

/// Ends what a token made: its tokens, theirs, and what all of them opened to others.
fn end_made_by(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<ApiToken>,
) -> Result<EndedWith, Problem> {
    let made = made_by(tx, organisation, id)?;
    let mut enrolments = devices::enrolment_end_of(tx, organisation, EnrolmentMaker::Token(id))?;
    for token in organisations::api_token_descendants(tx, organisation, id)? {
        let maker = EnrolmentMaker::Token(token.id);
        enrolments.extend(devices::enrolment_end_of(tx, organisation, maker)?);
    }
    let mut tokens = Vec::new();
    for token in made.tokens {
        organisations::api_token_revoke(tx, organisation, token.id)?;
        tokens.push(token.id);
    }
    let mut invitations = Vec::new();
    for open in made.invitations {
        people::invitation_delete(tx, open.id)?;
        invitations.push(open.id.to_string());
    }
    Ok(EndedWith { tokens, invitations, enrolments })
}

/// What would end with a token.
pub async fn token_made(
    app: &App,
    caller: &Caller,
    id: Id<ApiToken>,
) -> Result<TokenMade, Problem> {
    caller.require(Action::SettingsRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| {
            let mut made = made_by(tx, caller.organisation, id)?;
            if !caller.may(Action::PeopleRead) {
                made.invitations.clear();
            }
            Ok(made)
        })
        .await
}

/// The organisation's tokens.
pub async fn token_list(app: &App, caller: &Caller) -> Result<Vec<ApiTokenRow>, Problem> {
    caller.require(Action::SettingsRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(organisations::api_token_list(tx, organisation)?)).await
}

/// Takes a token back, of those that may do no more than the caller, and what it made with it.
/// Whoever takes another's shows the second factor.
pub async fn token_revoke(app: &App, caller: &Caller, id: Id<ApiToken>) -> Result<(), Problem> {
    let now = app.now();
    app.write_for(caller, Action::SettingsWrite, move |tx, caller| {
        let row = organisations::api_token_by_id(tx, caller.organisation, id)?
            .ok_or(Problem::NotFound("token"))?;
        caller.require_all(asked_of_maker(row.scopes))?;
        caller.require_fresh_factor_for(row.account, now)?;
        if !organisations::api_token_revoke(tx, caller.organisation, id)? {
            return Err(Problem::NotFound("token"));
        }
        let ended = end_made_by(tx, caller.organisation, id)?;
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("token:{id}"),
                kind: "token.revoked",
                body: json!({
                    "token": id,
                    "tokens_revoked": ended.tokens,
                    "invitations_revoked": ended.invitations,
                    "enrolments_ended": ended.enrolments,
                }),
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
            // What is a directory's is nothing else, also where its maker may not bring people any more.
            if row.scopes.contains(Action::Scim) && !allowed.contains(Action::Scim) {
                return Err(Problem::NotSignedIn);
            }
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
