//! The page of exceptions, filled, and what is posted from it.

use super::{
    Exceptions, Withdraw,
    exceptions::{ExceptionLine, ExceptionState},
    last_day,
    withdraw::asked_again,
};
use crate::{
    Area,
    components::{Cover, Field, Paging},
    serve::{Done, Form, ListQuery, Looker, PageProblem, Path, Query, done, go, show},
};
use axum::{extract::State, response::Response};
use closedset_app::{App, Problem, devices, exceptions};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Duration, Subject, SubjectKind, Time,
    exception::{ExceptionForm, Terms},
    id::{Exception, Id},
};
use closedset_store::exceptions::{ExceptionRow, InvitedBy};
use std::collections::BTreeMap;

/// How many one page lists.
const PAGE: i64 = 50;
/// How long before its end an exception is said to be ending.
const ENDING: Duration = Duration::from_days(30);

fn exception_id(text: &str) -> Result<Id<Exception>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("exception"))
}

pub(super) async fn exceptions(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let after = query.after.as_deref().map(exception_id).transpose()?;
    let (rows, more) = exceptions::exception_list(&app, &looker.caller, after, PAGE).await?;
    let next = rows.last().filter(|_| more).map(|last| format!("/exceptions?after={}", last.id));
    let subjects = rows.iter().filter_map(|row| row.terms.subject.as_ref());
    let names = devices::device_names(&app, &looker.caller, subjects).await?;
    let now = looker.present;
    let exceptions: Vec<ExceptionLine> =
        rows.iter().map(|row| line(&looker, row, &names, now)).collect();
    Ok(show(&Exceptions {
        shell: looker.shell(Area::Documents),
        paging: Paging {
            shown: i64::try_from(exceptions.len()).unwrap_or(i64::MAX),
            total: None,
            first: after.map(|_| "/exceptions".into()),
            next,
        },
        exceptions,
        tab: "exceptions",
    }))
}

/// An exception as a list shows it.
pub(crate) fn line(
    looker: &Looker,
    row: &ExceptionRow,
    names: &BTreeMap<Subject, String>,
    now: Time,
) -> ExceptionLine {
    let state = state(row, now);
    let is_open =
        matches!(state, ExceptionState::Waiting | ExceptionState::InForce | ExceptionState::Ending);
    let granted = row.granted.as_ref();
    ExceptionLine {
        id: row.id.to_string(),
        control: row.terms.control.clone(),
        form: form(row.terms.form),
        about: about(&looker.catalogue, &row.terms, names),
        state,
        reason: row.terms.reason.clone(),
        measure: row.terms.measure.clone(),
        covers_unknown: row.terms.covers_unknown,
        asked_by: row.asked_by.clone(),
        is_own: row.asked_actor == looker.caller.actor.to_string(),
        approved_by: granted.map(|granted| granted.by.clone()),
        is_one_person: granted.is_some_and(|granted| !granted.has_second_person),
        invited_by: match granted.and_then(|granted| granted.invited_by) {
            Some(InvitedBy::Asker) => "whoever asked had invited whoever approved",
            Some(InvitedBy::Approver) => "whoever approved had invited whoever asked",
            None => "",
        },
        last_day: last_day(row.terms.valid_to, &looker.zone),
        entry: granted.map_or(row.asked_entry, |granted| granted.entry),
        withdrawn_entry: row.withdrawn_entry,
        may_approve: state == ExceptionState::Waiting && looker.caller.may(Action::ExceptionGrant),
        may_withdraw: is_open && looker.caller.may(Action::EvidenceWrite),
    }
}

fn state(row: &ExceptionRow, now: Time) -> ExceptionState {
    let is_over = row.terms.valid_to <= now;
    match (&row.granted, row.withdrawn_at) {
        (None, Some(_)) => ExceptionState::Declined,
        (None, None) if is_over => ExceptionState::Declined,
        (None, None) => ExceptionState::Waiting,
        (Some(_), Some(_)) => ExceptionState::Withdrawn,
        (Some(_), None) if is_over => ExceptionState::Lapsed,
        (Some(_), None) if row.terms.valid_to.since(now) < ENDING => ExceptionState::Ending,
        (Some(_), None) => ExceptionState::InForce,
    }
}

const fn form(form: ExceptionForm) -> &'static str {
    match form {
        ExceptionForm::RiskAccepted => "Risk accepted",
        ExceptionForm::NotApplicable => "Does not apply",
        ExceptionForm::NoneExists => "There is none",
    }
}

/// What an exception is about, in words.
fn about(catalogue: &Catalogue, terms: &Terms, names: &BTreeMap<Subject, String>) -> String {
    let Some(check) = &terms.check else {
        let control = catalogue.control(&terms.control);
        return control.map_or_else(|| terms.control.clone(), |control| control.title.clone());
    };
    let title = catalogue.check(check).map_or(check.as_str(), |check| check.title.as_str());
    match &terms.subject {
        None => format!("{title}, on all computers"),
        Some(subject) if subject.kind == SubjectKind::Control => title.to_owned(),
        Some(subject) => format!("{title}, on {}", names.get(subject).unwrap_or(&subject.id)),
    }
}

/// An exception as it stands beside the verdict that it covers.
pub(crate) fn cover(row: &ExceptionRow, zone: &str) -> Cover {
    let granted = row.granted.as_ref();
    Cover {
        by: granted.map(|granted| granted.by.clone()).unwrap_or_default(),
        until: last_day(row.terms.valid_to, zone),
        reason: row.terms.reason.clone(),
        measure: row.terms.measure.clone(),
        is_one_person: granted.is_none_or(|granted| !granted.has_second_person),
    }
}

pub(super) async fn approve(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = exception_id(&id)?;
    exceptions::exception_approve(&app, &looker.caller, id).await?;
    Ok(done("/exceptions", Done::Granted))
}

/// Asks before an exception is taken back or declined.
pub(super) async fn withdraw_ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let row = exceptions::exception_one(&app, &looker.caller, exception_id(&id)?).await?;
    if row.withdrawn_at.is_some() {
        return Ok(go("/exceptions"));
    }
    Ok(show(&question(&app, &looker, &row).await?))
}

async fn question(app: &App, looker: &Looker, row: &ExceptionRow) -> Result<Withdraw, PageProblem> {
    let names = devices::device_names(app, &looker.caller, &row.terms.subject).await?;
    let about = about(&looker.catalogue, &row.terms, &names);
    Ok(Withdraw {
        shell: looker.shell(Area::Documents),
        form: "exception",
        title: format!("{}: {about}", form(row.terms.form)),
        control: row.terms.control.clone(),
        back: format!("/controls/{}", row.terms.control),
        action: format!("/exceptions/{}/withdraw", row.id),
        reason: Field::default(),
    })
}

pub(super) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = exception_id(&id)?;
    let asked = async {
        let row = exceptions::exception_one(&app, &looker.caller, id).await?;
        question(&app, &looker, &row).await
    };
    if let Some(again) = asked_again(&form, asked).await? {
        return Ok(again);
    }
    let reason = form.text("reason");
    let control = exceptions::exception_withdraw(&app, &looker.caller, id, reason).await?;
    Ok(done(&format!("/controls/{control}"), Done::Withdrawn))
}
