//! A step that a person has done, with what shows it; or that was never to be done, and why.

use super::{about, tell};
use crate::{App, Caller, Problem, admitted::Admitted};
use closedset_core::{
    Action,
    id::{Id, LeavingStep},
};
use closedset_store::{
    Tx,
    leavings::{self, LeavingStepRow},
    people, tasks,
};
use serde_json::json;

/// The longest note, in characters.
const NOTE_LIMIT: usize = 500;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// They never had one.
    NotHad,
}

impl Outcome {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotHad => "not_had",
        }
    }

    /// What a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Done, Self::NotHad].into_iter().find(|one| one.as_str() == word)
    }
}

/// Closes a step, and its task. The note says what shows that it was done, or why there was nothing to do.
pub async fn step_close(
    app: &App,
    caller: &Caller,
    id: Id<LeavingStep>,
    (outcome, note): (Outcome, &str),
) -> Result<(), Problem> {
    let note = note.to_owned();
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let step = leavings::leaving_step_by_id(tx, caller.organisation, id)?
            .ok_or(Problem::NotFound("step"))?;
        close(tx, caller, step, (outcome, &note))
    })
    .await
}

/// The same from the tasks: true if it is the task of a step.
pub(crate) fn task_done(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    check: &str,
    note: &str,
) -> Result<bool, Problem> {
    let Ok(id) = check.parse::<Id<LeavingStep>>() else { return Ok(false) };
    let Some(step) = leavings::leaving_step_by_id(tx, caller.organisation, id)? else {
        return Ok(false);
    };
    close(tx, caller, step, (Outcome::Done, note))?;
    Ok(true)
}

fn close(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    mut step: LeavingStepRow,
    (outcome, note): (Outcome, &str),
) -> Result<(), Problem> {
    let (organisation, note) = (caller.organisation, note.trim());
    if !(3..=NOTE_LIMIT).contains(&note.chars().count()) {
        return Err(Problem::field(
            "note",
            "Say what shows it, or why there was nothing to do, in 3 to 500 characters.",
        ));
    }
    let row = leavings::leaving_by_id(tx, organisation, step.leaving)?
        .ok_or(Problem::NotFound("leaving"))?;
    crate::people::known_person(tx, organisation, row.person)?;
    if step.outcome.is_some() {
        return Err(Problem::Conflict {
            code: "leaving.step_closed",
            sentence: "This was closed before.",
            remedy: "Nothing more is needed.",
        });
    }
    if !step.act.is_empty() {
        return Err(Problem::Conflict {
            code: "leaving.step_by_itself",
            sentence: "Closedset does this by itself when the last day is over.",
            remedy: "Nothing is needed.",
        });
    }
    // Their account is no matter of words: it is looked at.
    let is_account = step.place == 0;
    if is_account && people::member_by_person(tx, organisation, row.person)?.is_some() {
        return Err(Problem::Conflict {
            code: "leaving.has_access",
            sentence: "They can still sign in to Closedset.",
            remedy: "Make somebody else an owner, remove them under People, then close this.",
        });
    }
    let said = json!({
        "step": step.id,
        "name": step.name,
        "outcome": outcome.as_str(),
        "note": note,
    });
    let entry = tell(tx, organisation, (&caller.actor, &row), "leaving.step_closed", said)?;
    (step.outcome, step.note) = (Some(outcome.as_str().to_owned()), note.to_owned());
    (step.done_by, step.done_at) = (Some(caller.name.clone()), Some(tx.now()));
    step.entry = Some(entry);
    leavings::leaving_step_update(tx, organisation, &step)?;
    let (check, subject) = (step.id.to_string(), about(&row));
    tasks::task_close_for(tx, organisation, &check, &subject, &caller.name, note)?;
    Ok(())
}
