//! Who leaves, what is to be done at it, and what a facility takes back.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    id::{Engagement, Id, Leaving, LeavingStep, Organisation, Person},
};
use jiff::civil::Date;

/// Somebody's leaving, at the end of one engagement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavingRow {
    /// Its id.
    pub id: Id<Leaving>,
    /// Who leaves.
    pub person: Id<Person>,
    /// Whose end it is.
    pub engagement: Id<Engagement>,
    /// Their last day.
    pub last_day: Date,
    /// The first moment after it.
    pub due_at: Time,
    /// Who ended the engagement, and has the tasks.
    pub owner: Option<Id<Person>>,
    /// Since when there are steps; none while it is only foreseen.
    pub opened_at: Option<Time>,
    /// When the day was over, and what happens by itself had happened.
    pub settled_at: Option<Time>,
    /// When it was called off.
    pub called_off_at: Option<Time>,
}

/// Something to be done at a leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavingStepRow {
    /// Its id.
    pub id: Id<LeavingStep>,
    /// Of which leaving.
    pub leaving: Id<Leaving>,
    /// Where it stands, from 0.
    pub place: i64,
    /// What is to be done.
    pub name: String,
    /// What the system does itself: `account`, `assignments`, `link`; empty where a person must.
    pub act: String,
    /// `done`, `not_had` or `called_off`; none while it is open.
    pub outcome: Option<String>,
    /// What shows that it was done.
    pub note: String,
    /// Who did it.
    pub done_by: Option<String>,
    /// When.
    pub done_at: Option<Time>,
    /// The index of the entry that says so.
    pub entry: Option<i64>,
}

const LEAVING: &str = "SELECT id, person, engagement, last_day, due_at, owner, opened_at, settled_at, called_off_at \
    FROM leaving WHERE organisation = $1";

fn leaving(row: &Row<'_>) -> Result<LeavingRow, StoreError> {
    Ok(LeavingRow {
        id: row.id(0)?,
        person: row.id(1)?,
        engagement: row.id(2)?,
        last_day: row.day(3)?,
        due_at: row.time(4)?,
        owner: row.id_opt(5)?,
        opened_at: row.time_opt(6)?,
        settled_at: row.time_opt(7)?,
        called_off_at: row.time_opt(8)?,
    })
}

/// Adds a leaving.
pub fn leaving_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO leaving (id, organisation, person, engagement, last_day, due_at, owner, opened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.id,
            organisation,
            row.person,
            row.engagement,
            row.last_day,
            row.due_at,
            row.owner,
            row.opened_at
        ],
    )?;
    Ok(())
}

/// Writes down what a leaving is now. Who leaves never changes.
pub fn leaving_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE leaving SET last_day = $3, due_at = $4, owner = $5, opened_at = $6, settled_at = $7, \
         called_off_at = $8, engagement = $9 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            row.id,
            row.last_day,
            row.due_at,
            row.owner,
            row.opened_at,
            row.settled_at,
            row.called_off_at,
            row.engagement
        ],
    )?;
    Ok(())
}

/// The leavings of somebody, the newest first.
pub fn leaving_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<LeavingRow>, StoreError> {
    tx.query(
        &format!("{LEAVING} AND person = $2 ORDER BY last_day DESC, id DESC"),
        params![organisation, person],
        leaving,
    )
}

/// The leavings of those who are not forgotten, after one: those of which something is still to happen, by their last
/// day; or those that are over, the last first.
pub fn leaving_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    is_open: bool,
    (after, limit): (Option<Id<Leaving>>, i64),
) -> Result<Vec<LeavingRow>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let open = "called_off_at IS NULL AND (settled_at IS NULL OR EXISTS (SELECT 1 FROM leaving_step s \
        WHERE s.leaving = leaving.id AND s.outcome IS NULL))";
    let (wanted, beyond, order) = match is_open {
        true => (open.to_owned(), ">", "ASC"),
        false => (format!("opened_at IS NOT NULL AND NOT ({open})"), "<", "DESC"),
    };
    tx.query(
        &format!(
            "{LEAVING} AND {wanted} AND ($2 = '' OR (last_day, id) {beyond} (SELECT a.last_day, a.id FROM leaving a \
             WHERE a.organisation = $1 AND a.id = $2)) AND EXISTS (SELECT 1 FROM person p \
             WHERE p.id = leaving.person AND p.forgotten_at IS NULL) \
             ORDER BY last_day {order}, id {order} LIMIT $3"
        ),
        params![organisation, after, limit],
        leaving,
    )
}

/// One leaving.
pub fn leaving_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Leaving>,
) -> Result<Option<LeavingRow>, StoreError> {
    tx.query_opt(&format!("{LEAVING} AND id = $2"), params![organisation, id], leaving)
}

/// A leaving with the organisation whose it is.
pub type OwnedLeaving = (Id<Organisation>, Id<Leaving>);

/// The leavings whose day is over, and of which nothing has happened yet.
pub fn leaving_due(tx: &mut Tx<'_>, at: Time, limit: i64) -> Result<Vec<OwnedLeaving>, StoreError> {
    tx.query(
        "SELECT organisation, id FROM leaving WHERE settled_at IS NULL AND called_off_at IS NULL AND due_at <= $1 \
         ORDER BY due_at, id LIMIT $2",
        params![at, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// Who has a leaving that is neither over nor called off.
pub fn leaving_pending(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<Id<Person>>, StoreError> {
    tx.query(
        "SELECT DISTINCT person FROM leaving \
         WHERE organisation = $1 AND settled_at IS NULL AND called_off_at IS NULL ORDER BY person",
        params![organisation],
        |row| row.id(0),
    )
}

const STEP: &str = "SELECT id, leaving, place, name, act, outcome, note, done_by, done_at, entry FROM leaving_step \
    WHERE organisation = $1";

fn step(row: &Row<'_>) -> Result<LeavingStepRow, StoreError> {
    Ok(LeavingStepRow {
        id: row.id(0)?,
        leaving: row.id(1)?,
        place: row.int(2)?,
        name: row.text(3)?,
        act: row.text(4)?,
        outcome: row.text_opt(5)?,
        note: row.text(6)?,
        done_by: row.text_opt(7)?,
        done_at: row.time_opt(8)?,
        entry: row.int_opt(9)?,
    })
}

/// Adds a step.
pub fn leaving_step_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingStepRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO leaving_step (id, organisation, leaving, place, name, act, note) \
         VALUES ($1, $2, $3, $4, $5, $6, '')",
        params![row.id, organisation, row.leaving, row.place, row.name.as_str(), row.act.as_str()],
    )?;
    Ok(())
}

/// Writes down what became of a step. One that only a person can do now keeps nothing that the system would do.
pub fn leaving_step_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingStepRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE leaving_step SET act = $3, outcome = $4, note = $5, done_by = $6, done_at = $7, entry = $8, \
         name = $9 WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            row.id,
            row.act.as_str(),
            row.outcome.as_deref(),
            row.note.as_str(),
            row.done_by.as_deref(),
            row.done_at,
            row.entry,
            row.name.as_str()
        ],
    )?;
    Ok(())
}

/// The steps of a leaving, in their order.
pub fn leaving_step_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    leaving: Id<Leaving>,
) -> Result<Vec<LeavingStepRow>, StoreError> {
    tx.query(
        &format!("{STEP} AND leaving = $2 ORDER BY place"),
        params![organisation, leaving],
        step,
    )
}

/// One step.
pub fn leaving_step_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<LeavingStep>,
) -> Result<Option<LeavingStepRow>, StoreError> {
    tx.query_opt(&format!("{STEP} AND id = $2"), params![organisation, id], step)
}

/// Takes the words with which steps of somebody were closed out of them, and out of their tasks.
pub fn leavings_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    words: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE task SET note = $3 WHERE organisation = $1 AND note <> '' AND check_id IN \
         (SELECT s.id FROM leaving_step s JOIN leaving l ON l.id = s.leaving WHERE l.person = $2)",
        params![organisation, person, words],
    )?;
    tx.execute(
        "UPDATE leaving_step SET note = $3 WHERE organisation = $1 AND note <> '' AND leaving IN \
         (SELECT id FROM leaving WHERE person = $2)",
        params![organisation, person, words],
    )?;
    Ok(())
}

/// What a facility takes back, in its order; none where it wrote nothing.
pub fn leaving_item_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<String>, StoreError> {
    tx.query(
        "SELECT name FROM leaving_item WHERE organisation = $1 ORDER BY place",
        params![organisation],
        |row| row.text(0),
    )
}

/// Writes down what a facility takes back.
pub fn leaving_items_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    names: &[String],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM leaving_item WHERE organisation = $1", params![organisation])?;
    for (place, name) in (0_i64..).zip(names) {
        tx.execute(
            "INSERT INTO leaving_item (organisation, place, name) VALUES ($1, $2, $3)",
            params![organisation, place, name.as_str()],
        )?;
    }
    Ok(())
}
