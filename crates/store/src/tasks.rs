//! Tasks: what a person must do by a date.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Subject, Time,
    id::{Id, Organisation, Person, Task},
};

/// A task.
#[derive(Debug, Clone)]
pub struct TaskRow {
    /// Its id.
    pub id: Id<Task>,
    /// What to do.
    pub title: String,
    /// The control it serves.
    pub control: String,
    /// The check whose verdict it was born of.
    pub check: String,
    /// The subject of that verdict.
    pub subject: Subject,
    /// By when.
    pub due_at: Time,
    /// Since when.
    pub created_at: Time,
    /// When it was done.
    pub done_at: Option<Time>,
    /// By whom.
    pub done_by: Option<String>,
    /// What they said.
    pub note: String,
    /// What people planned of it.
    pub plan: Plan,
}

/// What people planned of a task; nothing, as long as nobody did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Whose it is.
    pub owner: Option<Owner>,
    /// Whose it was until they did not belong any more.
    pub left_by: Option<Owner>,
    /// When it would be due by itself, where a person set another date.
    pub due_was: Option<Time>,
    /// What is to be known of it.
    pub remark: String,
    /// How often any of this was changed.
    pub changes: i64,
    /// When it was last.
    pub changed_at: Option<Time>,
}

/// Somebody who has a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The person.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
}

const TASK: &str = "SELECT t.id, t.title, t.control, t.check_id, t.subject, t.due_at, t.created_at, t.done_at, \
    t.done_by, t.note, t.owner, o.name, t.left_by, l.name, t.due_was, t.remark, t.changes, t.changed_at FROM task t \
    LEFT JOIN person o ON o.id = t.owner LEFT JOIN person l ON l.id = t.left_by";

fn task(row: &Row<'_>) -> Result<TaskRow, StoreError> {
    let subject = row.text(4)?;
    Ok(TaskRow {
        id: row.id(0)?,
        title: row.text(1)?,
        control: row.text(2)?,
        check: row.text(3)?,
        subject: subject.parse().map_err(|_| StoreError::corrupt("a subject", &subject))?,
        due_at: row.time(5)?,
        created_at: row.time(6)?,
        done_at: row.time_opt(7)?,
        done_by: row.text_opt(8)?,
        note: row.text(9)?,
        plan: Plan {
            owner: owner(row, 10)?,
            left_by: owner(row, 12)?,
            due_was: row.time_opt(14)?,
            remark: row.text(15)?,
            changes: row.int(16)?,
            changed_at: row.time_opt(17)?,
        },
    })
}

fn owner(row: &Row<'_>, column: usize) -> Result<Option<Owner>, StoreError> {
    let (person, name) = (row.id_opt(column)?, row.text_opt(column + 1)?);
    Ok(person.map(|person| Owner { person, name: name.unwrap_or_default() }))
}

/// Whose tasks are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All of them.
    Anybodys,
    /// Those that nobody has.
    Nobodys,
    /// Those that this person has.
    Of(Id<Person>),
}

impl Whose {
    /// What is asked of a row, and the person that `$2` stands for.
    fn condition(self) -> (&'static str, String) {
        match self {
            Self::Anybodys => ("$2 = ''", String::new()),
            Self::Nobodys => ("t.owner IS NULL AND $2 = ''", String::new()),
            Self::Of(person) => ("t.owner = $2", person.to_string()),
        }
    }
}

/// The open tasks after `after`, most urgent first.
pub fn task_list_open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    whose: Whose,
    after: Option<&TaskRow>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let (due_at, id) = after.map_or((Time::from_millis(i64::MIN), String::new()), |row| {
        (row.due_at, row.id.to_string())
    });
    let (is_theirs, person) = whose.condition();
    tx.query(
        &format!(
            "{TASK} WHERE t.organisation = $1 AND {is_theirs} AND t.done_at IS NULL \
             AND (t.due_at, t.id) > ($3, $4) ORDER BY t.due_at, t.id LIMIT $5"
        ),
        params![organisation, person, due_at, id, limit],
        task,
    )
}

/// The tasks done before `after` was, latest first.
pub fn task_list_done(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    whose: Whose,
    after: Option<&TaskRow>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let latest = Time::from_millis(i64::MAX);
    let (done_at, id) = after
        .map_or((latest, String::new()), |row| (row.done_at.unwrap_or(latest), row.id.to_string()));
    let (is_theirs, person) = whose.condition();
    tx.query(
        &format!(
            "{TASK} WHERE t.organisation = $1 AND {is_theirs} AND t.done_at IS NOT NULL \
             AND (t.done_at, t.id) < ($3, $4) ORDER BY t.done_at DESC, t.id DESC LIMIT $5"
        ),
        params![organisation, person, done_at, id, limit],
        task,
    )
}

/// How many tasks are open, and how many of them are overdue.
pub fn task_counts(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<(i64, i64), StoreError> {
    let now = tx.now();
    let counts = tx.query_opt(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN due_at < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM task WHERE organisation = $1 AND done_at IS NULL",
        params![organisation, now],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(counts.unwrap_or((0, 0)))
}

/// The task with this id.
pub fn task_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Task>,
) -> Result<Option<TaskRow>, StoreError> {
    tx.query_opt(
        &format!("{TASK} WHERE t.organisation = $1 AND t.id = $2"),
        params![organisation, id],
        task,
    )
}

/// How many open tasks a person has.
pub fn task_count_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM task WHERE organisation = $1 AND owner = $2 AND done_at IS NULL",
        params![organisation, person],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// How many tasks were done since then.
pub fn task_count_done(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    since: Time,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM task WHERE organisation = $1 AND done_at IS NOT NULL AND done_at >= $2",
        params![organisation, since],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Gives an open task this plan, and has it due at `due_at`. How often and when it was changed is counted
/// here, whatever the plan says.
pub fn task_plan(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Task>,
    plan: &Plan,
    due_at: Time,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE task SET owner = $3, left_by = $4, due_was = $5, remark = $6, due_at = $7, \
         changes = changes + 1, changed_at = $8 \
         WHERE organisation = $1 AND id = $2 AND done_at IS NULL",
        params![
            organisation,
            id,
            plan.owner.as_ref().map(|owner| owner.person),
            plan.left_by.as_ref().map(|owner| owner.person),
            plan.due_was,
            plan.remark.as_str(),
            due_at,
            now
        ],
    )?;
    Ok(())
}

/// Takes every open task from a person, and says which they were.
pub fn task_leave(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<Id<Task>>, StoreError> {
    let left = tx.query(
        "SELECT id FROM task WHERE organisation = $1 AND owner = $2 AND done_at IS NULL ORDER BY due_at, id",
        params![organisation, person],
        |row| row.id(0),
    )?;
    let now = tx.now();
    tx.execute(
        "UPDATE task SET owner = NULL, left_by = $2, changes = changes + 1, changed_at = $3 \
         WHERE organisation = $1 AND owner = $2 AND done_at IS NULL",
        params![organisation, person, now],
    )?;
    Ok(left)
}

/// Opens a task unless one is open for the same check and subject; true if it was opened.
pub fn task_open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    task: &TaskRow,
) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "INSERT INTO task (id, organisation, title, control, check_id, subject, due_at, created_at, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '') \
         ON CONFLICT (organisation, check_id, subject) WHERE done_at IS NULL DO NOTHING",
        params![
            task.id,
            organisation,
            task.title.as_str(),
            task.control.as_str(),
            task.check.as_str(),
            task.subject.to_string(),
            task.due_at,
            task.created_at
        ],
    )?;
    Ok(rows == 1)
}

/// Has the open tasks of a check due at another time, unless a person set one.
pub fn task_move(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    due_at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE task SET due_at = CASE WHEN due_was IS NULL THEN $3 ELSE due_at END, \
         due_was = CASE WHEN due_was IS NULL THEN NULL ELSE $3 END \
         WHERE organisation = $1 AND check_id = $2 AND done_at IS NULL",
        params![organisation, check, due_at],
    )?;
    Ok(())
}

/// Has an open task say this, and stand under this control.
pub fn task_reword(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Task>,
    (title, control): (&str, &str),
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE task SET title = $3, control = $4, changes = changes + 1, changed_at = $5 \
         WHERE organisation = $1 AND id = $2 AND done_at IS NULL",
        params![organisation, id, title, control, now],
    )?;
    Ok(())
}

/// Has the open tasks of a check stand under another control.
pub fn task_set_control(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    control: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE task SET control = $3 \
         WHERE organisation = $1 AND check_id = $2 AND control <> $3 AND done_at IS NULL",
        params![organisation, check, control],
    )?;
    Ok(())
}

/// Closes the open task of a check and subject; its id, if there was one.
pub fn task_close_for(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    subject: &Subject,
    done_by: &str,
    note: &str,
) -> Result<Option<Id<Task>>, StoreError> {
    let now = tx.now();
    let id = tx.query_opt(
        "SELECT id FROM task WHERE organisation = $1 AND check_id = $2 AND subject = $3 AND done_at IS NULL",
        params![organisation, check, subject.to_string()],
        |row| row.id(0),
    )?;
    if let Some(id) = id {
        tx.execute(
            "UPDATE task SET done_at = $2, done_by = $3, note = $4 WHERE id = $1",
            params![id, now, done_by, note],
        )?;
    }
    Ok(id)
}

/// Closes a task; false if it was closed before.
pub fn task_done(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Task>,
    done_by: &str,
    note: &str,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE task SET done_at = $3, done_by = $4, note = $5 \
         WHERE organisation = $1 AND id = $2 AND done_at IS NULL",
        params![organisation, id, now, done_by, note],
    )?;
    Ok(rows == 1)
}
