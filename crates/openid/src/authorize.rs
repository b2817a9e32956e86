//! Where a browser is sent (OpenID Connect Core 1.0, section 3.1.2.1).

use crate::Configuration;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use closedset_core::Digest;
use serde_urlencoded::to_string;

/// What a browser asks the provider for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The program that asks.
    pub client: &'a str,
    /// Where the browser is to come back to.
    pub back: &'a str,
    /// By what it is known again.
    pub state: &'a str,
    /// What the token is to say.
    pub nonce: &'a str,
    /// The secret to which its code is bound.
    pub verifier: &'a str,
    /// The levels that show a second factor, if any were named.
    pub levels: &'a [String],
    /// The person is to show who they are now, whenever they did before.
    pub anew: bool,
}

/// The challenge of a verifier (RFC 7636, section 4.2, S256).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Digest::of(verifier.as_bytes()).bytes())
}

impl Asked<'_> {
    /// The whole address.
    pub fn address(&self, provider: &Configuration) -> String {
        let challenge = challenge(self.verifier);
        let levels = self.levels.join(" ");
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", self.client),
            ("redirect_uri", self.back),
            ("scope", "openid email"),
            ("state", self.state),
            ("nonce", self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !levels.is_empty() {
            fields.push(("acr_values", &levels));
        }
        if self.anew {
            // Then the token must say when (section 3.1.2.1).
            fields.extend([("prompt", "login"), ("max_age", "0")]);
        }
        let query = to_string(fields).unwrap_or_default();
        let base = &provider.authorization_endpoint;
        let sign = if base.contains('?') { '&' } else { '?' };
        format!("{base}{sign}{query}")
    }
}

#[cfg(test)]
mod tests {
    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_standard() {
        assert_eq!(
            super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
