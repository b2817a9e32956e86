//! Changing an engagement: form, job, days.

use super::{
    NewEngagement,
    entered::Reading,
    known::{engagement, refuse_overlap, tell, told},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Engagement, Id},
};
use closedset_store::engagements;

/// Writes down what an engagement is now.
pub async fn engagement_change(
    app: &App,
    caller: &Caller,
    id: Id<Engagement>,
    new: NewEngagement,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut reading = Reading::default();
    let (form, job, days) = reading.engagement(&new);
    reading.end()?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let before = engagement(tx, caller.organisation, id)?;
        let mut row = before.clone();
        (row.form, row.job, row.days) = (form, job.clone(), days);
        if row == before {
            return Ok(());
        }
        refuse_overlap(tx, caller.organisation, &row)?;
        engagements::engagement_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, "engagement.changed", told(&row))
    })
    .await
}
