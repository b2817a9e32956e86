//! What happens to risks by itself: a task opens where one is to be looked at again, and a decision to bear one ends.

use super::{known, task, tell};
use crate::{App, Problem};
use closedset_core::{
    Actor,
    id::{Id, Organisation, Risk},
};
use closedset_store::{
    Tx,
    risks::{RiskOf, RiskRow, risk_due, risk_update},
};
use serde_json::json;

/// Risks to which something happens.
pub(crate) async fn due(app: &App, limit: i64) -> Result<Vec<RiskOf>, Problem> {
    let now = app.now();
    app.store().read(move |tx| Ok(risk_due(tx, now, limit)?)).await
}

/// Has it happen to one of them.
pub(crate) fn take_effect(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Risk>,
) -> Result<(), Problem> {
    let before = known(tx, organisation, id)?;
    let (now, by) = (tx.now(), (&Actor::Closedset, organisation));
    if before.closed.is_some() {
        return Ok(());
    }
    let is_due = before.remind_at.is_some_and(|at| at <= now);
    let ended = before.accepted.as_ref().filter(|accepted| accepted.lapses_at <= now);
    if !is_due && ended.is_none() {
        return Ok(());
    }
    let task = task::opened(tx, organisation, &before, is_due)?;
    let row = RiskRow {
        task: Some(task),
        // Whoever does the task says when it is looked at next.
        remind_at: None,
        accepted: before.accepted.clone().filter(|_| ended.is_none()),
        changes: before.changes + i64::from(ended.is_some()),
        ..before.clone()
    };
    risk_update(tx, organisation, &row)?;
    if let Some(ended) = ended {
        let body = json!({"risk": id, "until": ended.until, "task": task});
        tell(tx, by, id, "risk.acceptance_ended", body)?;
    }
    if is_due {
        let body = json!({"risk": id, "review_on": row.review_on, "task": task});
        tell(tx, by, id, "risk.review_due", body)?;
    }
    Ok(())
}
