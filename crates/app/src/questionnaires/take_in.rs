//! Taking a questionnaire in.

use super::{QUESTIONNAIRES, answering, needs_to_write, questions, tell};
use crate::{
    App, Caller, Problem,
    evidence::{file_name, invalid_unless_empty},
    people::{is_line, name_key},
    tasks::of_field,
    titles::{DAY_RULE, client_here, day},
};
use closedset_core::{
    Action, Digest,
    id::{Client, Id, Questionnaire},
};
use closedset_sheets::FILE_LIMIT;
use closedset_store::questionnaires::{
    QuestionRow, QuestionnaireRow, questionnaire_insert, questionnaire_list,
};
use jiff::civil::Date;
use serde_json::json;

/// The longest name.
const NAME_LIMIT: usize = 120;

/// A questionnaire that somebody brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestionnaire {
    /// Whose it is.
    pub client: Id<Client>,
    /// What it is called; empty for the file's name.
    pub name: String,
    /// The last day on which its owner takes the answers; may be empty.
    pub due_on: String,
}

/// Takes in a questionnaire from its file: CSV, or a workbook of which every sheet with questions is read. What is
/// answered there already is kept as an answer that may serve again.
pub async fn questionnaire_take_in(
    app: &App,
    caller: &Caller,
    new: NewQuestionnaire,
    (brought_as, bytes): (&str, Vec<u8>),
) -> Result<Id<Questionnaire>, Problem> {
    caller.require_all(needs_to_write())?;
    if bytes.is_empty() {
        return Err(Problem::field("file", "Choose a file; this one is empty."));
    }
    if bytes.len() > FILE_LIMIT {
        return Err(Problem::field("file", "A questionnaire has at most 20 MB. Split it in two."));
    }
    let brought_as = file_name(brought_as);
    let (name, due_on) = named(&new, &brought_as)?;
    let read = tokio::task::spawn_blocking(move || {
        Ok::<_, Problem>((Digest::of(&bytes), questions::questions(&bytes)?))
    });
    let (digest, questions) =
        read.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        caller.require_all(needs_to_write())?;
        let organisation = caller.organisation;
        let client = client_here(tx, organisation, new.client)?;
        if questionnaire_list(tx, organisation)?.len() >= QUESTIONNAIRES {
            return Err(Problem::Conflict {
                code: "questionnaire.too_many",
                sentence: "There are 200 questionnaires.",
                remedy: "Remove one whose answers serve no more, then bring this one again.",
            });
        }
        let row = QuestionnaireRow {
            id: tx.new_id(),
            client: client.id,
            client_name: client.name,
            name: name.clone(),
            due_on,
            file_name: brought_as.clone(),
            digest,
            created_at: tx.now(),
            handed_out_at: None,
        };
        let (by, at) = (answering(tx, caller)?, tx.now());
        let mut questions = questions.clone();
        let mut answered = 0_u64;
        for one in questions.iter_mut().filter(|one: &&mut QuestionRow| !one.answer.is_empty()) {
            (one.answered_by, one.answered_at) = (by.clone(), Some(at));
            answered += 1;
        }
        questionnaire_insert(tx, organisation, &row, &questions)?;
        let body = json!({
            "questionnaire": row.id,
            "client": row.client,
            "name": row.name,
            "due_on": row.due_on,
            "file_name": row.file_name,
            "digest": digest,
            "questions": questions.len(),
            "answered": answered,
        });
        tell(tx, (&caller.actor, organisation), row.id, "questionnaire.taken_in", body)?;
        Ok(row.id)
    })
    .await
}

/// What a questionnaire is called, and by when it is due.
fn named(new: &NewQuestionnaire, file: &str) -> Result<(String, Option<Date>), Problem> {
    let mut problems = Vec::new();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = match new.name.trim() {
        "" => questions::shown(stem, NAME_LIMIT),
        name => name.to_owned(),
    };
    let name = match name_key(&name).is_empty() || !is_line(&name, NAME_LIMIT) {
        true => Err(Problem::field(
            "name",
            "Call it something, in at most 120 characters on one line, none of them invisible.",
        )),
        false => Ok(name),
    };
    let due_on = match new.due_on.trim() {
        "" => Ok(None),
        text => day(text).map(Some).ok_or_else(|| Problem::field("due_on", DAY_RULE)),
    };
    let (name, due_on) = (of_field(name, &mut problems)?, of_field(due_on, &mut problems)?);
    invalid_unless_empty(problems)?;
    Ok((name.unwrap_or_default(), due_on.flatten()))
}
