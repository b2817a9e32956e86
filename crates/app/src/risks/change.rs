//! Saying anew what a risk is: its words, how bad it is, whose it is and what treats it.

use super::{NewRisk, Seen, open, task, tell, terms, told};
use crate::{App, Caller, Problem, titles::changed};
use closedset_core::{
    Action,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskRow, risk_update};

/// Says what a risk is from now on, whole. The same again changes nothing and leaves no entry. When it is looked at
/// again, and whether what is left of it is borne, stays.
pub async fn risk_change(
    app: &App,
    caller: &Caller,
    id: Id<Risk>,
    (new, seen): (NewRisk, Seen),
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let before = open(tx, organisation, (id, seen))?;
        let read = terms::risk(tx, (caller, &catalogue), &new, Some(&before), Vec::new())?;
        let mut row = RiskRow {
            title: read.title,
            words: read.words,
            likelihood: new.likelihood,
            impact: new.impact,
            controls: read.controls,
            owner: read.owner,
            ..before.clone()
        };
        if row == before {
            return Ok(());
        }
        task::follow(tx, organisation, (&before, &row))?;
        row.changes += 1;
        risk_update(tx, organisation, &row)?;
        let body = changed(told(&before), told(&row));
        tell(tx, (&caller.actor, organisation), id, "risk.changed", body)
    })
    .await
}
