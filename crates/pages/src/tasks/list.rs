//! What is to be done, and what was.

use crate::Shell;
use crate::components::{Field, Paging, TimeText};
use askama::Template;

/// The tasks of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/list.html")]
pub struct Tasks {
    /// The frame around the page.
    pub shell: Shell,
    /// What is to be done, most urgent first: one page of it.
    pub open: Vec<OpenTask>,
    /// How many are open in all.
    pub open_count: i64,
    /// How many of them are late.
    pub late_count: i64,
    /// Where the list goes on.
    pub paging: Paging,
    /// The latest that were done; none on later pages.
    pub done: Vec<DoneTask>,
    /// Whether this person may say that a task is done.
    pub can_write: bool,
}

/// A task that is to be done.
#[derive(Debug, Clone)]
pub struct OpenTask {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The control it serves.
    pub control: String,
    /// What it is about, where that is more than the control.
    pub subject: Option<TaskSubject>,
    /// The day by which it is due.
    pub due: TimeText,
    /// How far off that is: `in 3 days`, `2 days late`.
    pub left: String,
    /// Whether that day has passed.
    pub is_late: bool,
    /// What the person says with it.
    pub note: Field,
}

/// A task that was done.
#[derive(Debug, Clone)]
pub struct DoneTask {
    /// What was to be done.
    pub title: String,
    /// The control it served.
    pub control: String,
    /// What it was about.
    pub subject: Option<TaskSubject>,
    /// When it was done.
    pub when: TimeText,
    /// Who said so.
    pub by: String,
    /// What they said.
    pub note: String,
}

/// What a task is about.
#[derive(Debug, Clone)]
pub struct TaskSubject {
    /// Its name.
    pub name: String,
    /// Its page below the shell's base.
    pub href: String,
}
