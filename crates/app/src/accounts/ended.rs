//! What ended while a caller was at it: a token that was revoked, a session that was ended, a person
//! who may less. What takes long asks here, in the unit of work that makes it count.

use super::{Stage, tokens::allowed};
use crate::{Caller, Problem};
use closedset_core::{Action, Actor};
use closedset_store::{Tx, accounts, organisations, people};

/// Refuses whoever may no longer what they began.
pub(crate) fn refuse_ended(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: Action,
) -> Result<(), Problem> {
    match caller.actor {
        Actor::Token { token, .. } => {
            let row = organisations::api_token_by_id(tx, caller.organisation, token)?
                .ok_or(Problem::NotSignedIn)?;
            match allowed(tx, &row)? {
                Some(allowed) if allowed.contains(action) => Ok(()),
                Some(_) => Err(Problem::ScopeLacking(action.into())),
                None => Err(Problem::NotSignedIn),
            }
        }
        Actor::Account { account, organisation } => {
            let Some(id) = caller.session else { return Ok(()) };
            let session = accounts::session_list(tx, account)?
                .into_iter()
                .find(|session| session.id == id && session.stage == Stage::Full.as_str())
                .ok_or(Problem::NotSignedIn)?;
            let now = tx.now();
            people::membership_of(tx, account, organisation)?
                .filter(|membership| membership.is_open_to(session.created_at, now))
                .ok_or(Problem::NotSignedIn)?
                .role
                .may(action)
                .then_some(())
                .ok_or(Problem::Forbidden)
        }
        Actor::AccountAlone(_) => Err(Problem::NotSignedIn),
        Actor::Device(_) | Actor::Operator(_) | Actor::Closedset => Ok(()),
    }
}
