//! Tasks: born of a verdict that turned, closed by the verdict that turns back or by a person.

use crate::{App, Caller, Problem};
use closedset_catalogue::Check;
use closedset_core::{
    Action, Duration, Status, Subject,
    entry::Log,
    id::{Id, Organisation, Task},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    tasks::{self, TaskRow},
    verdicts::VerdictRow,
};
use serde_json::json;

/// Opens a task when a verdict turns to fail, or from pass to unknown (evidence that lapsed); closes
/// it when the verdict is good again. Part of the unit whose entry says that the verdict turned.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &Check,
    was: Option<Status>,
    now: &VerdictRow,
) -> Result<(), Problem> {
    let is_well =
        |status| matches!(status, Status::Pass | Status::NotApplicable | Status::Excepted);
    match now.status {
        // The verdict that turned well before closed it.
        status if is_well(status) && was.is_some_and(is_well) => Ok(()),
        Status::Pass | Status::NotApplicable | Status::Excepted => {
            close(tx, organisation, &check.id, &now.subject, "the check passes again")
        }
        Status::Unknown if was != Some(Status::Pass) => Ok(()),
        Status::Fail | Status::Unknown => {
            let title = match now.status {
                Status::Fail => format!("Mend: {}", check.title),
                _ => format!("Renew the evidence: {}", check.title),
            };
            let task = TaskRow {
                id: tx.new_id(),
                title,
                control: check.control.clone(),
                check: check.id.clone(),
                subject: now.subject.clone(),
                due_at: tx.now() + Duration::from_days(7),
                created_at: tx.now(),
                done_at: None,
                done_by: None,
                note: String::new(),
            };
            tasks::task_open(tx, organisation, &task)?;
            Ok(())
        }
    }
}

/// Closes the open task of a check and subject, if there is one.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    check: &str,
    subject: &Subject,
    note: &str,
) -> Result<(), Problem> {
    tasks::task_close_for(tx, organisation, check, subject, "Closedset", note)?;
    Ok(())
}

/// Open and done tasks.
pub async fn task_list(
    app: &App,
    caller: &Caller,
) -> Result<(Vec<TaskRow>, Vec<TaskRow>), Problem> {
    caller.require(Action::TaskRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            Ok((
                tasks::task_list_open(tx, organisation, 500)?,
                tasks::task_list_done(tx, organisation, 50)?,
            ))
        })
        .await
}

/// How many tasks are open.
pub async fn open_count(app: &App, caller: &Caller) -> Result<i64, Problem> {
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(tasks::task_counts(tx, organisation)?.0)).await
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
    let caller = caller.clone();
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| {
            if tasks::task_by_id(tx, caller.organisation, id)?.is_none() {
                return Err(Problem::NotFound("task"));
            }
            if !tasks::task_done(tx, caller.organisation, id, &caller.name, &note)? {
                return Err(Problem::Conflict {
                    code: "task.done",
                    sentence: "This task was done before.",
                    remedy: "Nothing more is needed.",
                });
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
