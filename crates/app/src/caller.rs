//! Who asks, where, and what that allows.

use crate::Problem;
use closedset_core::{
    Action, Actions, Actor, Time,
    id::{Account, Id, Organisation, Session},
};

/// Somebody or something that asks for a use case in one organisation.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// A name for people: what stands in registers as "by".
    pub name: String,
    /// Where.
    pub organisation: Id<Organisation>,
    /// What they may do: a person what their role may, an operator everything, a program what its
    /// token's scopes name.
    pub allowed: Actions,
    /// When a person last showed the second factor in this session; none for programs and operators.
    pub factor_at: Option<Time>,
    /// The session that a person asks from; none for programs and operators.
    pub session: Option<Id<Session>>,
}

impl Caller {
    /// Whether this is allowed.
    pub fn may(&self, action: Action) -> bool {
        self.allowed.contains(action)
    }

    /// Who asks, among the people; none for programs and operators.
    pub fn account(&self) -> Option<Id<Account>> {
        match self.actor {
            Actor::Account { account, .. } | Actor::AccountAlone(account) => Some(account),
            Actor::Token { .. }
            | Actor::Person(_)
            | Actor::Device(_)
            | Actor::Operator(_)
            | Actor::Closedset => None,
        }
    }

    /// Refuses what is not allowed.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        self.require_all(Actions::from(action))
    }

    /// Refuses unless all of these are allowed.
    pub(crate) fn require_all(&self, actions: Actions) -> Result<(), Problem> {
        let lacking = actions.without(self.allowed);
        match self.actor {
            _ if lacking.is_empty() => Ok(()),
            Actor::Token { .. } => Err(Problem::ScopeLacking(lacking)),
            Actor::Account { .. }
            | Actor::AccountAlone(_)
            | Actor::Person(_)
            | Actor::Device(_)
            | Actor::Operator(_)
            | Actor::Closedset => Err(Problem::Forbidden),
        }
    }
}
