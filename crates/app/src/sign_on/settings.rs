//! The installation's provider. Accounts are the installation's, so its provider is too: the first
//! organisation keeps it, as it keeps the mail server.

use super::way::{PURPOSE, back, known, turn};
use crate::{App, Caller, FieldProblem, Problem, demonstration, mail::keeper, people::is_line};
use closedset_core::{Action, Actor, Time, entry::Log};
use closedset_openid::{Configuration, Issuer};
use closedset_store::{
    NewEntry, Tx,
    providers::{self, ProviderRow},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

/// The longest name of a provider.
const NAME_LIMIT: usize = 40;
/// The longest name of a program.
const CLIENT_LIMIT: usize = 255;
/// The longest secret, in bytes.
const SECRET_LIMIT: usize = 1_024;
/// More levels are not named.
const LEVELS: usize = 8;

/// Whose word it is that a second factor was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorWord {
    /// The provider's, where it says so; else it is asked for here.
    Provider,
    /// Ours alone: it is asked for here, always.
    Here,
}

impl FactorWord {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Here => "here",
        }
    }

    pub(super) fn from_word(word: &str) -> Result<Self, Problem> {
        match word {
            "provider" => Ok(Self::Provider),
            "here" => Ok(Self::Here),
            _ => Err(Problem::field("factor", "Choose whose word it is.")),
        }
    }
}

/// What a provider said of itself when it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Where browsers are sent.
    pub authorization: String,
    /// Where codes are redeemed.
    pub tokens: String,
    /// Where its keys are.
    pub keys: String,
    /// By which algorithms it signs that are believed here.
    pub algorithms: Vec<String>,
    /// It says that it knows PKCE; none where it says nothing of that.
    pub knows_pkce: Option<bool>,
}

impl From<&Configuration> for Said {
    fn from(configuration: &Configuration) -> Self {
        Self {
            authorization: configuration.authorization_endpoint.clone(),
            tokens: configuration.token_endpoint.clone(),
            keys: configuration.jwks_uri.clone(),
            algorithms: configuration.algorithms.clone(),
            knows_pkce: configuration.knows_pkce,
        }
    }
}

/// A provider as it is shown: without the secret.
#[derive(Debug, Clone)]
pub struct ProviderShown {
    /// What people call it.
    pub name: String,
    /// Its address.
    pub issuer: String,
    /// What this program is called there.
    pub client: String,
    /// Whose word a second factor is.
    pub factor: FactorWord,
    /// The levels that show one, with blanks between.
    pub levels: String,
    /// What it said of itself.
    pub said: Said,
    /// When it was set.
    pub changed_at: Time,
    /// How many accounts are linked with it.
    pub linked: i64,
}

/// How people sign in by a provider.
#[derive(Debug, Clone)]
pub struct SignOnSettings {
    /// What the provider is called, where there is one.
    pub name: Option<String>,
    /// The provider, for whoever keeps it.
    pub provider: Option<ProviderShown>,
    /// The caller's organisation keeps it.
    pub is_keeper: bool,
    /// A demonstration asks nobody.
    pub is_demonstration: bool,
    /// The address of return, as it is entered at the provider.
    pub back: String,
}

/// A provider as entered.
#[derive(Clone, Default)]
pub struct NewProvider {
    /// What people call it.
    pub name: String,
    /// Its address.
    pub issuer: String,
    /// What this program is called there.
    pub client: String,
    /// Its secret; empty for the one that is kept.
    pub secret: Zeroizing<String>,
    /// `provider` or `here`.
    pub factor: String,
    /// The levels that show a second factor, with blanks between.
    pub levels: String,
}

impl std::fmt::Debug for NewProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewProvider").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Refuses whoever does not keep the provider; whoever is at the server's command line does.
pub(super) fn require_keeper(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), Problem> {
    if matches!(caller.actor, Actor::Operator(_)) || keeper(tx)? == Some(caller.organisation) {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "provider.not_keeper",
        sentence: "The provider belongs to the whole installation, and another organisation keeps it.",
        remedy: "Ask whoever runs this installation.",
    })
}

/// How people sign in by a provider.
pub async fn settings(app: &App, caller: &Caller) -> Result<SignOnSettings, Problem> {
    caller.require(Action::SettingsRead)?;
    let is_demonstration = demonstration::is_demonstration(app).await?;
    let (caller, back) = (caller.clone(), back(app));
    app.store()
        .read(move |tx| {
            let is_keeper = require_keeper(tx, &caller).is_ok();
            let row = providers::provider(tx)?;
            let name = row.as_ref().map(|row| row.name.clone());
            let provider = match row.filter(|_| is_keeper) {
                Some(row) => Some(shown(tx, row)?),
                None => None,
            };
            Ok(SignOnSettings { name, provider, is_keeper, is_demonstration, back: back.clone() })
        })
        .await
}

fn shown(tx: &mut Tx<'_>, row: ProviderRow) -> Result<ProviderShown, Problem> {
    Ok(ProviderShown {
        linked: providers::identity_count(tx, &row.issuer)?,
        factor: FactorWord::from_word(&row.factor)?,
        said: serde_json::from_str(&row.said)
            .map_err(|error| Problem::fault("what the provider said cannot be read", error))?,
        name: row.name,
        issuer: row.issuer,
        client: row.client,
        levels: row.levels,
        changed_at: row.changed_at,
    })
}

/// Sets the provider, which is asked what it says of itself first.
pub async fn provider_put(app: &App, caller: &Caller, new: NewProvider) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    if demonstration::is_demonstration(app).await? {
        return Err(DEMONSTRATION);
    }
    caller.require_person_with_fresh_factor(app.now())?;
    let asks = caller.clone();
    let was = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            require_keeper(tx, &asks)?;
            Ok(providers::provider(tx)?)
        })
        .await?;
    let checked = checked(&new, was.as_ref())?;
    let asked = turn().await?;
    let looked = known(app, checked.issuer.clone())?.look(app.now()).await;
    drop(asked);
    let said = looked.map_err(|failed| {
        Problem::field("issuer", format!("This address cannot be used: {failed}."))
    })?;
    let said = serde_json::to_string(&Said::from(&*said))
        .map_err(|error| Problem::fault("what the provider said cannot be written", error))?;
    let sealed = match new.secret.is_empty() {
        true => None,
        false => Some(app.master_key().seal(PURPOSE, new.secret.as_bytes(), app.randomness())?),
    };
    app.write_for_in_installation(caller, Action::SettingsWrite, move |tx, caller| {
        require_keeper(tx, caller)?;
        let was = providers::provider(tx)?;
        let kept = was.filter(|was| checked.is_same(was)).map(|was| was.secret_sealed);
        let row = ProviderRow {
            name: checked.name.clone(),
            issuer: checked.issuer.to_string(),
            client: checked.client.clone(),
            secret_sealed: sealed.clone().or(kept).ok_or_else(no_secret)?,
            factor: checked.factor.as_str().to_owned(),
            levels: checked.levels.clone(),
            said: said.clone(),
            changed_at: tx.now(),
        };
        providers::provider_put(tx, &row)?;
        tx.record(
            Log::Installation,
            NewEntry {
                actor: &caller.actor,
                subject: "installation:self".into(),
                kind: "sign_in.provider_set",
                body: json!({
                    "name": row.name,
                    "issuer": row.issuer,
                    "client": row.client,
                    "second_factor": row.factor,
                    "levels": row.levels,
                    "secret_changed": sealed.is_some(),
                }),
            },
        )?;
        Ok(())
    })
    .await
}

/// Takes the provider out: nobody signs in by it any more. Whom it knew stays written down, for when it
/// is set again.
pub async fn provider_remove(app: &App, caller: &Caller) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    caller.require_person_with_fresh_factor(app.now())?;
    app.write_for_in_installation(caller, Action::SettingsWrite, |tx, caller| {
        require_keeper(tx, caller)?;
        if !providers::provider_delete(tx)? {
            return Ok(());
        }
        tx.record(
            Log::Installation,
            NewEntry {
                actor: &caller.actor,
                subject: "installation:self".into(),
                kind: "sign_in.provider_removed",
                body: json!({}),
            },
        )?;
        Ok(())
    })
    .await
}

struct Checked {
    name: String,
    issuer: Issuer,
    client: String,
    factor: FactorWord,
    levels: String,
}

impl Checked {
    /// Whether a secret that is kept is for this: it goes to the provider that it was entered for, and
    /// to no other.
    fn is_same(&self, row: &ProviderRow) -> bool {
        row.issuer == self.issuer.as_str() && row.client == self.client
    }
}

fn no_secret() -> Problem {
    Problem::field("secret", "Enter the secret. It is kept only for the same provider and client.")
}

fn checked(new: &NewProvider, was: Option<&ProviderRow>) -> Result<Checked, Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.into() });
    };
    let name = new.name.trim().to_owned();
    if name.is_empty() || !is_line(&name, NAME_LIMIT) {
        wrong("name", "Enter what people call it, in one line of at most 40 characters.");
    }
    let issuer = Issuer::parse(&new.issuer);
    if issuer.is_none() {
        wrong(
            "issuer",
            "Enter an address such as https://login.example.com. Without encryption only this very machine is asked.",
        );
    }
    let client = new.client.trim().to_owned();
    if client.is_empty() || !is_line(&client, CLIENT_LIMIT) {
        wrong("client", "Enter the client id as the provider shows it.");
    }
    let factor = FactorWord::from_word(new.factor.trim());
    if factor.is_err() {
        wrong("factor", "Choose whose word it is.");
    }
    let levels: Vec<&str> = new.levels.split_whitespace().collect();
    let is_level =
        |level: &&&str| level.len() <= 200 && level.bytes().all(|byte| byte.is_ascii_graphic());
    if levels.len() > LEVELS || levels.iter().filter(is_level).count() != levels.len() {
        wrong(
            "levels",
            "Enter at most eight levels as the provider names them, with blanks between.",
        );
    }
    if new.secret.len() > SECRET_LIMIT || new.secret.chars().any(char::is_control) {
        wrong("secret", "A secret is one line of at most 1024 bytes.");
    }
    match (issuer, factor) {
        (Some(issuer), Ok(factor)) => {
            let checked = Checked { name, issuer, client, factor, levels: levels.join(" ") };
            if new.secret.is_empty() && !was.is_some_and(|was| checked.is_same(was)) {
                let Problem::Invalid(lacking) = no_secret() else { return Err(no_secret()) };
                problems.extend(lacking);
            }
            if problems.is_empty() { Ok(checked) } else { Err(Problem::Invalid(problems)) }
        }
        _ => Err(Problem::Invalid(problems)),
    }
}

const DEMONSTRATION: Problem = Problem::Conflict {
    code: "provider.demonstration",
    sentence: "A demonstration asks no provider.",
    remedy: "Set up an installation of your own to sign in by one.",
};
