//! Engaging somebody who is known: anew, again, or in another form besides.

use super::{
    NewEngagement,
    derive::write_counted,
    entered::Reading,
    known::{engage as engage_in, person},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Engagement, Id, Person},
};

/// Engages somebody. Two engagements of one person overlap only in different forms.
pub async fn engage(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    new: NewEngagement,
) -> Result<Id<Engagement>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut reading = Reading::default();
    let (form, job, days) = reading.engagement(&new);
    reading.end()?;
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let row = person(tx, caller.organisation, id)?;
        engage_in(tx, caller, &row, (form, &job, days))
    })
    .await
}
