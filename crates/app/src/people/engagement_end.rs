//! Giving an engagement its last day.

use super::{
    entered::Reading,
    known::{engagement, refuse_overlap, tell, told},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Engagement, Id},
};
use closedset_store::engagements;

/// Ends an engagement with `last_day`, of the past or to come. The person stays, and whoever returns gets another.
pub async fn engagement_end(
    app: &App,
    caller: &Caller,
    id: Id<Engagement>,
    last_day: &str,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut reading = Reading::default();
    let last = reading.day("ends_on", last_day, "Enter the last day.");
    reading.end()?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let mut row = engagement(tx, caller.organisation, id)?;
        if last.is_some_and(|last| last < row.days.first) {
            return Err(Problem::field(
                "ends_on",
                "Choose a day that is not before the first one.",
            ));
        }
        if row.days.last == last {
            return Ok(());
        }
        row.days.last = last;
        refuse_overlap(tx, caller.organisation, &row)?;
        engagements::engagement_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, "engagement.ended", told(&row))
    })
    .await
}
