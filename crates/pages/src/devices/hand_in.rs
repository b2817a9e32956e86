//! A report that a person brings in a file: a form with the file, on the list and on each device's
//! page.

use super::{
    HandIn,
    show::{device_id, list, view},
};
use crate::{
    audits::upload::{DRAIN_LIMIT, drawn_elsewhere, keep, lost},
    serve::{Done, Form, Looker, Multipart, PageProblem, Path, done, refused},
};
use axum::{
    extract::{State, multipart},
    http::Uri,
    response::Response,
};
use closedset_app::{App, Problem, devices};
use closedset_core::{
    Action, Duration,
    check_in::Outcome,
    id::{self, Id},
};

/// A report older than this is said to be old.
const OLD: Duration = Duration::from_hours(24);
/// The most fields around the file.
const FIELDS_LIMIT: usize = 8;

/// Takes a report of whichever computer.
pub(super) async fn of_any(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    uri: Uri,
    Multipart(form): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, form).await),
    };
    looker.caller.require(Action::DeviceManage)?;
    match take(&app, &looker, Sent { form, uri }, None).await? {
        Ok(response) => Ok(response),
        Err(error) => {
            let mut page = list(&app, &looker, None, None).await?;
            page.hand_in = HandIn::refused(error);
            Ok(refused(&page))
        }
    }
}

/// Takes a report of this computer.
pub(super) async fn of_this(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    Path(id): Path<String>,
    uri: Uri,
    Multipart(form): Multipart,
) -> Result<Response, PageProblem> {
    let id = device_id(&id)?;
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, form).await),
    };
    looker.caller.require(Action::DeviceManage)?;
    match take(&app, &looker, Sent { form, uri }, Some(id)).await? {
        Ok(response) => Ok(response),
        Err(error) => {
            let mut page = view(&app, &looker, id).await?;
            page.hand_in = HandIn::refused(error);
            Ok(refused(&page))
        }
    }
}

/// A form as it came, and where it was sent.
struct Sent {
    form: multipart::Multipart,
    uri: Uri,
}

/// The way to the device's page, or what is wrong with the file.
async fn take(
    app: &App,
    looker: &Looker,
    sent: Sent,
    expected: Option<Id<id::Device>>,
) -> Result<Result<Response, String>, PageProblem> {
    let Some(bytes) = file(app, looker, sent).await? else {
        return Ok(Err("Choose the file that closedset check --sign wrote.".into()));
    };
    let handed_in = match devices::report_hand_in(app, &looker.caller, &bytes, expected).await {
        Ok(handed_in) => handed_in,
        Err(problem) => return beside_the_field(problem).map(Err),
    };
    let is_old = looker.present.since(handed_in.collected_at) > OLD;
    let said = match handed_in.outcome {
        Outcome::Repeated => Done::ReportKnown,
        _ if is_old => Done::ReportOld,
        _ if handed_in.is_new => Done::ReportEnrolled,
        Outcome::Confirmed => Done::ReportConfirmed,
        Outcome::Changed | Outcome::SendAll => Done::ReportTaken,
    };
    Ok(Ok(done(&format!("/devices/{}", handed_in.device), said)))
}

/// What is wrong with the file, as far as it is the file's fault.
fn beside_the_field(problem: Problem) -> Result<String, PageProblem> {
    match problem {
        Problem::Invalid(_) => Ok(problem.sentence()),
        Problem::Conflict { .. }
        | Problem::CounterReplayed { .. }
        | Problem::ClockAhead { .. }
        | Problem::Limited { .. }
        | Problem::TooLarge => Ok(format!("{} {}", problem.sentence(), problem.remedy())),
        other => Err(other.into()),
    }
}

/// The file's bytes, once the form's token was checked; none if no file was chosen.
async fn file(
    app: &App,
    looker: &Looker,
    Sent { mut form, uri }: Sent,
) -> Result<Option<Vec<u8>>, PageProblem> {
    let unreadable = |error: multipart::MultipartError| {
        tracing::info!(%error, "a form could not be read");
        Problem::field(
            "form",
            "The form could not be read; load the page again and send it once more.",
        )
    };
    let mut is_ours = false;
    for _ in 0..FIELDS_LIMIT {
        let Some(field) = form.next_field().await.map_err(unreadable)? else { break };
        match field.name() {
            Some("csrf") => {
                let token = field.text().await.map_err(unreadable)?;
                if let Some(loss) = drawn_elsewhere(app, looker, &token).await? {
                    return Err(keep(loss, &uri, form, DRAIN_LIMIT).await);
                }
                Form::of([("csrf".to_owned(), token)], &looker.visitor)?;
                is_ours = true;
            }
            Some("report") if is_ours => {
                let bytes = field.bytes().await.map_err(unreadable)?;
                return Ok(Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty()));
            }
            _ if is_ours => {}
            _ => break,
        }
    }
    if is_ours { Ok(None) } else { Err(PageProblem::FormToken) }
}
