//! Answering a question.

use super::{TEXT_LIMIT, answering, known, needs_to_write, question, tell};
use crate::{
    App, Caller, FieldProblem, Problem, audits::lines, evidence::invalid_unless_empty,
    people::name_key,
};
use closedset_core::{
    Action,
    id::{Id, Questionnaire},
};
use closedset_store::questionnaires::{QuestionRow, question_update};
use serde_json::json;

/// What is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAnswer {
    /// The words; none take an answer back.
    pub answer: String,
    /// The control that says how it stands, of a framework that is answered here; empty for none.
    pub control: String,
    /// Whether the answer is proposed where another questionnaire asks the same.
    pub is_reusable: bool,
}

/// Answers a question, or takes the answer back. The same again changes nothing and leaves no entry. `seen` is how often
/// the answer had been changed when somebody looked at it; none says that it does not matter.
pub async fn question_answer(
    app: &App,
    caller: &Caller,
    (id, position): (Id<Questionnaire>, i64),
    (new, seen): (NewAnswer, Option<i64>),
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        caller.require_all(needs_to_write())?;
        let organisation = caller.organisation;
        known(tx, organisation, id)?;
        let before = question(tx, organisation, (id, position))?;
        if seen.is_some_and(|seen| seen != before.changes) {
            return Err(Problem::Conflict {
                code: "question.changed",
                sentence: "Somebody changed this answer since you looked.",
                remedy: "Look at what is answered now, and enter yours again.",
            });
        }
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let (answer, control) =
            read(&new, |control| catalogue.answers(control) || control == before.control)?;
        let is_open = answer.is_empty();
        let row = QuestionRow {
            is_reusable: !is_open && new.is_reusable,
            control: if is_open { String::new() } else { control },
            answer,
            ..before.clone()
        };
        if row == before {
            return Ok(());
        }
        let row = QuestionRow {
            answered_by: if is_open { None } else { answering(tx, caller)? },
            answered_at: (!is_open).then(|| tx.now()),
            changes: before.changes + 1,
            ..row
        };
        question_update(tx, organisation, id, &row)?;
        let (kind, body) = match is_open {
            true => ("question.cleared", json!({"questionnaire": id, "question": position})),
            false => (
                "question.answered",
                json!({
                    "questionnaire": id,
                    "question": position,
                    "answer": row.answer,
                    "control": Some(&row.control).filter(|control| !control.is_empty()),
                    "is_reusable": row.is_reusable,
                }),
            ),
        };
        tell(tx, (&caller.actor, organisation), id, kind, body)?;
        Ok(())
    })
    .await
}

/// The words and the control.
fn read(new: &NewAnswer, is_known: impl Fn(&str) -> bool) -> Result<(String, String), Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let answer = lines(&new.answer, TEXT_LIMIT);
    // Words of nothing but what cannot be seen are none.
    if answer.as_ref().is_none_or(|words| !words.is_empty() && name_key(words).is_empty()) {
        wrong("answer", "Write at most 4,000 characters, none of them invisible.");
    }
    let control = new.control.trim();
    if !control.is_empty() && !is_known(control) {
        wrong("control", "Choose a requirement of a framework that is answered here, or none.");
    }
    invalid_unless_empty(problems)?;
    Ok((answer.unwrap_or_default(), control.to_owned()))
}
