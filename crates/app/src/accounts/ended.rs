//! What ended while a caller was at it: a token that was revoked, a session that was ended, a person
//! who may less. What takes long asks here, in the unit of work that makes it count.

use super::{Stage, tokens::is_in_force};
use crate::{Caller, Problem};
use closedset_core::{Action, Actor};
use closedset_store::{Tx, accounts, organisations};

/// Refuses whoever may no longer what they began.
pub(crate) fn refuse_ended(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: Action,
) -> Result<(), Problem> {
    match caller.actor {
        Actor::Token { token, .. } => {
            organisations::api_token_by_id(tx, caller.organisation, token)?
                .filter(|token| is_in_force(token, tx.now()))
                .ok_or(Problem::NotSignedIn)?;
            Ok(())
        }
        Actor::Account { account, organisation } => {
            let Some(id) = caller.session else { return Ok(()) };
            accounts::session_list(tx, account)?
                .into_iter()
                .find(|session| session.id == id && session.stage == Stage::Full.as_str())
                .ok_or(Problem::NotSignedIn)?;
            organisations::membership_list(tx, account)?
                .into_iter()
                .find(|membership| membership.organisation == organisation)
                .filter(|membership| membership.role.actions().contains(action))
                .ok_or(Problem::Forbidden)?;
            Ok(())
        }
        Actor::Device(_) | Actor::Operator(_) | Actor::Closedset => Ok(()),
    }
}
