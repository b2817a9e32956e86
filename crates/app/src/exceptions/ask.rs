//! Asking for an exception. Where there is nobody else who could approve it, whoever asks grants it
//! and it is marked as one person's word.

use super::{Approval, about, assess_due, grant, open_task, title};
use crate::{
    App, Caller, FieldProblem, Problem,
    days::{end_of, zone_of},
    evidence::invalid_unless_empty,
    second_person,
};
use closedset_catalogue::{Catalogue, Check};
use closedset_core::{
    Action, Duration, Subject, SubjectKind, Time,
    entry::Log,
    exception::{ExceptionForm, Terms, TermsError},
    id::{Device, Exception, Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, devices,
    exceptions::{self, ExceptionRow},
};
use jiff::{Span, civil::Date};
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
    let unit_app = app.clone();
    let (asked, due) = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            let app = &unit_app;
            let catalogue = app.catalogue_of(tx, caller.organisation)?;
            let (terms, now) = (terms(tx, &catalogue, caller.organisation, &new)?, tx.now());
            let id = tx.new_id();
            let mut body = json!({
                "exception": id,
                "asked_by": caller.name,
                "asked_by_person": caller.person,
            });
            terms.put_in(&mut body);
            let entry = tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: about(&terms).to_string(),
                    kind: "exception.asked",
                    body,
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
                && !second_person::has_other(
                    tx,
                    caller.organisation,
                    &caller.actor,
                    Action::ExceptionGrant,
                )?;
            if is_granted {
                let due = grant(tx, app, caller, &row, Approval::OnePerson)?;
                return Ok((AskedException { id, is_granted }, due));
            }
            approve_task(tx, (&catalogue, caller.organisation), &row)?;
            Ok((AskedException { id, is_granted }, 0))
        })
        .await?;
    assess_due(app, caller.organisation, due).await?;
    Ok(asked)
}

/// Asks somebody to answer what was asked for.
pub(super) fn approve_task(
    tx: &mut Tx<'_>,
    (catalogue, organisation): (&Catalogue, Id<Organisation>),
    row: &ExceptionRow,
) -> Result<(), Problem> {
    let words = format!("Approve or decline an exception: {}", title(catalogue, &row.terms));
    let due_at = (tx.now() + Duration::from_days(7)).min(row.terms.valid_to);
    open_task(tx, (catalogue, organisation), row, words, due_at)
}

/// What is asked for, or everything that is wrong with it at once.
fn terms(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    new: &NewException,
) -> Result<Terms, Problem> {
    let (mut terms, mut problems) = draft(catalogue, new);
    let is_right = |field: &str, problems: &[FieldProblem]| {
        problems.iter().all(|problem| problem.field != field)
    };
    match end(tx, organisation, &new.last_day) {
        Ok(valid_to) => terms.valid_to = valid_to,
        Err(Problem::Invalid(wrong)) => problems.extend(wrong),
        Err(other) => return Err(other),
    }
    let chosen = ["control", "check", "form", "subject", "covers_unknown"];
    if let Err(error) = terms.check(tx.now())
        && chosen.iter().all(|field| is_right(field, &problems))
    {
        let (field, message) = told(error);
        if is_right(field, &problems) {
            problems.push(FieldProblem { field, message: message.to_owned() });
        }
    }
    if is_right("subject", &problems) && !has_subject(tx, organisation, &terms)? {
        let message = "Choose a computer that is enrolled here.".to_owned();
        problems.push(FieldProblem { field: "subject", message });
    }
    invalid_unless_empty(problems)?;
    Ok(terms)
}

/// The terms with a last day that is still to be read, and what is wrong with them without the database.
fn draft(catalogue: &Catalogue, new: &NewException) -> (Terms, Vec<FieldProblem>) {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let (reason, measure) = (new.reason.trim().to_owned(), new.measure.trim().to_owned());
    let check = new.check.as_deref().and_then(|id| catalogue.check(id));
    let is_its = |check: &&Check| {
        catalogue.asks(&check.id) && catalogue.checks_of(&new.control).any(|one| one.id == check.id)
    };
    let check = check.filter(is_its);
    // The facility's own checks are asked also beside a control that it does not answer.
    let is_asked = |id: &str| catalogue.answers(id) || check.is_some_and(|check| check.is_own);
    let control = catalogue.control(&new.control).filter(|one| is_asked(&one.id));
    if control.is_none() {
        wrong("control", "Choose the control that this is about.");
    } else if new.check.is_some() && check.is_none() {
        wrong("check", "Choose one of the checks of this control.");
    }
    let mut subject = new.subject.clone();
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
    } else if let Some(check) = check.filter(|check| check.over == SubjectKind::Control) {
        let own = Subject::control(&check.control);
        if subject.as_ref().is_some_and(|subject| *subject != own) {
            wrong("subject", "What is counted for a control is about that control alone.");
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
    let terms = Terms {
        form: new.form,
        // A check that several controls share is excepted for all of them, under its own.
        control: check.map_or_else(|| new.control.clone(), |check| check.control.clone()),
        check: new.check.clone(),
        subject,
        covers_unknown: new.covers_unknown,
        reason,
        measure,
        // Until it is read none is too early.
        valid_to: Time::from_millis(i64::MAX),
    };
    (terms, problems)
}

/// The instant at which the last day ends where the facility is.
fn end(tx: &mut Tx<'_>, organisation: Id<Organisation>, last_day: &str) -> Result<Time, Problem> {
    let wrong = |message: &str| Err(Problem::field("last_day", message));
    let Ok(last_day) = last_day.trim().parse::<Date>() else {
        return wrong("Say on which day this counts last.");
    };
    let zone = zone_of(tx, organisation)?;
    let today = tx.now().timestamp().to_zoned(zone.clone()).date();
    if last_day < today {
        return wrong("The last day lies in the past.");
    }
    if last_day > today.saturating_add(Span::new().years(1)) {
        return wrong("An exception lasts at most a year; then renew it.");
    }
    end_of(last_day, &zone)
}

/// What makes no sense about the terms as such, beside the field that it is about.
const fn told(error: TermsError) -> (&'static str, &'static str) {
    match error {
        TermsError::Whole => ("check", "Choose the check whose failing is accepted."),
        TermsError::Part => (
            "check",
            "This is signed for the control as a whole. For a check, accept the risk, or say on the \
             computer's page what it is.",
        ),
        TermsError::Unknown => (
            "covers_unknown",
            "Only an accepted risk can cover what is unknown; this form does so by itself.",
        ),
        TermsError::Length => ("last_day", "An exception lasts at most a year."),
    }
}

/// Whether what the terms name is the control itself, or a device of the organisation's in force.
fn has_subject(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    terms: &Terms,
) -> Result<bool, Problem> {
    let Some(subject) = terms.subject.as_ref() else { return Ok(true) };
    Ok(match subject.kind {
        SubjectKind::Control => subject.id == terms.control,
        SubjectKind::Device => match subject.id.parse::<Id<Device>>() {
            Ok(id) => devices::device_by_id(tx, id)?
                .is_some_and(|row| row.organisation == organisation && row.revoked_at.is_none()),
            Err(_) => false,
        },
        SubjectKind::Organisation | SubjectKind::Facility | SubjectKind::Person => false,
    })
}
