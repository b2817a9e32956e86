//! The page of the tasks, filled, and what is posted from it.

use super::{DoneTask, OpenTask, Tasks, list::TaskSubject};
use crate::{
    Area,
    components::{Field, Paging},
    serve::{
        self, Done, Form, ListQuery, Looker, PageProblem, Path, Query, date, day, moment, refused,
        show,
    },
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Caller, Problem, devices,
    tasks::{self, TaskState},
};
use closedset_core::{
    Action, Subject, SubjectKind, Time,
    id::{Id, Task},
};
use std::collections::BTreeMap;

/// The longest note that is kept.
const NOTE_LIMIT: usize = 1000;

/// How many open tasks one page lists.
const PAGE: i64 = 50;
/// How many of those that were done are shown.
const DONE: i64 = 50;

pub(super) async fn tasks(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(task_id).transpose()?;
    Ok(show(&view(&app, &looker, after).await?))
}

fn task_id(text: &str) -> Result<Id<Task>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("task"))
}

async fn view(app: &App, looker: &Looker, after: Option<Id<Task>>) -> Result<Tasks, PageProblem> {
    let caller = &looker.caller;
    let (open, more) = tasks::task_list(app, caller, TaskState::Open, after, PAGE).await?;
    let (done, _) = match after {
        None => tasks::task_list(app, caller, TaskState::Done, None, DONE).await?,
        Some(_) => (Vec::new(), false),
    };
    let (open_count, late_count) = tasks::task_counts(app, caller).await?;
    let paging = Paging {
        shown: i64::try_from(open.len()).unwrap_or(i64::MAX),
        total: Some(open_count),
        first: after.map(|_| "/tasks".into()),
        next: open.last().filter(|_| more).map(|last| format!("/tasks?after={}", last.id)),
    };
    let zone = looker.zone.as_str();
    let about_devices =
        open.iter().chain(&done).any(|task| task.subject.kind == SubjectKind::Device);
    let names = if about_devices { names(app, &looker.caller).await? } else { BTreeMap::new() };
    let now = looker.present;
    Ok(Tasks {
        shell: looker.shell(Area::Tasks),
        open_count,
        late_count,
        paging,
        open: open
            .into_iter()
            .map(|row| OpenTask {
                id: row.id.to_string(),
                title: row.title,
                control: row.control,
                subject: subject(&row.subject, &names),
                due: day(row.due_at, zone),
                left: left(row.due_at, now, zone),
                is_late: row.due_at < now,
                note: Field::default(),
            })
            .collect(),
        done: done
            .into_iter()
            .map(|row| DoneTask {
                title: row.title,
                control: row.control,
                subject: subject(&row.subject, &names),
                when: moment(row.done_at.unwrap_or(row.created_at), zone),
                by: row.done_by.unwrap_or_default(),
                note: row.note,
            })
            .collect(),
        can_write: looker.caller.may(Action::TaskWrite),
    })
}

/// The names of the first devices, for those who may see them.
async fn names(app: &App, caller: &Caller) -> Result<BTreeMap<String, String>, Problem> {
    match devices::device_list(app, caller, None, 200).await {
        Ok((rows, _)) => {
            Ok(rows.into_iter().map(|row| (row.device.id.to_string(), row.device.name)).collect())
        }
        Err(Problem::Forbidden) => Ok(BTreeMap::new()),
        Err(problem) => Err(problem),
    }
}

fn subject(subject: &Subject, names: &BTreeMap<String, String>) -> Option<TaskSubject> {
    (subject.kind == SubjectKind::Device).then(|| TaskSubject {
        name: names.get(&subject.id).unwrap_or(&subject.id).clone(),
        href: format!("/devices/{}", subject.id),
    })
}

/// How far off the day is, counted as a calendar is where the facility is.
fn left(due: Time, now: Time, zone: &str) -> String {
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
        let mut page = view(&app, &looker, None).await?;
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
