//! A provider that is asked: what it says of itself and its keys are remembered for a while, and fetched
//! anew where a token names a key that was not known.

use crate::{
    Claims, Configuration, Distrust, Expected, Failed, Issuer, Keys,
    answer::{More, Tokens},
    configuration::Showing,
    token::{believe, is_yes, text},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use closedset_core::{Duration, Time};
use closedset_https::{Bounds, Https};
use http::{Request, header};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// What a provider says of itself and its keys are remembered for so long.
const KEPT: Duration = Duration::from_hours(1);
/// Keys are not fetched again sooner, whatever tokens name.
const PAUSE: Duration = Duration::from_seconds(15);
/// How long one exchange may take, and how large an answer may be.
const BOUNDS: Bounds = Bounds { time: std::time::Duration::from_secs(10), answer: 256 * 1024 };

/// A program as the provider knows it.
#[derive(Clone)]
pub struct Client {
    /// Its name there.
    pub id: String,
    /// Its secret.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A code that a browser brought back.
#[derive(Clone, Copy)]
pub struct Code<'c> {
    /// The code.
    pub code: &'c str,
    /// Where the browser brought it.
    pub back: &'c str,
    /// The secret to which it is bound.
    pub verifier: &'c str,
    /// What the token must say.
    pub nonce: &'c str,
    /// When the browser was sent.
    pub asked_at: Time,
    /// What time it is.
    pub now: Time,
    /// The e-mail address is wanted, and asked for where the token does not say it.
    pub wants_email: bool,
}

impl fmt::Debug for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").finish_non_exhaustive()
    }
}

/// A provider that is asked.
#[derive(Debug)]
pub struct Provider {
    issuer: Issuer,
    https: Https,
    configuration: Mutex<Option<(Arc<Configuration>, Time)>>,
    keys: Mutex<Option<(Arc<Keys>, Time)>>,
}

impl Provider {
    /// The provider at this address; nothing is asked yet.
    pub fn new(issuer: Issuer) -> Result<Self, Failed> {
        Self::within(issuer, BOUNDS)
    }

    /// The same, with other bounds.
    pub fn within(issuer: Issuer, bounds: Bounds) -> Result<Self, Failed> {
        let https = Https::new(None, bounds)?.with_loopback();
        Ok(Self { issuer, https, configuration: Mutex::default(), keys: Mutex::default() })
    }

    /// Its address.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// What it says of itself, asked anew.
    pub async fn look(&self, now: Time) -> Result<Arc<Configuration>, Failed> {
        let bytes = self.get(&self.issuer.description()).await?;
        let configuration = Arc::new(Configuration::read(&self.issuer, &bytes)?);
        let mut kept = self.configuration.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Arc::clone(&configuration), now));
        Ok(configuration)
    }

    /// What it says of itself, as far as it is remembered.
    pub async fn configuration(&self, now: Time) -> Result<Arc<Configuration>, Failed> {
        let kept = self.configuration.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some((configuration, at)) if is_within(at, now, KEPT) => Ok(configuration),
            _ => self.look(now).await,
        }
    }

    /// Who somebody is, for the code that their browser brought.
    pub async fn redeem(&self, client: &Client, code: Code<'_>) -> Result<Claims, Failed> {
        let configuration = self.configuration(code.now).await?;
        let tokens = self.tokens(&configuration, client, code).await?;
        let expected = Expected {
            issuer: self.issuer.as_str(),
            client: &client.id,
            nonce: code.nonce,
            asked_at: code.asked_at,
            now: code.now,
        };
        let (keys, fetched) = self.keys(&configuration, code.now).await?;
        let mut said = believe(&tokens.id_token, &keys, &expected);
        // A key that is not known may be a new one.
        if said == Err(Distrust::Key) && !is_within(fetched, code.now, PAUSE) {
            let keys = self.fetch_keys(&configuration, code.now).await?;
            said = believe(&tokens.id_token, &keys, &expected);
        }
        let claims = said.map_err(Failed::NotBelieved)?;
        match (&claims.email, tokens.access_token, &configuration.userinfo_endpoint) {
            (None, Some(access), Some(address)) if code.wants_email => {
                self.with_email(claims, address, &access).await
            }
            _ => Ok(claims),
        }
    }

    async fn tokens(
        &self,
        configuration: &Configuration,
        client: &Client,
        code: Code<'_>,
    ) -> Result<Tokens, Failed> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.code),
            ("redirect_uri", code.back),
            ("code_verifier", code.verifier),
        ];
        let mut request = Request::post(&configuration.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        match configuration.showing {
            Showing::Post => {
                fields.extend([("client_id", &*client.id), ("client_secret", &*client.secret)]);
            }
            // RFC 6749, section 2.3.1: both are encoded as in a form first.
            Showing::Basic => {
                let pair = Zeroizing::new(format!(
                    "{}:{}",
                    encoded(&client.id),
                    *Zeroizing::new(encoded(&client.secret))
                ));
                let shown = Zeroizing::new(format!("Basic {}", STANDARD.encode(&*pair)));
                request = request.header(header::AUTHORIZATION, &*shown);
            }
        }
        let body = serde_urlencoded::to_string(fields)
            .map_err(|_| Failed::odd("its code cannot be sent back"))?;
        let request = request
            .body(Bytes::from(body))
            .map_err(|_| Failed::odd("its address cannot be asked"))?;
        let answer = self.https.exchange(request).await?;
        Tokens::read(answer.status(), answer.body())
    }

    /// Its keys, and when they were fetched.
    async fn keys(
        &self,
        configuration: &Configuration,
        now: Time,
    ) -> Result<(Arc<Keys>, Time), Failed> {
        let kept = self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some((keys, at)) if is_within(at, now, KEPT) => Ok((keys, at)),
            _ => Ok((self.fetch_keys(configuration, now).await?, now)),
        }
    }

    async fn fetch_keys(
        &self,
        configuration: &Configuration,
        now: Time,
    ) -> Result<Arc<Keys>, Failed> {
        let bytes = self.get(&configuration.jwks_uri).await?;
        let keys = Arc::new(Keys::read(&bytes)?);
        let mut kept = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    async fn with_email(
        &self,
        claims: Claims,
        address: &str,
        access: &str,
    ) -> Result<Claims, Failed> {
        let shown = Zeroizing::new(format!("Bearer {access}"));
        let request = Request::get(address)
            .header(header::AUTHORIZATION, &*shown)
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|_| Failed::odd("its address cannot be asked"))?;
        let answer = self.https.exchange(request).await?;
        let more: More = match answer.status().is_success() {
            true => serde_json::from_slice(answer.body())
                .map_err(|_| Failed::odd("what it says of somebody cannot be read"))?,
            false => return Ok(claims),
        };
        // Section 5.3.2: what is said of somebody else is not used.
        if more.sub != claims.subject {
            return Err(Failed::NotBelieved(Distrust::Subject));
        }
        let email_is_verified = is_yes(more.email_verified.as_ref());
        Ok(Claims { email: text(more.email), email_is_verified, ..claims })
    }

    async fn get(&self, address: &str) -> Result<Bytes, Failed> {
        let request = Request::get(address)
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|_| Failed::odd("its address cannot be asked"))?;
        let answer = self.https.exchange(request).await?;
        if answer.status() != http::StatusCode::OK {
            return Err(Failed::Unreachable { why: format!("it answers {}", answer.status()) });
        }
        Ok(answer.into_body())
    }
}

fn is_within(at: Time, now: Time, span: Duration) -> bool {
    at <= now && now.since(at) < span
}

/// As a form writes it.
fn encoded(text: &str) -> String {
    serde_urlencoded::to_string([("q", text)]).map(|pair| pair[2..].to_owned()).unwrap_or_default()
}
