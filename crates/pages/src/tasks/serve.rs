//! The page of the tasks, filled, and what is posted from it.

use super::{DoneTask, OpenTask, Owner, TaskSubject, TaskTab, Tasks};
use crate::{
    Area,
    components::{Field, Paging},
    serve::{self, Done, Form, Looker, PageProblem, Path, Query, date, day, moment, refused, show},
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem, devices,
    tasks::{self, TaskState, TasksOf},
};
use closedset_core::{
    Action, Time,
    id::{Id, Task},
};
use serde::Deserialize;

/// The longest note that is kept.
const NOTE_LIMIT: usize = 1000;

/// How many open tasks one page lists.
const PAGE: i64 = 50;
/// How many of those that were done are shown.
const DONE: i64 = 50;

/// Which part of the list is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TaskQuery {
    after: Option<String>,
    of: Option<String>,
}

/// Whose tasks can be shown: how they are asked for, what they are called, what is said where there
/// are none, and where they stand.
const TABS: [(TasksOf, &str, &str, &str); 3] = [
    (
        TasksOf::Anybody,
        "All",
        "Nothing is to be done. A task appears here when a check fails, evidence lapses or an audit found something.",
        "/tasks",
    ),
    (TasksOf::Me, "Mine", "You have no tasks. Take one that is nobody’s yet.", "/tasks?of=me"),
    (TasksOf::Nobody, "Nobody’s", "Every open task has somebody who does it.", "/tasks?of=nobody"),
];

pub(super) async fn tasks(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<TaskQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(task_id).transpose()?;
    let of = match query.of.as_deref() {
        Some("me") => TasksOf::Me,
        Some("nobody") => TasksOf::Nobody,
        _ => TasksOf::Anybody,
    };
    Ok(show(&view(&app, &looker, of, after).await?))
}

pub(super) fn task_id(text: &str) -> Result<Id<Task>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("task"))
}

async fn view(
    app: &App,
    looker: &Looker,
    of: TasksOf,
    after: Option<Id<Task>>,
) -> Result<Tasks, PageProblem> {
    let caller = &looker.caller;
    let (open, more) = tasks::task_list(app, caller, TaskState::Open, of, after, PAGE).await?;
    let (done, _) = match (of, after) {
        (TasksOf::Anybody, None) => {
            tasks::task_list(app, caller, TaskState::Done, of, None, DONE).await?
        }
        _ => (Vec::new(), false),
    };
    let (open_count, late_count) = tasks::task_counts(app, caller).await?;
    let own_count = tasks::task_count_own(app, caller).await?;
    let count = |of| match of {
        TasksOf::Anybody => Some(open_count),
        TasksOf::Me => own_count,
        TasksOf::Nobody | TasksOf::Person(_) => None,
    };
    let (_, _, none, path) = *TABS.iter().find(|(tab, ..)| *tab == of).unwrap_or(&TABS[0]);
    let joint = if path.contains('?') { '&' } else { '?' };
    let paging = Paging {
        shown: i64::try_from(open.len()).unwrap_or(i64::MAX),
        total: count(of),
        first: after.map(|_| path.to_owned()),
        next: open.last().filter(|_| more).map(|last| format!("{path}{joint}after={}", last.id)),
    };
    let tabs = TABS.map(|(tab, words, _, href)| TaskTab {
        words,
        href,
        count: count(tab),
        is_shown: tab == of,
    });
    let own = looker.person();
    let zone = looker.zone.as_str();
    let subjects = open.iter().chain(&done).map(|task| &task.subject);
    let names = devices::device_names(app, caller, subjects).await?;
    let now = looker.present;
    Ok(Tasks {
        shell: looker.shell(Area::Tasks),
        tabs: tabs.into(),
        none,
        open_count,
        late_count,
        paging,
        open: open
            .into_iter()
            .map(|row| OpenTask {
                is_of_finding: tasks::finding_of(&row).is_some(),
                is_of_leaving: tasks::is_of_leaving(&row),
                subject: TaskSubject::of(&row, &names, looker),
                id: row.id.to_string(),
                owner: Owner::of(&row.plan, own),
                remark: row.plan.remark,
                title: row.title,
                control: TaskSubject::control(&row.control, looker),
                due: day(row.due_at, zone),
                left: left(row.due_at, now, zone),
                is_late: row.due_at < now,
                note: Field::default(),
            })
            .collect(),
        done: done
            .into_iter()
            .map(|row| DoneTask {
                subject: TaskSubject::of(&row, &names, looker),
                title: row.title,
                control: TaskSubject::control(&row.control, looker),
                when: moment(row.done_at.unwrap_or(row.created_at), zone),
                by: row.done_by.unwrap_or_default(),
                note: row.note,
            })
            .collect(),
        can_write: looker.caller.may(Action::TaskWrite),
    })
}

/// How far off the day is, counted as a calendar is where the facility is.
pub(super) fn left(due: Time, now: Time, zone: &str) -> String {
    let days = date(due, zone).duration_since(date(now, zone)).as_hours() / 24;
    match (due < now, days) {
        (true, 0) => "late since today".to_owned(),
        (true, -1) => "1 day late".to_owned(),
        (true, days) => format!("{} days late", days.abs()),
        (false, 0) => "today".to_owned(),
        (false, 1) => "tomorrow".to_owned(),
        (false, days) => format!("in {days} days"),
    }
}

/// Says that a task is done.
pub(super) async fn done(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = task_id(&id)?;
    let note = form.text("note");
    if note.trim().chars().count() > NOTE_LIMIT {
        let mut page = view(&app, &looker, TasksOf::Anybody, None).await?;
        let text = id.to_string();
        let too_long = "A note has at most 1,000 characters.";
        // It may stand on a later page.
        let task = page.open.iter_mut().find(|task| task.id == text);
        let task = task.ok_or_else(|| Problem::field("note", too_long))?;
        task.note = Field::new(note).with_error(too_long);
        return Ok(refused(&page));
    }
    tasks::task_done(&app, &looker.caller, id, note).await?;
    Ok(serve::done("/tasks", Done::TaskClosed))
}

#[cfg(test)]
mod tests {
    use super::left;
    use closedset_core::{Duration, Time};

    #[test]
    fn a_task_says_how_long_is_left_and_by_how_much_it_is_late() {
        let now = Time::from_millis(1_800_000_000_000);
        let left = |due| left(due, now, "Europe/Madrid");
        assert_eq!(left(now + Duration::from_days(3)), "in 3 days");
        // The last minute of a day counts as much as its first.
        assert_eq!(left(now + Duration::from_days(7) - Duration::from_minutes(5)), "in 7 days");
        assert_eq!(left(now - Duration::from_days(2)), "2 days late");
        assert_eq!(left(now - Duration::from_days(1)), "1 day late");
        assert_eq!(left(now - Duration::from_minutes(1)), "late since today");
        assert_eq!(left(now + Duration::from_days(1)), "tomorrow");
        assert_eq!(left(now), "today");
    }
}
