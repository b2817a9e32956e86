//! Tasks: born of a verdict that turned, closed by the verdict that turns back or by a person. What
//! people plan of them is `plan`'s.

mod plan;

pub(crate) use plan::{AHEAD_YEARS, can_have, leave, of_field, owner};
pub use plan::{NewPlan, task_owners, task_plan, task_take};

use crate::{App, Caller, Problem, leaving};
use closedset_catalogue::Check;
use closedset_core::{
    Action, Duration, Status, Subject, SubjectKind,
    entry::Log,
    id::{Difference, Finding, Id, LeavingStep, Organisation, Person, Risk, Task},
};
use closedset_store::{
    NewEntry, Tx,
    tasks::{self, Plan, TaskRow, Whose},
    verdicts::VerdictRow,
};
use serde_json::json;

/// Opens a task when a verdict turns to fail, or to unknown from what proved or covered it (evidence
/// or an exception that lapsed), under the control by which it is met; closes it when the verdict is good again. Part of the unit whose entry says that the verdict turned.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (check, control): (&Check, &str),
    was: Option<&VerdictRow>,
    now: &VerdictRow,
) -> Result<(), Problem> {
    let is_well =
        |status| matches!(status, Status::Pass | Status::NotApplicable | Status::Excepted);
    let was_answered = was.is_some_and(|row| row.status == Status::Pass || row.excepted.is_some());
    match now.status {
        // The verdict that turned well before closed it.
        status if is_well(status) && was.is_some_and(|row| is_well(row.status)) => Ok(()),
        Status::Pass | Status::NotApplicable | Status::Excepted => {
            let note = why_closed(now.status, now.subject.kind, now.excepted.is_some());
            close(tx, organisation, &check.id, &now.subject, note)?;
            Ok(())
        }
        Status::Unknown if !was_answered => Ok(()),
        Status::Fail | Status::Unknown => {
            let title = match now.status {
                Status::Fail => format!("Mend: {}", check.title),
                _ if check.is_evidence => format!("Renew the evidence for {}", check.control),
                _ => format!("Renew the evidence: {}", check.title),
            };
            let task = TaskRow {
                id: tx.new_id(),
                title,
                control: control.to_owned(),
                check: check.id.clone(),
                subject: now.subject.clone(),
                due_at: tx.now() + Duration::from_days(7),
                created_at: tx.now(),
                done_at: None,
                done_by: None,
                note: String::new(),
                plan: Plan::default(),
            };
            tasks::task_open(tx, organisation, &task)?;
            Ok(())
        }
    }
}

/// What is said of a task that a verdict closed.
const fn why_closed(status: Status, subject: SubjectKind, is_signed: bool) -> &'static str {
    match (status, subject, is_signed) {
        (Status::NotApplicable, _, true) => "somebody signed that it does not apply",
        (Status::Pass, _, true) => "somebody signed that there is none",
        (Status::NotApplicable, SubjectKind::Device, _) => "it no longer concerns this computer",
        (Status::NotApplicable, ..) => "it does not apply any more",
        (Status::Excepted, ..) => "the risk was accepted",
        _ => "the check passes again",
    }
}

/// Closes the open task of a check and subject; true if there was one.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    subject: &Subject,
    note: &str,
) -> Result<bool, Problem> {
    Ok(tasks::task_close_for(tx, organisation, check, subject, "Closedset", note)?.is_some())
}

/// Which tasks are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// Still to be done; the most urgent first.
    Open,
    /// Done; the latest first.
    Done,
}

/// Whose tasks are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TasksOf {
    /// All of them.
    Anybody,
    /// Those that nobody has.
    Nobody,
    /// Those of whoever asks.
    Me,
    /// Those of somebody.
    Person(Id<Person>),
}

impl TasksOf {
    fn whose(self, tx: &mut Tx<'_>, caller: &Caller) -> Result<Whose, Problem> {
        Ok(match self {
            Self::Anybody => Whose::Anybodys,
            Self::Nobody => Whose::Nobodys,
            Self::Person(person) => Whose::Of(person),
            Self::Me => Whose::Of(plan::own_person(tx, caller)?.ok_or_else(|| {
                Problem::field("owner", "A program has no tasks of its own: name a person.")
            })?),
        })
    }
}

/// At most `limit` tasks after `after`, and whether more follow.
pub async fn task_list(
    app: &App,
    caller: &Caller,
    state: TaskState,
    of: TasksOf,
    after: Option<Id<Task>>,
    limit: i64,
) -> Result<(Vec<TaskRow>, bool), Problem> {
    caller.require(Action::TaskRead)?;
    let (organisation, caller) = (caller.organisation, caller.clone());
    let mut rows = app
        .store()
        .read(move |tx| {
            let whose = of.whose(tx, &caller)?;
            let after = match after {
                Some(id) => Some(
                    tasks::task_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("task"))?,
                ),
                None => None,
            };
            Ok::<_, Problem>(match state {
                TaskState::Open => {
                    tasks::task_list_open(tx, organisation, whose, after.as_ref(), limit + 1)?
                }
                TaskState::Done => {
                    tasks::task_list_done(tx, organisation, whose, after.as_ref(), limit + 1)?
                }
            })
        })
        .await?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok((rows, more))
}

/// How many tasks are open, and how many of them are overdue.
pub async fn task_counts(app: &App, caller: &Caller) -> Result<(i64, i64), Problem> {
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(tasks::task_counts(tx, organisation)?)).await
}

/// One task, open or done.
pub async fn task_one(app: &App, caller: &Caller, id: Id<Task>) -> Result<TaskRow, Problem> {
    caller.require(Action::TaskRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| tasks::task_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("task")))
        .await
}

/// How many open tasks whoever asks has; none for programs and operators.
pub async fn task_count_own(app: &App, caller: &Caller) -> Result<Option<i64>, Problem> {
    caller.require(Action::TaskRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let Some(own) = plan::own_person(tx, &caller)? else { return Ok(None) };
            Ok(Some(tasks::task_count_of(tx, caller.organisation, own)?))
        })
        .await
}

/// It was done before.
const DONE: Problem = Problem::Conflict {
    code: "task.done",
    sentence: "This task was done before.",
    remedy: "Nothing more is needed.",
};

/// It closes with what it was opened for.
const OF_FINDING: Problem = Problem::Conflict {
    code: "task.of_finding",
    sentence: "This task is about what an audit found, and is done when the finding is closed.",
    remedy: "Close the finding on its own page under Documents, Audits, with a word on what was done; who may not do that asks whoever enters evidence.",
};

/// The finding that a task was opened for, if one was.
pub fn finding_of(task: &TaskRow) -> Option<Id<Finding>> {
    task.check.parse().ok()
}

/// Whether a task is a step of somebody's leaving: it takes a note of what shows that it was done.
pub fn is_of_leaving(task: &TaskRow) -> bool {
    task.check.parse::<Id<LeavingStep>>().is_ok()
}

/// It closes with what it was opened for.
const OF_RISK: Problem = Problem::Conflict {
    code: "task.of_risk",
    sentence: "This task is about a risk, and is done when somebody has reviewed that.",
    remedy: "Review the risk on its own page, with a word on what you looked at; who may not do that asks whoever enters evidence.",
};

/// The risk that a task was opened for, if one was.
pub fn risk_of(task: &TaskRow) -> Option<Id<Risk>> {
    task.check.parse().ok()
}

/// The difference between a list and the register that a task was opened for, if one was.
pub fn difference_of(task: &TaskRow) -> Option<Id<Difference>> {
    task.check.parse().ok()
}

/// Whether a task is done on the page of what it was opened for, and nowhere else.
pub fn is_done_elsewhere(task: &TaskRow) -> bool {
    finding_of(task).is_some() || risk_of(task).is_some()
}

/// A person says that a task is done. The verdict is not touched: only evidence turns it.
pub async fn task_done(
    app: &App,
    caller: &Caller,
    id: Id<Task>,
    note: &str,
) -> Result<(), Problem> {
    caller.require(Action::TaskWrite)?;
    let note: String = note.trim().chars().take(1000).collect();
    app.write_for(caller, Action::TaskWrite, move |tx, caller| {
        let row = tasks::task_by_id(tx, caller.organisation, id)?;
        let row = row.ok_or(Problem::NotFound("task"))?;
        if row.done_at.is_some() {
            return Err(DONE);
        }
        if finding_of(&row).is_some() {
            return Err(OF_FINDING);
        }
        if risk_of(&row).is_some() {
            return Err(OF_RISK);
        }
        // A step of a leaving is closed with what shows it, and its own entry.
        if leaving::task_done(tx, caller, &row.check, &note)? {
            return Ok(());
        }
        if !tasks::task_done(tx, caller.organisation, id, &caller.name, &note)? {
            return Err(DONE);
        }
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("task:{id}"),
                kind: "task.done",
                body: json!({"task": id, "note": note}),
            },
        )?;
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_says_why_it_was_closed() {
        use SubjectKind::{Control, Device};
        assert_eq!(why_closed(Status::Pass, Device, false), "the check passes again");
        let gone = why_closed(Status::NotApplicable, Device, false);
        assert_eq!(gone, "it no longer concerns this computer");
        assert_eq!(why_closed(Status::NotApplicable, Control, false), "it does not apply any more");
        assert_eq!(why_closed(Status::Excepted, Control, true), "the risk was accepted");
        let signed = why_closed(Status::NotApplicable, Device, true);
        assert_eq!(signed, "somebody signed that it does not apply");
        assert_eq!(why_closed(Status::Pass, Control, true), "somebody signed that there is none");
    }
}
