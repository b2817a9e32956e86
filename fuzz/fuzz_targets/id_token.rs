//! What an OpenID provider answers, as a stranger may: on the first line what it says of itself or its keys,
//! then a token. Nothing is believed that nobody here can have signed.

#![no_main]

use closedset_core::Time;
use closedset_openid::{Configuration, Expected, Issuer, Keys, believe};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// The key of RFC 8037, appendix A.
const KEY: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
    Issuer::parse("https://login.example.com").expect("this is a provider's address")
});
static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::read(KEY).expect("these are keys"));

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (document, token) = bytes.split_at(cut);
    if let Ok(configuration) = Configuration::read(&ISSUER, document) {
        assert!(configuration.token_endpoint.starts_with("https://"));
    }
    let Ok(token) = std::str::from_utf8(token) else { return };
    let token = token.trim_start_matches('\n');
    if let Some(issuer) = Issuer::parse(token) {
        assert_eq!(Issuer::parse(issuer.as_str()), Some(issuer));
    }
    let now = Time::from_millis(1_773_307_800_000);
    let expected =
        Expected { issuer: ISSUER.as_str(), client: "closedset", nonce: "n", asked_at: now, now };
    assert!(believe(token, &KEYS, &expected).is_err());
    if let Ok(keys) = Keys::read(document) {
        let _ = believe(token, &keys, &expected);
    }
});
