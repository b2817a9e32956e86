//! The answers as a file that somebody takes along. An entry holds for whom, for which day, and the file's digest.

use super::{Answers, AnswersForm, AnswersOf, answers, needs_to_hand_out, paper::paper, sheets};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest,
    entry::Log,
    id::{Document, Id},
};
use closedset_store::NewEntry;
use serde_json::json;

/// The answers as a file.
#[derive(Debug, Clone)]
pub struct AnswersFile {
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

/// Draws the answers up as a file, and writes down that they were handed out.
pub async fn answers_file(
    app: &App,
    caller: &Caller,
    of: AnswersOf,
    form: AnswersForm,
) -> Result<AnswersFile, Problem> {
    caller.require_all(needs_to_hand_out())?;
    let drawn = answers(app, caller, of).await?;
    let (day, client) = (drawn.day, drawn.owner.0);
    let (id, now): (Id<Document>, _) = (Id::new(app.now(), app.randomness()), app.now());
    let made = tokio::task::spawn_blocking(move || made(&drawn, form, (id, now)));
    let bytes = made.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    let digest = Digest::of(&bytes);
    let entry = app
        .write_for(caller, Action::TitleWrite, move |tx, caller| {
            caller.require_all(needs_to_hand_out())?;
            let entry = tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("client:{client}"),
                    kind: "answers.handed_out",
                    body: json!({
                        "for": client,
                        "on": day,
                        "form": form.as_str(),
                        "digest": digest,
                    }),
                },
            )?;
            Ok(entry.index)
        })
        .await?;
    let file_name = format!("answers-{day}.{}", form.as_str());
    Ok(AnswersFile { file_name, media_type: form.media_type(), bytes, digest, entry })
}

fn made(
    answers: &Answers,
    form: AnswersForm,
    drawn: (Id<Document>, closedset_core::Time),
) -> Result<Vec<u8>, Problem> {
    match form {
        AnswersForm::Pdf => paper(answers, drawn),
        AnswersForm::Xlsx => sheets::workbook(answers),
        AnswersForm::Docx => sheets::text_document(answers),
    }
}
