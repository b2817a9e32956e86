//! The answers as a workbook that goes back to whoever asked. An entry holds its digest.

use super::{known, needs_to_write, sheets, tell};
use crate::{
    App, Caller, Problem,
    answers::{Answer, Hidden, told_today},
    people::today,
};
use closedset_core::{
    Action, Digest,
    id::{Id, Questionnaire},
};
use closedset_store::{
    organisations,
    questionnaires::{QuestionRow, QuestionnaireRow, question_list, questionnaire_handed_out},
};
use jiff::civil::Date;
use serde_json::json;

/// The answers as a file.
#[derive(Debug, Clone)]
pub struct QuestionnaireFile {
    /// What the file is called: without the name of whom it is for.
    pub file_name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub digest: Digest,
    /// The index of the entry that says so.
    pub entry: i64,
}

/// What is drawn up.
pub(super) struct Drawn {
    pub(super) house: String,
    pub(super) row: QuestionnaireRow,
    pub(super) questions: Vec<QuestionRow>,
    pub(super) told: Vec<Answer>,
    pub(super) day: Date,
}

/// Draws the answers up as a workbook, open questions too, and writes down that they were handed out. Refused while an
/// answer names another client's work.
pub async fn questionnaire_file(
    app: &App,
    caller: &Caller,
    id: Id<Questionnaire>,
) -> Result<QuestionnaireFile, Problem> {
    caller.require_all(needs_to_write())?;
    let (unit_app, reader) = (app.clone(), caller.clone());
    let drawn = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = reader.organisation;
            let row = known(tx, organisation, id)?;
            let questions = question_list(tx, organisation, id)?;
            let hidden = Hidden::from(tx, organisation, row.client)?;
            if questions.iter().any(|one| hidden.is_named(&one.answer)) {
                return Err(Problem::Conflict {
                    code: "questionnaire.names_others",
                    sentence: "An answer names another client’s title, or a client under a non-disclosure agreement.",
                    remedy: "Open the questionnaire: the answers that do are marked. Write them anew without the name.",
                });
            }
            let here = organisations::organisation_by_id(tx, organisation)?;
            let house = here.ok_or(Problem::NotFound("organisation"))?.name;
            let controls = questions.iter().map(|one| one.control.as_str());
            let controls = controls.filter(|control| !control.is_empty()).collect();
            let owner = ((row.client, row.client_name.as_str()), &hidden);
            let told = told_today(tx, (&unit_app, &reader), owner, &controls)?;
            Ok(Drawn { house, told, day: today(tx, organisation)?, row, questions })
        })
        .await?;
    let day = drawn.day;
    let answered = drawn.questions.iter().filter(|one| !one.answer.is_empty()).count();
    let open = drawn.questions.len() - answered;
    let made = tokio::task::spawn_blocking(move || sheets::workbook(&drawn));
    let bytes = made.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    let digest = Digest::of(&bytes);
    let entry = app
        .write_for(caller, Action::TitleWrite, move |tx, caller| {
            caller.require_all(needs_to_write())?;
            let organisation = caller.organisation;
            let row = known(tx, organisation, id)?;
            questionnaire_handed_out(tx, organisation, id, tx.now())?;
            let body = json!({
                "questionnaire": id,
                "for": row.client,
                "on": day,
                "answered": answered,
                "open": open,
                "digest": digest,
            });
            tell(tx, (&caller.actor, organisation), id, "questionnaire.handed_out", body)
        })
        .await?;
    Ok(QuestionnaireFile {
        file_name: format!("questionnaire-{day}.xlsx"),
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes,
        digest,
        entry,
    })
}
