//! Clients, and the titles that are theirs.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    engagement::Days,
    id::{Assignment, Client, Id, Organisation, Person, Title},
};
use jiff::civil::Date;

/// A company whose content is worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// Its id.
    pub id: Id<Client>,
    /// Its name.
    pub name: String,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The days of the contract with it, where there is one.
    pub contract: Option<Days>,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was removed as entered by mistake.
    pub removed_at: Option<Time>,
}

const CLIENT: &str = "SELECT id, name, is_confidential, contract_from, contract_to, created_at, removed_at FROM client \
    WHERE organisation = $1";

fn client(row: &Row<'_>) -> Result<ClientRow, StoreError> {
    let last = row.day_opt(4)?;
    Ok(ClientRow {
        id: row.id(0)?,
        name: row.text(1)?,
        is_confidential: row.bool(2)?,
        contract: row.day_opt(3)?.map(|first| Days { first, last }),
        created_at: row.time(5)?,
        removed_at: row.time_opt(6)?,
    })
}

/// Adds a client.
pub fn client_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    client: &ClientRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO client (id, organisation, name, is_confidential, contract_from, contract_to, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            client.id,
            organisation,
            client.name.as_str(),
            client.is_confidential,
            client.contract.map(|days| days.first),
            client.contract.and_then(|days| days.last),
            client.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what a client is now.
pub fn client_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    client: &ClientRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE client SET name = $3, is_confidential = $4, contract_from = $5, contract_to = $6, removed_at = $7 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            client.id,
            client.name.as_str(),
            client.is_confidential,
            client.contract.map(|days| days.first),
            client.contract.and_then(|days| days.last),
            client.removed_at
        ],
    )?;
    Ok(())
}

/// The clients of an organisation that were not removed, by name.
pub fn client_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<ClientRow>, StoreError> {
    let sql = format!("{CLIENT} AND removed_at IS NULL ORDER BY name, id");
    tx.query(&sql, params![organisation], client)
}

/// One client, removed or not.
pub fn client_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Client>,
) -> Result<Option<ClientRow>, StoreError> {
    tx.query_opt(&format!("{CLIENT} AND id = $2"), params![organisation, id], client)
}

/// A production whose content is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleRow {
    /// Its id.
    pub id: Id<Title>,
    /// Whose it is.
    pub client: Id<Client>,
    /// What it is really called.
    pub name: String,
    /// What it is called before all who need not know.
    pub alias: String,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
    /// The days of the work on it.
    pub days: Days,
    /// The first day on which nothing of its content was held any more.
    pub content_gone_on: Option<Date>,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was removed as entered by mistake.
    pub removed_at: Option<Time>,
}

impl TitleRow {
    /// Whether it is worked on, or its content is held, on this day. Content is held until somebody
    /// says that it is gone.
    pub fn is_active_on(&self, day: Date) -> bool {
        let is_held = self.days.first <= day && self.content_gone_on.is_none_or(|gone| day < gone);
        self.days.holds(day) || is_held
    }
}

const TITLE: &str = "SELECT id, client, name, alias, is_high_security, begins_on, ends_on, content_gone_on, created_at, removed_at \
    FROM title WHERE organisation = $1";

fn title(row: &Row<'_>) -> Result<TitleRow, StoreError> {
    Ok(TitleRow {
        id: row.id(0)?,
        client: row.id(1)?,
        name: row.text(2)?,
        alias: row.text(3)?,
        is_high_security: row.bool(4)?,
        days: Days { first: row.day(5)?, last: row.day_opt(6)? },
        content_gone_on: row.day_opt(7)?,
        created_at: row.time(8)?,
        removed_at: row.time_opt(9)?,
    })
}

/// Adds a title.
pub fn title_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    title: &TitleRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO title (id, organisation, client, name, alias, is_high_security, begins_on, ends_on, content_gone_on, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            title.id,
            organisation,
            title.client,
            title.name.as_str(),
            title.alias.as_str(),
            title.is_high_security,
            title.days.first,
            title.days.last,
            title.content_gone_on,
            title.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what a title is now. Whose it is never changes.
pub fn title_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    title: &TitleRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE title SET name = $3, alias = $4, is_high_security = $5, begins_on = $6, ends_on = $7, content_gone_on = $8, \
         removed_at = $9 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            title.id,
            title.name.as_str(),
            title.alias.as_str(),
            title.is_high_security,
            title.days.first,
            title.days.last,
            title.content_gone_on,
            title.removed_at
        ],
    )?;
    Ok(())
}

/// The titles of an organisation that were not removed, of all clients or of one, those that began last first.
pub fn title_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    client: Option<Id<Client>>,
) -> Result<Vec<TitleRow>, StoreError> {
    let any = client.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!(
            "{TITLE} AND removed_at IS NULL AND ($2 = '' OR client = $2) ORDER BY begins_on DESC, id DESC"
        ),
        params![organisation, any],
        title,
    )
}

/// One title, removed or not.
pub fn title_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Title>,
) -> Result<Option<TitleRow>, StoreError> {
    tx.query_opt(&format!("{TITLE} AND id = $2"), params![organisation, id], title)
}

/// Somebody's work on a title, with what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// The assignment.
    pub id: Id<Assignment>,
    /// Whose it is.
    pub person: Id<Person>,
    /// What they are called.
    pub name: String,
    /// What they do on it.
    pub job: String,
    /// From when to when.
    pub days: Days,
}

/// Who works on a title, did, or will: without what was removed, the latest first.
pub fn team_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    title: Id<Title>,
) -> Result<Vec<TeamRow>, StoreError> {
    tx.query(
        "SELECT a.id, p.id, p.name, a.job, a.begins_on, a.ends_on FROM assignment a JOIN person p ON p.id = a.person \
         WHERE a.organisation = $1 AND a.title = $2 AND a.removed_at IS NULL ORDER BY a.begins_on DESC, a.id DESC",
        params![organisation, title],
        |row| {
            Ok(TeamRow {
                id: row.id(0)?,
                person: row.id(1)?,
                name: row.text(2)?,
                job: row.text(3)?,
                days: Days { first: row.day(4)?, last: row.day_opt(5)? },
            })
        },
    )
}
