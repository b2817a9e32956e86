//! What is to be done, and what was.

use super::Owner;
use crate::Shell;
use crate::components::{Field, Paging, TimeText};
use crate::serve::Looker;
use askama::Template;
use closedset_app::tasks::{difference_of, finding_of, is_of_leaving, risk_of};
use closedset_core::{
    Action, Subject, SubjectKind,
    id::{Finding, Id},
};
use closedset_store::tasks::TaskRow;
use std::collections::BTreeMap;

/// The tasks of the organisation.
#[derive(Debug, Clone, Template)]
#[template(path = "tasks/list.html")]
pub struct Tasks {
    /// The frame around the page.
    pub shell: Shell,
    /// Whose tasks can be shown.
    pub tabs: Vec<TaskTab>,
    /// What is said where none is open of those that are shown.
    pub none: &'static str,
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

/// Some people's tasks.
#[derive(Debug, Clone)]
pub struct TaskTab {
    /// Whose.
    pub words: &'static str,
    /// Its page below the shell's base.
    pub href: &'static str,
    /// How many are open, where that is known.
    pub count: Option<i64>,
    /// Whether these are shown.
    pub is_shown: bool,
}

/// A task that is to be done.
#[derive(Debug, Clone)]
pub struct OpenTask {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The control it serves; without a name where it serves none.
    pub control: TaskSubject,
    /// What it is about, where that is more than the control.
    pub subject: Option<TaskSubject>,
    /// Whose it is.
    pub owner: Owner,
    /// What is to be known of it.
    pub remark: String,
    /// The day by which it is due.
    pub due: TimeText,
    /// How far off that is: `in 3 days`, `2 days late`.
    pub left: String,
    /// Whether that day has passed.
    pub is_late: bool,
    /// What the person says with it.
    pub note: Field,
    /// It is done with the finding or the risk that it is about.
    pub is_of_finding: bool,
    /// It is a step of a leaving, done with a note of what shows it.
    pub is_of_leaving: bool,
}

impl TaskSubject {
    /// The requirement, which opens to those who see the board.
    pub(super) fn control(control: &str, looker: &Looker) -> Self {
        let opens = looker.caller.may(Action::BoardRead);
        Self { name: control.to_owned(), href: opens.then(|| format!("/controls/{control}")) }
    }

    /// What the task is about, where that is more than the requirement.
    pub(super) fn of(
        task: &TaskRow,
        names: &BTreeMap<Subject, String>,
        looker: &Looker,
    ) -> Option<Self> {
        if let Some(finding) = finding_of(task) {
            return Some(Self::finding(finding, looker));
        }
        if let Some(risk) = risk_of(task) {
            let opens =
                looker.caller.may(Action::BoardRead) && looker.caller.may(Action::EvidenceRead);
            let href = opens.then(|| format!("/risks/{risk}"));
            return Some(Self { name: "a risk".to_owned(), href });
        }
        if difference_of(task).is_some() {
            let opens = looker.caller.may(Action::PeopleWrite);
            let href = opens.then(|| "/people/compare".to_owned());
            return Some(Self { name: "a list of people".to_owned(), href });
        }
        let subject = &task.subject;
        if subject.kind == SubjectKind::Organisation {
            let opens = looker.caller.may(Action::SettingsRead);
            let href = opens.then(|| "/settings/network".to_owned());
            return Some(Self { name: "the server’s certificate".to_owned(), href });
        }
        if subject.kind == SubjectKind::Person && is_of_leaving(task) {
            let opens = looker.caller.may(Action::PeopleRead);
            let href = opens.then(|| format!("/people/{}", subject.id));
            return Some(Self { name: "whoever leaves".to_owned(), href });
        }
        (subject.kind == SubjectKind::Device).then(|| Self {
            name: names.get(subject).unwrap_or(&subject.id).clone(),
            href: looker.caller.may(Action::DeviceRead).then(|| format!("/devices/{}", subject.id)),
        })
    }
}

impl TaskSubject {
    /// What an audit found, which opens to those who see evidence.
    fn finding(id: Id<Finding>, looker: &Looker) -> Self {
        let opens = looker.caller.may(Action::EvidenceRead);
        let href = opens.then(|| format!("/findings/{id}"));
        Self { name: "what an audit found".to_owned(), href }
    }
}

/// A task that was done.
#[derive(Debug, Clone)]
pub struct DoneTask {
    /// What was to be done.
    pub title: String,
    /// The control it served.
    pub control: TaskSubject,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSubject {
    /// Its name.
    pub name: String,
    /// Its page below the shell's base, for those to whom it opens.
    pub href: Option<String>,
}
