//! Asking for an exception on a control's page: what can be chosen there, and what is posted.

use super::{
    control::AskForm,
    control_handler::{Forms, field, view},
};
use crate::{
    components::{Choice, Field},
    serve::{Done, Form, Looker, PageProblem, Path, done, refused},
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    board::ControlDetail,
    exceptions::{self, AskedException, NewException},
};
use closedset_core::{Status, SubjectKind, exception::ExceptionForm};

/// What can be signed about a control as it stands: each line names a form, a check and a subject.
pub(super) fn choices(detail: &ControlDetail) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut is_measured = false;
    // Beside a control that is not answered only the facility's own checks are asked for their own sake.
    for of in detail.checks.iter().filter(|of| detail.is_answered || of.check.is_own) {
        let (check, title) = (&of.check.id, &of.check.title);
        if of.check.is_evidence {
            choices.push(Choice::new(
                format!("gap|{check}|"),
                "Accept the risk that no evidence is given",
            ));
            continue;
        }
        let counts = |status| !matches!(status, Status::NotApplicable);
        is_measured |= of.verdicts.iter().any(|row| counts(row.status));
        if of.check.over == SubjectKind::Control {
            if of.verdicts.iter().any(|row| counts(row.status)) {
                choices.push(Choice::new(
                    format!("risk|{check}|"),
                    format!("Accept the risk: {title}"),
                ));
            }
            continue;
        }
        if !of.verdicts.is_empty() {
            let words = format!("Accept the risk on all computers: {title}");
            choices.push(Choice::new(format!("risk|{check}|"), words));
        }
        for row in &of.verdicts {
            let name = of.names.get(&row.subject).unwrap_or(&row.subject.id);
            let (subject, beneath) =
                (&row.subject, row.excepted.map_or(row.status, |excepted| excepted.beneath));
            if matches!(beneath, Status::Fail | Status::Unknown) {
                let words = format!("Accept the risk on {name}: {title}");
                choices.push(Choice::new(format!("risk|{check}|{subject}"), words));
            }
        }
    }
    if !detail.is_answered {
        return choices;
    }
    if detail.control.none_allowed {
        choices.push(Choice::new("none_exists||", "There is none"));
    }
    if !is_measured {
        choices.push(Choice::new("not_applicable||", "The control does not apply here"));
    }
    choices
}

/// What was chosen; none if it is no line of the list.
fn chosen(text: &str, form: &Form, control: &str) -> Option<NewException> {
    let (kind, rest) = text.split_once('|')?;
    let (check, subject) = rest.split_once('|')?;
    let (signed, covers_unknown) = match kind {
        "risk" => (ExceptionForm::RiskAccepted, form.is_yes("covers_unknown")),
        // To accept that something is missing is to cover what is unknown.
        "gap" => (ExceptionForm::RiskAccepted, true),
        "not_applicable" => (ExceptionForm::NotApplicable, false),
        "none_exists" => (ExceptionForm::NoneExists, false),
        _ => return None,
    };
    let subject = match subject {
        "" => None,
        subject => Some(subject.parse().ok()?),
    };
    Some(NewException {
        form: signed,
        control: control.to_owned(),
        check: Some(check.to_owned()).filter(|check| !check.is_empty()),
        subject,
        covers_unknown,
        reason: form.text("reason").to_owned(),
        measure: form.text("measure").to_owned(),
        last_day: form.text("last_day").to_owned(),
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let asked = match chosen(form.text("what"), &form, &id) {
        Some(new) => exceptions::exception_ask(&app, &looker.caller, new).await,
        None => unchosen(&app, &looker, &id, &form).await,
    };
    let problems = match asked {
        Ok(asked) => {
            let said = if asked.is_granted { Done::Granted } else { Done::Asked };
            return Ok(done(&format!("/controls/{id}"), said));
        }
        Err(Problem::Invalid(problems)) => problems,
        Err(other) => return Err(other.into()),
    };
    let ask = filled(&form, &problems);
    Ok(refused(&view(&app, &looker, &id, Forms { ask, ..Forms::default() }).await?))
}

/// That nothing was chosen, with what is wrong besides: nobody is told of it only after the next try.
async fn unchosen(
    app: &App,
    looker: &Looker,
    control: &str,
    form: &Form,
) -> Result<AskedException, Problem> {
    let mut problems =
        vec![FieldProblem { field: "what", message: "Choose what is to be signed.".to_owned() }];
    // A risk is never accepted for a control as a whole, so that this is refused whatever else it says.
    if let Some(new) = chosen("risk||", form, control) {
        let new = NewException { check: None, ..new };
        match exceptions::exception_ask(app, &looker.caller, new).await {
            Err(Problem::Invalid(others)) => {
                let is_empty = form.text("measure").trim().is_empty();
                problems.extend(others.into_iter().filter(|one| match one.field {
                    "reason" | "last_day" => true,
                    // Whether one is needed hangs on the choice.
                    "measure" => !is_empty,
                    _ => false,
                }));
            }
            Err(other) => return Err(other),
            Ok(_) => {}
        }
    }
    Err(Problem::Invalid(problems))
}

/// The form as it was sent, with what is wrong beside its fields.
fn filled(form: &Form, problems: &[FieldProblem]) -> AskForm {
    let own = ["reason", "measure", "last_day"];
    // What is wrong with what was chosen is told beside the choice, however it is made up.
    let of_choice = problems.iter().find(|problem| !own.contains(&problem.field));
    AskForm {
        what: Field {
            value: form.text("what").to_owned(),
            error: of_choice.map(|problem| problem.message.clone()),
        },
        covers_unknown: form.is_yes("covers_unknown"),
        reason: field(form, problems, "reason"),
        measure: field(form, problems, "measure"),
        last_day: field(form, problems, "last_day"),
        is_open: true,
    }
}
