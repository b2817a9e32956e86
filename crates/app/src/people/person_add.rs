//! Entering somebody who works here, with their first engagement.

use super::{
    NewEngagement, NewPerson,
    derive::write_counted,
    entered::Reading,
    known::{engage, refuse_same_email, tell},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Id, Person},
};
use closedset_store::people::{self, PersonRow};
use serde_json::json;

/// Enters somebody. Who is invited with the same address later is the same person.
pub async fn person_add(
    app: &App,
    caller: &Caller,
    new: NewPerson,
    first: NewEngagement,
) -> Result<Id<Person>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut reading = Reading::default();
    let (name, email, phone) = reading.person(&new);
    let (form, job, days) = reading.engagement(&first);
    reading.end()?;
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        refuse_same_email(tx, organisation, email.as_deref(), None)?;
        let row = PersonRow {
            id: tx.new_id(),
            name: name.clone(),
            email: email.clone(),
            phone: phone.clone(),
            created_at: tx.now(),
        };
        people::person_insert(tx, organisation, row.id, &row.name, &row.address())?;
        people::person_update(tx, organisation, &row)?;
        let body =
            json!({"person": row.id, "name": row.name, "email": row.email, "phone": row.phone});
        tell(tx, caller, row.id, "person.added", body)?;
        engage(tx, caller, &row, (form, &job, days))?;
        Ok(row.id)
    })
    .await
}
