//! Changing an assignment: job and days.

use super::{
    NewAssignment,
    entered::Reading,
    known::{assignment, refuse_second, tell, told_assignment},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Assignment, Id},
};
use closedset_store::engagements;

/// Writes down what an assignment is now.
pub async fn assignment_change(
    app: &App,
    caller: &Caller,
    id: Id<Assignment>,
    new: NewAssignment,
) -> Result<(), Problem> {
    caller.require(Action::TitleWrite)?;
    let mut reading = Reading::default();
    let (job, days) = reading.assignment(&new);
    reading.end()?;
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let before = assignment(tx, caller.organisation, id)?;
        let mut row = before.clone();
        (row.job, row.days) = (job.clone(), days);
        if row == before {
            return Ok(());
        }
        refuse_second(tx, caller.organisation, &row)?;
        engagements::assignment_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, "assignment.changed", told_assignment(&row))
    })
    .await
}
