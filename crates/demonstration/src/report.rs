//! The computers of a demonstration go on reporting while it runs, so that the board stays as it is.

use crate::{
    computer::DeviceKeys,
    error::{DemonstrationError, refused},
};
use closedset_app::{App, devices};
use closedset_core::{
    Duration, Time,
    check_in::{CheckIn, DeviceKey, Statement},
    id::{Device, Id},
};
use closedset_store::devices as store;
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;

/// How often it is looked whose turn it is.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(20);
/// Each reports when it was last heard of so long ago.
const REPORT_AFTER: Duration = Duration::from_minutes(4);
/// One not heard of for so long was switched off in the story, and stays so; a start after a pause is
/// told from that by the others being silent as long.
const SWITCHED_OFF: Duration = Duration::from_hours(24);

/// Lets the computers report until `stop`.
pub async fn keep_reporting(app: App, keys: DeviceKeys, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut known = BTreeMap::new();
    let mut away = None;
    loop {
        if let Err(error) = report(&app, &keys, &mut known, &mut away).await {
            tracing::warn!(%error, "the demonstration's computers could not report; trying again");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// The computers with their keys.
type Known = BTreeMap<Id<Device>, SigningKey>;

/// Lets those report whose turn it is.
async fn report(
    app: &App,
    keys: &DeviceKeys,
    known: &mut Known,
    away: &mut Option<Vec<Id<Device>>>,
) -> Result<(), DemonstrationError> {
    if known.is_empty() {
        *known = find(app, keys).await?;
    }
    let now = app.now();
    let ids: Vec<Id<Device>> = known.keys().copied().collect();
    let states = app
        .store()
        .read(move |tx| -> Result<_, closedset_app::Problem> {
            let mut states = Vec::with_capacity(ids.len());
            for id in &ids {
                states.extend(store::device_state(tx, *id)?.map(|state| (*id, state)));
            }
            Ok(states)
        })
        .await
        .map_err(refused("looking who reports"))?;
    let newest = states.iter().map(|(_, state)| state.confirmed_at).max().unwrap_or(now);
    let away = away.get_or_insert_with(|| {
        let is_off = |at: Time| newest.since(at) > SWITCHED_OFF;
        states.iter().filter(|(_, state)| is_off(state.confirmed_at)).map(|(id, _)| *id).collect()
    });
    for (id, state) in states {
        let is_due = now.since(state.confirmed_at) >= REPORT_AFTER;
        let (Some(key), Some(facts), true) = (known.get(&id), state.facts_digest, is_due) else {
            continue;
        };
        if state.is_revoked || away.contains(&id) {
            continue;
        }
        let statement = Statement {
            organisation: state.organisation,
            device: id,
            counter: state.counter + 1,
            collected_at: now,
            facts,
        };
        let signature = statement.sign(key);
        let said = CheckIn { statement, signature, digests: None, bodies: BTreeMap::new() };
        devices::check_in(app, said).await.map_err(refused("a check-in"))?;
    }
    Ok(())
}

/// Which computers are here, by their keys: numbers are given out without gaps.
async fn find(app: &App, keys: &DeviceKeys) -> Result<Known, DemonstrationError> {
    let keys = keys.clone();
    app.store()
        .read(move |tx| -> Result<_, closedset_app::Problem> {
            let mut known = Known::new();
            for number in 0.. {
                let key = keys.key(number);
                let public = DeviceKey(key.verifying_key().to_bytes());
                let Some(row) = store::device_by_key(tx, &public)? else { break };
                known.insert(row.id, key);
            }
            Ok(known)
        })
        .await
        .map_err(refused("looking who reports"))
}
