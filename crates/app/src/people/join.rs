//! Joining by the link of an invitation: with a new account, or with the one that a person has.
//!
//! A link that was used, taken back, has expired, or whose giver may not give it any more, is told
//! apart from one that never was for nobody.

use super::{NAME_RULE, is_name, refuse_same_name};
use crate::{
    App, FieldProblem, Problem,
    accounts::{
        Guessed, Opened, SessionToken, Signed, Stage, begin, check_new, count_failure, hash,
        look_at, may_still, refuse_locked, refuse_overtaken, token_digest,
    },
    contacts,
};
use closedset_core::{
    Action, Actor, Digest, Duration, Role, Secret,
    entry::Log,
    id::{Account, Id, Person},
};
use closedset_store::{
    NewEntry, Scope, Tx, accounts, organisations,
    people::{self, InvitationRow},
};
use serde_json::json;

/// What an invitation offers, to whoever holds its link.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The organisation's name.
    pub organisation: String,
    /// Whom it is for.
    pub email: String,
    /// Their name, as whoever invited wrote it.
    pub name: String,
    /// What they will be.
    pub role: Role,
    /// The name of who invited.
    pub invited_by: String,
}

/// A new account, as entered by whoever was invited.
#[derive(Clone)]
pub struct NewMember {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// The browser's own words.
    pub browser: String,
}

fn dead() -> Problem {
    Problem::Conflict {
        code: "invitation.dead",
        sentence: "This invitation opens nothing: it was used, taken back, or its seven days are over.",
        remedy: "Ask whoever invited you for a new link.",
    }
}

fn digest_of(token: &str) -> Result<Digest, Problem> {
    Secret::<32>::from_token(token).map(|secret| Digest::of(secret.expose())).ok_or_else(dead)
}

/// The invitation, if it opens something.
fn live(tx: &mut Tx<'_>, token: Digest) -> Result<InvitationRow, Problem> {
    let now = tx.now();
    let row = people::invitation_by_token(tx, token)?.ok_or_else(dead)?;
    if row.expires_at <= now || row.ends_at.is_some_and(|end| end <= now) {
        return Err(dead());
    }
    if let Some(inviter) = row.inviter {
        people::membership_of(tx, inviter, row.organisation)?
            .filter(|own| own.is_in_force(now) && own.role.may_give(row.role))
            .ok_or_else(dead)?;
    }
    if row.inviter_token.is_some() {
        let opened = Opened {
            organisation: row.organisation,
            account: row.inviter,
            token: row.inviter_token,
        };
        let may = may_still(tx, opened)?;
        let is_within = row.role.actions().without(may).is_empty() && row.role != Role::Owner;
        if !is_within || !may.contains(Action::PeopleManage) {
            return Err(dead());
        }
    }
    Ok(row)
}

/// The same in a unit of the installation, with the organisation's log held: nobody else uses it,
/// takes it back or changes who gave it meanwhile.
fn held(tx: &mut Tx<'_>, token: Digest) -> Result<InvitationRow, Problem> {
    let row = people::invitation_by_token(tx, token)?.ok_or_else(dead)?;
    tx.lock(Log::Organisation(row.organisation))?;
    live(tx, token)
}

/// What the link offers.
pub async fn offer(app: &App, token: &str) -> Result<Offer, Problem> {
    let token = digest_of(token)?;
    app.store()
        .read(move |tx| {
            let row = live(tx, token)?;
            let organisation =
                organisations::organisation_by_id(tx, row.organisation)?.ok_or_else(dead)?.name;
            Ok(Offer {
                organisation,
                email: row.email,
                name: row.name,
                role: row.role,
                invited_by: row.invited_by,
            })
        })
        .await
}

/// Makes an account for whoever was invited, who thereby joins, and signs it in so far that it can add
/// its second factor; before that it may nothing.
pub async fn join_new(app: &App, token: &str, new: NewMember) -> Result<SessionToken, Problem> {
    let token = digest_of(token)?;
    let (invitation, key, limit) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let row = live(tx, token)?;
            let key = format!("join:{}", row.id);
            let limit = accounts::rate_limit(tx, &key)?;
            Ok((row, key, limit))
        })
        .await?;
    refuse_locked(limit, app.now())?;
    let mut problems = Vec::new();
    let name = new.name.trim().to_owned();
    if !is_name(&name) {
        problems.push(FieldProblem {
            field: "name",
            message: format!("Enter your name, {NAME_RULE}."),
        });
    }
    if let Err(message) = check_new(&new.password, &invitation.email, &name) {
        problems.push(FieldProblem { field: "password", message });
    }
    if !problems.is_empty() {
        return Err(Problem::Invalid(problems));
    }
    // As long as it takes, whether or not there is an account.
    let password = hash(new.password, app.randomness()).await?;
    let session = SessionToken::random(app.randomness());
    let (session_digest, unit_app) = (token_digest(&session), app.clone());
    let is_made = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let row = held(tx, token)?;
            let id: Id<Account> = tx.new_id();
            if !accounts::account_insert(tx, id, &row.email, &name, &password)? {
                return Ok(false);
            }
            begin(tx, session_digest, id, Stage::Enrolling, &new.browser)?;
            let actor = Actor::Account { account: id, organisation: row.organisation };
            tx.record(
                Log::Installation,
                NewEntry {
                    actor: &actor,
                    subject: format!("account:{id}"),
                    kind: "account.created",
                    body: json!({"account": id}),
                },
            )?;
            join_as(tx, &unit_app, &row, id)?;
            Ok(true)
        })
        .await?;
    if is_made {
        return Ok(session);
    }
    count_failure(
        app,
        key,
        Guessed::Invitation { organisation: invitation.organisation, invitation: invitation.id },
    )
    .await?;
    Err(Problem::Conflict {
        code: "invitation.not_new",
        sentence: "No account could be made for this address.",
        remedy: "If you have one here already, sign in with it and open the link again; the invitation stays good. If somebody else made one with your address, whoever runs the server can delete it: closedset people forget.",
    })
}

/// Makes an account without a password for whoever a provider vouches for, who thereby joins: to the
/// address of the invitation, whose link they hold. One that has an account already links it first.
pub(crate) fn join_vouched(
    tx: &mut Tx<'_>,
    app: &App,
    token: Digest,
    email: &str,
) -> Result<Id<Account>, Problem> {
    let row = held(tx, token)?;
    if row.email != email {
        return Err(NOT_VOUCHED);
    }
    let id: Id<Account> = tx.new_id();
    if !accounts::account_insert(tx, id, &row.email, &row.name, "")? {
        return Err(Problem::Conflict {
            code: "provider.account",
            sentence: "There is an account with this address already, and an address alone links none.",
            remedy: "Sign in with its password and link it under My account; then open the invitation's link again, which stays good.",
        });
    }
    tx.record(
        Log::Installation,
        NewEntry {
            actor: &Actor::Account { account: id, organisation: row.organisation },
            subject: format!("account:{id}"),
            kind: "account.created",
            body: json!({"account": id}),
        },
    )?;
    join_as(tx, app, &row, id)?;
    Ok(id)
}

/// Joins with the account that a provider's name is linked with.
pub(crate) fn join_known(
    tx: &mut Tx<'_>,
    app: &App,
    token: Digest,
    account: Id<Account>,
    email: &str,
) -> Result<(), Problem> {
    let row = held(tx, token)?;
    if row.email != email {
        return Err(NOT_VOUCHED);
    }
    if accounts::account_by_id(tx, account)?.is_none_or(|account| account.email != row.email) {
        return Err(OTHER);
    }
    if people::membership_of(tx, account, row.organisation)?.is_some() {
        return Err(dead());
    }
    join_as(tx, app, &row, account)?;
    let now = tx.now();
    people::membership_shut(tx, account, row.organisation, now)?;
    tx.record(
        Log::Installation,
        NewEntry {
            actor: &Actor::Account { account, organisation: row.organisation },
            subject: format!("account:{account}"),
            kind: "account.joined",
            body: json!({"account": account, "organisation": row.organisation}),
        },
    )?;
    Ok(())
}

const OTHER: Problem = Problem::Conflict {
    code: "invitation.other",
    sentence: "This invitation is for another address than that of the account you are signed in with.",
    remedy: "Sign out and open the link again, or ask for an invitation to your own address.",
};

/// An invitation is for one address, and the provider says that it is theirs, or it is not used.
pub(crate) const NOT_VOUCHED: Problem = Problem::Conflict {
    code: "provider.email",
    sentence: "The provider does not say that the invitation's address is yours, or has not verified it.",
    remedy: "Sign in there as the person who was invited, ask for an invitation to the address that you have there, or make an account with a password.",
};

/// Joins with the account that is signed in, second factor and all; its session goes on there.
pub async fn join(app: &App, signed: &Signed, token: &str) -> Result<(), Problem> {
    if signed.stage != Stage::Full {
        return Err(Problem::NotSignedIn);
    }
    let token = digest_of(token)?;
    let (signed, unit_app) = (signed.clone(), app.clone());
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let session =
                accounts::session_by_token(tx, signed.token)?.ok_or(Problem::NotSignedIn)?;
            let row = held(tx, token)?;
            if row.email != signed.email {
                return Err(OTHER);
            }
            if people::membership_of(tx, signed.account, row.organisation)?.is_some() {
                return Err(dead());
            }
            join_as(tx, &unit_app, &row, signed.account)?;
            // What was shut out of here before does not come back with the person.
            let before = session.created_at - Duration::from_millis(1);
            people::membership_shut(tx, signed.account, row.organisation, before)?;
            look_at(tx, signed.token, signed.account, row.organisation)?;
            let actor = Actor::Account { account: signed.account, organisation: row.organisation };
            tx.record(
                Log::Installation,
                NewEntry {
                    actor: &actor,
                    subject: format!("account:{}", signed.account),
                    kind: "account.joined",
                    body: json!({"account": signed.account, "organisation": row.organisation}),
                },
            )?;
            Ok(())
        })
        .await
}

/// Makes the account a member, and uses the invitation up. A person who was here before is the same
/// person. What they are called here is what whoever invited wrote: it stands beside what they sign.
fn join_as(
    tx: &mut Tx<'_>,
    app: &App,
    row: &InvitationRow,
    account: Id<Account>,
) -> Result<(), Problem> {
    refuse_same_name(tx, row.organisation, &row.name, &row.email)?;
    let name = row.name.as_str();
    let person: Id<Person> = match people::person_by_email(tx, row.organisation, &row.email)? {
        Some(known) => {
            people::person_rename(tx, known, name)?;
            known
        }
        None => {
            let id = tx.new_id();
            people::person_insert(tx, row.organisation, id, name, &row.email)?;
            id
        }
    };
    people::membership_insert(tx, account, row.organisation, person, row.role, row.ends_at)?;
    people::person_set_inviter(tx, person, row.inviter)?;
    people::invitation_delete(tx, row.id)?;
    tx.record(
        Log::Organisation(row.organisation),
        NewEntry {
            actor: &Actor::Account { account, organisation: row.organisation },
            subject: format!("person:{person}"),
            kind: "person.joined",
            body: json!({
                "person": person,
                "name": name,
                "email": row.email,
                "role": row.role,
                "ends_at": row.ends_at,
                "invitation": row.id,
                "inviter": row.inviter,
                "inviter_token": row.inviter_token,
            }),
        },
    )?;
    // They may be called otherwise now.
    let catalogue = app.catalogue_of(tx, row.organisation)?;
    contacts::settle(tx, &catalogue, row.organisation)
}
