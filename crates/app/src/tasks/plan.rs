//! What people plan of a task: whose it is, by when it is to be done, and what is to be known of it.
//!
//! A task is born and closed by verdicts; a plan turns none. Whoever completes tasks takes one that
//! nobody has, and gives back their own; to plan for others is an action of its own.

use super::DONE;
use crate::{
    App, Caller, FieldProblem, Problem,
    admitted::Admitted,
    days::{end_of, zone_of},
};
use closedset_core::{
    Action, Duration, Time,
    entry::Log,
    id::{Id, Organisation, Person, Task},
};
use closedset_store::{
    NewEntry, Tx,
    people::{self, MemberRow},
    tasks::{self, Owner, Plan, TaskRow},
};
use jiff::{Span, civil::Date};
use serde_json::{Map, json};

/// The longest remark.
const REMARK_LIMIT: usize = 1000;
/// No date is set further ahead, in years.
pub(crate) const AHEAD_YEARS: i64 = 2;
/// How many people are offered to choose from.
const OFFERED: i64 = 500;

/// A plan as entered, whole.
#[derive(Debug, Clone, Default)]
pub struct NewPlan {
    /// Whose the task is to be.
    pub owner: Option<Id<Person>>,
    /// The day by which it is to be done, as `2026-09-30`; empty for the date it has by itself, none for
    /// the one that it has now.
    pub due: Option<String>,
    /// What is to be known of it.
    pub remark: String,
}

/// Plans a task. The same plan again changes nothing and leaves no entry.
pub async fn task_plan(
    app: &App,
    caller: &Caller,
    id: Id<Task>,
    new: NewPlan,
) -> Result<TaskRow, Problem> {
    change(app, caller, id, move |tx, caller, row| {
        let mut problems = Vec::new();
        let owner = of_field(owner(tx, caller, row.plan.owner.as_ref(), new.owner), &mut problems)?;
        let due = of_field(due(tx, caller.organisation, row, new.due.as_deref()), &mut problems)?;
        let remark = of_field(remark(&new.remark), &mut problems)?;
        match (owner, due, remark) {
            (Some(owner), Some(due_at), Some(remark)) => Ok(Wanted { owner, due_at, remark }),
            _ => Err(Problem::Invalid(problems)),
        }
    })
    .await
}

/// Takes a task that nobody has.
pub async fn task_take(app: &App, caller: &Caller, id: Id<Task>) -> Result<TaskRow, Problem> {
    change(app, caller, id, move |tx, caller, row| {
        let own = own_person(tx, caller)?.ok_or(Problem::Forbidden)?;
        if row.plan.owner.as_ref().is_some_and(|owner| owner.person != own) {
            return Err(Problem::Conflict {
                code: "task.taken",
                sentence: "Somebody else has this task.",
                remedy: "Ask them, or have it given to you by whoever plans tasks.",
            });
        }
        let owner = owner(tx, caller, row.plan.owner.as_ref(), Some(own))?;
        Ok(Wanted { owner, ..Wanted::of(row) })
    })
    .await
}

/// What a task is to become.
struct Wanted {
    owner: Option<Owner>,
    due_at: Time,
    remark: String,
}

impl Wanted {
    fn of(row: &TaskRow) -> Self {
        let plan = &row.plan;
        Self { owner: plan.owner.clone(), due_at: row.due_at, remark: plan.remark.clone() }
    }
}

/// Reads the task, asks what it is to become and whether the caller may, and writes down what changed.
async fn change(
    app: &App,
    caller: &Caller,
    id: Id<Task>,
    wanted: impl for<'t> Fn(&mut Tx<'t>, &Admitted, &TaskRow) -> Result<Wanted, Problem>
    + Send
    + 'static,
) -> Result<TaskRow, Problem> {
    let needs = match caller.may(Action::TaskWrite) {
        true if !caller.may(Action::TaskAssign) => Action::TaskWrite,
        _ => Action::TaskAssign,
    };
    app.write_for(caller, needs, move |tx, caller| {
        let organisation = caller.organisation;
        let row = tasks::task_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("task"))?;
        if row.done_at.is_some() {
            return Err(DONE);
        }
        let wanted = wanted(tx, caller, &row)?;
        let changes = changes(&row, &wanted);
        if changes.is_empty() {
            return Ok(row);
        }
        if needs != Action::TaskAssign && !is_ones_own(tx, caller, &row, &wanted)? {
            caller.require(Action::TaskAssign)?;
        }
        let by_itself = row.plan.due_was.unwrap_or(row.due_at);
        let is_owner_told = wanted.owner == row.plan.owner;
        let plan = Plan {
            left_by: row.plan.left_by.clone().filter(|_| is_owner_told),
            owner: wanted.owner,
            due_was: (wanted.due_at != by_itself).then_some(by_itself),
            remark: wanted.remark,
            changes: row.plan.changes + 1,
            changed_at: Some(tx.now()),
        };
        tasks::task_plan(tx, organisation, id, &plan, wanted.due_at)?;
        let mut body = Map::from_iter([("task".to_owned(), json!(id))]);
        body.extend(changes);
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("task:{id}"),
                kind: "task.planned",
                body: body.into(),
            },
        )?;
        Ok(TaskRow { due_at: wanted.due_at, plan, ..row })
    })
    .await
}

/// What of the plan changes, each with what it was.
fn changes(row: &TaskRow, wanted: &Wanted) -> Map<String, serde_json::Value> {
    let person = |owner: &Option<Owner>| owner.as_ref().map(|owner| owner.person);
    let mut changes = Map::new();
    let (was, owner) = (person(&row.plan.owner), person(&wanted.owner));
    if was != owner {
        changes.insert("owner".to_owned(), json!({"was": was, "is": owner}));
    }
    if row.due_at != wanted.due_at {
        changes.insert("due_at".to_owned(), json!({"was": row.due_at, "is": wanted.due_at}));
    }
    if row.plan.remark != wanted.remark {
        let remark = json!({"was": row.plan.remark, "is": wanted.remark});
        changes.insert("remark".to_owned(), remark);
    }
    changes
}

/// Whether it is what everybody may who completes tasks: taking one that nobody has, giving back one's
/// own, and remarking on one's own.
fn is_ones_own(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &TaskRow,
    wanted: &Wanted,
) -> Result<bool, Problem> {
    let Some(own) = own_person(tx, caller)? else { return Ok(false) };
    let is_own = |owner: &Option<Owner>| owner.as_ref().is_none_or(|owner| owner.person == own);
    let has_it = row.plan.owner.is_some() || wanted.owner.is_some();
    Ok(is_own(&row.plan.owner)
        && is_own(&wanted.owner)
        && row.due_at == wanted.due_at
        && (has_it || row.plan.remark == wanted.remark))
}

/// The person that a caller is; none for programs and operators.
pub(super) fn own_person(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<Id<Person>>, Problem> {
    let Some(account) = caller.account() else { return Ok(None) };
    let membership = people::membership_of(tx, account, caller.organisation)?;
    Ok(membership.map(|membership| membership.person))
}

/// Whether somebody can be given a task: they belong, and may complete it.
pub(crate) fn can_have(row: &MemberRow, now: Time) -> bool {
    row.ends_at.is_none_or(|end| now < end) && row.role.may(Action::TaskWrite)
}

/// Whose a task is to be; `has` is whose it is now.
pub(crate) fn owner(
    tx: &mut Tx<'_>,
    caller: &Caller,
    has: Option<&Owner>,
    wanted: Option<Id<Person>>,
) -> Result<Option<Owner>, Problem> {
    let Some(person) = wanted else { return Ok(None) };
    // Who has it keeps it, whatever else is changed; only their leaving takes it from them.
    if let Some(owner) = has.filter(|owner| owner.person == person) {
        return Ok(Some(owner.clone()));
    }
    // Who may not plan for others does not learn here who belongs.
    if own_person(tx, caller)? != Some(person) {
        caller.require(Action::TaskAssign)?;
    }
    let now = tx.now();
    match people::member_by_person(tx, caller.organisation, person)? {
        Some(member) if can_have(&member, now) => Ok(Some(Owner { person, name: member.name })),
        _ => {
            Err(Problem::field("owner", "Choose somebody who belongs here and may complete tasks."))
        }
    }
}

/// The last moment of the day that is written; the date that the task has by itself, where none is.
fn due(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &TaskRow,
    text: Option<&str>,
) -> Result<Time, Problem> {
    let wrong = |message: &str| Err(Problem::field("due", message));
    let Some(text) = text.map(str::trim) else { return Ok(row.due_at) };
    if text.is_empty() {
        return Ok(row.plan.due_was.unwrap_or(row.due_at));
    }
    let Ok(day) = text.parse::<Date>() else {
        return wrong("Write the day like 2026-09-30.");
    };
    let zone = zone_of(tx, organisation)?;
    let date = |time: Time| time.timestamp().to_zoned(zone.clone()).date();
    // The day that it has already, set or by itself, is no news, even if it is over.
    for known in [Some(row.due_at), row.plan.due_was].into_iter().flatten() {
        if date(known) == day {
            return Ok(known);
        }
    }
    let today = date(tx.now());
    if day < today {
        return wrong("Choose today or a day to come.");
    }
    if day > today.saturating_add(Span::new().years(AHEAD_YEARS)) {
        return wrong("Choose a day within two years.");
    }
    Ok(end_of(day, &zone)? - Duration::from_millis(1))
}

fn remark(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > REMARK_LIMIT {
        return Err(Problem::field("remark", "A remark has at most 1,000 characters."));
    }
    Ok(text.to_owned())
}

/// The value of a field; none if it is wrong, which is kept to be told with the others.
pub(crate) fn of_field<T>(
    read: Result<T, Problem>,
    problems: &mut Vec<FieldProblem>,
) -> Result<Option<T>, Problem> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Problem::Invalid(wrong)) => {
            problems.extend(wrong);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Whom a caller may give tasks to, at most 500, in the order in which they were first known: those who
/// belong and may complete tasks, or nobody but themselves.
pub async fn task_owners(app: &App, caller: &Caller) -> Result<Vec<Owner>, Problem> {
    caller.require(Action::TaskRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let own = own_person(tx, &caller)?;
            let now = tx.now();
            let rows = match (caller.may(Action::TaskAssign), own) {
                (true, _) => people::member_list(tx, caller.organisation, None, OFFERED)?,
                (false, Some(own)) => {
                    people::member_by_person(tx, caller.organisation, own)?.into_iter().collect()
                }
                (false, None) => Vec::new(),
            };
            let can_have = rows.into_iter().filter(|row| can_have(row, now));
            Ok(can_have.map(|row| Owner { person: row.person, name: row.name }).collect())
        })
        .await
}

/// Takes every open task from somebody who cannot have it any more, and says which they were, for the
/// entry that says why.
pub(crate) fn leave(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<Id<Task>>, Problem> {
    Ok(tasks::task_leave(tx, organisation, person)?)
}
