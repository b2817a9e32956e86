//! A second pair of eyes: what one person wrote or asked for another approves, where there is another who may.
//!
//! It is told apart by accounts. A program's word is that of whoever made its token, as far as anybody can tell.

use crate::{Caller, Problem};
use closedset_core::{
    Action, Actor,
    id::{Account, Id, Organisation},
};
use closedset_store::{Tx, exceptions::InvitedBy, organisations, people};

/// Whose word an approval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// One person's, as far as anybody can tell.
    OnePerson,
    /// Two accounts', of which one may have invited the other.
    TwoAccounts(Option<InvitedBy>),
}

/// Whose word it is if the caller, who may do `action`, approves what `asked_actor` asked for; none where that may be
/// their own and another may do it too.
pub(crate) fn approval(
    tx: &mut Tx<'_>,
    caller: &Caller,
    asked_actor: &str,
    action: Action,
) -> Result<Option<Approval>, Problem> {
    // Whoever asked may have a token, and a program that asked may have been told to.
    let is_account = matches!(caller.actor, Actor::Account { .. });
    let may_be_own = asked_actor == caller.actor.to_string()
        || !is_account
        || is_by_own_token(tx, caller, asked_actor)?;
    if may_be_own && has_other(tx, (caller.organisation, &caller.actor), action)? {
        return Ok(None);
    }
    let is_asked_by_account = asked_actor.starts_with("account:");
    Ok(Some(match may_be_own || !is_asked_by_account {
        true => Approval::OnePerson,
        false => Approval::TwoAccounts(which_invited(tx, caller, asked_actor)?),
    }))
}

/// Whether somebody other than `actor` may do this. Who stands behind a program or at the server's command line is
/// not known: to them, a second person among those who may is another.
pub(crate) fn has_other(
    tx: &mut Tx<'_>,
    (organisation, actor): (Id<Organisation>, &Actor),
    action: Action,
) -> Result<bool, Problem> {
    let mut others = people::membership_roles(tx, organisation)?;
    others.retain(|(_, role)| role.may(action));
    Ok(match actor {
        Actor::Account { account, .. } => others.iter().any(|(other, _)| other != account),
        Actor::AccountAlone(_)
        | Actor::Token { .. }
        | Actor::Person(_)
        | Actor::Device(_)
        | Actor::Operator(_)
        | Actor::Closedset => others.len() > 1,
    })
}

/// Which of the account that asked and the one that approves had invited the other.
fn which_invited(
    tx: &mut Tx<'_>,
    caller: &Caller,
    asked_actor: &str,
) -> Result<Option<InvitedBy>, Problem> {
    let asker: Option<Id<Account>> =
        asked_actor.strip_prefix("account:").and_then(|id| id.parse().ok());
    let (Some(asker), Some(approver)) = (asker, caller.account()) else { return Ok(None) };
    let organisation = caller.organisation;
    if people::person_inviter(tx, organisation, approver)? == Some(asker) {
        return Ok(Some(InvitedBy::Asker));
    }
    let is_by_approver = people::person_inviter(tx, organisation, asker)? == Some(approver);
    Ok(is_by_approver.then_some(InvitedBy::Approver))
}

/// Whether a token asked that the caller made.
fn is_by_own_token(tx: &mut Tx<'_>, caller: &Caller, asked_actor: &str) -> Result<bool, Problem> {
    let token = asked_actor.strip_prefix("token:").and_then(|id| id.parse().ok());
    let (Some(token), Actor::Account { account, .. }) = (token, &caller.actor) else {
        return Ok(false);
    };
    let made = organisations::api_token_by_id(tx, caller.organisation, token)?;
    Ok(made.is_some_and(|made| made.account == Some(*account)))
}
