//! Who asks, where, and what that allows.

use crate::Problem;
use closedset_core::{
    Action, Actor, Role,
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
}

impl Caller {
    /// Refuses what the role does not allow.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        if self.role.may(action) { Ok(()) } else { Err(Problem::Forbidden) }
    }
}
