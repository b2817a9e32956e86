//! Changing an engagement: form, job, days; giving it a last day ends it.

use super::{
    NewEngagement,
    derive::write_counted,
    entered::Reading,
    known::{ended, engagement, refuse_overlap, tell, told},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    engagement::Days,
    id::{Engagement, Id},
};
use closedset_store::engagements::{self, EngagementRow};

/// Writes down what an engagement is now. It ends with its last day, which may be of the past or to come: the person
/// stays, and whoever returns gets another.
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
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let before = engagement(tx, caller.organisation, id)?;
        let (mut row, last_before) = (before.clone(), before.days.last);
        (row.form, row.job, row.days) = (form, job.clone(), days);
        if row == before {
            return Ok(());
        }
        refuse_overlap(tx, caller.organisation, &row)?;
        engagements::engagement_update(tx, caller.organisation, &row)?;
        let is_end = row.days.last.is_some()
            && row == EngagementRow { days: Days { last: row.days.last, ..before.days }, ..before };
        let kind = if is_end { "engagement.ended" } else { "engagement.changed" };
        tell(tx, caller, row.person, kind, told(&row))?;
        // To give it a last day, or an earlier one, is to end it.
        let is_ended = row.days.last.is_some() && row.days.last != last_before;
        ended(tx, caller, row.person, is_ended.then_some(row.id))?;
        Ok(())
    })
    .await
}
