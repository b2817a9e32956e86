//! Looks after the certificate while the server runs: what others laid into the files is taken up, what
//! is to be renewed is, and every certificate that is taken into use, and every failure, is written
//! down in the installation's log.

use super::remind::{self, Reminded};
use crate::{App, Problem};
use closedset_certificates::{Failure, Keeper, NotTaken};
use closedset_core::{Actor, Digest, Duration, Time, entry::Log};
use closedset_store::{
    NewEntry, Scope, Tx,
    ledger::{self, Page},
};
use serde_json::{Value, json};
use std::{future, sync::Arc, time};

const SERVED: &str = "certificate.served";
const REFUSED: &str = "certificate.refused";
/// What is wrong for long is written down once in so long.
const TOLD_EVERY: Duration = Duration::from_days(1);
/// The least pause between two looks.
const LEAST_PAUSE: time::Duration = time::Duration::from_secs(1);

/// Looks after the certificate until `stop` completes.
pub async fn keep(app: App, every: time::Duration, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut told = Told::default();
    loop {
        if let Err(problem) = look(&app, &mut told).await {
            let error: &dyn std::error::Error = &problem;
            tracing::error!(error, "the certificate could not be looked after; trying again");
        }
        tokio::select! {
            () = &mut stop => return,
            () = changed(&app) => {}
            () = tokio::time::sleep(pause(&app, every)) => {}
        }
    }
}

/// Until somebody at the server agreed with an authority.
async fn changed(app: &App) {
    match app.reaching() {
        Ok(reaching) => reaching.certificates.changed().await,
        Err(_) => future::pending().await,
    }
}

/// What this server told the log last. Several may share a database and not a certificate, and must
/// not take each other's entries for news.
#[derive(Default)]
struct Told {
    served: Option<Digest>,
    reminded: Reminded,
    failure: Option<(String, Time)>,
}

/// Until something falls due, and not longer than `every`.
fn pause(app: &App, every: time::Duration) -> time::Duration {
    let due = app.reaching().ok().and_then(|reaching| reaching.certificates.asks_at());
    let until = due.map(|at| at.since(app.now()).millis().max(0).unsigned_abs());
    let until = until.map_or(every, time::Duration::from_millis);
    // What is looked for more often than once in a second is a test's own wish.
    until.max(LEAST_PAUSE).min(every)
}

async fn look(app: &App, told: &mut Told) -> Result<(), Problem> {
    let keeper = app.reaching()?.certificates.clone();
    let now = app.now();
    let looking = keeper.clone();
    let looked = tokio::task::spawn_blocking(move || looking.look(now)).await;
    let looked = looked.map_err(|error| Problem::fault("a thread ended early", error))?;
    // What is to be renewed is renewed even where our own files cannot be read.
    if let Err(error) = &looked {
        let error: &dyn std::error::Error = error;
        tracing::error!(error, "the certificate's files cannot be looked after");
    }
    match keeper.renew_if_due(now).await {
        Some(Ok(facts)) => {
            tracing::info!(ends = %facts.ends, "the authority renewed the certificate")
        }
        Some(Err(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the authority did not renew the certificate; it is asked again");
        }
        None => {}
    }
    let situation = keeper.situation();
    let served = situation.in_use.facts.digest;
    if told.served != Some(served) {
        note_in_use(app, &Actor::Closedset).await?;
        told.served = Some(served);
    }
    told.reminded = remind::follow(app, &situation, told.reminded).await?;
    let Some(failure) = situation.failure else {
        told.failure = None;
        return Ok(());
    };
    let is_told = told
        .failure
        .as_ref()
        .is_some_and(|(code, at)| *code == failure.code && now.since(*at) < TOLD_EVERY);
    if !is_told {
        told.failure = Some((failure.code.clone(), now));
        note_failure(app, failure).await?;
    }
    Ok(())
}

/// Writes down which certificate is in use, if that was not written down last.
pub(super) async fn note_in_use(app: &App, actor: &Actor) -> Result<(), Problem> {
    let keeper: Arc<Keeper> = app.reaching()?.certificates.clone();
    let in_use = keeper.situation().in_use;
    let (facts, way) = (in_use.facts, in_use.way);
    let body = json!({
        "way": way.as_str(),
        "names": facts.names,
        "issuer": facts.issuer,
        "fingerprint": facts.digest,
        "key": facts.pin,
        "begins_at": facts.begins,
        "ends_at": facts.ends,
    });
    let is_new = |last: Option<(Value, Duration)>, body: &Value| {
        last.is_none_or(|(last, _)| last["fingerprint"] != body["fingerprint"])
    };
    note(app, actor, SERVED, body, is_new).await
}

async fn note_failure(app: &App, failure: Failure) -> Result<(), Problem> {
    let body = json!({"code": failure.code, "sentence": failure.sentence});
    let is_new = |last: Option<(Value, Duration)>, body: &Value| {
        last.is_none_or(|(last, ago)| last["code"] != body["code"] || ago >= TOLD_EVERY)
    };
    note(app, &Actor::Closedset, REFUSED, body, is_new).await
}

/// Records an entry, unless the last one of its kind says as much already.
async fn note(
    app: &App,
    actor: &Actor,
    kind: &'static str,
    body: Value,
    is_new: fn(Option<(Value, Duration)>, &Value) -> bool,
) -> Result<(), Problem> {
    let asked = body.clone();
    let wanted =
        move |tx: &mut Tx<'_>| -> Result<bool, Problem> { Ok(is_new(last(tx, kind)?, &asked)) };
    if !app.store().read(wanted).await? {
        return Ok(());
    }
    let actor = actor.clone();
    let record = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
        // Another may have written it meanwhile.
        if is_new(last(tx, kind)?, &body) {
            let (actor, body) = (&actor, body.clone());
            let subject = "installation:self".into();
            tx.record(Log::Installation, NewEntry { actor, subject, kind, body })?;
        }
        Ok(())
    };
    app.store().write(Scope::Installation, record).await
}

/// The body of the last entry of this kind, and how long ago it was.
fn last(tx: &mut Tx<'_>, kind: &'static str) -> Result<Option<(Value, Duration)>, Problem> {
    let page = Page { before: None, kind: Some(kind), limit: 1 };
    let Some(row) = ledger::entry_page(tx, Log::Installation, page)?.into_iter().next() else {
        return Ok(None);
    };
    let body = ledger::entry_body_at(tx, Log::Installation, row.index)?;
    let body = body.and_then(|body| serde_json::from_slice(&body.body).ok()).unwrap_or_default();
    Ok(Some((body, tx.now().since(row.at))))
}

impl From<NotTaken> for Problem {
    fn from(not: NotTaken) -> Self {
        Self::Certificate(Box::new(not))
    }
}
