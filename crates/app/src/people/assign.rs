//! Saying who works on a title, from when to when.

use super::{
    NewAssignment,
    entered::Reading,
    known::{person, refuse_second, tell, told_assignment},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Assignment, Id, Person, Title},
};
use closedset_store::{
    engagements::{self, AssignmentRow},
    titles,
};

/// Assigns somebody to a title. It may go beyond their engagements: people are booked before they are engaged,
/// and their page remarks it.
pub async fn assign(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    title: Id<Title>,
    new: NewAssignment,
) -> Result<Id<Assignment>, Problem> {
    caller.require(Action::TitleWrite)?;
    let mut reading = Reading::default();
    let (job, days) = reading.assignment(&new);
    reading.end()?;
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let person = person(tx, organisation, id)?;
        titles::title_by_id(tx, organisation, title)?
            .filter(|row| row.removed_at.is_none())
            .ok_or(Problem::NotFound("title"))?;
        let row = AssignmentRow {
            id: tx.new_id(),
            person: person.id,
            title,
            job: job.clone(),
            days,
            created_at: tx.now(),
            removed_at: None,
        };
        refuse_second(tx, organisation, &row)?;
        engagements::assignment_insert(tx, organisation, &row)?;
        tell(tx, caller, row.person, "assignment.added", told_assignment(&row))?;
        Ok(row.id)
    })
    .await
}
