//! The register as a file that somebody takes along. An entry holds its day and the file's digest.

use super::{RiskRegister, list::register, needs_to_read, paper::paper, sheets};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Digest, Time,
    entry::Log,
    id::{Document, Id},
};
use closedset_store::{NewEntry, organisations};
use serde_json::json;

/// As what the register is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskFileForm {
    /// To be read and printed.
    Pdf,
    /// A workbook.
    Xlsx,
}

impl RiskFileForm {
    /// The word used in forms, JSON and entries, and the ending of the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pdf, Self::Xlsx].into_iter().find(|one| one.as_str() == word)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The register as a file.
#[derive(Debug, Clone)]
pub struct RiskFile {
    /// What the file is called.
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
    pub(super) register: RiskRegister,
    pub(super) id: Id<Document>,
    pub(super) at: Time,
}

/// Draws the register up as a file, and writes down that it was handed out.
pub async fn risk_list_file(
    app: &App,
    caller: &Caller,
    form: RiskFileForm,
) -> Result<RiskFile, Problem> {
    caller.require_all(needs_to_read().with(Action::EvidenceWrite))?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let (id, at) = (Id::new(app.now(), app.randomness()), app.now());
    let drawn = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let here = organisations::organisation_by_id(tx, organisation)?;
            let house = here.ok_or(Problem::NotFound("organisation"))?.name;
            Ok(Drawn { house, register: register(tx, &unit_app, organisation)?, id, at })
        })
        .await?;
    let (day, count) = (drawn.register.today, drawn.register.open.len());
    let made = tokio::task::spawn_blocking(move || match form {
        RiskFileForm::Pdf => paper(&drawn),
        RiskFileForm::Xlsx => sheets::workbook(&drawn),
    });
    let bytes = made.await.map_err(|error| Problem::fault("a thread ended early", error))??;
    let digest = Digest::of(&bytes);
    let entry = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            caller.require_all(needs_to_read())?;
            let body = json!({"on": day, "form": form.as_str(), "risks": count, "digest": digest});
            let new = NewEntry {
                actor: &caller.actor,
                subject: format!("organisation:{organisation}"),
                kind: "risk.listed",
                body,
            };
            Ok(tx.record(Log::Organisation(organisation), new)?.index)
        })
        .await?;
    let file_name = format!("risks-{day}.{}", form.as_str());
    Ok(RiskFile { file_name, media_type: form.media_type(), bytes, digest, entry })
}

/// How a control stands, in a file.
pub(super) fn standing(one: &super::Treatment) -> &'static str {
    use closedset_core::Status;
    match one.status {
        Some(Status::Pass) => "met: lowers it",
        Some(Status::Fail) => "fails: lets it through",
        Some(Status::Unknown) => "unknown: lowers nothing",
        Some(Status::Excepted) => "excepted: lowers nothing",
        Some(Status::NotApplicable) => "does not apply: lowers nothing",
        None => "not answered here: lowers nothing",
    }
}

/// What stands below everything that is handed out.
pub(super) const NOTE: &str = "Inherent is likelihood times impact, each from 1 to 5, with nothing done about the risk. Each treating control that \
    was met when this was drawn up takes one off the likelihood, down to 1; one that fails, is unknown, excepted or does \
    not apply takes off nothing, nor does the decision to bear a risk. Ratings are the facility's own judgement.";
