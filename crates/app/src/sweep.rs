//! What happens by itself when time passes: facts go stale, evidence expires, exceptions lapse, sessions end,
//! confirmations are committed to, weekly mails are written.

use crate::{
    App, Problem, accounts, assessment, audits, board, comparisons, devices, evidence, exceptions,
    leaving, mail, people, risks, sign_on,
};
use closedset_core::{
    Duration, SubjectKind, Time,
    id::{Device, Id, Organisation},
};
use closedset_store::{
    Scope, accounts as account_store, devices as device_store, exceptions as exception_store, facts,
};

const BATCH: i64 = 500;

/// Does everything that has fallen due. Each expiry takes effect at its own instant, however late
/// it is noticed.
pub async fn sweep(app: &App) -> Result<(), Problem> {
    sweep_exceptions(app).await?;
    sweep_devices(app).await?;
    sweep_evidence(app).await?;
    devices::roll_up_due(app).await?;
    sweep_memberships(app).await?;
    sweep_leavings(app).await?;
    sweep_findings(app).await?;
    sweep_risks(app).await?;
    board::look_back(app).await?;
    mail::write_due(app).await?;
    let now = app.now();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            account_store::session_sweep(
                tx,
                now - accounts::IDLE_LIMIT,
                now - accounts::SESSION_LIMIT,
            )?;
            account_store::rate_limit_sweep(tx, now - accounts::FAILURES_KEPT)?;
            people::import_sweep(tx, now)?;
            comparisons::held_sweep(tx, now)?;
            sign_on::errand_sweep(tx, now)?;
            closedset_store::organisations::idempotency_sweep(tx, now - Duration::from_hours(24))?;
            Ok(())
        })
        .await
}

async fn sweep_exceptions(app: &App) -> Result<(), Problem> {
    let now = app.now();
    let due = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            Ok(exception_store::exception_due(tx, now, BATCH)?)
        })
        .await?;
    for (organisation, exception) in due {
        let unit_app = app.clone();
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                exceptions::take_effect(tx, &unit_app, organisation, exception)
            })
            .await;
        of_one(done, &exception)?;
    }
    Ok(())
}

async fn sweep_memberships(app: &App) -> Result<(), Problem> {
    for (organisation, person) in people::lapsing(app, BATCH).await? {
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                people::take_effect(tx, organisation, person)
            })
            .await;
        of_one(done, &person)?;
    }
    Ok(())
}

async fn sweep_leavings(app: &App) -> Result<(), Problem> {
    for (organisation, id) in leaving::lapsing(app, BATCH).await? {
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                leaving::take_effect(tx, organisation, id)
            })
            .await;
        of_one(done, &id)?;
    }
    Ok(())
}

async fn sweep_findings(app: &App) -> Result<(), Problem> {
    for (organisation, finding) in audits::lapsing(app, BATCH).await? {
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                audits::take_effect(tx, organisation, finding)
            })
            .await;
        of_one(done, &finding)?;
    }
    Ok(())
}

async fn sweep_risks(app: &App) -> Result<(), Problem> {
    for (organisation, risk) in risks::due(app, BATCH).await? {
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                risks::take_effect(tx, organisation, risk)
            })
            .await;
        of_one(done, &risk)?;
    }
    Ok(())
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
        let mut moved_on = false;
        for (organisation, device) in due {
            moved_on |= of_one(assess_stale(app, organisation, device, now).await, &device)?;
        }
        if is_last || !moved_on {
            return Ok(());
        }
    }
}

/// Whether it was done. What is wrong with one subject must not keep the others from being looked
/// at; what is wrong with the database concerns them all.
pub(crate) fn of_one(
    done: Result<(), Problem>,
    subject: &dyn std::fmt::Display,
) -> Result<bool, Problem> {
    match done {
        Ok(()) => Ok(true),
        Err(problem) if matches!(problem.status(), 503 | 507) => Err(problem),
        Err(problem) => {
            tracing::error!(%subject, error = ?problem, "what fell due could not be assessed");
            Ok(false)
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
            let catalogue = unit_app.catalogue_of(tx, organisation)?;
            assessment::catch_up(tx, &catalogue, organisation, device, now)
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
        let (unit_app, name) = (app.clone(), subject.to_string());
        let done = app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                let catalogue = unit_app.catalogue_of(tx, organisation)?;
                evidence::catch_up(tx, &catalogue, organisation, &subject.id, now)
            })
            .await;
        of_one(done, &name)?;
    }
    Ok(())
}
