//! Who belongs and who is invited, as pages and the API show it.

use crate::{App, Caller, Problem, evidence::page};
use closedset_core::{
    Action, Actor, Role, Subject, SubjectKind,
    id::{Account, Id, Person},
};
use closedset_store::people::{self, InvitationRow, MemberRow};
use std::collections::BTreeSet;

/// Who belongs, after `after`, in the order in which they were first known, and whether there are more.
pub async fn person_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Person>>,
    limit: i64,
) -> Result<(Vec<MemberRow>, bool), Problem> {
    caller.require(Action::PeopleRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let rows = people::member_list(tx, organisation, after, limit + 1)?;
            Ok(page(rows, limit))
        })
        .await
}

/// One of them.
pub async fn person_one(
    app: &App,
    caller: &Caller,
    person: Id<Person>,
) -> Result<MemberRow, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| super::member(tx, organisation, person)).await
}

/// Somebody who is or was known here.
#[derive(Debug, Clone)]
pub struct PersonName {
    /// The person.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
    /// The account that they have or had here.
    pub account: Option<Id<Account>>,
}

/// The names of everybody who belongs or ever did, at most 500, the latest first: what they did stays. With them
/// those of whom these subjects are.
pub async fn person_names(
    app: &App,
    caller: &Caller,
    subjects: &[Subject],
) -> Result<Vec<PersonName>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    let ids: BTreeSet<Id<Person>> = subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Person)
        .filter_map(|subject| subject.id.parse().ok())
        .collect();
    app.store()
        .read(move |tx| {
            let rows = people::person_names(tx, organisation, 500)?;
            let named =
                |(person, name, account)| PersonName { person, name, account: Some(account) };
            let mut names: Vec<PersonName> = rows.into_iter().map(named).collect();
            for id in &ids {
                if let Some(row) = people::person_by_id(tx, organisation, *id)? {
                    names.push(PersonName { person: row.id, name: row.name, account: None });
                }
            }
            Ok(names)
        })
        .await
}

/// The invitations that were neither used nor taken back, oldest first; at most 200.
pub async fn invitation_list(app: &App, caller: &Caller) -> Result<Vec<InvitationRow>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(people::invitation_list(tx, organisation)?)).await
}

/// The roles that a caller may give, change and take, for what is offered; each use case asks anew.
pub fn may_give(caller: &Caller, own: Option<Role>) -> Vec<Role> {
    let is_within = |role: &&Role| {
        let by_role = match (&caller.actor, own) {
            (Actor::Operator(_), _) => true,
            (_, Some(own)) => own.may_give(**role),
            (_, None) => **role != Role::Owner,
        };
        by_role
            && caller.may(Action::PeopleManage)
            && role.actions().without(caller.allowed).is_empty()
    };
    Role::ALL.iter().filter(is_within).copied().collect()
}
