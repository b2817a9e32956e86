//! Whom a directory brought by SCIM, as what it knows them, and its groups.

use crate::{Row, StoreError, Tx, Value, params};
use closedset_core::{
    Time,
    id::{Engagement, Group, Id, Organisation, Person},
};

/// Somebody as a directory knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Who they are.
    pub person: Id<Person>,
    /// The directory's name for them as it is compared; none once it removed them.
    pub name_key: Option<String>,
    /// The directory's id.
    pub external_id: Option<String>,
    /// What it said of them, as JSON.
    pub resource: String,
    /// Whether it said that they are here; none where it took that back.
    pub is_active: Option<bool>,
    /// The engagement that began by its word.
    pub engagement: Option<Id<Engagement>>,
    /// Since when it knows them.
    pub created_at: Time,
    /// When it last changed something.
    pub changed_at: Time,
    /// When it removed them.
    pub removed_at: Option<Time>,
}

const USER: &str = "SELECT person, name_key, external_id, resource, is_active, engagement, created_at, changed_at, removed_at \
    FROM scim_user WHERE organisation = $1";

fn user(row: &Row<'_>) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        person: row.id(0)?,
        name_key: row.text_opt(1)?,
        external_id: row.text_opt(2)?,
        resource: row.text(3)?,
        is_active: row.bool_opt(4)?,
        engagement: row.id_opt(5)?,
        created_at: row.time(6)?,
        changed_at: row.time(7)?,
        removed_at: row.time_opt(8)?,
    })
}

/// Writes down what a directory says of somebody, whether it did before or not.
pub fn user_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &UserRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO scim_user (person, organisation, name_key, external_id, resource, is_active, engagement, created_at, \
         changed_at, removed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (person) DO UPDATE SET name_key = excluded.name_key, external_id = excluded.external_id, \
         resource = excluded.resource, is_active = excluded.is_active, engagement = excluded.engagement, \
         created_at = excluded.created_at, changed_at = excluded.changed_at, removed_at = excluded.removed_at",
        params![
            row.person,
            organisation,
            row.name_key.as_deref(),
            row.external_id.as_deref(),
            row.resource.as_str(),
            row.is_active,
            row.engagement,
            row.created_at,
            row.changed_at,
            row.removed_at
        ],
    )?;
    Ok(())
}

/// Somebody, removed by the directory or not.
pub fn user_by_person(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<UserRow>, StoreError> {
    tx.query_opt(&format!("{USER} AND person = $2"), params![organisation, person], user)
}

/// Whoever the directory calls so; nobody whom it removed.
pub fn user_by_name(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    name_key: &str,
) -> Result<Option<UserRow>, StoreError> {
    tx.query_opt(&format!("{USER} AND name_key = $2"), params![organisation, name_key], user)
}

/// Those with this id of the directory's whom it did not remove; at most `limit`.
pub fn user_list_by_external_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    external_id: &str,
    limit: i64,
) -> Result<Vec<UserRow>, StoreError> {
    tx.query(
        &format!("{USER} AND external_id = $2 AND removed_at IS NULL ORDER BY person LIMIT $3"),
        params![organisation, external_id, limit],
        user,
    )
}

/// Those whom the directory did not remove, by id, from the place `from` on, which counts from nought; at most `limit`.
pub fn user_page(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    from: i64,
    limit: i64,
) -> Result<Vec<UserRow>, StoreError> {
    tx.query(
        &format!("{USER} AND removed_at IS NULL ORDER BY person LIMIT $2 OFFSET $3"),
        params![organisation, limit, from],
        user,
    )
}

/// Those whom the directory did not remove, by id, behind `after`; at most `limit`.
pub fn user_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Person>>,
    limit: i64,
) -> Result<Vec<UserRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    tx.query(
        &format!("{USER} AND removed_at IS NULL AND person > $2 ORDER BY person LIMIT $3"),
        params![organisation, after, limit],
        user,
    )
}

/// How many there are whom the directory did not remove.
pub fn user_count(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM scim_user WHERE organisation = $1 AND removed_at IS NULL",
        params![organisation],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Forgets what a directory said of somebody.
pub(crate) fn user_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    member_delete_everywhere(tx, organisation, person)?;
    tx.execute(
        "DELETE FROM scim_user WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(())
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Its id.
    pub id: Id<Group>,
    /// What it is called.
    pub name: String,
    /// The directory's id.
    pub external_id: Option<String>,
    /// Since when it is known.
    pub created_at: Time,
    /// When it or who is in it last changed.
    pub changed_at: Time,
    /// When it was removed.
    pub removed_at: Option<Time>,
}

const GROUP: &str = "SELECT id, name, external_id, created_at, changed_at, removed_at FROM scim_group \
    WHERE organisation = $1";

fn group(row: &Row<'_>) -> Result<GroupRow, StoreError> {
    Ok(GroupRow {
        id: row.id(0)?,
        name: row.text(1)?,
        external_id: row.text_opt(2)?,
        created_at: row.time(3)?,
        changed_at: row.time(4)?,
        removed_at: row.time_opt(5)?,
    })
}

/// Writes down what a group is, whether it is known or not.
pub fn group_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &GroupRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO scim_group (id, organisation, name, external_id, created_at, changed_at, removed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         external_id = excluded.external_id, changed_at = excluded.changed_at, removed_at = excluded.removed_at",
        params![
            row.id,
            organisation,
            row.name.as_str(),
            row.external_id.as_deref(),
            row.created_at,
            row.changed_at,
            row.removed_at
        ],
    )?;
    Ok(())
}

/// A group that was not removed.
pub fn group_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Group>,
) -> Result<Option<GroupRow>, StoreError> {
    let sql = format!("{GROUP} AND id = $2 AND removed_at IS NULL");
    tx.query_opt(&sql, params![organisation, id], group)
}

/// The groups that were not removed, by id; at most `limit`.
pub fn group_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<GroupRow>, StoreError> {
    tx.query(
        &format!("{GROUP} AND removed_at IS NULL ORDER BY id LIMIT $2"),
        params![organisation, limit],
        group,
    )
}

/// Who is in a group, by id.
pub fn member_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    group: Id<Group>,
) -> Result<Vec<Id<Person>>, StoreError> {
    tx.query(
        "SELECT person FROM scim_member WHERE organisation = $1 AND scim_group = $2 ORDER BY person",
        params![organisation, group],
        |row| row.id(0),
    )
}

/// Somebody, a group that holds them, and what it is called.
pub type MemberOf = (Id<Person>, Id<Group>, String);

/// In which groups these people are, by person and group. They are as many as one page lists.
pub fn group_list_of_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    people: &[Id<Person>],
) -> Result<Vec<MemberOf>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (2..people.len() + 2).map(|place| format!("${place}")).collect();
    let own = std::iter::once(Value::from(organisation));
    let values: Vec<Value<'_>> =
        own.chain(people.iter().map(|person| Value::from(*person))).collect();
    tx.query(
        &format!(
            "SELECT m.person, g.id, g.name FROM scim_member m JOIN scim_group g ON g.id = m.scim_group \
             WHERE m.organisation = $1 AND m.person IN ({}) AND g.removed_at IS NULL ORDER BY m.person, g.id",
            places.join(", ")
        ),
        &values,
        |row| Ok((row.id(0)?, row.id(1)?, row.text(2)?)),
    )
}

/// Puts somebody into a group.
pub fn member_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    group: Id<Group>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO scim_member (scim_group, person, organisation) VALUES ($1, $2, $3)",
        params![group, person, organisation],
    )?;
    Ok(())
}

/// Takes somebody out of a group.
pub fn member_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    group: Id<Group>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM scim_member WHERE organisation = $1 AND scim_group = $2 AND person = $3",
        params![organisation, group, person],
    )?;
    Ok(())
}

/// Takes somebody out of all groups.
pub fn member_delete_everywhere(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM scim_member WHERE organisation = $1 AND person = $2",
        params![organisation, person],
    )?;
    Ok(())
}
