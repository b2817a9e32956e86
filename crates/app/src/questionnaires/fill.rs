//! Taking over what was answered to the same words before.

use super::{SAVED, alike::Library, answering, known, needs_to_write, tell};
use crate::{App, Caller, Problem, answers::Hidden};
use closedset_core::{
    Action, Digest,
    id::{Id, Questionnaire},
};
use closedset_store::questionnaires::{
    QuestionRow, question_list, question_update, saved_answer_list,
};
use serde_json::json;

/// Answers each open question that was asked in the same words before, with the latest answer that may serve again and
/// names no other client's work. Yields how many.
pub async fn questionnaire_fill(
    app: &App,
    caller: &Caller,
    id: Id<Questionnaire>,
) -> Result<usize, Problem> {
    let unit_app = app.clone();
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        caller.require_all(needs_to_write())?;
        let organisation = caller.organisation;
        let row = known(tx, organisation, id)?;
        let library = Library::new(saved_answer_list(tx, organisation, SAVED)?);
        let hidden = Hidden::from(tx, organisation, row.client)?;
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let (by, at) = (answering(tx, caller)?, tx.now());
        let mut filled = Vec::new();
        for before in question_list(tx, organisation, id)? {
            if !before.answer.is_empty() {
                continue;
            }
            let same = library.same(&before);
            let Some(same) = same.filter(|same| !hidden.is_named(&same.question.answer)) else {
                continue;
            };
            let control = Some(&same.question.control).filter(|control| catalogue.answers(control));
            let now = QuestionRow {
                answer: same.question.answer.clone(),
                control: control.cloned().unwrap_or_default(),
                is_reusable: true,
                answered_by: by.clone(),
                answered_at: Some(at),
                changes: before.changes + 1,
                ..before
            };
            question_update(tx, organisation, id, &now)?;
            filled.push(json!({
                "question": now.position,
                // All answers together may be more than an entry holds; what was said stands where it was.
                "answer": Digest::of(now.answer.as_bytes()),
                "control": Some(&now.control).filter(|control| !control.is_empty()),
                "from": {"questionnaire": same.questionnaire, "question": same.question.position},
            }));
        }
        let count = filled.len();
        if count > 0 {
            let body = json!({"questionnaire": id, "filled": filled});
            tell(tx, (&caller.actor, organisation), id, "questionnaire.filled", body)?;
        }
        Ok(count)
    })
    .await
}
