//! Looking at a risk again.

use super::{Seen, open, saying, task, tell, terms};
use crate::{App, Caller, Problem, audits::said, evidence::invalid_unless_empty, tasks::of_field};
use closedset_core::{
    Action,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskRow, risk_update};
use serde_json::json;

/// What is said when a risk was looked at again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// What was looked at, and what came of it.
    pub said: String,
    /// The day by which it is looked at next, within a year; empty for a year from today.
    pub review_on: String,
}

/// Says that a risk was looked at, and closes the task for that, if one is open.
pub async fn risk_review(
    app: &App,
    caller: &Caller,
    id: Id<Risk>,
    (review, seen): (Review, Seen),
) -> Result<(), Problem> {
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let before = open(tx, organisation, (id, seen))?;
        let mut problems = Vec::new();
        let words = of_field(
            said("said", &review.said, "Say what you looked at, in a few words."),
            &mut problems,
        )?;
        let next = of_field(terms::review_day(tx, organisation, &review.review_on), &mut problems)?;
        invalid_unless_empty(problems)?;
        let (Some(words), Some((review_on, remind_at))) = (words, next) else {
            return Err(Problem::Fault("a review was read and is not there".into()));
        };
        let closed = task::close(tx, caller, &before, &words)?;
        let row = RiskRow {
            review_on,
            remind_at: Some(remind_at),
            task: None,
            reviewed: Some(saying(tx, caller, &words)),
            changes: before.changes + 1,
            ..before
        };
        risk_update(tx, organisation, &row)?;
        let body = json!({
            "risk": id,
            "said": words,
            "likelihood": row.likelihood,
            "impact": row.impact,
            "review_on": review_on,
            "task": closed,
        });
        tell(tx, (&caller.actor, organisation), id, "risk.reviewed", body)
    })
    .await
}
