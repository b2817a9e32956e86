//! Attestations: a signed-in person states something for a control, until a date.

use super::{catch_up, check_period, derive_control, invalid_unless_empty, page};
use crate::{App, Caller, FieldProblem, Problem, own_checks::catalogue_in_force};
use closedset_core::{
    Action, Digest, Subject, Time,
    entry::Log,
    id::{Attestation, Id},
};
use closedset_store::{
    NewEntry,
    evidence::{self, AttestationRow},
};
use serde_json::json;

/// An attestation as written.
#[derive(Debug, Clone)]
pub struct NewAttestation {
    /// The control.
    pub control: String,
    /// What is stated; 20 to 5,000 characters.
    pub statement: String,
    /// From when it counts; now if none is given.
    pub valid_from: Option<Time>,
    /// Until when.
    pub valid_to: Time,
}

/// The attestations after `after`, oldest first, and whether there are more.
pub async fn attestation_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Attestation>>,
    limit: i64,
) -> Result<(Vec<AttestationRow>, bool), Problem> {
    caller.require(Action::EvidenceRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            let rows = evidence::attestation_list(tx, organisation, after, limit + 1)?;
            Ok(page(rows, limit))
        })
        .await
}

/// Signs an attestation.
pub async fn attestation_sign(
    app: &App,
    caller: &Caller,
    new: NewAttestation,
) -> Result<Id<Attestation>, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let statement = new.statement.trim().to_owned();
    let valid_from = new.valid_from.unwrap_or_else(|| app.now());
    let mut problems = check_period(
        &*catalogue_in_force(app, caller).await?,
        &new.control,
        valid_from,
        new.valid_to,
        app.now(),
    );
    if !(20..=5000).contains(&statement.chars().count()) {
        problems.push(FieldProblem {
            field: "statement",
            message: "State what is true and how you know, in 20 to 5,000 characters.".into(),
        });
    }
    invalid_unless_empty(problems)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let id = tx.new_id();
        let now = tx.now();
        let catalogue = unit_app.catalogue_of(tx, caller.organisation)?;
        catch_up(tx, &catalogue, caller.organisation, &new.control, now)?;
        let digest = Digest::of(statement.as_bytes());
        let entry = tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: Subject::control(&new.control).to_string(),
                kind: "attestation.signed",
                body: json!({
                    "attestation": id,
                    "control": new.control,
                    "digest": digest,
                    "valid_from": valid_from,
                    "valid_to": new.valid_to,
                    "signed_by": caller.name,
                    "signed_by_person": caller.person,
                }),
            },
        )?;
        let row = AttestationRow {
            id,
            control: new.control.clone(),
            statement: statement.clone(),
            digest,
            valid_from,
            valid_to: new.valid_to,
            signed_by: caller.name.clone(),
            signed_at: now,
            withdrawn_at: None,
            withdrawn_entry: None,
            entry: entry.index,
        };
        evidence::attestation_insert(tx, caller.organisation, &row)?;
        derive_control(tx, &catalogue, caller.organisation, &new.control, now)?;
        Ok(id)
    })
    .await
}

/// Takes an attestation back; the control it was for. The reason, at most 500 characters, stands in
/// the ledger.
pub async fn attestation_withdraw(
    app: &App,
    caller: &Caller,
    id: Id<Attestation>,
    reason: &str,
) -> Result<String, Problem> {
    caller.require(Action::EvidenceWrite)?;
    let reason = super::reason(reason)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let control = evidence::attestation_control(tx, caller.organisation, id)?
            .ok_or(Problem::NotFound("attestation"))?;
        let now = tx.now();
        let catalogue = unit_app.catalogue_of(tx, caller.organisation)?;
        catch_up(tx, &catalogue, caller.organisation, &control, now)?;
        let entry = tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: Subject::control(&control).to_string(),
                kind: "attestation.withdrawn",
                body: json!({"attestation": id, "control": control, "reason": reason}),
            },
        )?;
        if !evidence::attestation_withdraw(tx, caller.organisation, id, entry.index)? {
            return Err(Problem::Conflict {
                code: "attestation.withdrawn",
                sentence: "This attestation was withdrawn before.",
                remedy: "Nothing more is needed.",
            });
        }
        derive_control(tx, &catalogue, caller.organisation, &control, now)?;
        Ok(control)
    })
    .await
}
