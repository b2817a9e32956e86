//! What was settled in the comparison before stays settled: who was set aside with a reason is not asked for again every
//! month, nor who has an open task.

use super::judge::Found;
use crate::Problem;
use closedset_core::{
    comparison::{DifferenceKind, ListKind, Settlement},
    id::{Id, Organisation, Task},
};
use closedset_store::{
    Tx,
    comparisons::{self, DifferenceRow, DifferenceSettled},
    tasks,
};
use std::collections::HashMap;

type Mark = (DifferenceKind, String);
/// How it was settled, and the task.
pub(super) type Carried = (DifferenceSettled, Option<Id<Task>>);

fn mark(kind: DifferenceKind, person: Option<String>, email: &str, key: &str) -> Mark {
    let who = match (person, email) {
        // Several accounts of one person are several.
        (_, email) if !email.is_empty() => format!("mail:{email}"),
        (Some(person), _) => person,
        (None, _) => format!("name:{key}"),
    };
    (kind, who)
}

/// What was settled before, of the last comparison with such a list.
pub(super) struct Before(HashMap<Mark, Carried>);

impl Before {
    pub(super) fn read(
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        kind: ListKind,
    ) -> Result<Self, Problem> {
        let mut found = HashMap::new();
        let Some(last) = comparisons::comparison_last(tx, organisation, kind)? else {
            return Ok(Self(found));
        };
        for row in comparisons::difference_list(tx, organisation, last.id)? {
            let own =
                mark(row.kind, row.person.map(|id| id.to_string()), &row.email, &row.name_key);
            let is_named = !own.1.is_empty() && own.1 != "name:";
            let DifferenceRow { settled: Some(settled), task, .. } = row else { continue };
            let stays = match settled.how {
                Settlement::Aside => true,
                Settlement::Task => match task {
                    Some(task) => tasks::task_by_id(tx, organisation, task)?
                        .is_some_and(|task| task.done_at.is_none()),
                    None => false,
                },
                Settlement::Tied => false,
            };
            if stays && is_named {
                found.insert(own, (settled, task));
            }
        }
        Ok(Self(found))
    }

    pub(super) fn of(&self, found: &Found) -> Option<Carried> {
        let person = found.person.map(|id| id.to_string());
        self.0.get(&mark(found.kind, person, &found.email, &found.key)).cloned()
    }
}
