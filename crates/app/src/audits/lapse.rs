//! Risks that were accepted until a day: after it the finding is open again, by itself.

use super::{finding_here, finding_reopen::reopen};
use crate::{App, Problem};
use closedset_core::{
    Actor,
    audit::FindingState,
    id::{Finding, Id, Organisation},
};
use closedset_store::{
    Tx,
    audits::{self, FindingOf},
};

/// Findings whose last day of being accepted is over.
pub(crate) async fn lapsing(app: &App, limit: i64) -> Result<Vec<FindingOf>, Problem> {
    let now = app.now();
    app.store().read(move |tx| Ok(audits::finding_lapsing(tx, now, limit)?)).await
}

/// Opens one of them again.
pub(crate) fn take_effect(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Finding>,
) -> Result<(), Problem> {
    let (before, audit) = match finding_here(tx, organisation, id) {
        // It was taken out meanwhile.
        Err(Problem::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let now = tx.now();
    let is_over = before.lapses_at.is_some_and(|end| end <= now);
    if before.state != FindingState::Accepted || !is_over {
        return Ok(());
    }
    let why = "the day until which the risk was accepted is over";
    reopen(tx, (&Actor::Closedset, organisation), (before, &audit), why)
}
