//! A new risk.

use super::{NewRisk, RISKS, tell, terms, told};
use crate::{App, Caller, Problem, tasks::of_field};
use closedset_core::{
    Action,
    id::{Id, Risk},
};
use closedset_store::risks::{RiskRow, risk_insert, risk_list};

/// Adds a risk, to be looked at again by a day within a year; empty is a year from today.
pub async fn risk_add(
    app: &App,
    caller: &Caller,
    (new, review_on): (NewRisk, String),
) -> Result<Id<Risk>, Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let mut problems = Vec::new();
        let review = of_field(terms::review_day(tx, organisation, &review_on), &mut problems)?;
        let read = terms::risk(tx, (caller, &catalogue), &new, None, problems)?;
        let Some((review_on, remind_at)) = review else {
            return Err(Problem::Fault("a day was read and is not there".into()));
        };
        if risk_list(tx, organisation)?.len() >= RISKS {
            return Err(Problem::Conflict {
                code: "risk.too_many",
                sentence: "There are 500 risks, closed ones among them.",
                remedy: "Change one that is there, so that it says what you meant to add.",
            });
        }
        let row = RiskRow {
            id: tx.new_id(),
            title: read.title,
            words: read.words,
            begun_from: read.begun_from,
            likelihood: new.likelihood,
            impact: new.impact,
            controls: read.controls,
            owner: read.owner,
            review_on,
            remind_at: Some(remind_at),
            task: None,
            reviewed: None,
            accepted: None,
            closed: None,
            changes: 0,
            created_at: tx.now(),
        };
        risk_insert(tx, organisation, &row)?;
        let mut body = told(&row);
        body.insert("begun_from".to_owned(), row.begun_from.as_str().into());
        body.insert("review_on".to_owned(), row.review_on.to_string().into());
        tell(tx, (&caller.actor, organisation), row.id, "risk.added", body.into())?;
        Ok(row.id)
    })
    .await
}
