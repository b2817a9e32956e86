//! What ended while a caller was at it: a token that was revoked, a session that was ended, a person
//! who was removed or may less. Asked in every unit that writes for a caller.

use super::{Stage, tokens::allowed};
use crate::{Caller, Problem, admitted::Admitted};
use closedset_core::{Action, Actions, Actor, Role};
use closedset_store::{Tx, accounts, organisations, people};

/// The caller as of this unit; refuses whoever may no longer what they began.
pub(crate) fn admit(tx: &mut Tx<'_>, caller: &Caller, action: Action) -> Result<Admitted, Problem> {
    let (account, person, now_allowed) = match caller.actor {
        Actor::Token { token, organisation } => {
            let row = organisations::api_token_by_id(tx, organisation, token)?
                .filter(|row| row.organisation == caller.organisation)
                .ok_or(Problem::NotSignedIn)?;
            let now_allowed = allowed(tx, &row)?.ok_or(Problem::NotSignedIn)?;
            let person = match row.account {
                Some(account) => people::membership_of(tx, account, organisation)?,
                None => None,
            };
            (row.account, person.map(|membership| membership.person), now_allowed)
        }
        Actor::Account { account, organisation } => {
            let began = match caller.session {
                Some(id) => Some(
                    accounts::session_list(tx, account)?
                        .into_iter()
                        .find(|session| session.id == id && session.stage == Stage::Full.as_str())
                        .ok_or(Problem::NotSignedIn)?
                        .created_at,
                ),
                None => None,
            };
            let now = tx.now();
            let membership = people::membership_of(tx, account, organisation)?
                .filter(|one| one.organisation == caller.organisation)
                .filter(|one| match began {
                    Some(began) => one.is_open_to(began, now),
                    None => one.is_in_force(now),
                })
                .ok_or(Problem::NotSignedIn)?;
            (Some(account), Some(membership.person), membership.role.actions())
        }
        Actor::AccountAlone(_) | Actor::Person(_) => return Err(Problem::NotSignedIn),
        Actor::Device(_) | Actor::Operator(_) | Actor::Closedset => {
            (None, None, Role::Owner.actions())
        }
    };
    let beyond = caller.allowed.without(now_allowed);
    let caller = Caller { allowed: caller.allowed.without(beyond), ..caller.clone() };
    caller.require_all(Actions::from(action))?;
    Ok(Admitted { caller, account, person })
}
