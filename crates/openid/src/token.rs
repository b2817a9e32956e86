//! Which tokens are believed (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! `jsonwebtoken` reads the token and asks the signature of aws-lc-rs; what it says is held here against
//! what was asked, by the time that the caller has.

use crate::{Claims, Distrust, Keys};
use closedset_core::{Duration, Time};
use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// So far may a provider's clock be off.
pub const SKEW: Duration = Duration::from_seconds(60);
/// The longest token that is looked at.
const TOKEN_LIMIT: usize = 32 * 1024;
/// The longest name of somebody (section 2).
const SUBJECT_LIMIT: usize = 255;
/// The longest text that is looked at.
const TEXT_LIMIT: usize = 255;
/// More methods are not looked at.
const METHODS_LIMIT: usize = 32;

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'e> {
    /// Whom.
    pub issuer: &'e str,
    /// By which program.
    pub client: &'e str,
    /// With which word to be told again.
    pub nonce: &'e str,
    /// When.
    pub asked_at: Time,
    /// What time it is.
    pub now: Time,
}

#[derive(Deserialize)]
struct Said {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    auth_time: Option<f64>,
    amr: Option<Value>,
    acr: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What the token says, if it is believed.
pub fn believe(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Distrust> {
    let said = signed(token, keys)?;
    if said.iss != expected.issuer {
        return Err(Distrust::Issuer);
    }
    let (is_for_us, is_alone) = match &said.aud {
        Audience::One(one) => (one == expected.client, true),
        Audience::Several(several) => {
            (several.iter().any(|one| one == expected.client), several.len() == 1)
        }
    };
    let party = said.azp.as_deref();
    if !is_for_us || party.is_some_and(|party| party != expected.client) {
        return Err(Distrust::Audience);
    }
    // One that is for others too was given to us only where it says so.
    if !is_alone && party.is_none() {
        return Err(Distrust::Audience);
    }
    let expires = time(said.exp).ok_or(Distrust::Expired)?;
    if expires + SKEW <= expected.now {
        return Err(Distrust::Expired);
    }
    let given = time(said.iat).ok_or(Distrust::NotNow)?;
    if given > expected.now + SKEW || given + SKEW < expected.asked_at {
        return Err(Distrust::NotNow);
    }
    if said.nonce.as_deref() != Some(expected.nonce) {
        return Err(Distrust::Nonce);
    }
    let is_name = !said.sub.is_empty()
        && said.sub.len() <= SUBJECT_LIMIT
        && !said.sub.chars().any(char::is_control);
    if !is_name {
        return Err(Distrust::Subject);
    }
    let shown_at = said.auth_time.and_then(time).filter(|shown| *shown <= expected.now + SKEW);
    Ok(Claims {
        subject: said.sub,
        email: text(said.email),
        email_is_verified: is_yes(said.email_verified.as_ref()),
        shown_at: shown_at.map(|shown| shown.min(expected.now)),
        methods: methods(said.amr),
        level: text(said.acr),
    })
}

/// What a token says that one of these keys signed.
fn signed(token: &str, keys: &Keys) -> Result<Said, Distrust> {
    if token.len() > TOKEN_LIMIT || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(Distrust::Shape);
    }
    // An algorithm that is not known, and `none` is not, makes the head unreadable.
    let head = jsonwebtoken::decode_header(token).map_err(|_| Distrust::Algorithm)?;
    if !matches!(head.alg, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA) {
        return Err(Distrust::Algorithm);
    }
    // What a program must understand before it believes (RFC 7515, section 4.1.11), and we know none.
    if head.crit.is_some() {
        return Err(Distrust::Shape);
    }
    let mut validation = Validation::new(head.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let mut refused = Distrust::Key;
    for key in keys.of(head.alg, head.kid.as_deref()) {
        match jsonwebtoken::decode::<Said>(token, key, &validation) {
            Ok(data) => return Ok(data.claims),
            Err(error) => {
                refused = match error.kind() {
                    ErrorKind::InvalidSignature => Distrust::Signature,
                    ErrorKind::InvalidAlgorithm => Distrust::Algorithm,
                    _ => Distrust::Shape,
                }
            }
        }
    }
    Err(refused)
}

/// A time in seconds since 1970, with or without a part of one.
fn time(seconds: f64) -> Option<Time> {
    let is_sane = seconds.is_finite() && (0.0..1e11).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "held within bounds")]
    is_sane.then(|| Time::from_millis((seconds * 1000.0) as i64))
}

/// A text of one line.
pub(crate) fn text(value: Option<Value>) -> Option<String> {
    let text = value.and_then(|value| value.as_str().map(str::to_owned));
    text.filter(|text| text.len() <= TEXT_LIMIT && !text.chars().any(char::is_control))
}

/// `true`, which some providers write as a text.
pub(crate) fn is_yes(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
}

fn methods(value: Option<Value>) -> Vec<String> {
    let Some(Value::Array(list)) = value else { return Vec::new() };
    list.into_iter().take(METHODS_LIMIT).filter_map(|word| text(Some(word))).collect()
}

#[cfg(test)]
mod tests;
