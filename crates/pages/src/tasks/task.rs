//! One task: whose it is, by when, what is to be known of it; and the form that plans it.

use super::{Owner, TaskSubject};
use crate::Shell;
use crate::components::{Choice, Field, TimeText};
use askama::Template;

/// One task.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/task.html")]
pub struct TaskPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The control it serves.
    pub control: TaskSubject,
    /// What it is about, where that is more than the control.
    pub subject: Option<TaskSubject>,
    /// Whose it is.
    pub owner: Owner,
    /// The day by which it is due.
    pub due: TimeText,
    /// How far off that is.
    pub left: String,
    /// When it would be due by itself, where a person set another day.
    pub due_was: Option<TimeText>,
    /// What is to be known of it.
    pub remark: String,
    /// Since when it is there.
    pub since: TimeText,
    /// That it was done; none while it is open.
    pub done: Option<TaskDone>,
    /// It is done with the finding that it is about.
    pub is_of_finding: bool,
    /// It is a step of a leaving, done with a note of what shows it.
    pub is_of_leaving: bool,
    /// The forms, for those who may, while it is open.
    pub form: Option<PlanForm>,
}

/// That a task was done.
#[derive(Debug, Clone)]
pub struct TaskDone {
    /// When.
    pub when: TimeText,
    /// Who said so.
    pub by: String,
    /// What they said.
    pub note: String,
}

/// What is planned, as it is entered.
#[derive(Debug, Clone)]
pub struct PlanForm {
    /// It is another's, and whoever looks may not plan for others.
    pub is_anothers: bool,
    /// Whether whoever looks plans for others, and sets dates.
    pub may_assign: bool,
    /// Whose it is to be.
    pub owner: Field,
    /// Those who can have it.
    pub owners: Vec<Choice>,
    /// By which day.
    pub due: Field,
    /// What is to be known of it.
    pub remark: Field,
    /// What was done.
    pub note: Field,
}
