//! What a session has begun and not finished: the secret of an authenticator app that waits for its
//! first code, and what a browser was asked about a passkey. One waits beside the other, so that a
//! passkey that is shown between picture and code leaves the picture good.

use super::session::Signed;
use crate::{App, Problem};
use closedset_core::Digest;
use closedset_store::{Scope, StoreError, Tx, accounts};

/// What was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// Adding an authenticator app.
    App,
    /// Adding a passkey.
    Registration,
    /// Showing a passkey.
    Authentication,
}

impl Ceremony {
    const fn word(self) -> &'static str {
        match self {
            Self::App => "totp",
            Self::Registration => "register",
            Self::Authentication => "authenticate",
        }
    }

    /// Whether it is about the same factor: a browser does one thing with passkeys at a time.
    fn replaces(self, other: Self) -> bool {
        (self == Self::App) == (other == Self::App)
    }

    /// The ceremony of a line with its state.
    fn of(line: &str) -> Option<(Self, &str)> {
        let (word, state) = line.split_once(':')?;
        let all = [Self::App, Self::Registration, Self::Authentication];
        all.into_iter().find(|one| one.word() == word).map(|one| (one, state))
    }
}

impl Signed {
    /// The state of what was begun.
    pub(super) fn pending(&self, ceremony: Ceremony) -> Option<&str> {
        let lines = self.challenge.as_deref().unwrap_or_default().lines();
        lines.filter_map(Ceremony::of).find(|(one, _)| *one == ceremony).map(|(_, state)| state)
    }
}

/// Keeps the state of what is begun now, a text without line ends. It takes the place of what was
/// begun before with the same factor.
pub(super) async fn keep(
    app: &App,
    signed: &Signed,
    ceremony: Ceremony,
    state: String,
) -> Result<(), Problem> {
    let token = signed.token;
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let line = format!("{}:{state}", ceremony.word());
            Ok(replace(tx, token, ceremony, Some(line))?)
        })
        .await
}

/// Forgets what was begun, for it is done.
pub(super) fn forget(tx: &mut Tx<'_>, token: Digest, ceremony: Ceremony) -> Result<(), StoreError> {
    replace(tx, token, ceremony, None)
}

fn replace(
    tx: &mut Tx<'_>,
    token: Digest,
    ceremony: Ceremony,
    line: Option<String>,
) -> Result<(), StoreError> {
    let before = accounts::session_by_token(tx, token)?.and_then(|session| session.challenge);
    let kept = before
        .as_deref()
        .unwrap_or_default()
        .lines()
        .filter(|line| Ceremony::of(line).is_some_and(|(other, _)| !ceremony.replaces(other)));
    let lines: Vec<&str> = kept.chain(line.as_deref()).collect();
    let challenge = (!lines.is_empty()).then(|| lines.join("\n"));
    accounts::session_set_challenge(tx, token, challenge.as_deref())
}
