//! Attestations, signed and withdrawn on a control's page.

use super::{
    control::AttestationForm,
    control_handler::{Forms, field, view},
};
use crate::serve::{Done, Form, Looker, PageProblem, Path, date_end, done, refused, show};
use crate::{
    Area,
    audits::{Withdraw, withdraw::asked_again},
    components::Field,
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem, board,
    evidence::{self, NewAttestation},
};
use closedset_core::Action;

pub(crate) async fn sign(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let signed = match date_end(form.text("valid_to"), &looker.zone) {
        None => Err(Problem::Invalid(vec![FieldProblem {
            field: "valid_to",
            message: "Say on which day this counts last.".into(),
        }])),
        Some(valid_to) => {
            let new = NewAttestation {
                control: id.clone(),
                statement: form.text("statement").to_owned(),
                valid_from: None,
                valid_to,
            };
            evidence::attestation_sign(&app, &looker.caller, new).await
        }
    };
    match signed {
        Ok(_) => Ok(done(&format!("/controls/{id}"), Done::Signed)),
        Err(Problem::Invalid(problems)) => {
            let attestation = AttestationForm {
                statement: field(&form, &problems, "statement"),
                valid_to: field(&form, &problems, "valid_to"),
            };
            Ok(refused(&view(&app, &looker, &id, Forms { attestation, ..Forms::default() }).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// Asks before an attestation is taken back.
pub(crate) async fn withdraw_ask(
    State(app): State<App>,
    looker: Looker,
    Path((control, id)): Path<(String, String)>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    Ok(show(&question(&app, &looker, &control, &id).await?))
}

async fn question(
    app: &App,
    looker: &Looker,
    control: &str,
    id: &str,
) -> Result<Withdraw, PageProblem> {
    let attestation = board::control_detail(app, &looker.caller, control)
        .await?
        .attestations
        .into_iter()
        .find(|one| one.id.to_string() == id && one.withdrawn_at.is_none())
        .ok_or(Problem::NotFound("attestation"))?;
    Ok(Withdraw {
        shell: looker.shell(Area::Board),
        form: "attestation",
        title: attestation.statement,
        back: format!("/controls/{control}"),
        action: format!("/controls/{control}/attestations/{id}/withdraw"),
        control: attestation.control,
        reason: Field::default(),
    })
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path((control, text)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = text.parse().map_err(|_| Problem::NotFound("attestation"))?;
    if let Some(again) = asked_again(&form, question(&app, &looker, &control, &text)).await? {
        return Ok(again);
    }
    let reason = form.text("reason");
    let control = evidence::attestation_withdraw(&app, &looker.caller, id, reason).await?;
    Ok(done(&format!("/controls/{control}"), Done::Withdrawn))
}
