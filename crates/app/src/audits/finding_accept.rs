//! Accepting the risk of a finding until a day. It covers no verdict: that is what exceptions do.

use super::{finding_here, task, terms::said};
use crate::{
    App, Caller, FieldProblem, Problem,
    days::{end_of, zone_of},
    evidence::invalid_unless_empty,
    people::today,
    tasks::of_field,
    titles::{DAY_RULE, day},
};
use closedset_core::{
    Action, Actions,
    audit::FindingState,
    entry::Log,
    id::{Finding, Id},
};
use closedset_store::{
    NewEntry,
    audits::{FindingRow, finding_update},
};
use jiff::Span;
use serde_json::json;

/// The finding is left as it is until the end of a day, at most a year ahead; then it is open again. It takes both:
/// who enters evidence, and may accept risks.
pub async fn finding_accept(
    app: &App,
    caller: &Caller,
    id: Id<Finding>,
    (reason, until): (String, String),
) -> Result<(), Problem> {
    let both = Actions::from(Action::EvidenceWrite).with(Action::ExceptionGrant);
    caller.require_all(both)?;
    let mut problems: Vec<FieldProblem> = Vec::new();
    let words = of_field(
        said("reason", &reason, "Say why the risk can be borne, in a few words."),
        &mut problems,
    )?;
    let last = day(&until);
    if last.is_none() {
        problems.push(FieldProblem { field: "until", message: DAY_RULE.into() });
    }
    invalid_unless_empty(problems)?;
    let (Some(words), Some(last)) = (words, last) else {
        return Err(Problem::Fault("a reason was read and is not there".into()));
    };
    app.write_for(caller, Action::ExceptionGrant, move |tx, caller| {
        caller.require(Action::EvidenceWrite)?;
        let organisation = caller.organisation;
        let (before, _) = finding_here(tx, organisation, id)?;
        if before.state != FindingState::Open {
            return Err(Problem::Conflict {
                code: "finding.not_open",
                sentence: "This finding is not open, so there is no risk to accept.",
                remedy: "If it is there again, or is to be accepted for longer, open it again first.",
            });
        }
        let today = today(tx, organisation)?;
        if last < today || last > today.saturating_add(Span::new().years(1)) {
            let message = "Choose today or a day within a year: then somebody looks again.";
            return Err(Problem::field("until", message));
        }
        let row = FindingRow {
            state: FindingState::Accepted,
            said: words.clone(),
            proof: None,
            decided_by: Some(caller.name.clone()),
            decided_at: Some(tx.now()),
            accepted_until: Some(last),
            lapses_at: Some(end_of(last, &zone_of(tx, organisation)?)?),
            changes: before.changes + 1,
            ..before
        };
        task::close(tx, caller, &row, "the risk was accepted")?;
        finding_update(tx, organisation, &row)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("finding:{id}"),
                kind: "finding.accepted",
                body: json!({
                    "finding": id,
                    "audit": row.audit,
                    "reason": words,
                    "until": last,
                    "task": row.task,
                }),
            },
        )?;
        Ok(())
    })
    .await
}
