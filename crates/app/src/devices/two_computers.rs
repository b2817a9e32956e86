//! One key, two computers: a device that was copied with its key, or put back from an older image,
//! says something new under a number that was used before.
//!
//! The agent that is refused takes higher numbers and goes on, so both would be heard in turn as one.
//! That must not stay between the agents and the server: an entry says so.

use crate::{App, Problem};
use closedset_core::{Actor, Duration, Subject, check_in::Statement, entry::Log};
use closedset_store::{NewEntry, Scope, devices};
use serde_json::json;

/// How long nothing more is written of the same device.
const QUIET: Duration = Duration::from_hours(24);

/// Writes down that `statement`, which was refused for its number, says something later than what was
/// taken last. A statement that was merely sent again, by whoever has a copy of it, does not.
pub(super) async fn note(app: &App, statement: &Statement) -> Result<(), Problem> {
    let (statement, now) = (*statement, app.now());
    if !app.quiet_for(statement.device, now, QUIET) {
        return Ok(());
    }
    let noted = app
        .store()
        .write(Scope::Organisation(statement.organisation), move |tx| -> Result<_, Problem> {
            let is_another = devices::device_state(tx, statement.device)?.is_some_and(|state| {
                !state.is_revoked
                    && state.organisation == statement.organisation
                    && statement.counter <= state.counter
                    && statement.collected_at > state.confirmed_at
            });
            if is_another {
                tx.record(
                    Log::Organisation(statement.organisation),
                    NewEntry {
                        actor: &Actor::Closedset,
                        subject: Subject::device(statement.device).to_string(),
                        kind: "device.key_used_twice",
                        body: json!({
                            "device": statement.device,
                            "counter": statement.counter,
                            "collected_at": statement.collected_at,
                        }),
                    },
                )?;
            }
            Ok(is_another)
        })
        .await?;
    if noted {
        tracing::warn!(device = %statement.device, "two computers use one device's key");
        app.was_noted(statement.device, now);
    }
    Ok(())
}
