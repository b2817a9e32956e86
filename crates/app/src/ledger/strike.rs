//! What else holds the words of an entry whose body is erased: the registers, the history of verdicts and
//! the bodies of facts that nothing rests on any more. Files, packs and backups are not reached.

use crate::{Problem, days::zone_of};
use closedset_core::{
    Digest, Subject,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_pack::rows::ERASED_WORDS;
use closedset_store::{Tx, engagements, evidence, facts, ledger, people, verdicts};
use serde_json::Value;
use std::collections::BTreeSet;

/// Entries looked at in one go.
const BATCH: i64 = 200;

/// Takes the words of the entry at `index` of the kind `kind`, whose body was `body`, out of the database.
/// Yields the entries that may repeat them and must be erased for themselves, oldest first.
pub(super) fn strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (index, kind): (i64, &str),
    body: &[u8],
) -> Result<Vec<i64>, Problem> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::fault("the body of an entry could not be read", error))?;
    verdicts::verdict_strike(tx, organisation, index, ERASED_WORDS)?;
    for digest in digests(&body) {
        facts::fact_body_strike(tx, organisation, digest)?;
    }
    if matches!(kind, "person.invited" | "person.joined" | "person.added" | "person.changed") {
        strike_person(tx, organisation, &body)?;
    }
    if kind.starts_with("engagement.") || kind.starts_with("assignment.") {
        strike_job(tx, organisation, &body)?;
    }
    let withdrawn = match kind {
        "attestation.signed" => evidence::attestation_strike(tx, organisation, index)?,
        "document.added" => evidence::document_strike(tx, organisation, index)?,
        _ => return Ok(Vec::new()),
    };
    match (body.get("control").and_then(Value::as_str), withdrawn) {
        (Some(control), Some(until)) => repeated(tx, organisation, control, (index, until)),
        _ => Ok(Vec::new()),
    }
}

/// Takes name and address of somebody who is gone out of the register of people, and the invitation that
/// opens nothing any more. Of somebody who belongs, or works here, they stay: who is here has a name.
fn strike_person(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    body: &Value,
) -> Result<(), Problem> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    if let Some(id) = text("invitation").and_then(|id| id.parse().ok()) {
        people::invitation_delete(tx, id)?;
    }
    let person = match (text("person").and_then(|id| id.parse().ok()), text("email")) {
        (Some(person), _) => Some(person),
        (None, Some(email)) => people::person_by_email(tx, organisation, email)?,
        (None, None) => None,
    };
    let Some(person) = person else { return Ok(()) };
    let today = tx.now().timestamp().to_zoned(zone_of(tx, organisation)?).date();
    let is_here = people::member_by_person(tx, organisation, person)?.is_some()
        || engagements::is_booked(tx, organisation, person, today)?;
    if !is_here {
        people::person_strike(tx, organisation, person, ERASED_WORDS)?;
    }
    Ok(())
}

/// Takes what somebody did out of their work that is over.
fn strike_job(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    body: &Value,
) -> Result<(), Problem> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let today = tx.now().timestamp().to_zoned(zone_of(tx, organisation)?).date();
    if let Some(id) = text("engagement").and_then(|id| id.parse().ok())
        && let Some(mut row) = engagements::engagement_by_id(tx, organisation, id)?
        && (row.removed_at.is_some() || row.days.are_before(today))
    {
        ERASED_WORDS.clone_into(&mut row.job);
        engagements::engagement_update(tx, organisation, &row)?;
    }
    if let Some(id) = text("assignment").and_then(|id| id.parse().ok())
        && let Some(mut row) = engagements::assignment_by_id(tx, organisation, id)?
        && (row.removed_at.is_some() || row.days.are_before(today))
    {
        ERASED_WORDS.clone_into(&mut row.job);
        engagements::assignment_update(tx, organisation, &row)?;
    }
    Ok(())
}

/// The digests of facts that a body names.
fn digests(body: &Value) -> Vec<Digest> {
    let derived = body.get("facts").and_then(Value::as_array).into_iter().flatten();
    let derived = derived.filter_map(|fact| fact.get("digest"));
    let said = body.get("digests").and_then(Value::as_object).into_iter().flatten();
    let said = said.map(|(_, digest)| digest);
    derived.chain(said).filter_map(Value::as_str).filter_map(|text| text.parse().ok()).collect()
}

/// The entries between these two that assessed the control by what was given.
fn repeated(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    (from, until): (i64, i64),
) -> Result<Vec<i64>, Problem> {
    let log = Log::Organisation(organisation);
    let name = Subject::control(control).to_string();
    let (mut before, mut found) = (until, BTreeSet::new());
    loop {
        let page = ledger::entries_of_subject(tx, log, &name, Some(before), BATCH)?;
        let Some(last) = page.last() else { break };
        before = last.index;
        for entry in page.into_iter().filter(|entry| entry.index > from) {
            if entry.kind == "subject.assessed" && !entry.is_erased {
                found.insert(entry.index);
            }
        }
        if before <= from {
            break;
        }
    }
    Ok(found.into_iter().collect())
}
