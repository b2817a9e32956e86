//! The provider that is in use, and what is remembered of what it said.

use super::{refusal::told, settings::FactorWord};
use crate::{App, Problem, accounts::Signed};
use closedset_openid::{Client, Issuer, Provider};
use closedset_store::providers::{self, ProviderRow};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};
use zeroize::Zeroizing;

/// The page to which browsers come back, on our own address and no other.
pub const BACK: &str = "/sign-in/provider/back";

/// What the secret is sealed for.
pub(super) const PURPOSE: &str = "provider";

/// The provider that was asked last, with what it said.
#[derive(Debug, Default)]
pub(crate) struct Remembered(Mutex<Option<Arc<Provider>>>);

/// How many ask the provider at once: whoever waits for it holds something here.
static AT_ONCE: Semaphore = Semaphore::const_new(8);
/// How long one waits for a turn.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The provider that is in use.
pub(super) struct Way {
    pub(super) provider: Arc<Provider>,
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) factor: FactorWord,
    pub(super) levels: Vec<String>,
}

impl Way {
    /// Of the row, with its secret.
    pub(super) fn of(app: &App, row: ProviderRow) -> Result<Self, Problem> {
        let issuer = Issuer::parse(&row.issuer)
            .ok_or_else(|| Problem::Fault("the provider's address cannot be used".into()))?;
        Ok(Self {
            provider: known(app, issuer)?,
            client: Client { id: row.client, secret: open_secret(app, &row.secret_sealed)? },
            name: row.name,
            factor: FactorWord::from_word(&row.factor)?,
            levels: row.levels.split_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// The provider with this address, and what is remembered of it.
pub(super) fn known(app: &App, issuer: Issuer) -> Result<Arc<Provider>, Problem> {
    let mut kept = app.remembered_provider().0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = kept.as_ref().filter(|kept| *kept.issuer() == issuer) {
        return Ok(Arc::clone(kept));
    }
    let provider = Arc::new(Provider::new(issuer).map_err(|failed| told(&failed))?);
    *kept = Some(Arc::clone(&provider));
    Ok(provider)
}

pub(super) fn open_secret(app: &App, sealed: &[u8]) -> Result<Zeroizing<String>, Problem> {
    let bytes = Zeroizing::new(app.master_key().open(PURPOSE, sealed)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Problem::Fault("the provider's secret is no text".into()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The provider that is in use.
pub(super) async fn in_use(app: &App) -> Result<Way, Problem> {
    let row = app.store().read(|tx| -> Result<_, Problem> { Ok(providers::provider(tx)?) }).await?;
    Way::of(app, row.ok_or(NOT_SET)?)
}

/// A turn to ask the provider, if one comes soon.
pub(super) async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    match timeout(PATIENCE, AT_ONCE.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(closed)) => Err(Problem::fault("no turn came", closed)),
        Err(_) => Err(Problem::Limited { retry_after_s: 5 }),
    }
}

/// What people call the provider that they can sign in by, where there is one.
pub async fn offered(app: &App) -> Result<Option<String>, Problem> {
    app.store().read(|tx| Ok(providers::provider(tx)?.map(|row| row.name))).await
}

/// The provider as everybody may know it.
#[derive(Debug, Clone)]
pub struct Named {
    /// What people call it.
    pub name: String,
    /// Its address.
    pub issuer: String,
}

/// The provider that is set.
pub async fn named(app: &App) -> Result<Option<Named>, Problem> {
    app.store()
        .read(|tx| {
            let row = providers::provider(tx)?;
            Ok(row.map(|row| Named { name: row.name, issuer: row.issuer }))
        })
        .await
}

/// What the provider is called, for whoever may show the second factor there once more.
pub async fn offered_to(app: &App, signed: &Signed) -> Result<Option<String>, Problem> {
    let account = signed.account;
    app.store()
        .read(move |tx| {
            let Some(row) = providers::provider(tx)? else { return Ok(None) };
            let knows = providers::identity_list(tx, account)?
                .iter()
                .any(|identity| identity.issuer == row.issuer);
            let counts = row.factor == FactorWord::Provider.as_str();
            Ok((knows && counts).then_some(row.name))
        })
        .await
}

pub(super) const NOT_SET: Problem = Problem::Conflict {
    code: "provider.none",
    sentence: "Nobody signs in by a provider here.",
    remedy: "Sign in with your password.",
};

/// Where browsers come back to, in full.
pub(super) fn back(app: &App) -> String {
    format!("{}{BACK}", app.public_url())
}
