//! What happens by itself when time passes: facts go stale, evidence expires, sessions end,
//! confirmations are committed to.

use crate::{App, Problem, accounts, assessment, devices, evidence::derive_control};
use closedset_core::{
    Actor, Duration, Subject, SubjectKind, Time,
    entry::Log,
    id::{Device, Id, Organisation},
};
use closedset_store::{NewEntry, Scope, accounts as account_store, devices as device_store, facts};
use serde_json::json;

const BATCH: i64 = 500;

/// Does everything that has fallen due. Each expiry takes effect at its own instant, however late
/// it is noticed.
pub async fn sweep(app: &App) -> Result<(), Problem> {
    sweep_devices(app).await?;
    sweep_evidence(app).await?;
    devices::roll_up_due(app).await?;
    let now = app.now();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            account_store::session_sweep(
                tx,
                now - accounts::IDLE_LIMIT,
                now - accounts::SESSION_LIMIT,
            )?;
            closedset_store::organisations::idempotency_sweep(tx, now - Duration::from_hours(24))?;
            Ok(())
        })
        .await
}

async fn sweep_devices(app: &App) -> Result<(), Problem> {
    loop {
        let now = app.now();
        let due = app
            .store()
            .read(move |tx| -> Result<_, Problem> {
                Ok(device_store::device_state_due(tx, now, BATCH)?)
            })
            .await?;
        let is_last = i64::try_from(due.len()).unwrap_or(BATCH) < BATCH;
        for (organisation, device) in due {
            assess_stale(app, organisation, device, now).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Assesses a device at each instant at which something of it went stale, up to `now`.
async fn assess_stale(
    app: &App,
    organisation: Id<Organisation>,
    device: Id<Device>,
    now: Time,
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            let subject = Subject::device(device);
            while let Some(stale_at) =
                device_store::device_stale_at(tx, device)?.filter(|at| *at <= now)
            {
                assessment::assess(
                    tx,
                    unit_app.catalogue(),
                    organisation,
                    &subject,
                    stale_at,
                    Vec::new(),
                )?;
                if device_store::device_stale_at(tx, device)?.is_some_and(|next| next <= stale_at) {
                    return Err(Problem::Fault("a device's staleness does not move on".into()));
                }
            }
            Ok(())
        })
        .await
}

async fn sweep_evidence(app: &App) -> Result<(), Problem> {
    let now = app.now();
    let due = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(facts::derivation_due(tx, now, BATCH)?) })
        .await?;
    for (organisation, subject) in due {
        if subject.kind != SubjectKind::Control {
            continue;
        }
        let unit_app = app.clone();
        app.store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                while let Some(due_at) = facts::derivation_due_at(tx, organisation, &subject)?
                    .filter(|due_at| *due_at <= now)
                {
                    tx.record(
                        Log::Organisation(organisation),
                        NewEntry {
                            actor: &Actor::Closedset,
                            subject: subject.to_string(),
                            kind: "evidence.expired",
                            body: json!({"control": subject.id, "at": due_at}),
                        },
                    )?;
                    derive_control(tx, unit_app.catalogue(), organisation, &subject.id, due_at)?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}
