//! Tasks: what a person must do by a date.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Subject, Time,
    id::{Id, Organisation, Task},
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
}

const TASK: &str = "SELECT id, title, control, check_id, subject, due_at, created_at, done_at, done_by, note FROM task";

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
    })
}

/// The open tasks after `after`, most urgent first.
pub fn task_list_open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<&TaskRow>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let (due_at, id) = after.map_or((Time::from_millis(i64::MIN), String::new()), |row| {
        (row.due_at, row.id.to_string())
    });
    tx.query(
        &format!(
            "{TASK} WHERE organisation = $1 AND done_at IS NULL AND (due_at, id) > ($2, $3) \
             ORDER BY due_at, id LIMIT $4"
        ),
        params![organisation, due_at, id, limit],
        task,
    )
}

/// The tasks done before `after` was, latest first.
pub fn task_list_done(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<&TaskRow>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let latest = Time::from_millis(i64::MAX);
    let (done_at, id) = after
        .map_or((latest, String::new()), |row| (row.done_at.unwrap_or(latest), row.id.to_string()));
    tx.query(
        &format!(
            "{TASK} WHERE organisation = $1 AND done_at IS NOT NULL AND (done_at, id) < ($2, $3) \
             ORDER BY done_at DESC, id DESC LIMIT $4"
        ),
        params![organisation, done_at, id, limit],
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
        &format!("{TASK} WHERE organisation = $1 AND id = $2"),
        params![organisation, id],
        task,
    )
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
