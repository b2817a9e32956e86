//! Deciding to bear what is left of a risk, until a day. It lowers nothing: the risk stands where it stood.

use super::{open, saying, tell};
use crate::{
    App, Caller, Problem,
    audits::said,
    days::{end_of, zone_of},
    evidence::invalid_unless_empty,
    people::today,
    tasks::of_field,
    titles::{DAY_RULE, day},
};
use closedset_core::{
    Action, Actions,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskAcceptance, RiskRow, risk_update};
use jiff::Span;
use serde_json::json;

/// Bears what is left of a risk until the end of a day, at most a year ahead; then a task asks to decide anew. A later
/// decision takes the place of an earlier one. It takes both: who enters evidence, and may accept risks.
pub async fn risk_accept(
    app: &App,
    caller: &Caller,
    id: Id<Risk>,
    (reason, until): (String, String),
) -> Result<(), Problem> {
    let both = Actions::from(Action::EvidenceWrite).with(Action::ExceptionGrant);
    caller.require_all(both)?;
    app.write_for(caller, Action::ExceptionGrant, move |tx, caller| {
        caller.require(Action::EvidenceWrite)?;
        let organisation = caller.organisation;
        let before = open(tx, organisation, (id, None))?;
        let mut problems = Vec::new();
        let words = of_field(
            said("reason", &reason, "Say why what is left can be borne, in a few words."),
            &mut problems,
        )?;
        let today = today(tx, organisation)?;
        let latest = today.saturating_add(Span::new().years(1));
        let until = match day(&until) {
            None => Err(Problem::field("until", DAY_RULE)),
            Some(last) if last < today || last > latest => {
                let message = "Choose today or a day within a year: then somebody decides anew.";
                Err(Problem::field("until", message))
            }
            Some(last) => Ok(last),
        };
        let until = of_field(until, &mut problems)?;
        invalid_unless_empty(problems)?;
        let (Some(words), Some(until)) = (words, until) else {
            return Err(Problem::Fault("a reason was read and is not there".into()));
        };
        let row = RiskRow {
            accepted: Some(RiskAcceptance {
                said: saying(tx, caller, &words),
                until,
                lapses_at: end_of(until, &zone_of(tx, organisation)?)?,
            }),
            changes: before.changes + 1,
            ..before
        };
        risk_update(tx, organisation, &row)?;
        let body = json!({"risk": id, "reason": words, "until": until});
        tell(tx, (&caller.actor, organisation), id, "risk.accepted", body)
    })
    .await
}
