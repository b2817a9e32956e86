//! Sending a browser to the provider. What it is sent with is known to it alone, by a cookie, and to us;
//! it comes back once, within ten minutes.

use super::{
    refusal::told,
    settings::require_keeper,
    way::{back, in_use, turn},
};
use crate::{
    App, Caller, Problem,
    accounts::{Signed, Stage},
};
use closedset_core::{
    Action, Digest, Duration, Secret, Time,
    id::{Id, Session},
};
use closedset_openid::Asked;
use closedset_store::{
    Scope, Tx,
    providers::{self, ErrandRow},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A browser that does not come back within so long has to begin again.
pub(super) const ERRAND: Duration = Duration::from_minutes(10);
/// More are not on their way at once.
const ERRANDS: i64 = 20_000;

/// What somebody wants of the provider.
#[derive(Debug, Clone, Copy)]
pub enum Wish<'w> {
    /// To sign in.
    SignIn,
    /// To join by the link of an invitation, whose token this is.
    Join(&'w str),
    /// To link the account that is signed in.
    Link(&'w Signed),
    /// To show the second factor once more, and to go on to what this word says.
    Confirm(&'w Signed, &'w str),
    /// To see what it says, without anything coming of it.
    Test(&'w Caller),
}

/// What for, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    SignIn,
    Join,
    Link,
    Confirm,
    Test,
}

impl Purpose {
    const ALL: [Self; 5] = [Self::SignIn, Self::Join, Self::Link, Self::Confirm, Self::Test];

    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Join => "join",
            Self::Link => "link",
            Self::Confirm => "confirm",
            Self::Test => "test",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What the token must say, and the secret to which its code is bound.
#[derive(Serialize, Deserialize)]
pub(super) struct Bound {
    pub(super) nonce: Zeroizing<String>,
    pub(super) verifier: Zeroizing<String>,
}

/// Where a browser is sent.
#[derive(Debug)]
pub struct Sent {
    /// The whole address, at the provider.
    pub address: String,
    /// What people call the provider.
    pub name: String,
    /// What the browser's cookie is to hold until it comes back.
    pub browser: Secret<32>,
}

/// What the secrets of one errand are sealed for.
pub(super) fn purpose(state: Digest) -> String {
    format!("provider-errand/{state}")
}

/// Sends a browser to the provider.
pub async fn send(app: &App, wish: Wish<'_>) -> Result<Sent, Problem> {
    let (purpose_of, session, onward) = admitted(app, wish).await?;
    let invitation = match wish {
        Wish::Join(token) => {
            let token = Secret::<32>::from_token(token).ok_or(Problem::NotFound("invitation"))?;
            Some(Digest::of(token.expose()))
        }
        _ => None,
    };
    let way = in_use(app).await?;
    let asks = turn().await?;
    let configuration = way.provider.configuration(app.now()).await;
    drop(asks);
    let configuration = configuration.map_err(|failed| {
        tracing::info!(%failed, "the provider was not asked");
        told(&failed)
    })?;
    let random = || Secret::<32>::random(app.randomness());
    let (state, browser, nonce, verifier) = (random(), random(), random(), random());
    let bound = Bound {
        nonce: Zeroizing::new(nonce.to_token()),
        verifier: Zeroizing::new(verifier.to_token()),
    };
    let plain = serde_json::to_vec(&bound).map(Zeroizing::new);
    let plain = plain.map_err(|error| Problem::fault("an errand could not be written", error))?;
    let digest = Digest::of(state.expose());
    let row = ErrandRow {
        state: digest,
        browser: Digest::of(browser.expose()),
        sealed: app.master_key().seal(&purpose(digest), &plain, app.randomness())?,
        issuer: way.provider.issuer().to_string(),
        client: way.client.id.clone(),
        purpose: purpose_of.word().to_owned(),
        session,
        invitation,
        onward,
        begun_at: app.now(),
    };
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            errand_sweep(tx, row.begun_at)?;
            if providers::errand_count(tx)? >= ERRANDS {
                return Err(Problem::Limited { retry_after_s: 60 });
            }
            Ok(providers::errand_insert(tx, &row)?)
        })
        .await?;
    let asked = Asked {
        client: &way.client.id,
        back: &back(app),
        state: &state.to_token(),
        nonce: &bound.nonce,
        verifier: &bound.verifier,
        levels: &way.levels,
        anew: purpose_of == Purpose::Confirm,
    };
    Ok(Sent { address: asked.address(&configuration), name: way.name, browser })
}

/// What for, for which session, and where it goes on; refuses whoever may not.
async fn admitted(
    app: &App,
    wish: Wish<'_>,
) -> Result<(Purpose, Option<Id<Session>>, String), Problem> {
    let nowhere = String::new;
    Ok(match wish {
        Wish::SignIn => (Purpose::SignIn, None, nowhere()),
        Wish::Join(_) => (Purpose::Join, None, nowhere()),
        Wish::Link(signed) => {
            signed.require(Stage::Full)?;
            signed.require_fresh_factor(app.now())?;
            (Purpose::Link, Some(signed.session), nowhere())
        }
        Wish::Confirm(signed, onward) => {
            signed.require(Stage::Full)?;
            (Purpose::Confirm, Some(signed.session), onward.chars().take(80).collect())
        }
        Wish::Test(caller) => {
            caller.require(Action::SettingsWrite)?;
            let session = caller.session.ok_or(Problem::Forbidden)?;
            let asks = caller.clone();
            app.store().read(move |tx| require_keeper(tx, &asks)).await?;
            (Purpose::Test, Some(session), nowhere())
        }
    })
}

/// Forgets the browsers that did not come back in time.
pub(crate) fn errand_sweep(tx: &mut Tx<'_>, now: Time) -> Result<(), Problem> {
    providers::errand_sweep(tx, now - ERRAND)?;
    Ok(())
}
