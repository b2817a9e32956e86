//! Four eyes: what one began another confirms, where there is another who may. Exceptions and papers ask the same.

use crate::{Caller, Problem};
use closedset_core::{
    Action, Actor,
    id::{Id, Organisation},
};
use closedset_store::{Tx, organisations, people};

/// Whether somebody other than `actor` may do `action`. Who stands behind a program or at the server's
/// command line is not known: to them, a second person among those who may is another.
pub(crate) fn has_other(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    actor: &Actor,
    action: Action,
) -> Result<bool, Problem> {
    let mut those = people::membership_roles(tx, organisation)?;
    those.retain(|(_, role)| role.may(action));
    Ok(match actor {
        Actor::Account { account, .. } => those.iter().any(|(other, _)| other != account),
        Actor::AccountAlone(_)
        | Actor::Token { .. }
        | Actor::Person(_)
        | Actor::Device(_)
        | Actor::Operator(_)
        | Actor::Closedset => those.len() > 1,
    })
}

/// Whether a second person's word stands beside that of whoever began it if the caller, who may do `action`, approves
/// it; none where it may be their own and another must. Nobody knows who stands behind a program.
pub(crate) fn approves(
    tx: &mut Tx<'_>,
    caller: &Caller,
    began: &str,
    action: Action,
) -> Result<Option<bool>, Problem> {
    let may_be_own = may_be_own(tx, caller, began)?;
    if may_be_own && has_other(tx, caller.organisation, &caller.actor, action)? {
        return Ok(None);
    }
    Ok(Some(!may_be_own && began.starts_with("account:")))
}

/// Whether what `began` began may be the caller's own: whoever began it may have a token, and a program may have been
/// told to.
fn may_be_own(tx: &mut Tx<'_>, caller: &Caller, began: &str) -> Result<bool, Problem> {
    let Actor::Account { account, .. } = &caller.actor else { return Ok(true) };
    if began == caller.actor.to_string() {
        return Ok(true);
    }
    let Some(token) = began.strip_prefix("token:").and_then(|id| id.parse().ok()) else {
        return Ok(false);
    };
    let made = organisations::api_token_by_id(tx, caller.organisation, token)?;
    Ok(made.is_some_and(|made| made.account == Some(*account)))
}
