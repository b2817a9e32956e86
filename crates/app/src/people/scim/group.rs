//! Groups as a directory has them.

use super::known::refuse_stale;
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest,
    id::{Group as GroupKind, Id, Organisation, Person},
};
use closedset_store::{
    Tx,
    scim::{self, GroupRow},
};
use serde_json::json;
use std::collections::BTreeSet;

/// More groups of one organisation are not kept.
pub const GROUPS: i64 = 500;
/// More members of one group are not kept.
pub const MEMBERS: usize = 2_000;

/// A group as a directory describes it.
#[derive(Debug, Clone)]
pub struct GroupWords {
    /// What it is called.
    pub name: String,
    /// The directory's id.
    pub external_id: Option<String>,
    /// Who is in it.
    pub members: BTreeSet<Id<Person>>,
}

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it is.
    pub row: GroupRow,
    /// Who is in it, by id.
    pub members: Vec<Id<Person>>,
}

impl Group {
    /// What differs whenever something of it does.
    pub fn edition(&self) -> Digest {
        let row = &self.row;
        let parts = json!([row.name, row.external_id, self.members, row.changed_at]);
        Digest::of(parts.to_string().as_bytes())
    }
}

/// A group that was not removed.
pub(super) fn group(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<GroupKind>,
) -> Result<Group, Problem> {
    let row = scim::group_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("group"))?;
    Ok(Group { row, members: scim::member_list(tx, organisation, id)? })
}

/// The same in this edition.
pub(super) fn group_in(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (id, expected): (Id<GroupKind>, Option<Digest>),
) -> Result<Group, Problem> {
    let group = group(tx, organisation, id)?;
    refuse_stale(expected, group.edition())?;
    Ok(group)
}

/// Refuses as a member whom the directory did not bring.
pub(super) fn refuse_strangers<'m>(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    members: impl IntoIterator<Item = &'m Id<Person>>,
) -> Result<(), Problem> {
    for member in members {
        let known = scim::user_by_person(tx, organisation, *member)?;
        if known.is_none_or(|row| row.removed_at.is_some()) {
            return Err(Problem::field("members", format!("There is no user {member}.")));
        }
    }
    Ok(())
}

/// Reads what a directory says of a group.
pub(super) fn check(words: &GroupWords) -> Result<(), Problem> {
    if !crate::people::is_line(&words.name, 200) || words.name.trim().is_empty() {
        return Err(Problem::field(
            "displayName",
            "The name has at most 200 characters on one line.",
        ));
    }
    if words.members.len() > MEMBERS {
        return Err(Problem::field("members", "A group has at most 2,000 members."));
    }
    Ok(())
}

/// One group.
pub async fn group_one(app: &App, caller: &Caller, id: Id<GroupKind>) -> Result<Group, Problem> {
    caller.require(Action::Scim)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| group(tx, organisation, id)).await
}

/// All groups by id, without their members.
pub async fn group_list(app: &App, caller: &Caller) -> Result<Vec<GroupRow>, Problem> {
    caller.require(Action::Scim)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(scim::group_list(tx, organisation, GROUPS)?)).await
}
