//! Uploading what somebody signed on paper, from their page.

use super::{person::page, person_id, typed};
use crate::{
    audits::upload::{lost, receive_whole},
    components::Field,
    entry::split,
    people::Open,
    serve::{Done, Form, Looker, Multipart, PageProblem, Path, done, refused},
};
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    agreements::{self, NewPaper, SCAN_LIMIT},
};
use closedset_core::Action;

/// The form of a paper. Posts `of`, `signed_on`, `is_earlier_wording` and last `file`.
#[derive(Debug, Clone, Default)]
pub struct PaperForm {
    /// The agreement's id and the version: `agr_…:2`.
    pub of: Field,
    /// The day that stands on it.
    pub signed_on: Field,
    /// Its words are earlier ones.
    pub is_earlier_wording: bool,
    /// What is wrong with that.
    pub earlier_wrong: Option<String>,
    /// The scan.
    pub file: Field,
}

fn form_of(form: &Form, problems: &[FieldProblem]) -> PaperForm {
    let problem = problems.iter().find(|one| one.field == "is_earlier_wording");
    let mut of = typed("of", form.text("of"), problems);
    if let Some(problem) = problems.iter().find(|one| one.field == "version") {
        of = of.with_error(problem.message.clone());
    }
    let mut file = typed("file", "", problems);
    if file.error.is_none() {
        file = file.with_error("Choose the scan again; browsers do not keep it.");
    }
    PaperForm {
        of,
        signed_on: typed("signed_on", form.text("signed_on"), problems),
        is_earlier_wording: form.is_yes("is_earlier_wording"),
        earlier_wrong: problem.map(|problem| problem.message.clone()),
        file,
    }
}

/// Takes a paper.
pub(super) async fn upload(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    Path(text): Path<String>,
    uri: Uri,
    Multipart(sent): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, sent).await),
    };
    looker.caller.require(Action::PeopleWrite)?;
    let id = person_id(&text)?;
    let (form, (_, scan)) = receive_whole(&app, &looker, sent, (SCAN_LIMIT, &uri)).await?;
    let (agreement, number) = form.text("of").split_once(':').unwrap_or_default();
    let tried = match (agreement.parse(), number.parse()) {
        (Ok(agreement), Ok(number)) => {
            let new = NewPaper {
                agreement,
                number,
                signed_on: form.text("signed_on").to_owned(),
                is_earlier_wording: form.is_yes("is_earlier_wording"),
                scan,
            };
            agreements::paper_upload(&app, &looker.caller, id, new).await
        }
        _ => Err(Problem::field("of", "Choose what they signed.")),
    };
    let problem = match tried {
        Ok(paper) => return Ok(done(&format!("/papers/{paper}"), Done::PaperUploaded)),
        Err(problem) => problem,
    };
    let (fields, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    (page.paper, page.problem, page.open) = (form_of(&form, &fields), problem, Open::Paper);
    Ok(refused(&page))
}
