//! Showing the second factor once more: what makes, changes or removes keys to the house (passwords,
//! tokens, factors, recovery codes, and what others come in by) wants it fresh, because a session's token
//! alone may be in other hands.

use super::{
    passkey::{passkey_ask, passkey_show},
    session::{SessionToken, Signed, Stage},
    totp::totp_show,
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Actor, Duration, Time,
    id::{Account, Id},
};
use webauthn_rs::prelude::{PublicKeyCredential, RequestChallengeResponse};

/// The second factor counts as fresh for so long.
pub const FACTOR_FRESH: Duration = Duration::from_minutes(10);

/// The code of the problem that leads to here, as it stands there too.
pub const FACTOR_STALE: &str = "factor.stale";

fn require_fresh(factor_at: Option<Time>, now: Time) -> Result<(), Problem> {
    match factor_at {
        Some(shown) if now.since(shown) <= FACTOR_FRESH => Ok(()),
        _ => Err(Problem::Conflict {
            code: "factor.stale",
            sentence: "For this your second factor must have been shown within the last ten minutes.",
            remedy: "Open /confirm-it-is-you in your browser, show it, and do this again.",
        }),
    }
}

impl Signed {
    /// Whether the second factor was shown a short while ago.
    pub fn has_fresh_factor(&self, now: Time) -> bool {
        require_fresh(self.factor_at, now).is_ok()
    }

    /// Refuses who is signed in and has not shown the second factor for a while. Who is adding the
    /// first has none to show.
    pub(crate) fn require_fresh_factor(&self, now: Time) -> Result<(), Problem> {
        match self.stage {
            Stage::Full => require_fresh(self.factor_at, now),
            Stage::Enrolling => Ok(()),
            Stage::SecondFactor => Err(Problem::NotSignedIn),
        }
    }
}

impl Caller {
    /// Refuses a person who has not shown the second factor for a while. Programs and operators
    /// have none.
    pub(crate) fn require_fresh_factor(&self, now: Time) -> Result<(), Problem> {
        match self.actor {
            Actor::Account { .. } | Actor::AccountAlone(_) => require_fresh(self.factor_at, now),
            _ => Ok(()),
        }
    }

    /// Refuses also programs: what is the whole installation's, and would outlast their token, is said
    /// by people, or by whoever is at the server.
    pub(crate) fn require_person_with_fresh_factor(&self, now: Time) -> Result<(), Problem> {
        match self.actor {
            Actor::Token { .. } | Actor::Device(_) => Err(Problem::Forbidden),
            _ => self.require_fresh_factor(now),
        }
    }

    /// As [`Self::require_fresh_factor`], before something of `owner`'s is taken away; with what is their own, people do as they like.
    pub(crate) fn require_fresh_factor_for(
        &self,
        owner: Option<Id<Account>>,
        now: Time,
    ) -> Result<(), Problem> {
        if owner.is_some() && owner == self.account() {
            return Ok(());
        }
        self.require_fresh_factor(now)
    }
}

/// Shows the second factor once more, by code; the session goes on under the token returned.
pub async fn totp_confirm(
    app: &App,
    signed: &Signed,
    code: &str,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::Full)?;
    totp_show(app, signed, code, browser).await
}

/// Begins to show the second factor once more, with a passkey.
pub async fn passkey_confirm_begin(
    app: &App,
    signed: &Signed,
) -> Result<RequestChallengeResponse, Problem> {
    signed.require(Stage::Full)?;
    passkey_ask(app, signed).await
}

/// Shows the second factor once more, with a passkey; the session goes on under the token returned.
pub async fn passkey_confirm_finish(
    app: &App,
    signed: &Signed,
    answer: &PublicKeyCredential,
    browser: &str,
) -> Result<SessionToken, Problem> {
    signed.require(Stage::Full)?;
    passkey_show(app, signed, answer, browser).await
}
