//! The one account of a demonstration: made and signed in by the use cases that people go through. Its
//! password and codes are as random as anybody's.

use crate::{
    code,
    error::{DemonstrationError, refused},
    house::{OWNER, profile},
};
use closedset_app::{
    App, Caller,
    accounts::{self, NewAccount, SessionToken, Signed},
    organisations,
};
use closedset_core::{Duration, Randomness, randomness};
use serde::{Deserialize, Serialize};

/// What the browser is called in the list of sessions.
const BROWSER: &str = "the demonstration's own set-up";

/// For how long an app shows a code.
const STEP: Duration = Duration::from_seconds(30);

/// What opens the demonstration's account, together with one of its codes.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of its authenticator app, in base 32.
    pub totp: String,
}

/// Four words of 64 and five digits: about 40.6 bits, enough where five guesses lock.
fn password(randomness: &dyn Randomness) -> String {
    const WORDS: [&str; 64] = [
        "amber", "anchor", "apron", "barn", "basalt", "birch", "brass", "canvas", "cedar", "chalk",
        "cinder", "clover", "cobalt", "copper", "coral", "crane", "delta", "dune", "ember",
        "fable", "fern", "flint", "fjord", "garnet", "ginger", "grove", "harbor", "hazel", "heron",
        "indigo", "iris", "ivory", "jasper", "juniper", "kelp", "lagoon", "larch", "lemon",
        "linen", "lotus", "maple", "marble", "meadow", "mint", "moss", "nectar", "nickel", "oak",
        "olive", "onyx", "opal", "orchid", "pebble", "pepper", "plum", "quartz", "reed", "saffron",
        "sorrel", "thistle", "topaz", "velvet", "willow", "zinc",
    ];
    let bytes: [u8; 8] = randomness::bytes(randomness);
    let word = |byte: u8| WORDS[usize::from(byte & 63)];
    let number = u32::from_be_bytes([0, bytes[4], bytes[5], bytes[6]]) % 100_000;
    format!(
        "{}-{}-{}-{}-{number:05}",
        word(bytes[0]),
        word(bytes[1]),
        word(bytes[2]),
        word(bytes[3])
    )
}

/// Sets up the account and the organisation; says what opens it, and who acts from here on.
pub(crate) async fn set_up(
    app: &App,
    token: &str,
    randomness: &dyn Randomness,
) -> Result<(SignIn, Caller), DemonstrationError> {
    let (name, email) = OWNER;
    let password = password(randomness);
    let new = NewAccount {
        name: name.into(),
        email: email.into(),
        password: password.clone(),
        browser: BROWSER.into(),
    };
    let session = accounts::set_up_account(app, token, new)
        .await
        .map_err(refused("setting up the account"))?;
    let signed = resolve(app, &session).await?;
    let secret = accounts::totp_begin(app, &signed).await.map_err(refused("the second factor"))?;
    let signed = resolve(app, &session).await?;
    let session = accounts::totp_finish(app, &signed, &code(app, &secret.secret)?, BROWSER)
        .await
        .map_err(refused("the second factor"))?;
    let signed = resolve(app, &session).await?;
    accounts::recovery_codes_make(app, &signed).await.map_err(refused("the recovery codes"))?;
    accounts::recovery_codes_confirm(app, &signed).await.map_err(refused("the recovery codes"))?;
    organisations::organisation_create(app, &signed, profile())
        .await
        .map_err(refused("setting up the organisation"))?;
    let signed = resolve(app, &session).await?;
    let caller = signed.caller().map_err(refused("setting up the organisation"))?;
    // The session ends while the story goes on.
    let caller = Caller { session: None, ..caller };
    Ok((SignIn { email: email.into(), password, totp: secret.secret }, caller))
}

/// Ten new codes, each of which opens the account once instead of an authenticator app's.
pub async fn new_codes(app: &App, sign_in: &SignIn) -> Result<Vec<String>, DemonstrationError> {
    let session = accounts::sign_in(app, &sign_in.email, sign_in.password.clone(), BROWSER)
        .await
        .map_err(refused("signing in"))?;
    let signed = resolve(app, &session).await?;
    // A code opens once: started again within half a minute, the next one does, which counts already.
    let shown = accounts::totp_sign_in(app, &signed, &code(app, &sign_in.totp)?, BROWSER).await;
    let session = match shown {
        Ok(session) => session,
        Err(_) => {
            let next = code::at(&sign_in.totp, app.now() + STEP);
            let next = next.ok_or(DemonstrationError::Lacks("a readable secret of its app"))?;
            accounts::totp_sign_in(app, &signed, &next, BROWSER)
                .await
                .map_err(refused("signing in, which takes half a minute between two starts,"))?
        }
    };
    let signed = resolve(app, &session).await?;
    let codes =
        accounts::recovery_codes_make(app, &signed).await.map_err(refused("the recovery codes"))?;
    accounts::recovery_codes_confirm(app, &signed).await.map_err(refused("the recovery codes"))?;
    accounts::session_end(app, &signed).await.map_err(refused("signing out"))?;
    Ok(codes)
}

async fn resolve(app: &App, session: &SessionToken) -> Result<Signed, DemonstrationError> {
    accounts::session_resolve(app, session)
        .await
        .map_err(refused("signing in"))?
        .ok_or(DemonstrationError::Lacks("its session"))
}

fn code(app: &App, secret: &str) -> Result<String, DemonstrationError> {
    code::at(secret, app.now()).ok_or(DemonstrationError::Lacks("a readable secret of its app"))
}
