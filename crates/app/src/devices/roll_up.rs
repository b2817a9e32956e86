//! The hourly entry that commits to confirmations: their signed statements' Merkle root.

use crate::{App, Problem};
use closedset_core::{
    Actor, Duration,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_merkle::Frontier;
use closedset_pack::confirmation_hash;
use closedset_store::{NewEntry, Scope, devices};
use serde_json::json;

/// The most confirmations one entry commits to.
const BATCH: i64 = 1_000;

/// Commits to every confirmation of the organisation that waits; true if there was one.
pub async fn roll_up(app: &App, organisation: Id<Organisation>) -> Result<bool, Problem> {
    let mut any = false;
    loop {
        let count = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                let waiting = devices::confirmation_unrolled(tx, organisation, BATCH)?;
                let Some(last) = waiting.last() else { return Ok(0) };
                let mut frontier = Frontier::new();
                for one in &waiting {
                    frontier.append(confirmation_hash(&one.statement, &one.signature));
                }
                let entry = tx.record(
                    Log::Organisation(organisation),
                    NewEntry {
                        actor: &Actor::Closedset,
                        subject: format!("organisation:{organisation}"),
                        kind: "confirmations.rolled_up",
                        body: json!({
                            "count": waiting.len(),
                            "root": frontier.root().to_hex(),
                            "first_collected_at": waiting.iter().map(|one| one.statement.collected_at).min(),
                            "last_collected_at": waiting.iter().map(|one| one.statement.collected_at).max(),
                        }),
                    },
                )?;
                let marked = devices::confirmation_roll_up(tx, organisation, last, entry.index)?;
                if usize::try_from(marked) != Ok(waiting.len()) {
                    return Err(Problem::Fault(format!(
                        "{marked} confirmations were marked and {} committed to",
                        waiting.len()
                    )));
                }
                Ok(waiting.len())
            })
            .await?;
        any |= count > 0;
        if i64::try_from(count).unwrap_or(BATCH) < BATCH {
            return Ok(any);
        }
    }
}

/// Commits to what has waited for an hour, in every organisation.
pub async fn roll_up_due(app: &App) -> Result<(), Problem> {
    let before = app.now() - Duration::from_hours(1);
    let due = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(devices::confirmation_waiting(tx, before)?) })
        .await?;
    for organisation in due {
        roll_up(app, organisation).await?;
    }
    Ok(())
}
