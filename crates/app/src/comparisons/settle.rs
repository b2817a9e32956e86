//! Settling a difference: a task for it, a word on why it is well, or who it is.

use super::{
    known::{Known, Standing},
    list::tie_of,
    tell,
};
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    audits::said,
    people::{known_person, today},
};
use closedset_core::{
    Action, Actions, Duration, Subject,
    comparison::{DifferenceKind, Settlement},
    id::{Comparison, Difference, Id, Person, Task},
};
use closedset_store::{
    Tx,
    comparisons::{self, DifferenceRow, DifferenceSettled},
    engagements,
    tasks::{self, Plan, TaskRow},
};
use serde_json::json;

/// A difference that nobody settled.
fn open(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (comparison, id): (Id<Comparison>, Id<Difference>),
) -> Result<DifferenceRow, Problem> {
    let row = comparisons::difference_by_id(tx, caller.organisation, id)?
        .filter(|row| row.comparison == comparison)
        .ok_or(Problem::NotFound("difference"))?;
    match row.settled {
        None => Ok(row),
        Some(_) => Err(Problem::Conflict {
            code: "difference.settled",
            sentence: "Somebody settled this since you looked.",
            remedy: "Look at how it was settled; nothing more is needed.",
        }),
    }
}

/// How a difference is settled: in which way, why, by which task, and as whom.
#[derive(Default)]
struct How<'h> {
    why: &'h str,
    task: Option<Id<Task>>,
    person: Option<Id<Person>>,
}

fn settle(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    mut row: DifferenceRow,
    (settlement, how): (Settlement, How<'_>),
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    let mut body = json!({
        "comparison": row.comparison,
        "difference": row.id,
        "kind": row.kind.as_str(),
        "line": row.line,
        "how": settlement.as_str(),
    });
    if !how.why.is_empty() {
        body["reason"] = json!(how.why);
    }
    if let Some(task) = how.task {
        body["task"] = json!(task);
    }
    if let Some(person) = how.person {
        body["person"] = json!(person);
    }
    let entry =
        tell(tx, (&caller.actor, organisation), row.comparison, "comparison.settled", body)?;
    row.task = how.task;
    row.settled = Some(DifferenceSettled {
        how: settlement,
        why: how.why.to_owned(),
        by: caller.name.clone(),
        at: tx.now(),
        entry,
    });
    comparisons::difference_update(tx, organisation, &row)?;
    Ok(())
}

/// Opens a task for a difference, due in a week. It takes both: who enters people, and may plan tasks.
pub async fn difference_task(
    app: &App,
    caller: &Caller,
    of: (Id<Comparison>, Id<Difference>),
) -> Result<Id<Task>, Problem> {
    caller.require_all(Actions::from(Action::PeopleWrite).with(Action::TaskWrite))?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        caller.require(Action::TaskWrite)?;
        let organisation = caller.organisation;
        let row = open(tx, caller, of)?;
        let list = comparisons::comparison_by_id(tx, organisation, row.comparison)?
            .ok_or(Problem::NotFound("comparison"))?;
        // No name stands in it: the page of the comparison has it, for those who may see people.
        let place = match row.line {
            0 => String::new(),
            line => format!(", row {line}"),
        };
        let title = format!("Clear up: {} ({}{place})", row.kind.words(), list.kind.words());
        let id: Id<Task> = tx.new_id();
        let task = TaskRow {
            id,
            title,
            control: String::new(),
            check: row.id.to_string(),
            subject: Subject::organisation(organisation),
            due_at: tx.now() + Duration::from_days(7),
            created_at: tx.now(),
            done_at: None,
            done_by: None,
            note: String::new(),
            plan: Plan::default(),
        };
        if !tasks::task_open(tx, organisation, &task)? {
            return Err(Problem::Fault("a difference that has no open task has one".into()));
        }
        settle(tx, caller, row, (Settlement::Task, How { task: Some(id), ..How::default() }))?;
        Ok(id)
    })
    .await
}

/// Says why a difference is well, in at most 500 characters.
pub async fn difference_aside(
    app: &App,
    caller: &Caller,
    of: (Id<Comparison>, Id<Difference>),
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let why = said("reason", why, "Say why it is well, in a few words.")?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let row = open(tx, caller, of)?;
        settle(tx, caller, row, (Settlement::Aside, How { why: &why, ..How::default() }))
    })
    .await
}

/// Says who somebody of the same name is. Lists find them by it from now on. Whoever is gone is told as that.
pub async fn difference_tie(
    app: &App,
    caller: &Caller,
    of: (Id<Comparison>, Id<Difference>),
    person: &str,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let person: Id<Person> =
        person.parse().map_err(|_| Problem::field("person", "Choose who it is."))?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let row = open(tx, caller, of)?;
        if row.kind != DifferenceKind::ByName || !row.candidates.contains(&person) {
            return Err(Problem::field("person", "Choose one of those who have this name."));
        }
        tie(tx, caller, row, person)
    })
    .await
}

/// Says of everybody who has the name of one person alone that it is them; how many.
pub async fn names_tie(
    app: &App,
    caller: &Caller,
    comparison: Id<Comparison>,
) -> Result<usize, Problem> {
    caller.require(Action::PeopleWrite)?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let mut tied = 0;
        for row in comparisons::difference_list(tx, caller.organisation, comparison)? {
            let is_open = row.settled.is_none() && row.kind == DifferenceKind::ByName;
            let [person] = row.candidates.as_slice() else { continue };
            let person = *person;
            if is_open {
                tie(tx, caller, row, person)?;
                tied += 1;
            }
        }
        Ok(tied)
    })
    .await
}

fn tie(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    mut row: DifferenceRow,
    person: Id<Person>,
) -> Result<(), Problem> {
    let organisation = caller.organisation;
    known_person(tx, organisation, person)?;
    comparisons::tie_write(tx, organisation, (&tie_of(&row), person), &caller.name)?;
    let today = today(tx, organisation)?;
    let engagements = engagements::engagement_list_of_all(tx, organisation, &[person])?;
    let standing = Known::standing(engagements.iter().map(|row| row.days), today);
    row.person = Some(person);
    let how = How { person: Some(person), ..How::default() };
    match standing {
        Standing::Here | Standing::Coming => settle(tx, caller, row, (Settlement::Tied, how)),
        Standing::Ended(_) | Standing::Never => {
            let was = row.kind;
            row.kind = match standing {
                Standing::Ended(_) => DifferenceKind::Gone,
                _ => DifferenceKind::NotKnown,
            };
            row.note = super::judge::standing_note(standing);
            let body = json!({
                "comparison": row.comparison,
                "difference": row.id,
                "kind": was.as_str(),
                "line": row.line,
                "how": Settlement::Tied.as_str(),
                "person": person,
            });
            tell(tx, (&caller.actor, organisation), row.comparison, "comparison.settled", body)?;
            comparisons::difference_update(tx, organisation, &row)?;
            Ok(())
        }
    }
}
