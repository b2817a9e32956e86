//! What a provider answers to a program: tokens for a code, and what it says of somebody.

use crate::{Failed, failed::words};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

/// What was given for a code. It shows nothing of itself.
pub(crate) struct Tokens {
    pub(crate) id_token: Zeroizing<String>,
    pub(crate) access_token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
struct Given {
    id_token: Option<String>,
    access_token: Option<String>,
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct Error {
    error: String,
}

impl Tokens {
    pub(crate) fn read(status: http::StatusCode, bytes: &[u8]) -> Result<Self, Failed> {
        if !status.is_success() {
            // Only its own short word is kept: what else stands there may repeat what it was sent.
            let word = serde_json::from_slice::<Error>(bytes).map(|error| words(&error.error));
            let word = word.unwrap_or_else(|_| status.as_u16().to_string());
            return Err(Failed::Refused { why: word.chars().take(60).collect() });
        }
        let given: Given = serde_json::from_slice(bytes)
            .map_err(|_| Failed::odd("what it gives for a code cannot be read"))?;
        let id_token = given.id_token.ok_or_else(|| Failed::odd("it gives no ID token"))?;
        let is_bearer = given.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        Ok(Self {
            id_token: Zeroizing::new(id_token),
            access_token: given.access_token.filter(|_| is_bearer).map(Zeroizing::new),
        })
    }
}

/// What it says of somebody beside the token (OpenID Connect Core 1.0, section 5.3.2).
#[derive(Deserialize)]
pub(crate) struct More {
    pub(crate) sub: String,
    pub(crate) email: Option<Value>,
    pub(crate) email_verified: Option<Value>,
}
