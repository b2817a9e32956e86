//! Looking at a policy again, with nothing to change.

use super::{
    changed,
    handbook::{After, carry_out},
    kept, review_day, tell,
};
use crate::{App, Caller, Problem, days::zone_of, people::today};
use closedset_core::id::{Id, Policy};
use closedset_store::{
    Tx,
    policies::{self, PolicyRow},
};
use jiff::civil::Date;
use serde_json::json;

/// Says that a policy was reviewed and stays as it is. `number` is the version that was read, and `review_by` the day
/// by which it is reviewed next, a year from today where it is empty. Yields that day.
pub async fn policy_review(
    app: &App,
    caller: &Caller,
    (id, number): (Id<Policy>, i64),
    review_by: &str,
) -> Result<Option<Date>, Problem> {
    let typed = review_by.to_owned();
    let prepare = move |tx: &mut Tx<'_>, caller: &Caller| {
        let row = kept(tx, caller.organisation, id)?;
        if row.number == 0 || row.number != number {
            return Err(changed());
        }
        let today = today(tx, caller.organisation)?;
        let review_by = review_day(&typed, today)?;
        let version = policies::policy_version(tx, id, number)?.ok_or_else(changed)?;
        let zone = zone_of(tx, caller.organisation)?;
        let approved_on = version.approved_at.timestamp().to_zoned(zone).date();
        if !version.has_second_person && approved_on >= today {
            return Err(Problem::Conflict {
                code: "policy.reviewed_today",
                sentence: "Nobody else approved this, so it is looked at again once you have slept on it.",
                remedy: "Review it tomorrow, or have another write and approve other words.",
            });
        }
        let row = PolicyRow {
            review_by: Some(review_by),
            reviewed_at: Some(tx.now()),
            reviewed_by: Some(caller.name.clone()),
            ..row
        };
        Ok(Some(After { row, version: None }))
    };
    carry_out(app, caller, prepare, move |tx, caller, after| {
        let Some(After { row, .. }) = after else { return Ok(None) };
        policies::policy_update(tx, caller.organisation, &row)?;
        let body = json!({"policy": id, "number": number, "review_by": row.review_by});
        tell(tx, caller, id, "policy.reviewed", body)?;
        Ok(row.review_by)
    })
    .await
}
