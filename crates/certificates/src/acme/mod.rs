//! Certificates from an authority that gives them to programs (ACME, RFC 8555): the agreement with it,
//! when it is asked, and what becomes of the answer.
//!
//! The certificate is for our own key, so that agents go on knowing the server whatever they are
//! shown. That we have the name is shown on the port that people use (TLS-ALPN-01, RFC 8737).

mod failed;
mod https;
mod order;

pub use failed::Failed;

use crate::{
    Facts, Failure, Keeper, Material, NotTaken, Refusal, TlsError,
    folder::{self, Folder},
    given, own,
};
use closedset_core::{Duration, Time};
use https::Https;
use instant_acme::{Account, AccountCredentials, NewAccount};
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// The directory of Let's Encrypt, which is asked where nothing else is said.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// How long an authority may take in all.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
/// After a first failure it is asked again so much later, then after twice as long.
const FIRST_PAUSE: Duration = Duration::from_hours(1);
/// And at the latest after so long.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What was agreed with an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The address of its directory.
    pub directory: String,
    /// The e-mail address that it may write to.
    pub contact: String,
    /// The terms that were agreed to, where it has any.
    pub terms: Option<String>,
}

/// What is asked for when an authority is agreed with.
#[derive(Debug, Clone)]
pub struct NewAgreement {
    /// The address of its directory.
    pub directory: String,
    /// An e-mail address that it may write to.
    pub contact: String,
    /// Its terms of service are agreed to.
    pub agrees_to_terms: bool,
    /// The authorities in PEM that its own server's certificate leads to, where this system's are not
    /// meant.
    pub authorities: Option<String>,
}

/// What is kept of an agreement, in a file that only the server reads.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Its certificate is the one that is chosen.
    pub(crate) is_active: bool,
    directory: String,
    contact: String,
    terms: Option<String>,
    authorities: Option<String>,
    /// The account, with its key.
    account: serde_json::Value,
    /// When it is asked next.
    pub(crate) next_at: Option<Time>,
    /// How often it was asked in vain since it last gave one.
    failures: u32,
    pub(crate) failure: Option<Failure>,
    /// Since when it is not asked by itself, because this is a restored copy and the account may be in
    /// use elsewhere.
    #[serde(default)]
    pub(crate) held_at: Option<Time>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Kept {
    pub(crate) fn read(folder: &Folder) -> Result<Option<Self>, TlsError> {
        let path = folder.agreement();
        let Some(bytes) = folder::read(&path)? else { return Ok(None) };
        let damaged = |cause| TlsError::Agreement { path: path.display().to_string(), cause };
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    pub(crate) fn write(&self, folder: &Folder) -> Result<(), TlsError> {
        let path = folder.agreement();
        let failed = |cause| TlsError::Agreement { path: path.display().to_string(), cause };
        folder::write(&path, &serde_json::to_vec_pretty(self).map_err(failed)?)
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.failures
    }

    pub(crate) fn agreement(&self) -> Agreement {
        let Self { directory, contact, terms, .. } = self;
        Agreement { directory: directory.clone(), contact: contact.clone(), terms: terms.clone() }
    }

    /// It gave one: the next is asked for when two thirds of its life are over.
    fn succeeded(&mut self, facts: &Facts) {
        self.failures = 0;
        self.failure = None;
        self.next_at = Some(Plan::renewal(facts));
    }

    fn failed(&mut self, failed: &Failed, now: Time) {
        self.failures = self.failures.saturating_add(1);
        self.failure = Some(failed.to_failure(now));
        let pause = match failed {
            // Whoever was told to come less often stays away for a day.
            Failed::Limited { .. } => LONGEST_PAUSE,
            _ => Plan::pause(self.failures),
        };
        self.next_at = Some(now + pause);
    }
}

/// When an authority is asked.
pub(crate) struct Plan;

impl Plan {
    /// At the moment that was noted; at once where there is no certificate and none was refused.
    pub(crate) fn of(kept: &Kept, public: Option<&Facts>) -> Option<Time> {
        match (public, kept.failures) {
            (None, 0) => Some(Time::from_millis(0)),
            (None, _) | (Some(_), _) => kept.next_at.or_else(|| public.map(Self::renewal)),
        }
    }

    fn renewal(facts: &Facts) -> Time {
        let life = facts.ends.since(facts.begins);
        facts.begins + Duration::from_millis(life.millis() / 3 * 2)
    }

    fn pause(failures: u32) -> Duration {
        let doubled = FIRST_PAUSE.millis() << failures.saturating_sub(1).min(8);
        Duration::from_millis(doubled.min(LONGEST_PAUSE.millis()))
    }
}

impl Keeper {
    /// Agrees with an authority and has it issue the first certificate. Only then it is chosen; what
    /// was shown before is shown until then. Whoever agreed before keeps the account.
    pub async fn agree(&self, new: NewAgreement, now: Time) -> Result<Facts, NotTaken> {
        let _asking = self.asking.lock().await;
        self.can_ask()?;
        let contact = checked(&new)?;
        let before = self.state().kept.clone();
        let https = Https::new(new.authorities.as_deref())?;
        let terms = https.terms(&new.directory).await?;
        if !new.agrees_to_terms {
            let told = terms.map_or(Refusal::TermsNotAgreed, |at| Refusal::TermsAt { at });
            return Err(told.into());
        }
        let known = before
            .clone()
            .filter(|kept| kept.directory == new.directory && kept.contact == contact);
        let is_known = known.is_some();
        let mut kept = match known {
            Some(kept) => {
                Kept { authorities: new.authorities.clone(), terms: terms.clone(), ..kept }
            }
            None => opened(&https, &new, &contact, terms.clone()).await?,
        };
        // An account that was made is kept even if nothing else comes of it, unless another one is in use.
        let is_other_in_use = before.is_some_and(|before| {
            before.is_active
                && (before.directory != kept.directory || before.contact != kept.contact)
        });
        if !is_other_in_use {
            self.remember(kept.clone())?;
        }
        let facts = match self.ask(&mut kept, now).await {
            Err(NotTaken::Failed(Failed::Account { .. })) if is_known => {
                kept = opened(&https, &new, &contact, terms).await?;
                self.ask(&mut kept, now).await?
            }
            asked => asked?,
        };
        kept.is_active = true;
        kept.held_at = None;
        self.obtained(kept, now.max(facts.begins))?;
        Ok(facts)
    }

    /// Has the authority not be asked by itself from now on, until somebody has it asked: a copy that was
    /// restored may stand beside the installation that it was, and both have the account. True if that
    /// is news.
    pub fn hold(&self, now: Time) -> Result<bool, TlsError> {
        let kept = self.state().kept.clone();
        let Some(kept) = kept.filter(|kept| kept.is_active && kept.held_at.is_none()) else {
            return Ok(false);
        };
        self.remember(Kept { held_at: Some(now), ..kept })?;
        Ok(true)
    }

    /// Has the authority issue a certificate now, and from now on by itself, where it was not asked.
    pub async fn renew(&self, now: Time) -> Result<Facts, NotTaken> {
        let _asking = self.asking.lock().await;
        self.can_ask()?;
        let kept = self.state().kept.clone().filter(|kept| kept.is_active);
        let mut kept = kept.ok_or(Refusal::NoAuthority)?;
        // Whoever has it asked by hand says that this is the one.
        kept.held_at = None;
        let error = match self.ask(&mut kept, now).await {
            Ok(facts) => {
                kept.is_active = self.is_chosen_still();
                self.obtained(kept, now.max(facts.begins))?;
                return Ok(facts);
            }
            Err(error) => error,
        };
        let failed = match &error {
            NotTaken::Failed(failed) => failed.clone(),
            // An authority is not asked again and again because our disk is full.
            NotTaken::Refused(_) | NotTaken::Tls(_) => Failed::NotKept,
        };
        kept.failed(&failed, now);
        kept.is_active = self.is_chosen_still();
        self.remember(kept)?;
        Err(error)
    }

    /// Whether nobody chose another way while an authority was asked.
    fn is_chosen_still(&self) -> bool {
        self.state().kept.as_ref().is_some_and(|kept| kept.is_active)
    }

    /// Renews if it is time to.
    pub async fn renew_if_due(&self, now: Time) -> Option<Result<Facts, NotTaken>> {
        if !self.is_serving() || self.asks_at().is_none_or(|at| now < at) {
            return None;
        }
        Some(self.renew(now).await)
    }

    /// Authorities give certificates for names alone.
    pub(crate) fn has_name(&self) -> bool {
        self.host.parse::<IpAddr>().is_err() && self.host.contains('.')
    }

    fn can_ask(&self) -> Result<(), Refusal> {
        if self.has_files() {
            return Err(Refusal::Configured);
        }
        if !self.has_name() {
            return Err(Refusal::NoName { host: self.host.clone() });
        }
        if !self.is_serving() {
            return Err(Refusal::NotServing);
        }
        Ok(())
    }

    /// Asks for a certificate, and lays it down beside the present one.
    async fn ask(&self, kept: &mut Kept, now: Time) -> Result<Facts, NotTaken> {
        let https = Https::new(kept.authorities.as_deref())?;
        let request = own::request(&self.folder, &self.host)?;
        let credentials = account_of(&kept.account)?;
        let order = order::Order { host: &self.host, request: request.der(), shown: &self.shown };
        let chain = tokio::time::timeout(PATIENCE, order.place(https, credentials))
            .await
            .map_err(|_| Failed::Late)??;
        let material = Material { chain: chain.into_bytes(), key: None };
        let given = given::read(&material, &self.shown.own()).map_err(Failed::useless)?;
        // It begins after it was asked for, and perhaps by a clock that is ahead of ours.
        let begun = now.max(given.facts.begins);
        given::hold_against(&given.facts, &self.host, begun).map_err(Failed::useless)?;
        folder::write(&self.folder.obtained(), &material.to_file().map_err(Failed::useless)?)?;
        kept.succeeded(&given.facts);
        Ok(given.facts)
    }

    fn remember(&self, kept: Kept) -> Result<(), TlsError> {
        // Before it is written: what cannot be written counts all the same until the next start.
        self.state().kept = Some(kept.clone());
        kept.write(&self.folder)
    }
}

/// What is kept of an agreement with a new account.
async fn opened(
    https: &Https,
    new: &NewAgreement,
    contact: &str,
    terms: Option<String>,
) -> Result<Kept, Failed> {
    let account = NewAccount {
        contact: &[&format!("mailto:{contact}")],
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let builder = Account::builder_with_http(Box::new(https.clone()));
    let (_, credentials) = in_time(builder.create(&account, new.directory.clone(), None)).await?;
    Ok(Kept {
        is_active: false,
        directory: new.directory.clone(),
        contact: contact.to_owned(),
        terms,
        authorities: new.authorities.clone(),
        account: account_json(&credentials)?,
        next_at: None,
        failures: 0,
        failure: None,
        held_at: None,
    })
}

/// What was entered, or what is wrong with it; the contact as it is written to the authority.
fn checked(new: &NewAgreement) -> Result<String, Refusal> {
    let is_address = new.directory.parse::<http::Uri>().is_ok_and(|uri| {
        uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| !host.is_empty())
    });
    if !is_address {
        return Err(Refusal::Directory);
    }
    let contact = new.contact.trim().trim_start_matches("mailto:");
    let is_mail = contact.split_once('@').is_some_and(|(who, at)| {
        !who.is_empty()
            && at.contains('.')
            && !contact.contains(|letter: char| {
                letter.is_whitespace()
                    || letter.is_control()
                    || matches!(letter, ',' | '?' | '<' | '>')
            })
    });
    is_mail.then(|| contact.to_owned()).ok_or(Refusal::Contact)
}

fn account_json(credentials: &AccountCredentials) -> Result<serde_json::Value, Failed> {
    serde_json::to_value(credentials).map_err(|error| Failed::odd(&error))
}

fn account_of(account: &serde_json::Value) -> Result<AccountCredentials, Failed> {
    // Its key is read from a text that is borrowed, which a value does not lend.
    serde_json::from_str(&account.to_string()).map_err(|error| Failed::odd(&error))
}

async fn in_time<T>(
    asked: impl Future<Output = Result<T, instant_acme::Error>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(Failed::from),
        Err(_) => Err(Failed::Late),
    }
}

#[cfg(test)]
mod tests;
