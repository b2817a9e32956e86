//! What makes a restored installation one that can run: the ledger's trees are built anew, everything is
//! held against everything, and each log says that it was restored.

use crate::{
    App, Problem,
    ledger::{MOVED, integrate, scope, verify_log},
    mail, network,
};
use closedset_core::{Actor, Time, entry::Log};
use closedset_store::{NewEntry, Tx, ledger};
use serde_json::json;

/// What a log is to say of it.
#[derive(Debug, Clone)]
pub struct Restoration {
    /// Who restored it.
    pub actor: Actor,
    /// When the backup was made.
    pub made_at: Time,
}

/// Builds every log's tree up to its entries, verifies all of them, and writes down in each that it was
/// restored, if it was. The guard must have let everything pass before.
pub async fn settle(app: &App, restored: Option<Restoration>) -> Result<(), Problem> {
    let logs = app.store().read(|tx| -> Result<_, Problem> { Ok(ledger::log_list(tx)?) }).await?;
    for log in &logs {
        integrate(app, *log).await?;
        whole(app, *log).await?;
    }
    let Some(restored) = restored else { return Ok(()) };
    mail::hold(app, &restored.actor).await?;
    network::acme_hold(app, &restored.actor).await?;
    for log in logs {
        record(app, log, restored.clone()).await?;
        integrate(app, log).await?;
        whole(app, log).await?;
    }
    Ok(())
}

/// A move of the rows to this database.
#[derive(Debug, Clone)]
pub struct Move {
    /// Who moved them.
    pub actor: Actor,
    /// What tells it from others.
    pub id: String,
}

/// Writes down in each log that its rows were moved to this database; in one that says so already,
/// nothing. The checkpoint over that entry lies outside of any database, so that the guard refuses the
/// one that was left from here on.
pub async fn moved(app: &App, this: Move) -> Result<(), Problem> {
    let logs = app.store().read(|tx| -> Result<_, Problem> { Ok(ledger::log_list(tx)?) }).await?;
    for log in logs {
        let id = this.id.clone();
        let is_told = app.store().read(move |tx| is_told(tx, log, &id)).await?;
        if !is_told {
            let this = this.clone();
            app.store()
                .write(scope(log), move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                    let entries = ledger::entry_count(tx, log)?;
                    tx.record(
                        log,
                        NewEntry {
                            actor: &this.actor,
                            subject: format!("log:{log}"),
                            kind: MOVED,
                            body: json!({"entries": entries, "move": this.id}),
                        },
                    )?;
                    Ok(())
                })
                .await?;
        }
        integrate(app, log).await?;
    }
    Ok(())
}

/// Whether the newest entry of its kind is of this move.
fn is_told(tx: &mut Tx<'_>, log: Log, id: &str) -> Result<bool, Problem> {
    let page = ledger::Page { before: None, kind: Some(MOVED), limit: 1 };
    let Some(row) = ledger::entry_page(tx, log, page)?.pop() else { return Ok(false) };
    let Some(body) = ledger::entry_body_at(tx, log, row.index)? else { return Ok(false) };
    let body: serde_json::Value = serde_json::from_slice(&body.body).unwrap_or_default();
    Ok(body["move"] == id)
}

async fn whole(app: &App, log: Log) -> Result<(), Problem> {
    let report = verify_log(app, log).await?;
    match report.faults.first() {
        None => Ok(()),
        Some(first) => Err(Problem::Fault(format!("the log {log} is not whole: {first}"))),
    }
}

/// The entry by which anybody who holds two histories can tell what happened.
async fn record(app: &App, log: Log, restored: Restoration) -> Result<(), Problem> {
    app.store()
        .write(scope(log), move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let entries = ledger::entry_count(tx, log)?;
            tx.record(
                log,
                NewEntry {
                    actor: &restored.actor,
                    subject: format!("log:{log}"),
                    kind: "log.restored",
                    body: json!({"backup_made_at": restored.made_at, "entries": entries}),
                },
            )?;
            Ok(())
        })
        .await
}
