//! Writing a list: in parts that each hold the ledger for less than a second, every part upon the register as it was
//! judged. Where somebody else changed the register meanwhile, which their entry says, what is left is judged anew.

use super::{
    judge::{ImportCounts, Step},
    preview::{held, judged},
    register::Who,
    rows::{Entered, Rows},
};
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    people::{
        known::{ended, tell, today, told, told_assignment},
        write_counted,
    },
};
use closedset_core::{
    Action, Digest,
    entry::Log,
    id::{Id, Import, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx,
    engagements::{self, AssignmentRow, EngagementRow},
    imports::{self, ImportRow},
    ledger,
    people::{self, PersonRow},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::HashMap, ops::Range, sync::Arc};

/// Rows in one unit.
const PART: usize = 500;
/// How often what is left is judged anew before somebody is told to come again.
const TRIES: usize = 20;
/// Entries looked at in one go.
const ENTRIES: i64 = 1_000;

/// How much of a list was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportWritten {
    /// What was written, and what not.
    pub counts: ImportCounts,
    /// Rows came to something else than was shown before.
    pub is_other: bool,
}

impl ImportWritten {
    /// What stands with a list.
    pub(super) fn of(import: &ImportRow) -> Option<Self> {
        serde_json::from_str(&import.written).ok()
    }
}

/// Writes what a list adds. `shown` is the mark of what was shown before.
pub async fn import_write(
    app: &App,
    caller: &Caller,
    id: Id<Import>,
    shown: &str,
) -> Result<ImportWritten, Problem> {
    caller.require(Action::PeopleWrite)?;
    let (import, rows) = held(app, caller, id).await?;
    let mut rows = Arc::new(rows);
    let mut written: Option<ImportWritten> = None;
    let mut new: HashMap<usize, Id<Person>> = HashMap::new();
    for _ in 0..TRIES {
        let judgement;
        (rows, judgement) = judged(app, caller, rows).await?;
        let counts = judgement.counts;
        let so_far = written.get_or_insert_with(|| ImportWritten {
            counts: ImportCounts { people: 0, engagements: 0, assignments: 0, ..counts },
            is_other: judgement.mark() != shown,
        });
        so_far.counts.refused = counts.refused;
        let work = Arc::new(Work { rows: Arc::clone(&rows), steps: judgement.steps });
        new.clear();
        let (mut position, mut is_overtaken) = (judgement.position, false);
        for first in (0..work.steps.len()).step_by(PART) {
            let part = first..work.steps.len().min(first + PART);
            match work.write(app, caller, part, &new, position).await? {
                Some(done) => {
                    position = done.position;
                    so_far.counts.people += done.new.len();
                    so_far.counts.engagements += done.engagements;
                    so_far.counts.assignments += done.assignments;
                    new.extend(done.new);
                }
                None => {
                    is_overtaken = true;
                    so_far.is_other = true;
                    break;
                }
            }
        }
        if !is_overtaken {
            let written = *so_far;
            end(app, caller, (id, import.digest), written).await?;
            return Ok(written);
        }
    }
    Err(Problem::Conflict {
        code: "import.overtaken",
        sentence: "Others changed the register all the while, and not all of the list was written.",
        remedy: "Write it once more: what was written is found and not doubled.",
    })
}

/// What is written, and of which list.
struct Work {
    rows: Arc<Rows>,
    steps: Vec<Step>,
}

/// A part that was written.
struct Done {
    new: Vec<(usize, Id<Person>)>,
    engagements: usize,
    assignments: usize,
    position: i64,
    today: Date,
}

impl Work {
    /// Writes a part, unless the register was changed since `position`.
    async fn write(
        self: &Arc<Self>,
        app: &App,
        caller: &Caller,
        part: Range<usize>,
        new: &HashMap<usize, Id<Person>>,
        position: i64,
    ) -> Result<Option<Done>, Problem> {
        let steps = self.steps.get(part.clone()).unwrap_or_default();
        // Those of earlier parts whom this one adds to.
        let earlier = |step: &Step| match step.who {
            Who::New(row) => new.get(&row).map(|id| (row, *id)),
            Who::Known(_) => None,
        };
        let known: HashMap<usize, Id<Person>> = steps.iter().filter_map(earlier).collect();
        let work = Arc::clone(self);
        write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
            let steps = work.steps.get(part.clone()).unwrap_or_default();
            if steps.iter().any(|step| step.title.is_some()) {
                caller.require(Action::TitleWrite)?;
            }
            let Some(now) = unchanged(tx, caller.organisation, position)? else { return Ok(None) };
            let mut done = Done {
                new: Vec::new(),
                engagements: 0,
                assignments: 0,
                position: now,
                today: today(tx, caller.organisation)?,
            };
            let mut people = known.clone();
            for step in steps {
                let read = work.rows.rows.get(step.row);
                let Some(entered) = read.and_then(|row| row.entered.as_ref().ok()) else {
                    continue;
                };
                done.step(tx, caller, &mut people, (step, entered))?;
            }
            Ok(Some(done))
        })
        .await
    }
}

impl Done {
    fn step(
        &mut self,
        tx: &mut Tx<'_>,
        caller: &Admitted,
        people: &mut HashMap<usize, Id<Person>>,
        (step, entered): (&Step, &Entered),
    ) -> Result<(), Problem> {
        let organisation = caller.organisation;
        let person = match step.who {
            Who::Known(id) => id,
            Who::New(row) => match people.get(&row) {
                Some(id) => *id,
                None => {
                    let id = add(tx, caller, entered)?;
                    people.insert(row, id);
                    self.new.push((row, id));
                    self.position += 1;
                    id
                }
            },
        };
        if step.is_engaged {
            let row = EngagementRow {
                id: tx.new_id(),
                person,
                form: entered.form,
                job: entered.job.clone(),
                days: entered.days,
                created_at: tx.now(),
                removed_at: None,
            };
            engagements::engagement_insert(tx, organisation, &row)?;
            tell(tx, caller, person, "engagement.began", told(&row))?;
            self.engagements += 1;
            self.position += 1;
            // What was over before today begins, moves and ends nobody's leaving.
            if !row.days.are_before(self.today) {
                self.position += ended(tx, caller, person, None)?;
            }
        }
        if let Some(title) = step.title {
            let row = AssignmentRow {
                id: tx.new_id(),
                person,
                title,
                job: entered.job.clone(),
                days: entered.days,
                created_at: tx.now(),
                removed_at: None,
            };
            engagements::assignment_insert(tx, organisation, &row)?;
            tell(tx, caller, person, "assignment.added", told_assignment(&row))?;
            self.assignments += 1;
            self.position += 1;
        }
        Ok(())
    }
}

/// Enters somebody as `person_add` does.
fn add(tx: &mut Tx<'_>, caller: &Admitted, entered: &Entered) -> Result<Id<Person>, Problem> {
    let row = PersonRow {
        id: tx.new_id(),
        name: entered.name.clone(),
        email: entered.email.clone(),
        phone: entered.phone.clone(),
        created_at: tx.now(),
    };
    people::person_insert(tx, caller.organisation, row.id, &row.name, &row.address())?;
    if !row.phone.is_empty() {
        people::person_update(tx, caller.organisation, &row)?;
    }
    let body = json!({"person": row.id, "name": row.name, "email": row.email, "phone": row.phone});
    tell(tx, caller, row.id, "person.added", body)?;
    Ok(row.id)
}

/// Where the ledger stands, if nothing was written since `position` that a list is judged by.
fn unchanged(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    position: i64,
) -> Result<Option<i64>, Problem> {
    let log = Log::Organisation(organisation);
    let now = ledger::entry_count(tx, log)?;
    let mut from = position;
    while from < now {
        let since = ledger::entry_columns_from(tx, log, from, ENTRIES)?;
        if since.is_empty() || since.iter().any(|entry| is_of_register(&entry.kind)) {
            return Ok(None);
        }
        from += i64::try_from(since.len()).unwrap_or(ENTRIES);
    }
    Ok(Some(now))
}

/// Whether an entry of this kind may say that a row comes to something else.
fn is_of_register(kind: &str) -> bool {
    let area = kind.split('.').next().unwrap_or_default();
    matches!(area, "person" | "engagement" | "assignment" | "title" | "invitation")
}

/// Writes down that the list was written, and how much; nothing where it added nothing.
async fn end(
    app: &App,
    caller: &Caller,
    (id, digest): (Id<Import>, Digest),
    written: ImportWritten,
) -> Result<(), Problem> {
    let said = serde_json::to_string(&written)
        .map_err(|error| Problem::fault("counts cannot be written", error))?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let counts = written.counts;
        if counts.people + counts.engagements + counts.assignments > 0 {
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("organisation:{organisation}"),
                    kind: "people.imported",
                    body: json!({
                        "digest": digest,
                        "rows": counts.rows,
                        "people": counts.people,
                        "engagements": counts.engagements,
                        "assignments": counts.assignments,
                        "known": counts.known,
                        "refused": counts.refused,
                    }),
                },
            )?;
        }
        Ok(imports::import_written(tx, organisation, id, &said)?)
    })
    .await
}
