//! What a provider says of itself (OpenID Connect Discovery 1.0, section 3), as far as it is used.

use crate::{Failed, Issuer, failed::words};
use serde::Deserialize;

/// The algorithms by which tokens are believed, as they are named (RFC 7518, RFC 8037).
pub(crate) const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// How a program shows its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Showing {
    /// In the head of the request.
    Basic,
    /// Among its fields.
    Post,
}

/// What a provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Where browsers are sent.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where it says more of somebody.
    pub userinfo_endpoint: Option<String>,
    /// By which of the algorithms that are believed here it signs.
    pub algorithms: Vec<String>,
    /// It says that it knows PKCE with SHA-256; none where it says nothing of that.
    pub knows_pkce: Option<bool>,
    /// It names itself when it sends a browser back (RFC 9207).
    pub names_itself: bool,
    pub(crate) showing: Showing,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Configuration {
    /// Reads what the provider at this address says of itself.
    pub fn read(issuer: &Issuer, bytes: &[u8]) -> Result<Self, Failed> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|_| Failed::odd("its address holds no description of an OpenID provider"))?;
        if document.issuer != issuer.as_str() {
            let own = words(&document.issuer);
            return Err(Failed::odd(format!("it calls itself “{own}”, not “{issuer}”")));
        }
        let named = [
            Some(&document.authorization_endpoint),
            Some(&document.token_endpoint),
            Some(&document.jwks_uri),
            document.userinfo_endpoint.as_ref(),
        ];
        if let Some(bad) = named.into_iter().flatten().find(|one| !issuer.may_name(one)) {
            return Err(Failed::odd(format!("it names the address “{}”", words(bad))));
        }
        let knows = |list: &Option<Vec<String>>, word: &str| {
            list.as_ref().map(|list| list.iter().any(|one| one == word))
        };
        if knows(&document.response_types_supported, "code") == Some(false) {
            return Err(Failed::odd("it gives no codes"));
        }
        let algorithms: Vec<String> = match &document.id_token_signing_alg_values_supported {
            Some(list) => ALGORITHMS
                .into_iter()
                .filter(|known| list.iter().any(|one| one == known))
                .map(str::to_owned)
                .collect(),
            // What everybody must know (section 3).
            None => vec![ALGORITHMS[0].to_owned()],
        };
        if algorithms.is_empty() {
            return Err(Failed::odd("it signs by none of RS256, ES256 and EdDSA"));
        }
        let knows_pkce = knows(&document.code_challenge_methods_supported, "S256");
        if knows_pkce == Some(false) {
            return Err(Failed::odd("it does not know PKCE with S256"));
        }
        let showings = &document.token_endpoint_auth_methods_supported;
        let showing = match knows(showings, "client_secret_basic") {
            None | Some(true) => Showing::Basic,
            Some(false) if knows(showings, "client_secret_post") == Some(true) => Showing::Post,
            Some(false) => return Err(Failed::odd("it takes no secret from programs")),
        };
        Ok(Self {
            authorization_endpoint: document.authorization_endpoint,
            token_endpoint: document.token_endpoint,
            jwks_uri: document.jwks_uri,
            userinfo_endpoint: document.userinfo_endpoint,
            algorithms,
            knows_pkce,
            names_itself: document.authorization_response_iss_parameter_supported,
            showing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "issuer": "https://login.example.com",
            "authorization_endpoint": "https://login.example.com/authorize",
            "token_endpoint": "https://login.example.com/token",
            "jwks_uri": "https://keys.example.com/keys",
            "something": {"else": true},
        })
    }

    fn read(document: &Value) -> Result<Configuration, Failed> {
        let issuer = Issuer::parse("https://login.example.com").unwrap();
        Configuration::read(&issuer, document.to_string().as_bytes())
    }

    #[test]
    fn a_description_with_what_is_needed_is_read() {
        let read = read(&good()).unwrap();
        assert_eq!((read.algorithms, read.knows_pkce), (vec!["RS256".to_owned()], None));
        assert_eq!(read.showing, Showing::Basic);
    }

    #[test]
    fn what_it_cannot_do_and_where_it_would_lead_elsewhere_is_refused() {
        for (field, value) in [
            ("issuer", json!("https://login.example.com/")),
            ("issuer", json!("https://evil.example")),
            ("token_endpoint", json!("http://login.example.com/token")),
            ("token_endpoint", json!("http://127.0.0.1/token")),
            ("authorization_endpoint", json!("javascript:alert(1)")),
            ("jwks_uri", json!("https://user:secret@login.example.com/keys")),
            ("userinfo_endpoint", json!("file:///etc/passwd")),
            ("token_endpoint", json!(null)),
            ("response_types_supported", json!(["id_token"])),
            ("code_challenge_methods_supported", json!(["plain"])),
            ("id_token_signing_alg_values_supported", json!(["HS256", "none", "PS256"])),
            ("token_endpoint_auth_methods_supported", json!(["private_key_jwt", "none"])),
        ] {
            let mut document = good();
            document[field] = value.clone();
            assert!(matches!(read(&document), Err(Failed::Odd { .. })), "{field}: {value}");
        }
        let issuer = Issuer::parse("https://login.example.com").unwrap();
        for bytes in [&b""[..], b"<html>", b"[]", b"{}", b"\xff"] {
            assert!(Configuration::read(&issuer, bytes).is_err());
        }
    }
}
