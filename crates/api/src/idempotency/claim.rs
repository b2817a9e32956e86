//! The claim on a key: taken before anything is done, completed or released afterwards.

use closedset_app::{App, Caller, Problem};
use closedset_core::{Digest, Duration};
use closedset_store::{
    Scope,
    organisations::{self, IdempotencyRow},
};

/// After so long a claim that was not completed is taken for one whose outcome nobody knows.
const STILL_BEING_DONE: Duration = Duration::from_minutes(15);

/// What a request sent again is told while the first has no answer yet. What another run of the
/// server claimed is done no more, unless the database is shared and that server may be there.
pub(super) fn pending(app: &App, claimed: &IdempotencyRow) -> Problem {
    let is_over = claimed.answer != app.run() && !app.store().is_shared();
    if is_over || app.now().since(claimed.since) > STILL_BEING_DONE {
        return Problem::Conflict {
            code: "idempotency.unknown",
            sentence: "A request with this key was begun and never answered; it may or may not have been done.",
            remedy: "Look whether it is there; if it is not, send it again with a new key.",
        };
    }
    Problem::Conflict {
        code: "idempotency.pending",
        sentence: "A request with this key is being done.",
        remedy: "Wait a few seconds and send it again with the same key.",
    }
}

/// One asker's claim on one key.
pub(super) struct Claim {
    app: App,
    scope: Scope,
    actor: String,
    key: String,
}

impl Claim {
    pub(super) fn new(app: &App, caller: &Caller, key: String) -> Self {
        let scope = Scope::Organisation(caller.organisation);
        Self { app: app.clone(), scope, actor: caller.actor.to_string(), key }
    }

    /// Takes the key; if it was taken before, what is known of that.
    pub(super) async fn take(&self, digest: Digest) -> Result<Option<IdempotencyRow>, Problem> {
        let (actor, key) = (self.actor.clone(), self.key.clone());
        let run = self.app.run().to_vec();
        self.app
            .store()
            .write(self.scope, move |tx| -> Result<_, Problem> {
                Ok(organisations::idempotency_claim(tx, &actor, &key, digest, &run)?)
            })
            .await
    }

    /// Keeps the answer. If that fails the claim stays, and whoever asks again is told to look: it
    /// was done, and is not done twice.
    pub(super) async fn complete(&self, request_digest: Digest, status: i64, answer: Vec<u8>) {
        let (actor, key) = (self.actor.clone(), self.key.clone());
        let kept = self.app.store().write(self.scope, move |tx| -> Result<_, Problem> {
            Ok(organisations::idempotency_complete(
                tx,
                &actor,
                &key,
                request_digest,
                status,
                &answer,
            )?)
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "an answer could not be kept under its idempotency key");
        }
    }

    /// Sets the key free: nothing was done.
    pub(super) async fn release(&self) {
        let (actor, key) = (self.actor.clone(), self.key.clone());
        let released = self.app.store().write(self.scope, move |tx| -> Result<_, Problem> {
            Ok(organisations::idempotency_release(tx, &actor, &key)?)
        });
        if let Err(error) = released.await {
            tracing::warn!(%error, "an idempotency key could not be set free");
        }
    }
}
