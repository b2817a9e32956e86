//! Erasing the body of an entry: privacy law, or a purge. The tree stays whole; a tombstone is
//! counted, and another entry says who erased it and why. What else the database keeps of its words goes
//! with it: see [`super::strike`].

use super::strike::strike;
use crate::{App, Caller, Problem};
use closedset_core::{Action, entry::Log};
use closedset_store::{NewEntry, Scope, evidence, facts, ledger, verdicts};
use serde_json::json;

/// Entries whose bodies prove what others rest on and are never erased.
const KEPT: [&str; 15] = [
    "attestation.withdrawn",
    "catalogue.changed",
    "confirmations.rolled_up",
    closedset_core::entry::DEMONSTRATION,
    "device.enrolled",
    "document.withdrawn",
    "entry.erased",
    "exception.asked",
    "exception.granted",
    "exception.lapsed",
    "exception.withdrawn",
    "log.opened",
    "log.restored",
    "organisation.created",
    "pack.created",
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
    let caller = caller.clone();
    let log = Log::Organisation(caller.organisation);
    app.store()
        .write(Scope::Organisation(caller.organisation), move |tx| {
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
            let (Some(body), true) = (body, ledger::erase_body(tx, log, index)?) else {
                return Err(Problem::Conflict {
                    code: "entry.erased",
                    sentence: "The body of this entry was erased before.",
                    remedy: "Nothing more is needed.",
                });
            };
            let repeated_in = strike(tx, organisation, (index, &entry.kind), &body.body)?;
            let mut said = json!({"index": index, "entry": entry.id, "reason": reason});
            if !repeated_in.is_empty() {
                said["repeated_in"] = json!(repeated_in);
            }
            tx.record(
                log,
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("entry:{}", entry.id),
                    kind: "entry.erased",
                    body: said,
                },
            )?;
            Ok(())
        })
        .await
}
