//! The mark of a demonstration: an installation in which everything is invented.
//!
//! It stands where nothing can take it out again: in the first entry of the installation's own log, in
//! the first of each organisation's, and in the name of the key that signs every checkpoint. An
//! installation that has begun without it never gets it. What is invented is not known here.

use crate::{App, Problem};
use closedset_core::{
    Actor,
    entry::{DEMONSTRATION, Log},
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Scope, Tx, accounts, ledger, organisations};
use serde_json::json;

/// What the mark says in its entries.
const WORDS: &str =
    "A demonstration: every person, computer, document and verdict in it is invented.";

/// Makes an installation that nothing happened in yet a demonstration, for good.
pub async fn begin(app: &App) -> Result<(), Problem> {
    app.store()
        .write(Scope::Installation, |tx| {
            let has_begun = ledger::entry_count(tx, Log::Installation)? > 0
                || !ledger::log_list(tx)?.iter().all(|log| *log == Log::Installation)
                || accounts::account_count(tx)? > 0
                || !organisations::organisation_list(tx)?.is_empty();
            if has_begun {
                return Err(Problem::Conflict {
                    code: "demonstration.begun",
                    sentence: "Something has happened in this installation: it cannot become a demonstration.",
                    remedy: "Name another folder with --data, or none.",
                });
            }
            let entry = NewEntry {
                actor: &Actor::Closedset,
                subject: "installation:self".into(),
                kind: DEMONSTRATION,
                body: json!({"words": WORDS}),
            };
            tx.record(Log::Installation, entry)?;
            Ok(())
        })
        .await?;
    app.remember_demonstration(true);
    Ok(())
}

/// Whether everything in this installation is invented.
pub async fn is_demonstration(app: &App) -> Result<bool, Problem> {
    if let Some(known) = app.remembered_demonstration() {
        return Ok(known);
    }
    let found =
        app.store().read(|tx| -> Result<_, Problem> { Ok(ledger::is_demonstration(tx)?) }).await?;
    app.remember_demonstration(found);
    Ok(found)
}

/// Says it in the log of an organisation that begins in a demonstration, before all else.
pub(crate) fn mark(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<(), Problem> {
    if ledger::is_demonstration(tx)? {
        let entry = NewEntry {
            actor: &Actor::Closedset,
            subject: format!("organisation:{organisation}"),
            kind: DEMONSTRATION,
            body: json!({"organisation": organisation, "words": WORDS}),
        };
        tx.record(Log::Organisation(organisation), entry)?;
    }
    Ok(())
}
