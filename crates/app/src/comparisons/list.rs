//! Comparisons as pages show them.

use super::{judge::ComparisonCounts, known::tie_name};
use crate::{App, Caller, Problem, people::NewPerson};
use closedset_core::{
    Action, Time,
    comparison::{DifferenceKind, ListKind},
    id::{Comparison, Difference, Id, Person},
};
use closedset_store::{
    comparisons::{self, ComparisonRow, DifferenceRow},
    people, tasks,
};
use std::collections::BTreeMap;

/// The last comparison with a kind of list.
#[derive(Debug, Clone)]
pub struct LastOfKind {
    /// The kind.
    pub kind: ListKind,
    /// The comparison; none if there was never one.
    pub comparison: Option<ComparisonRow>,
    /// How many of its differences nobody settled.
    pub open: usize,
}

/// The last comparisons, and the lists that wait.
pub async fn comparison_last(app: &App, caller: &Caller) -> Result<Vec<LastOfKind>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let mut found = Vec::new();
            for kind in ListKind::ALL.iter().copied() {
                let comparison = comparisons::comparison_last(tx, organisation, kind)?;
                let open = match &comparison {
                    Some(last) => {
                        let rows = comparisons::difference_list(tx, organisation, last.id)?;
                        rows.iter().filter(|row| row.settled.is_none()).count()
                    }
                    None => 0,
                };
                found.push(LastOfKind { kind, comparison, open });
            }
            Ok(found)
        })
        .await
}

/// One comparison.
#[derive(Debug, Clone)]
pub struct ComparisonShown {
    /// The comparison.
    pub comparison: ComparisonRow,
    /// What came of it.
    pub counts: ComparisonCounts,
    /// The differences that are kept, by kind, each with when its task was done, where it was.
    pub differences: Vec<(DifferenceRow, Option<Time>)>,
    /// What people are called whom they name.
    pub names: BTreeMap<Id<Person>, String>,
    /// Whether it is the last with such a list.
    pub is_last: bool,
}

/// A comparison with its differences.
pub async fn comparison_one(
    app: &App,
    caller: &Caller,
    id: Id<Comparison>,
) -> Result<ComparisonShown, Problem> {
    caller.require(Action::PeopleWrite)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let comparison = comparisons::comparison_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("comparison"))?;
            let mut rows = comparisons::difference_list(tx, organisation, id)?;
            rows.sort_by_key(|row| row.kind);
            let (mut differences, mut names) = (Vec::with_capacity(rows.len()), BTreeMap::new());
            for row in rows {
                for person in row.person.iter().chain(&row.candidates) {
                    if names.contains_key(person) {
                        continue;
                    }
                    if let Some(known) = people::person_by_id(tx, organisation, *person)? {
                        names.insert(*person, known.name);
                    }
                }
                let done = match row.task {
                    Some(task) => {
                        tasks::task_by_id(tx, organisation, task)?.and_then(|task| task.done_at)
                    }
                    None => None,
                };
                differences.push((row, done));
            }
            let last = comparisons::comparison_last(tx, organisation, comparison.kind)?;
            let counts = serde_json::from_str(&comparison.counts)
                .map_err(|error| Problem::fault("counts could not be read", error))?;
            let is_last = last.is_some_and(|last| last.id == id);
            Ok(ComparisonShown { comparison, counts, differences, names, is_last })
        })
        .await
}

/// Whom a list has and nobody knows, to be entered: the words of the list, to begin from.
pub async fn difference_person(
    app: &App,
    caller: &Caller,
    id: Id<Difference>,
) -> Result<NewPerson, Problem> {
    caller.require(Action::PeopleWrite)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = comparisons::difference_by_id(tx, organisation, id)?
                .filter(|row| row.kind == DifferenceKind::NotKnown && row.person.is_none())
                .ok_or(Problem::NotFound("difference"))?;
            Ok(NewPerson { name: row.name, email: row.email, phone: String::new() })
        })
        .await
}

/// Under which name a tie for a difference is kept.
pub(super) fn tie_of(row: &DifferenceRow) -> String {
    tie_name(&row.email, &row.name_key)
}
