//! Who asks, where, and what that allows.

use crate::Problem;
use closedset_core::{
    Action, Actor, Role, Time,
    id::{Id, Organisation},
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
    /// As what.
    pub role: Role,
    /// When a person last showed the second factor in this session; none for programs and operators.
    pub factor_at: Option<Time>,
}

impl Caller {
    /// Refuses what the role does not allow.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        if self.role.may(action) { Ok(()) } else { Err(Problem::Forbidden) }
    }
}
