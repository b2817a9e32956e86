//! Asking for an exception. Where there is nobody else who could approve it, whoever asks grants it
//! and it is marked as one person's word.

use super::{Approval, about, assess_due, grant, has_other_approver, open_task, title};
use crate::{App, Caller, FieldProblem, Problem, evidence::invalid_unless_empty, own_checks};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Duration, Subject, SubjectKind, Time,
    entry::Log,
    exception::{ExceptionForm, Terms, TermsError},
    id::{Device, Exception, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, devices,
    exceptions::{self, ExceptionRow},
    organisations,
};
use jiff::{Span, civil::Date, tz::TimeZone};
use serde_json::json;

/// The longest reason, and the longest measure, in characters.
const TEXT_LIMIT: usize = 1_000;

/// An exception as it is asked for.
#[derive(Debug, Clone)]
pub struct NewException {
    /// What is to be signed.
    pub form: ExceptionForm,
    /// The control.
    pub control: String,
    /// The check; none for the control as a whole.
    pub check: Option<String>,
    /// The one subject of the check; none for all that there are and will be.
    pub subject: Option<Subject>,
    /// It is to cover the check also while that is unknown.
    pub covers_unknown: bool,
    /// Why; 20 to 1,000 characters.
    pub reason: String,
    /// What is done instead; 20 to 1,000 characters where a risk is accepted.
    pub measure: String,
    /// The last day on which it counts, where the facility is: `2026-12-31`. At most a year ahead.
    pub last_day: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedException {
    /// Its id.
    pub id: Id<Exception>,
    /// It was granted at once: nobody else is there who could approve it.
    pub is_granted: bool,
}

/// Asks for an exception.
pub async fn exception_ask(
    app: &App,
    caller: &Caller,
    new: NewException,
) -> Result<AskedException, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let terms = terms(&*own_checks::catalogue_in_force(app, caller).await?, new)?;
    let unit_app = app.clone();
    let (asked, due) = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            let app = &unit_app;
            let (terms, now) = (end(tx, caller.organisation, &terms)?, tx.now());
            check_device(tx, caller.organisation, &terms)?;
            let id = tx.new_id();
            let entry = tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: about(&terms).to_string(),
                    kind: "exception.asked",
                    body: json!({
                        "exception": id,
                        "terms": terms,
                        "asked_by": caller.name,
                        "asked_by_person": caller.person,
                    }),
                },
            )?;
            let row = ExceptionRow {
                id,
                terms,
                asked_by: caller.name.clone(),
                asked_actor: caller.actor.to_string(),
                asked_at: now,
                asked_entry: entry.index,
                granted: None,
                withdrawn_at: None,
                withdrawn_entry: None,
            };
            exceptions::exception_insert(tx, caller.organisation, &row)?;
            let is_granted = caller.may(Action::ExceptionGrant)
                && !has_other_approver(tx, caller.organisation, &caller.actor)?;
            if is_granted {
                let due = grant(tx, app, caller, &row, Approval::OnePerson)?;
                return Ok((AskedException { id, is_granted }, due));
            }
            let words = format!(
                "Approve or decline an exception: {}",
                title(&*app.catalogue_of(tx, caller.organisation)?, &row.terms)
            );
            let due_at = (now + Duration::from_days(7)).min(row.terms.valid_to);
            open_task(tx, caller.organisation, &row, words, due_at)?;
            Ok((AskedException { id, is_granted }, 0))
        })
        .await?;
    assess_due(app, caller.organisation, due).await?;
    Ok(asked)
}

/// What is asked for, with its last day still to be read.
#[derive(Debug, Clone)]
struct Draft {
    terms: Terms,
    last_day: Date,
}

/// What can be told without the database.
fn terms(catalogue: &Catalogue, new: NewException) -> Result<Draft, Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let (reason, measure) = (new.reason.trim().to_owned(), new.measure.trim().to_owned());
    let control = catalogue.control(&new.control);
    let check = new.check.as_deref().and_then(|id| catalogue.check(id));
    let check = check.filter(|check| check.control == new.control);
    if control.is_none() {
        wrong("control", "Choose the control that this is about.");
    } else if new.check.is_some() && check.is_none() {
        wrong("check", "Choose one of the checks of this control.");
    }
    let mut subject = new.subject;
    if check.is_some_and(|check| check.is_evidence) {
        let own = Subject::control(&new.control);
        if subject.as_ref().is_some_and(|subject| *subject != own) {
            wrong("subject", "The evidence of a control is about that control alone.");
        }
        match new.form {
            ExceptionForm::RiskAccepted if !new.covers_unknown => wrong(
                "covers_unknown",
                "Without evidence a control is unknown, never failing: say that this covers it.",
            ),
            ExceptionForm::NotApplicable => {
                wrong("check", "Sign that the control as a whole does not apply.");
            }
            ExceptionForm::RiskAccepted | ExceptionForm::NoneExists => {}
        }
        subject = Some(own);
    } else if let (Some(check), Some(subject)) = (check, &subject)
        && subject.kind != check.over
    {
        wrong("subject", "Choose a computer that is enrolled here.");
    }
    if new.form == ExceptionForm::NoneExists && control.is_some_and(|control| !control.none_allowed)
    {
        wrong("form", "“None” is an answer only where the source asks for “any”.");
    }
    if !(20..=TEXT_LIMIT).contains(&reason.chars().count()) {
        wrong("reason", "Say why, in 20 to 1,000 characters.");
    }
    let least = if new.form == ExceptionForm::RiskAccepted { 20 } else { 0 };
    if !(least..=TEXT_LIMIT).contains(&measure.chars().count()) {
        wrong("measure", "Say what is done instead, in 20 to 1,000 characters.");
    }
    let last_day = new.last_day.trim().parse::<Date>();
    if last_day.is_err() {
        wrong("last_day", "Say on which day this counts last.");
    }
    invalid_unless_empty(problems)?;
    let last_day = last_day.map_err(|error| Problem::fault("a day was not read", error))?;
    let terms = Terms {
        form: new.form,
        control: new.control,
        check: new.check,
        subject,
        covers_unknown: new.covers_unknown,
        reason,
        measure,
        valid_to: Time::from_millis(i64::MAX),
    };
    Ok(Draft { terms, last_day })
}

/// The terms with the instant at which their last day ends where the facility is.
fn end(tx: &mut Tx<'_>, organisation: Id<Organisation>, draft: &Draft) -> Result<Terms, Problem> {
    let now = tx.now();
    let facilities = organisations::facility_list(tx, organisation)?;
    let zone = facilities.first().map_or("UTC", |first| first.time_zone.as_str());
    let zone = TimeZone::get(zone)
        .map_err(|error| Problem::fault("a facility's time zone is not known", error))?;
    let today = now.timestamp().to_zoned(zone.clone()).date();
    if draft.last_day < today {
        return Err(Problem::field("last_day", "The last day lies in the past."));
    }
    if draft.last_day > today.saturating_add(Span::new().years(1)) {
        return Err(Problem::field(
            "last_day",
            "An exception lasts at most a year; then renew it.",
        ));
    }
    let end = draft.last_day.saturating_add(Span::new().days(1)).to_zoned(zone);
    let end = end.map_err(|error| Problem::fault("the end of a day is not known", error))?;
    let valid_to = Time::from_millis(end.timestamp().as_millisecond());
    let terms = Terms { valid_to, ..draft.terms.clone() };
    terms.check(now).map_err(|error| match error {
        TermsError::Whole => Problem::field("check", "Choose the check whose failing is accepted."),
        TermsError::Part => Problem::field(
            "check",
            "This is signed for the control as a whole. For a check, accept the risk, or say on the \
             computer's page what it is.",
        ),
        TermsError::Unknown => Problem::field(
            "covers_unknown",
            "Only an accepted risk can cover what is unknown; this form does so by itself.",
        ),
        TermsError::Length => Problem::field("last_day", "An exception lasts at most a year."),
    })?;
    Ok(terms)
}

/// The device that the terms name is one of the organisation's and in force.
fn check_device(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    terms: &Terms,
) -> Result<(), Problem> {
    let Some(subject) = terms.subject.as_ref() else { return Ok(()) };
    let is_known = match subject.kind {
        SubjectKind::Control => subject.id == terms.control,
        SubjectKind::Device => match subject.id.parse::<Id<Device>>() {
            Ok(id) => devices::device_by_id(tx, id)?
                .is_some_and(|row| row.organisation == organisation && row.revoked_at.is_none()),
            Err(_) => false,
        },
        SubjectKind::Organisation | SubjectKind::Facility | SubjectKind::Person => false,
    };
    if is_known {
        return Ok(());
    }
    Err(Problem::field("subject", "Choose a computer that is enrolled here."))
}
