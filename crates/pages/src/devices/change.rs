//! What is posted from the devices' pages.

use super::{
    Revoke,
    list::NewLink,
    show::{device_id, list, view},
};
use crate::{
    Area,
    components::{Command, Field},
    serve::{Done, Form, Looker, PageProblem, Path, done, go, moment, once, refused, show},
};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use closedset_app::{App, Problem, devices};

/// The longest reason that is kept.
const REASON_LIMIT: usize = 500;

/// Makes an enrolment link and shows it, this once.
pub(super) async fn enrol(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    if looker.visitor.sent_before(&form) {
        return Ok(go("/devices#enrol"));
    }
    let (link, expires_at) = devices::enrolment_create(&app, &looker.caller).await?;
    let link = NewLink {
        command: Command::new(format!("sudo closedset agent enrol '{link}'")),
        sign: Command::new(format!("sudo closedset check --sign '{link}' --out report.json")),
        send: Command::new(format!("closedset check --send '{link}'")),
        link: Command::new(link.to_string()),
        expires: moment(expires_at, &looker.zone),
    };
    let mut response = show(&list(&app, &looker, None, Some(link)).await?);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    once::use_up(&mut response, &looker.visitor, &form);
    Ok(response)
}

/// Writes down what a person confirms of a device.
pub(super) async fn confirm(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = device_id(&id)?;
    let said = devices::Confirmed {
        name: form.text("name").to_owned(),
        has_screen: form.is_yes("has_screen"),
        is_portable: form.is_yes("is_portable"),
        handles_content: form.is_yes("handles_content"),
    };
    match devices::device_confirm(&app, &looker.caller, id, said.clone()).await {
        Ok(()) => Ok(done(&format!("/devices/{id}"), Done::Confirmed)),
        Err(Problem::Invalid(problems)) => {
            let mut page = view(&app, &looker, id).await?;
            page.confirmation.name = Field::new(said.name);
            page.confirmation.name.error = problems.into_iter().next().map(|one| one.message);
            page.confirmation.has_screen = said.has_screen;
            page.confirmation.is_portable = said.is_portable;
            page.confirmation.handles_content = said.handles_content;
            Ok(refused(&page))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// Revokes a device.
pub(super) async fn revoke(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = device_id(&id)?;
    let reason = form.text("reason").trim();
    let problem = match reason.chars().count() {
        0 => Some("Say why, in a few words; it stands in the ledger."),
        count if count > REASON_LIMIT => Some("A reason has at most 500 characters."),
        _ => None,
    };
    if let Some(problem) = problem {
        let detail = devices::device_detail(&app, &looker.caller, id).await?;
        return Ok(refused(&Revoke {
            shell: looker.shell(Area::Devices),
            id: id.to_string(),
            name: detail.device.name,
            reason: Field::new(reason).with_error(problem),
        }));
    }
    devices::device_revoke(&app, &looker.caller, id, reason).await?;
    Ok(done(&format!("/devices/{id}"), Done::DeviceRevoked))
}
