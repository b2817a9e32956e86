//! Attestations, signed and withdrawn on a control's page.

use super::{
    control::AttestationForm,
    control_handler::{Forms, field, view},
};
use crate::serve::{Form, Looker, PageProblem, date_end, go, refused};
use axum::{
    extract::{Path, State},
    response::Response,
};
use closedset_app::{
    App, FieldProblem, Problem,
    evidence::{self, NewAttestation},
};

pub(crate) async fn sign(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let signed = match date_end(form.text("valid_to"), &looker.zone) {
        None => Err(Problem::Invalid(vec![FieldProblem {
            field: "valid_to",
            message: "Say until which day this counts.".into(),
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
        Ok(_) => Ok(go(&format!("/controls/{id}#evidence"))),
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

pub(crate) async fn withdraw(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = id.parse().map_err(|_| Problem::NotFound("attestation"))?;
    let control = evidence::attestation_withdraw(&app, &looker.caller, id).await?;
    Ok(go(&format!("/controls/{control}#evidence")))
}
