//! Uploading what somebody signed on paper, from their page.

use super::{person::page, person_id, typed};
use crate::{
    audits::upload::{DRAIN_LIMIT, drawn_elsewhere, keep, lost},
    components::Field,
    entry::split,
    people::Open,
    serve::{Done, Form, Looker, Multipart, PageProblem, Path, done, refused},
};
use axum::{
    extract::{State, multipart},
    http::Uri,
    response::Response,
};
use closedset_app::{
    App, FieldProblem, Problem,
    agreements::{self, NewPaper, SCAN_LIMIT},
};
use closedset_core::Action;

/// The most fields around the file.
const FIELDS_LIMIT: usize = 8;

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
    Multipart(sent_form): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, sent_form).await),
    };
    looker.caller.require(Action::PeopleWrite)?;
    let id = person_id(&text)?;
    let (form, scan) = sent(&app, &looker, sent_form, &uri).await?;
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

/// The form's fields, once its token was checked, and the scan: empty if none was chosen, cut where it is too large.
async fn sent(
    app: &App,
    looker: &Looker,
    mut sent: multipart::Multipart,
    uri: &Uri,
) -> Result<(Form, Vec<u8>), PageProblem> {
    let unreadable = |error: multipart::MultipartError| {
        tracing::info!(%error, "a form could not be read");
        Problem::field(
            "form",
            "The form could not be read; load the page again and send it once more.",
        )
    };
    let (mut fields, mut is_ours, mut scan) = (Vec::new(), false, Vec::new());
    for _ in 0..FIELDS_LIMIT {
        let Some(mut field) = sent.next_field().await.map_err(unreadable)? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "csrf" {
            let token = field.text().await.map_err(unreadable)?;
            if let Some(loss) = drawn_elsewhere(app, looker, &token).await? {
                return Err(keep(loss, uri, sent, DRAIN_LIMIT).await);
            }
            fields.push((name, token));
            Form::of(fields.clone(), &looker.visitor)?;
            is_ours = true;
            continue;
        }
        if !is_ours {
            return Err(PageProblem::FormToken);
        }
        let is_file = name == "file";
        let limit = if is_file { SCAN_LIMIT } else { 1_000 };
        let (mut bytes, mut length) = (Vec::new(), 0);
        while let Some(piece) = field.chunk().await.map_err(unreadable)? {
            length += piece.len();
            // One byte more than may be says that it is too large.
            let left = (limit + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(piece.get(..left).unwrap_or(&piece));
            // What is too large is read on for a while, so that the browser comes to read the answer.
            if length > DRAIN_LIMIT {
                break;
            }
        }
        if is_file {
            scan = bytes;
            break;
        }
        fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    if !is_ours {
        return Err(PageProblem::FormToken);
    }
    Ok((Form::of(fields, &looker.visitor)?, scan))
}
