//! Exceptions as pages and the API show them.

use crate::{App, Caller, Problem, evidence::page};
use closedset_core::{
    Action,
    id::{Exception, Id},
};
use closedset_store::exceptions::{self, ExceptionRow};

/// The exceptions after `after`, oldest first, and whether there are more.
pub async fn exception_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Exception>>,
    limit: i64,
) -> Result<(Vec<ExceptionRow>, bool), Problem> {
    caller.require(Action::EvidenceRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let rows = exceptions::exception_list(tx, organisation, after, limit + 1)?;
            Ok(page(rows, limit))
        })
        .await
}

/// One exception.
pub async fn exception_one(
    app: &App,
    caller: &Caller,
    id: Id<Exception>,
) -> Result<ExceptionRow, Problem> {
    caller.require(Action::EvidenceRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            exceptions::exception_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("exception"))
        })
        .await
}
