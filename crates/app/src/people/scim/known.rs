//! Users as the use cases need them.

use crate::{
    Problem,
    accounts::email,
    admitted::Admitted,
    people::{
        NAME_RULE,
        entered::Reading,
        is_name,
        known::{refuse_same_email, tell, today, was_member},
        name::refuse_same_name,
    },
};
use closedset_core::{
    Digest, Time,
    engagement::EngagementForm,
    entry::Log,
    id::{Group, Id, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx,
    engagements::{self, EngagementRow},
    people::{self, PersonRow},
    scim::{self, UserRow},
};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// More users of one organisation are not kept.
pub const USERS: i64 = 20_000;

/// What a directory says of whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// It takes back what it said.
    TakenBack,
    /// This, among all that it says of them: where it is what it said before, what the register says since stands.
    Among(bool),
    /// This, by itself.
    Alone(bool),
}

/// Somebody as a directory describes them.
#[derive(Debug, Clone)]
pub struct UserWords {
    /// The directory's name for them.
    pub user_name: String,
    /// Its id.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Their address; none where it says none.
    pub email: Option<String>,
    /// As what they work here.
    pub form: EngagementForm,
    /// What they do.
    pub job: String,
    /// Whether they are here.
    pub active: Said,
    /// All of it that is kept, as JSON.
    pub resource: String,
}

/// A user.
#[derive(Debug, Clone)]
pub struct User {
    /// What the directory said.
    pub row: UserRow,
    /// Whether they are here; none where it took back what it said.
    pub active: Option<bool>,
    /// The groups that they are in.
    pub groups: Vec<(Id<Group>, String)>,
}

impl User {
    /// What differs whenever something of them does.
    pub fn edition(&self) -> Digest {
        let groups: Vec<String> =
            self.groups.iter().map(|(id, name)| format!("{id} {name}")).collect();
        let parts = json!([self.row.resource, self.active, groups, self.row.changed_at]);
        Digest::of(parts.to_string().as_bytes())
    }
}

/// What was read of somebody's words.
pub(super) struct Read {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) job: String,
}

/// Reads what a directory says of somebody. Where it names no address, its own name for them may be one.
pub(super) fn read(words: &UserWords) -> Result<Read, Problem> {
    let mut reading = Reading::default();
    let job = reading.job(&words.job);
    let mut problems = Vec::new();
    let name = words.name.trim().to_owned();
    if !is_name(&name) {
        problems.push(Problem::field("name", format!("The name is {NAME_RULE}.")));
    }
    let address = match &words.email {
        Some(text) => email(text).map(Some).unwrap_or_else(|wrong| {
            problems.push(Problem::Invalid(vec![wrong]));
            None
        }),
        None => email(&words.user_name).ok(),
    };
    if let Some(problem) = problems.pop() {
        return Err(problem);
    }
    reading.end()?;
    Ok(Read { key: key(&words.user_name), name, email: address, job })
}

/// A directory's name for somebody as it is compared.
pub(super) fn key(user_name: &str) -> String {
    user_name.trim().to_lowercase()
}

/// A user whom the directory did not remove.
pub(super) fn user(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<(UserRow, PersonRow), Problem> {
    let row = scim::user_by_person(tx, organisation, id)?
        .filter(|row| row.removed_at.is_none())
        .ok_or(Problem::NotFound("user"))?;
    let person = people::person_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("user"))?;
    Ok((row, person))
}

/// Users with what the register says of them.
pub(super) fn shown(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    rows: Vec<UserRow>,
) -> Result<Vec<User>, Problem> {
    let today = today(tx, organisation)?;
    let ids: Vec<Id<Person>> = rows.iter().map(|row| row.person).collect();
    let mut engaged: BTreeMap<Id<Person>, Vec<EngagementRow>> = BTreeMap::new();
    for row in engagements::engagement_list_of_all(tx, organisation, &ids)? {
        engaged.entry(row.person).or_default().push(row);
    }
    let mut groups: BTreeMap<Id<Person>, Vec<(Id<Group>, String)>> = BTreeMap::new();
    for (person, id, name) in scim::group_list_of_all(tx, organisation, &ids)? {
        groups.entry(person).or_default().push((id, name));
    }
    let of = |row: UserRow| {
        let engaged = engaged.remove(&row.person).unwrap_or_default();
        User {
            active: row.is_active.map(|said| is_here(&engaged, said, today)),
            groups: groups.remove(&row.person).unwrap_or_default(),
            row,
        }
    };
    Ok(rows.into_iter().map(of).collect())
}

/// One of them.
pub(super) fn shown_one(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: UserRow,
) -> Result<User, Problem> {
    shown(tx, organisation, vec![row])?.pop().ok_or(Problem::NotFound("user"))
}

/// Whether somebody is engaged beyond today; or to the end of today, unless the directory said that they are gone: a last
/// day counts, and whoever was ended today is not told to be here.
pub(super) fn is_here(engaged: &[EngagementRow], said: bool, today: Date) -> bool {
    engaged.iter().any(|row| match row.days.last {
        None => true,
        Some(last) => last > today || (last == today && said),
    })
}

/// Refuses what was read before something changed.
pub(super) fn refuse_stale(expected: Option<Digest>, edition: Digest) -> Result<(), Problem> {
    if expected.is_none_or(|expected| expected == edition) {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "scim.stale",
        sentence: "This was changed since it was read.",
        remedy: "Read it again, and send the change anew.",
    })
}

/// What stands where somebody else has this.
pub(super) fn taken() -> Problem {
    Problem::Conflict {
        code: "scim.taken",
        sentence: "The directory has a user with this name or address already.",
        remedy: "Change that one; names and addresses are compared without case.",
    }
}

/// The name by which somebody stands in the register: the directory's, with their address behind it where another is
/// called the same.
pub(super) fn fitting_name(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    read: &Read,
    own: &str,
) -> Result<String, Problem> {
    match refuse_same_name(tx, organisation, &read.name, own) {
        Err(Problem::Conflict { .. }) => {}
        outcome => return outcome.map(|()| read.name.clone()),
    }
    let name = format!("{} ({})", read.name, read.email.as_deref().unwrap_or(&read.key));
    if !is_name(&name) {
        return Err(Problem::field(
            "name",
            format!("Another is called so; the name is {NAME_RULE}."),
        ));
    }
    refuse_same_name(tx, organisation, &name, own)?;
    Ok(name)
}

/// Gives somebody a name of their own before they are engaged: nobody is called so meanwhile who works here or ever did.
pub(super) fn tell_apart(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: &mut PersonRow,
    read: &Read,
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    let refused = match refuse_same_name(tx, organisation, &person.name, &person.address()) {
        Err(refused @ Problem::Conflict { .. }) => refused,
        outcome => return outcome,
    };
    if has_signed_name(tx, organisation, person.id)? {
        return Err(refused);
    }
    let name = fitting_name(tx, organisation, read, &person.address())?;
    rewrite(tx, caller, person, PersonRow { name, ..person.clone() })
}

/// Whether somebody has an account here, or had one: what they are called stands beside what they signed, and by their
/// address their account is told.
fn has_signed_name(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<bool, Problem> {
    Ok(people::member_by_person(tx, organisation, id)?.is_some()
        || was_member(tx, organisation, id)?)
}

/// Writes what a directory says of a person into the register, where it is its to say.
pub(super) fn describe(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: &mut PersonRow,
    read: &Read,
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    if read.name == person.name && read.email == person.email {
        return Ok(());
    }
    // It is changed by who manages people.
    if has_signed_name(tx, organisation, person.id)? {
        return Ok(());
    }
    let mut row = person.clone();
    row.email = read.email.clone();
    refuse_same_email(tx, organisation, row.email.as_deref(), Some(row.id))?;
    let is_told_apart = person.name.starts_with(&read.name) && person.name.ends_with(')');
    if read.name != person.name && !(is_told_apart && row.email == person.email) {
        row.name = fitting_name(tx, organisation, read, &person.address())?;
    }
    if row == *person {
        return Ok(());
    }
    rewrite(tx, caller, person, row)
}

fn rewrite(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    person: &mut PersonRow,
    row: PersonRow,
) -> Result<(), Problem> {
    people::person_update(tx, caller.organisation, &row)?;
    let body = json!({"person": row.id, "name": row.name, "email": row.email, "phone": row.phone});
    tell(tx, caller, row.id, "person.changed", body)?;
    *person = row;
    Ok(())
}

/// Writes an entry about a group.
pub(super) fn tell_group(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    group: Id<Group>,
    kind: &'static str,
    body: Value,
) -> Result<(), Problem> {
    tx.record(
        Log::Organisation(caller.organisation),
        NewEntry { actor: &caller.actor, subject: format!("group:{group}"), kind, body },
    )?;
    Ok(())
}

/// The moment after which something that was changed at `before` is changed again, so that no two editions are one.
pub(super) fn later(tx: &Tx<'_>, before: Time) -> Time {
    tx.now().max(before)
}
