//! Which log a unit that writes holds from its beginning.

use closedset_core::{
    entry::Log,
    id::{Id, Organisation},
};

/// What a unit writes to. Units of one scope run one after the other, on all servers together, so
/// that what a unit read of its scope is still true when it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The installation: accounts, and whatever concerns several organisations. Such a unit may
    /// also record into an organisation's log; it should call [`crate::Tx::lock`] before it reads
    /// what that organisation's own units change.
    Installation,
    /// One organisation.
    Organisation(Id<Organisation>),
}

impl Scope {
    /// The log of this scope.
    pub fn log(self) -> Log {
        match self {
            Self::Installation => Log::Installation,
            Self::Organisation(id) => Log::Organisation(id),
        }
    }
}
