//! Another certificate, by whoever sits at the server. It belongs to the installation, so no
//! organisation's people may change it, however much they may in their own.

use super::keep::note_in_use;
use crate::{App, Problem};
use closedset_certificates::{Agreement, Facts, Keeper, Material, NewAgreement, NotTaken};
use closedset_core::{Actor, entry::Log};
use closedset_store::{NewEntry, Scope, Tx};
use serde_json::json;
use std::sync::Arc;

/// Takes a certificate into use that somebody gives.
pub async fn certificate_use(
    app: &App,
    actor: &Actor,
    material: Material,
) -> Result<Facts, Problem> {
    let now = app.now();
    let facts = blocking(app, move |keeper| keeper.give(&material, now)).await?;
    note_in_use(app, actor).await?;
    Ok(facts)
}

/// Goes back to our own certificate.
pub async fn certificate_own(app: &App, actor: &Actor) -> Result<(), Problem> {
    let now = app.now();
    blocking(app, move |keeper| keeper.go_own(now)).await?;
    note_in_use(app, actor).await
}

/// A request for a certificate for the server's name and its own key, in PEM.
pub async fn certificate_request(app: &App) -> Result<String, Problem> {
    blocking(app, |keeper| Ok(keeper.request()?)).await
}

/// Agrees with an authority, and has it issue the first certificate.
pub async fn acme_agree(app: &App, actor: &Actor, new: NewAgreement) -> Result<Facts, Problem> {
    let keeper = app.reaching()?.certificates.clone();
    let facts = keeper.agree(new, app.now()).await?;
    if let Some(agreement) = keeper.situation().agreement {
        note_agreed(app, actor, agreement).await?;
    }
    note_in_use(app, actor).await?;
    // Only now, so that it is written down who did it.
    keeper.wake();
    Ok(facts)
}

/// Has the authority issue a certificate now.
pub async fn acme_renew(app: &App, actor: &Actor) -> Result<Facts, Problem> {
    let keeper = app.reaching()?.certificates.clone();
    let facts = keeper.renew(app.now()).await?;
    note_in_use(app, actor).await?;
    keeper.wake();
    Ok(facts)
}

/// Has the authority not be asked from an installation that was restored, and says so in its log.
pub(crate) async fn acme_hold(app: &App, actor: &Actor) -> Result<(), Problem> {
    // Where no certificates are kept none is renewed.
    if app.reaching().is_err() {
        return Ok(());
    }
    let now = app.now();
    if !blocking(app, move |keeper| Ok(keeper.hold(now)?)).await? {
        return Ok(());
    }
    let actor = actor.clone();
    let note = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
        let entry = NewEntry {
            actor: &actor,
            subject: "installation:self".into(),
            kind: "authority.held",
            body: json!({"why": "restored"}),
        };
        tx.record(Log::Installation, entry)?;
        Ok(())
    };
    app.store().write(Scope::Installation, note).await
}

async fn note_agreed(app: &App, actor: &Actor, agreement: Agreement) -> Result<(), Problem> {
    let actor = actor.clone();
    let note = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
        let Agreement { directory, contact, terms } = &agreement;
        let entry = NewEntry {
            actor: &actor,
            subject: "installation:self".into(),
            kind: "authority.agreed",
            body: json!({"directory": directory, "contact": contact, "terms": terms}),
        };
        tx.record(Log::Installation, entry)?;
        Ok(())
    };
    app.store().write(Scope::Installation, note).await
}

async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Keeper) -> Result<T, NotTaken> + Send + 'static,
) -> Result<T, Problem> {
    let keeper: Arc<Keeper> = app.reaching()?.certificates.clone();
    let done = tokio::task::spawn_blocking(move || work(&keeper)).await;
    Ok(done.map_err(|error| Problem::fault("a thread ended early", error))??)
}
