//! Erasing the body of an entry: privacy law, or a purge. The tree stays whole; a tombstone is
//! counted, and another entry says who erased it and why. What else the database keeps of its words goes
//! with it: see [`super::strike`].

use super::strike::strike;
use crate::{App, Caller, Problem, admitted::Admitted};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{
    NewEntry, Tx, engagements, evidence, facts,
    ledger::{self, EntryRow},
    people, verdicts,
};
use serde_json::{Value, json};

/// Entries whose bodies prove what others rest on and are never erased.
const KEPT: [&str; 31] = [
    "agreement.added",
    "agreement.published",
    "agreement.retired",
    // Whoever signed is forgotten as a whole.
    "agreement.paper_refused",
    "agreement.paper_uploaded",
    "agreement.signature_withdrawn",
    "agreement.signed",
    "attestation.withdrawn",
    "catalogue.changed",
    closedset_core::own_check::RETIRED,
    closedset_core::own_check::WRITTEN,
    "confirmations.rolled_up",
    "contact.confirmed",
    closedset_core::entry::DEMONSTRATION,
    "device.enrolled",
    "document.withdrawn",
    "entry.erased",
    "exception.asked",
    "exception.granted",
    "exception.lapsed",
    "exception.withdrawn",
    crate::frameworks::CHOSEN,
    "log.opened",
    "log.restored",
    "organisation.created",
    "pack.created",
    "people.counted",
    "person.forgotten",
    "policy.acknowledged",
    "policy.approved",
    "policy.reviewed",
];

/// Erases body and salt of the entry at `index`, and its words wherever else the database keeps them. Those
/// entries that repeat words of a document or statement are named by the entry that records the erasure.
pub async fn entry_erase(
    app: &App,
    caller: &Caller,
    index: i64,
    reason: &str,
) -> Result<(), Problem> {
    caller.require(Action::LedgerErase)?;
    let reason = reason.trim().to_owned();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Problem::field("reason", "Say why it is erased, in 10 to 500 characters."));
    }
    let log = Log::Organisation(caller.organisation);
    app.write_for(caller, Action::LedgerErase, move |tx, caller| {
        let entry = ledger::entry_at(tx, log, index)?.ok_or(Problem::NotFound("entry"))?;
        if KEPT.contains(&entry.kind.as_str()) {
            return Err(Problem::Conflict {
                code: "entry.kept",
                sentence: "Other evidence rests on this entry; its body is kept.",
                remedy: "Erase the entries that hold personal data instead.",
            });
        }
        let organisation = caller.organisation;
        // What a pack must show, so that nothing newer and worse can be left out of it.
        let is_newest = matches!(
            entry.kind.as_str(),
            "device.checked_in" | "device.confirmed" | "facility.changed"
        ) && !ledger::is_followed(tx, log, index)?;
        if is_newest
            || facts::fact_rests_on(tx, organisation, index)?
            || verdicts::verdict_rests_on(tx, organisation, index)?
        {
            return Err(Problem::Conflict {
                code: "entry.in_force",
                sentence: "What is in force rests on this entry.",
                remedy: "Erase it when something newer has taken the place of what it says.",
            });
        }
        if entry.kind.starts_with("engagement.") && is_booked(tx, organisation, &entry)? {
            return Err(Problem::Conflict {
                code: "entry.in_force",
                sentence: "Whom this entry is about works here today or later, and is counted by it.",
                remedy: "End their engagements first; when their days are over, forget them on their page.",
            });
        }
        let vouches = match entry.kind.as_str() {
            "document.added" => evidence::document_rests_on(tx, organisation, index)?,
            "attestation.signed" => evidence::attestation_rests_on(tx, organisation, index)?,
            _ => false,
        };
        if vouches {
            return Err(Problem::Conflict {
                code: "entry.in_force",
                sentence: "What this entry vouches for has not been withdrawn.",
                remedy: "Withdraw the document or the attestation first.",
            });
        }
        let body = ledger::entry_body_at(tx, log, index)?;
        if entry.kind == "person.invited"
            && let Some(body) = &body
            && opens_something(tx, organisation, &body.body)?
        {
            return Err(Problem::Conflict {
                code: "entry.in_force",
                sentence: "The invitation of which this entry tells is open.",
                remedy: "Take the invitation back first.",
            });
        }
        let (Some(body), true) = (body, ledger::erase_body(tx, log, index)?) else {
            return Err(Problem::Conflict {
                code: "entry.erased",
                sentence: "The body of this entry was erased before.",
                remedy: "Nothing more is needed.",
            });
        };
        let repeated_in = strike(tx, organisation, (index, &entry.kind), &body.body)?;
        erased_tell(tx, caller, &entry, &reason, &repeated_in)?;
        Ok(())
    })
    .await
}

/// Whether whoever an entry is about is engaged or assigned today or later.
fn is_booked(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    entry: &EntryRow,
) -> Result<bool, Problem> {
    let person = entry.subject.strip_prefix("person:").and_then(|id| id.parse().ok());
    let Some(person) = person else { return Ok(false) };
    let day = crate::people::today(tx, organisation)?;
    Ok(engagements::is_booked(tx, organisation, person, day)?)
}

/// Writes the entry that says that the body of another was erased: where none does, the log and packs of it are not
/// whole.
pub(crate) fn erased_tell(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    entry: &EntryRow,
    reason: &str,
    repeated_in: &[i64],
) -> Result<(), Problem> {
    let mut said = json!({"index": entry.index, "entry": entry.id, "reason": reason});
    if !repeated_in.is_empty() {
        said["repeated_in"] = json!(repeated_in);
    }
    tx.record(
        Log::Organisation(caller.organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("entry:{}", entry.id),
            kind: "entry.erased",
            body: said,
        },
    )?;
    Ok(())
}

/// Whether the invitation that a body tells of can still be used.
fn opens_something(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    body: &[u8],
) -> Result<bool, Problem> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::fault("the body of an entry could not be read", error))?;
    let id = body.get("invitation").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(false) };
    let now = tx.now();
    Ok(people::invitation_by_id(tx, organisation, id)?.is_some_and(|row| now < row.expires_at))
}
