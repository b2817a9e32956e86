//! The present of an organisation: what the clock says, but not before the last entry of its log, so
//! that nothing recorded lies in the future where a clock was set back (by more than a day, the log
//! does not wait for it either). Pages and answers that tell the present all ask here.

use crate::{App, Caller, Problem};
use closedset_core::{
    Time,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{Tx, ledger};

/// The present of the caller's organisation.
pub async fn present(app: &App, caller: &Caller) -> Result<Time, Problem> {
    let organisation = caller.organisation;
    app.store().read(move |tx| moment(tx, organisation, None)).await
}

/// The time that is asked for: the present, where none is. What lies after it is refused, because
/// what will be is not known.
pub(crate) fn moment(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Option<Time>,
) -> Result<Time, Problem> {
    let present = ledger::time_in(tx, Log::Organisation(organisation))?;
    match at {
        None => Ok(present),
        Some(at) if at <= present => Ok(at),
        Some(_) => {
            Err(Problem::field("as_of", "Choose a day of the past; what will be is not known."))
        }
    }
}
