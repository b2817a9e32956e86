//! Leaving: what is taken back when somebody's engagement ends. One use case a file.
//!
//! An ending is foreseen from the moment a last day is entered, and opened when somebody ends an engagement, or when the
//! day is over. What the system does itself it does when the last day is over where the facility is, never before; what
//! a person must do is a task each. An engagement that goes on calls it off.

mod close;
mod follow;
mod items;
mod list;
mod take_effect;

pub(crate) use close::task_done;
pub use close::{Outcome, step_close};
pub(crate) use follow::{follow, follow_all};
pub use items::{leaving_items, leaving_items_write};
pub use list::{LeavingDetail, LeavingsWanted, leaving_detail, leaving_list, leavings_of};
pub(crate) use take_effect::{lapsing, take_effect};

use crate::Problem;
use closedset_core::{
    Actor, Duration, Subject,
    entry::Log,
    id::{Id, Organisation, Person, Task},
};
use closedset_store::{
    NewEntry, Tx,
    leavings::{self, LeavingRow, LeavingStepRow},
    people::{self, MemberRow},
    tasks::{self, Owner, Plan, TaskRow},
};
use serde_json::{Value, json};

/// What comes with the program: the facility's own list takes its place.
const ITEMS: [&str; 6] = [
    "Badge returned",
    "Alarm code removed",
    "Keys returned",
    "Drives and other material returned",
    "Accounts elsewhere closed: identity provider, review platforms, e-mail",
    "Content on their own devices deleted",
];
/// What the system does itself.
const ACTS: [(&str, &str); 3] = [
    ("account", "Access to Closedset ended"),
    ("assignments", "On no title beyond the last day"),
    ("link", "Personal link revoked"),
];

/// Whether nothing is decided of it: the day is not over, or was not looked at.
fn is_pending(row: &LeavingRow) -> bool {
    row.settled_at.is_none() && row.called_off_at.is_none()
}

fn about(row: &LeavingRow) -> Subject {
    Subject::person(row.person)
}

/// Writes an entry about somebody's leaving; its index.
fn tell(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (actor, row): (&Actor, &LeavingRow),
    kind: &'static str,
    mut body: Value,
) -> Result<i64, Problem> {
    body["leaving"] = json!(row.id);
    body["person"] = json!(row.person);
    let subject = about(row).to_string();
    let entry =
        tx.record(Log::Organisation(organisation), NewEntry { actor, subject, kind, body })?;
    Ok(entry.index)
}

/// Opens a leaving: its steps are those of the facility's list now.
fn open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    actor: &Actor,
    row: &mut LeavingRow,
) -> Result<(), Problem> {
    row.opened_at = Some(tx.now());
    leavings::leaving_update(tx, organisation, row)?;
    let acts = ACTS.map(|(act, name)| (act, name.to_owned()));
    let items = items::in_force(tx, organisation)?.into_iter().map(|name| ("", name));
    let said = json!({"engagement": row.engagement, "last_day": row.last_day});
    tell(tx, organisation, (actor, &*row), "leaving.opened", said)?;
    for (place, (act, name)) in (0_i64..).zip(acts.into_iter().chain(items)) {
        let step = LeavingStepRow {
            id: tx.new_id(),
            leaving: row.id,
            place,
            name,
            act: act.to_owned(),
            outcome: None,
            note: String::new(),
            done_by: None,
            done_at: None,
            entry: None,
        };
        leavings::leaving_step_insert(tx, organisation, &step)?;
        if step.act.is_empty() {
            open_task(tx, organisation, row, &step)?;
        }
    }
    Ok(())
}

/// Opens the task of a step, for who ended the engagement, due on the last day. It names nobody: whoever completes tasks need
/// not see people.
fn open_task(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
    step: &LeavingStepRow,
) -> Result<(), Problem> {
    let due_at = row.due_at - Duration::from_millis(1);
    let task = TaskRow {
        id: tx.new_id::<Task>(),
        title: format!("Leaving: {}", step.name),
        control: String::new(),
        check: step.id.to_string(),
        subject: about(row),
        due_at,
        created_at: tx.now(),
        done_at: None,
        done_by: None,
        note: String::new(),
        plan: Plan::default(),
    };
    tasks::task_open(tx, organisation, &task)?;
    // Whoever leaves does not see to it themselves.
    let owner = row.owner.filter(|owner| *owner != row.person);
    let member = match owner {
        Some(owner) => people::member_by_person(tx, organisation, owner)?,
        None => None,
    };
    let now = tx.now();
    let is_in_force = |member: &MemberRow| member.ends_at.is_none_or(|end| now < end);
    if let Some(member) = member.filter(is_in_force) {
        let owner = Some(Owner { person: member.person, name: member.name });
        tasks::task_plan(tx, organisation, task.id, &Plan { owner, ..Plan::default() }, due_at)?;
    }
    Ok(())
}

/// Closes the steps that are open, with their tasks: nobody has to see to them any more.
fn call_off_steps(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &LeavingRow,
    (why, entry): (&str, i64),
) -> Result<(), Problem> {
    for mut step in leavings::leaving_step_list(tx, organisation, row.id)? {
        if step.outcome.is_some() {
            continue;
        }
        (step.outcome, step.note) = (Some("called_off".to_owned()), why.to_owned());
        (step.done_at, step.entry) = (Some(tx.now()), Some(entry));
        leavings::leaving_step_update(tx, organisation, &step)?;
        crate::tasks::close(tx, organisation, &step.id.to_string(), &about(row), why)?;
    }
    Ok(())
}

/// Closes what is open of somebody's leavings who is forgotten: the entry that says so says that.
pub(crate) fn forget(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<(), Problem> {
    for mut row in leavings::leaving_list_of(tx, organisation, person)? {
        for mut step in leavings::leaving_step_list(tx, organisation, row.id)? {
            if step.outcome.is_none() {
                (step.outcome, step.done_at) = (Some("called_off".to_owned()), Some(tx.now()));
                leavings::leaving_step_update(tx, organisation, &step)?;
                let check = step.id.to_string();
                crate::tasks::close(tx, organisation, &check, &about(&row), "they were forgotten")?;
            }
        }
        if is_pending(&row) {
            row.called_off_at = Some(tx.now());
            leavings::leaving_update(tx, organisation, &row)?;
        }
    }
    Ok(())
}

/// Somebody's engagements as a leaving sees them: who ended one has the tasks.
pub(crate) struct Ending<'e> {
    /// Who does it.
    pub(crate) actor: &'e Actor,
    /// The person behind them.
    pub(crate) owner: Option<Id<Person>>,
}
