//! That a backup was made: an entry in the installation's log, by which the settings tell when it was.

use crate::{App, Problem};
use closedset_core::{Actor, Time, entry::Log};
use closedset_store::{
    NewEntry, Scope, Tx,
    ledger::{self, Page},
};
use serde_json::json;

const MADE: &str = "backup.made";

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Who made it.
    pub actor: Actor,
    /// The moment whose state it holds.
    pub made_at: Time,
    /// The size of its file.
    pub size_bytes: i64,
    /// How many entries of all logs it holds.
    pub entries: i64,
    /// What tells this note from others, where it may be brought twice.
    pub id: Option<String>,
}

/// How many entries back a note that is brought again is looked for.
const LOOKED_BACK: i64 = 500;

/// Writes down that a backup was made and read back, once. Where it lies is not said: that is nobody's
/// business who reads the log.
pub async fn note(app: &App, made: Made) -> Result<(), Problem> {
    if let Some(id) = made.id.clone()
        && app.store().read(move |tx| is_noted(tx, &id)).await?
    {
        return Ok(());
    }
    app.store()
        .write(Scope::Installation, move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let mut body = json!({
                "made_at": made.made_at,
                "size_bytes": made.size_bytes,
                "entries": made.entries,
            });
            if let Some(id) = &made.id {
                body["note"] = json!(id);
            }
            tx.record(
                Log::Installation,
                NewEntry {
                    actor: &made.actor,
                    subject: "installation".to_owned(),
                    kind: MADE,
                    body,
                },
            )?;
            Ok(())
        })
        .await
}

/// Whether an entry says it already.
fn is_noted(tx: &mut Tx<'_>, id: &str) -> Result<bool, Problem> {
    let page = Page { before: None, kind: Some(MADE), limit: LOOKED_BACK };
    for row in ledger::entry_page(tx, Log::Installation, page)? {
        let Some(body) = ledger::entry_body_at(tx, Log::Installation, row.index)? else { continue };
        let body: serde_json::Value = serde_json::from_slice(&body.body).unwrap_or_default();
        if body["note"] == id {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the last backup was made; none if none ever was.
pub async fn last_made(app: &App) -> Result<Option<Time>, Problem> {
    let newest = |tx: &mut Tx<'_>| -> Result<_, Problem> {
        let page = Page { before: None, kind: Some(MADE), limit: 1 };
        Ok(ledger::entry_page(tx, Log::Installation, page)?.first().map(|row| row.at))
    };
    app.store().read(newest).await
}
