//! Changing what is known of somebody: name, address, telephone.

use super::{
    NewPerson,
    entered::Reading,
    known::{person, refuse_same_email, tell, was_member},
    name::refuse_same_name,
};
use crate::{App, Caller, Problem, contacts};
use closedset_core::{
    Action,
    id::{Id, Person},
};
use closedset_store::people;
use serde_json::json;

/// Changes name, address and telephone. Of somebody who signs in the address is their account's, and the name
/// that stands beside what they sign is changed only by whoever manages people; so are both of whoever signed in once.
pub async fn person_edit(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    new: NewPerson,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut reading = Reading::default();
    let (name, email, phone) = reading.person(&new);
    reading.end()?;
    let unit_app = app.clone();
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let before = person(tx, organisation, id)?;
        let mut row = before.clone();
        (row.name, row.email, row.phone) = (name.clone(), email.clone(), phone.clone());
        if row == before {
            return Ok(());
        }
        if people::member_by_person(tx, organisation, id)?.is_some() {
            if row.email != before.email {
                return Err(Problem::Conflict {
                    code: "person.email_of_account",
                    sentence: "This person signs in: the address is their account's, and is not changed here.",
                    remedy: "Leave the address as it is. To use another, invite them by it under Settings, People.",
                });
            }
            if row.name != before.name {
                caller.require(Action::PeopleManage)?;
            }
        } else if (&row.name, &row.email) != (&before.name, &before.email)
            && was_member(tx, organisation, id)?
        {
            // By the address their account is told, and by the account who signed.
            caller.require(Action::PeopleManage)?;
        }
        refuse_same_email(tx, organisation, row.email.as_deref(), Some(id))?;
        if row.name != before.name {
            refuse_same_name(tx, organisation, &row.name, &before.address())?;
        }
        people::person_update(tx, organisation, &row)?;
        let body = json!({"person": id, "name": row.name, "email": row.email, "phone": row.phone});
        tell(tx, caller, id, "person.changed", body)?;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        contacts::settle(tx, &catalogue, organisation)
    })
    .await
}
