//! The task that keeps every log's tree up to its entries.

use super::{integrate, verify::verify_log};
use crate::{App, Problem};
use closedset_core::entry::Log;
use closedset_store::{Tx, ledger};
use std::{future::Future, time::Duration};

/// How often new entries are looked for.
const EVERY: Duration = Duration::from_millis(500);
/// How often each log is held against itself as a whole, first soon after the start.
const VERIFY_EVERY: closedset_core::Duration = closedset_core::Duration::from_hours(1);

/// Integrates whatever is new until `stop` completes, then once more.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut verify_at = app.now();
    loop {
        let is_over = tokio::select! {
            () = &mut stop => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        if let Err(error) = all(&app).await {
            tracing::error!(%error, "the ledger could not be brought up to its entries; trying again");
        }
        if is_over {
            return;
        }
        if app.now() >= verify_at {
            verify_at = app.now() + VERIFY_EVERY;
            if let Err(error) = verify_all(&app).await {
                tracing::error!(%error, "the ledger could not be verified");
            }
        }
    }
}

/// The logs with entries that their tree does not hold yet.
fn waiting(tx: &mut Tx<'_>) -> Result<Vec<Log>, Problem> {
    let mut waiting = Vec::new();
    for log in ledger::log_list(tx)? {
        let built = ledger::ledger_head(tx, log)?.map_or(0, |head| head.size);
        if ledger::entry_count(tx, log)? > built {
            waiting.push(log);
        }
    }
    Ok(waiting)
}

async fn all(app: &App) -> Result<(), Problem> {
    let waiting = app.store().read(|tx| -> Result<_, Problem> { waiting(tx) }).await?;
    for log in waiting {
        integrate(app, log).await?;
    }
    Ok(())
}

async fn verify_all(app: &App) -> Result<(), Problem> {
    let logs = app.store().read(|tx| -> Result<_, Problem> { Ok(ledger::log_list(tx)?) }).await?;
    for log in logs {
        verify_log(app, log).await?;
    }
    Ok(())
}
