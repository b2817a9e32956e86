//! Erasing the body of an entry: privacy law, or a purge. The tree stays whole; a tombstone is
//! counted, and another entry says who erased it and why.

use crate::{App, Caller, Problem};
use closedset_core::{Action, entry::Log};
use closedset_store::{NewEntry, Scope, evidence, facts, ledger};
use serde_json::json;

/// Entries whose bodies prove what others rest on and are never erased.
const KEPT: [&str; 6] = [
    "confirmations.rolled_up",
    "device.enrolled",
    "entry.erased",
    "log.opened",
    "organisation.created",
    "pack.created",
];

/// Erases body and salt of the entry at `index`.
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
            if facts::fact_rests_on(tx, caller.organisation, index)? {
                return Err(Problem::Conflict {
                    code: "entry.in_force",
                    sentence: "A fact that is in force rests on this entry.",
                    remedy: "Erase it when something newer has taken the place of what it says.",
                });
            }
            if entry.kind == "document.added"
                && evidence::document_rests_on(tx, caller.organisation, index)?
            {
                return Err(Problem::Conflict {
                    code: "entry.in_force",
                    sentence: "The document that this entry vouches for has not been withdrawn.",
                    remedy: "Withdraw the document first.",
                });
            }
            if !ledger::erase_body(tx, log, index)? {
                return Err(Problem::Conflict {
                    code: "entry.erased",
                    sentence: "The body of this entry was erased before.",
                    remedy: "Nothing more is needed.",
                });
            }
            tx.record(
                log,
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("entry:{}", entry.id),
                    kind: "entry.erased",
                    body: json!({"index": index, "entry": entry.id, "reason": reason}),
                },
            )?;
            Ok(())
        })
        .await
}
