//! What owners ask in files of their own. A file is read into questions; each is answered by a person, in words and by
//! the control that says how it stands; the answers go back as a workbook.
//!
//! An answer that may serve again is kept as it was given and proposed where the same is asked anew ([`alike`]). It is
//! proposed alone: a person takes it over. Whose titles another owner's answer names is not proposed, and answers that
//! name another client's work are not handed out.

mod alike;
mod answer;
mod columns;
mod file;
mod fill;
mod list;
mod one;
mod questions;
mod remove;
mod saved;
mod sheets;
mod take_in;

pub use answer::{NewAnswer, question_answer};
pub use file::{QuestionnaireFile, questionnaire_file};
pub use fill::questionnaire_fill;
pub use list::questionnaire_list;
pub use one::{
    Proposal, QuestionShown, QuestionnaireShown, QuestionsOf, question_one, questionnaire_one,
};
pub use remove::questionnaire_remove;
pub use saved::saved_answers;
pub use take_in::{NewQuestionnaire, questionnaire_take_in};

pub use crate::answers::{needs_to_hand_out as needs_to_write, needs_to_read};

use crate::{Problem, admitted::Admitted};
use closedset_core::{
    Actor,
    entry::Log,
    id::{Id, Organisation, Questionnaire},
};
use closedset_store::{
    NewEntry, Tx, people,
    questionnaires::{self, QuestionRow, QuestionnaireRow},
    tasks::Owner,
};
use serde_json::Value;

/// So many questionnaires an organisation has at most.
const QUESTIONNAIRES: usize = 200;
/// So many questions one has at most.
const QUESTIONS: usize = 1_000;
/// The longest question and the longest answer, in characters.
const TEXT_LIMIT: usize = closedset_sheets::LONG_CELL_LIMIT;
/// So many answers are looked through for one that serves again, the latest.
const SAVED: i64 = 5_000;

/// A questionnaire.
fn known(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
) -> Result<QuestionnaireRow, Problem> {
    questionnaires::questionnaire_by_id(tx, organisation, id)?
        .ok_or(Problem::NotFound("questionnaire"))
}

/// A question of one.
fn question(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (id, position): (Id<Questionnaire>, i64),
) -> Result<QuestionRow, Problem> {
    let rows = questionnaires::question_list(tx, organisation, id)?;
    rows.into_iter().find(|row| row.position == position).ok_or(Problem::NotFound("question"))
}

/// Who answers, where that is a person.
fn answering(tx: &mut Tx<'_>, caller: &Admitted) -> Result<Option<Owner>, Problem> {
    let Some(person) = caller.person else { return Ok(None) };
    let row = people::person_by_id(tx, caller.organisation, person)?;
    Ok(row.map(|row| Owner { person, name: row.name }))
}

/// Writes an entry about a questionnaire.
fn tell(
    tx: &mut Tx<'_>,
    (actor, organisation): (&Actor, Id<Organisation>),
    id: Id<Questionnaire>,
    kind: &'static str,
    body: Value,
) -> Result<i64, Problem> {
    let new = NewEntry { actor, subject: format!("questionnaire:{id}"), kind, body };
    Ok(tx.record(Log::Organisation(organisation), new)?.index)
}
