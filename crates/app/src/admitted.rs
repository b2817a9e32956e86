//! The one way by which a caller's writes come in: whoever asks is asked for once more inside the unit.
//!
//! What a caller may was read when the request began. Until the unit runs, the person may have been
//! removed, the session ended, the token revoked. A unit that goes through here sees none of those: it
//! is handed a caller as of its own beginning, and whatever it makes is made by somebody who belongs.
//! No use case opens a writing unit for a caller by itself; a test reads the sources for that.

use crate::{App, Caller, Problem, accounts::admit};
use closedset_core::{
    Action, Actor,
    entry::Log,
    id::{Account, ApiToken, Id, Person},
};
use closedset_store::{Scope, Tx};
use std::ops::Deref;

/// A caller as they are within the unit that writes for them.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// With what they may now, and no more than they might when they began.
    pub(crate) caller: Caller,
    /// The account behind the caller: a person's own, or of whoever made the token.
    pub(crate) account: Option<Id<Account>>,
    /// The person behind the caller, for whom names are only words.
    pub(crate) person: Option<Id<Person>>,
}

impl Admitted {
    /// The token that asks, if one does.
    pub(crate) fn token(&self) -> Option<Id<ApiToken>> {
        match self.caller.actor {
            Actor::Token { token, .. } => Some(token),
            Actor::Account { .. }
            | Actor::AccountAlone(_)
            | Actor::Person(_)
            | Actor::Device(_)
            | Actor::Operator(_)
            | Actor::Closedset => None,
        }
    }
}

impl Deref for Admitted {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl App {
    /// Runs a unit in the caller's organisation, if the caller belongs there and may do this when it
    /// begins.
    pub(crate) async fn write_for<T: Send + 'static>(
        &self,
        caller: &Caller,
        action: Action,
        unit: impl for<'t> Fn(&mut Tx<'t>, &Admitted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        caller.require(action)?;
        let caller = caller.clone();
        self.store()
            .write(Scope::Organisation(caller.organisation), move |tx| -> Result<_, Problem> {
                let admitted = admit(tx, &caller, action)?;
                unit(tx, &admitted)
            })
            .await
    }

    /// The same in a unit of the installation, with the log of the caller's organisation held, so that
    /// nobody is removed there meanwhile.
    pub(crate) async fn write_for_in_installation<T: Send + 'static>(
        &self,
        caller: &Caller,
        action: Action,
        unit: impl for<'t> Fn(&mut Tx<'t>, &Admitted) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        caller.require(action)?;
        let caller = caller.clone();
        self.store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                tx.lock(Log::Organisation(caller.organisation))?;
                let admitted = admit(tx, &caller, action)?;
                unit(tx, &admitted)
            })
            .await
    }
}
