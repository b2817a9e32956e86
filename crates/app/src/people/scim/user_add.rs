//! Somebody whom a directory brings.

use super::{
    activity::{Work, settle},
    known::{
        Said, USERS, User, UserWords, describe, fitting_name, read, shown_one, taken, tell_apart,
    },
};
use crate::{App, Caller, Problem, people::known::tell};
use closedset_core::Action;
use closedset_store::{
    people::{self, PersonRow},
    scim::{self, UserRow},
};
use serde_json::json;

/// Takes somebody over from the register by their address, or enters them; whom the directory has already is refused.
pub async fn user_add(app: &App, caller: &Caller, words: UserWords) -> Result<User, Problem> {
    caller.require(Action::Scim)?;
    read(&words)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::Scim, move |tx, caller| {
        let (organisation, now) = (caller.organisation, tx.now());
        let read = read(&words)?;
        if scim::user_by_name(tx, organisation, &read.key)?.is_some() {
            return Err(taken());
        }
        if scim::user_count(tx, organisation)? >= USERS {
            return Err(Problem::Conflict {
                code: "scim.too_many_users",
                sentence: "The directory brought 20,000 people, and more are not kept.",
                remedy: "Assign fewer people to Closedset in the directory.",
            });
        }
        let known = match &read.email {
            Some(email) => people::person_by_email(tx, organisation, email)?,
            None => None,
        };
        let known = match known {
            Some(id) => people::person_by_id(tx, organisation, id)?,
            None => None,
        };
        let before = match &known {
            Some(person) => scim::user_by_person(tx, organisation, person.id)?,
            None => None,
        };
        if before.as_ref().is_some_and(|row| row.removed_at.is_none()) {
            return Err(taken());
        }
        let is_new = known.is_none();
        let is_active = match words.active {
            Said::Nothing | Said::TakenBack => true,
            Said::Among(said) | Said::Alone(said) => said,
        };
        let person = match known {
            Some(mut person) => {
                describe(tx, caller, &mut person, &read)?;
                if is_active {
                    tell_apart(tx, caller, &mut person, &read)?;
                }
                person
            }
            None => {
                let mut row = PersonRow {
                    id: tx.new_id(),
                    name: String::new(),
                    email: read.email.clone(),
                    phone: String::new(),
                    created_at: now,
                };
                row.name = fitting_name(tx, organisation, &read, &row.address())?;
                people::person_insert(tx, organisation, row.id, &row.name, &row.address())?;
                let body = json!({"person": row.id, "name": row.name, "email": row.email, "phone": row.phone});
                tell(tx, caller, row.id, "person.added", body)?;
                row
            }
        };
        let mut row = UserRow {
            person: person.id,
            name_key: Some(read.key.clone()),
            external_id: words.external_id.clone(),
            resource: words.resource.clone(),
            is_active: None,
            engagement: None,
            created_at: now,
            changed_at: now,
            removed_at: None,
        };
        let work = Work { form: words.form, job: &read.job };
        settle(tx, (&unit_app, caller), &mut row, Said::Alone(is_active), work)?;
        scim::user_put(tx, organisation, &row)?;
        let body = json!({"person": person.id, "is_new": is_new, "active": is_active});
        tell(tx, caller, person.id, "scim.user_brought", body)?;
        shown_one(tx, organisation, row)
    })
    .await
}
