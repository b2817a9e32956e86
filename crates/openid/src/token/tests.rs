//! Tokens that are believed, and those that are not.

use super::*;
use closedset_testing::signing::{SigningKey, unsigned};
use serde_json::json;

const NOW_S: i64 = 1_773_307_800;
const ISSUER: &str = "https://login.example.com";

fn expected() -> Expected<'static> {
    let now = Time::from_millis(NOW_S * 1000);
    Expected {
        issuer: ISSUER,
        client: "closedset",
        nonce: "n-1",
        asked_at: now - Duration::from_minutes(2),
        now,
    }
}

fn said() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "mira-7",
        "aud": "closedset",
        "iat": NOW_S,
        "exp": NOW_S + 300,
        "nonce": "n-1",
    })
}

fn keys(keys: &[&SigningKey]) -> Keys {
    let public: Vec<Value> = keys.iter().map(|key| key.public()).collect();
    Keys::read(json!({"keys": public}).to_string().as_bytes()).unwrap()
}

#[test]
fn each_algorithm_is_believed_and_what_it_says_is_read() {
    for key in [SigningKey::rsa("a"), SigningKey::ec("b"), SigningKey::ed("c")] {
        let mut said = said();
        said["amr"] = json!(["pwd", 7, "otp"]);
        said["acr"] = json!("level-2");
        said["email"] = json!("mira@halide.example");
        said["email_verified"] = json!(true);
        said["auth_time"] = json!(1_773_307_796.5);
        said["unknown"] = json!({"a": [1, 2]});
        let claims = believe(&key.token(&said), &keys(&[&key]), &expected()).unwrap();
        assert_eq!(claims.subject, "mira-7");
        assert_eq!(claims.email.as_deref(), Some("mira@halide.example"));
        assert!(claims.email_is_verified && claims.shows_second_factor(&[]));
        assert_eq!(claims.shown_at, Some(Time::from_millis(NOW_S * 1000 - 3_500)));
        assert_eq!(claims.level.as_deref(), Some("level-2"));
    }
}

#[test]
fn what_was_given_elsewhere_otherwise_or_before_is_not_believed() {
    let key = SigningKey::ed("a");
    let public = keys(&[&key]);
    for (field, value, why) in [
        ("iss", json!("https://evil.example"), Distrust::Issuer),
        ("iss", json!("https://login.example.com/"), Distrust::Issuer),
        ("aud", json!("another"), Distrust::Audience),
        ("aud", json!([]), Distrust::Audience),
        ("aud", json!(["another"]), Distrust::Audience),
        ("aud", json!(["closedset", "another"]), Distrust::Audience),
        ("azp", json!("another"), Distrust::Audience),
        ("exp", json!(NOW_S - 60), Distrust::Expired),
        ("exp", json!(-1), Distrust::Expired),
        ("exp", json!(1e300), Distrust::Expired),
        ("iat", json!(NOW_S + 61), Distrust::NotNow),
        ("iat", json!(NOW_S - 181), Distrust::NotNow),
        ("nonce", json!("n-2"), Distrust::Nonce),
        ("nonce", json!(null), Distrust::Nonce),
        ("nonce", json!(""), Distrust::Nonce),
        ("sub", json!(""), Distrust::Subject),
        ("sub", json!("a\nb"), Distrust::Subject),
        ("sub", json!("a".repeat(256)), Distrust::Subject),
        ("sub", json!(7), Distrust::Shape),
        ("sub", json!(null), Distrust::Shape),
        ("aud", json!(null), Distrust::Shape),
        ("exp", json!(null), Distrust::Shape),
        ("exp", json!("soon"), Distrust::Shape),
        ("iat", json!(null), Distrust::Shape),
    ] {
        let mut said = said();
        said[field] = value.clone();
        let refused = believe(&key.token(&said), &public, &expected());
        assert_eq!(refused, Err(why), "{field}: {value}");
    }
    // Within what a clock may be off, and for others too where it says that it was given to us.
    for (field, value) in [
        ("exp", json!(NOW_S - 59)),
        ("iat", json!(NOW_S + 60)),
        ("iat", json!(NOW_S - 180)),
        ("aud", json!(["closedset"])),
        ("azp", json!("closedset")),
    ] {
        let mut said = said();
        said[field] = value.clone();
        assert!(believe(&key.token(&said), &public, &expected()).is_ok(), "{field}: {value}");
    }
    let mut several = said();
    several["aud"] = json!(["another", "closedset"]);
    several["azp"] = json!("closedset");
    assert!(believe(&key.token(&several), &public, &expected()).is_ok());
}

#[test]
fn who_did_not_sign_is_not_believed() {
    let (rsa, ec, ed) = (SigningKey::rsa("rsa"), SigningKey::ec("ec"), SigningKey::ed("ed"));
    let public = keys(&[&rsa, &ec, &ed]);
    let said = said();
    let refused = |token: &str| believe(token, &public, &expected()).unwrap_err();
    assert_eq!(refused(&unsigned(&said)), Distrust::Algorithm);
    for key in [&rsa, &ec, &ed] {
        assert_eq!(
            refused(&key.confused(&said)),
            Distrust::Algorithm,
            "the public key is no secret"
        );
        // Another key under the same name, and one that is not named.
        let mut other = match key.algorithm() {
            "RS256" => SigningKey::rsa(&key.name),
            "ES256" => SigningKey::ec(&key.name),
            _ => SigningKey::ed(&key.name),
        };
        assert_eq!(refused(&other.token(&said)), Distrust::Signature);
        other.name = "stranger".into();
        assert_eq!(refused(&other.token(&said)), Distrust::Key);
        let changed = key.token(&said);
        let (text, signature) = changed.rsplit_once('.').unwrap();
        assert_eq!(refused(&format!("{text}.")), Distrust::Signature);
        let (head, _) = text.split_once('.').unwrap();
        let mut other = said.clone();
        other["sub"] = json!("somebody else");
        let theirs = key.token(&other);
        let theirs = theirs.split('.').nth(1).unwrap().to_owned();
        assert_eq!(refused(&format!("{head}.{theirs}.{signature}")), Distrust::Signature);
    }
    // A key is taken for what it is, whatever the token says of it.
    for (key, algorithm) in [(&rsa, "ES256"), (&ec, "RS256"), (&ed, "RS256"), (&rsa, "EdDSA")] {
        let head = json!({"alg": algorithm, "kid": key.name});
        assert_eq!(refused(&key.token_under(&head, &said)), Distrust::Key, "{algorithm}");
    }
    for algorithm in ["RS512", "PS256", "ES384", "HS512"] {
        let head = json!({"alg": algorithm, "kid": "rsa"});
        assert_eq!(refused(&rsa.token_under(&head, &said)), Distrust::Algorithm, "{algorithm}");
    }
    // What it brings along itself is not asked, and what must be understood is not passed over.
    let own = SigningKey::rsa("own");
    let head =
        json!({"alg": "RS256", "kid": "own", "jwk": own.public(), "jku": "https://evil.example"});
    assert_eq!(refused(&own.token_under(&head, &said)), Distrust::Key);
    let head = json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"]});
    assert_eq!(refused(&rsa.token_under(&head, &said)), Distrust::Shape);
}

#[test]
fn what_is_no_token_is_refused_whatever_it_is() {
    let key = SigningKey::ed("a");
    let good = key.token(&said());
    let public = keys(&[&key]);
    for bad in [
        "",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        "e30.e30.e30",
        &format!("{good}.x"),
        &good.replace('.', ""),
        &format!("{}.{good}", "a".repeat(10)),
        &"a".repeat(100_000),
        &format!("{}{good}", "A".repeat(40_000)),
    ] {
        assert!(believe(bad, &public, &expected()).is_err());
    }
    for cut in 0..good.len() {
        assert!(believe(&good[..cut], &public, &expected()).is_err(), "{cut}");
    }
    assert_eq!(believe(&good, &Keys::default(), &expected()), Err(Distrust::Key));
}

#[test]
fn texts_of_more_than_a_line_are_not_taken() {
    let key = SigningKey::ed("a");
    let mut said = said();
    said["email"] = json!("a\u{0}b@halide.example");
    said["acr"] = json!("x".repeat(256));
    said["amr"] = json!(["otp\n", "otp"]);
    let claims = believe(&key.token(&said), &keys(&[&key]), &expected()).unwrap();
    assert_eq!((claims.email, claims.level, claims.methods), (None, None, vec!["otp".into()]));
}

#[test]
fn a_second_factor_is_what_the_provider_says_and_no_weak_one() {
    let key = SigningKey::ed("a");
    let public = keys(&[&key]);
    let shows = |amr: Value, acr: Value, levels: &[&str]| {
        let mut said = said();
        said["amr"] = amr;
        said["acr"] = acr;
        let levels: Vec<String> = levels.iter().map(|&level| level.to_owned()).collect();
        believe(&key.token(&said), &public, &expected()).unwrap().shows_second_factor(&levels)
    };
    for method in ["mfa", "otp", "hwk", "swk", "sc"] {
        assert!(shows(json!(["pwd", method]), json!(null), &[]), "{method}");
    }
    for amr in [
        json!(null),
        json!([]),
        json!(["pwd"]),
        json!(["sms", "pwd"]),
        json!("mfa"),
        json!({"a": "mfa"}),
    ] {
        assert!(!shows(amr.clone(), json!("1"), &["2"]), "{amr}");
    }
    assert!(shows(json!(null), json!("2"), &["3", "2"]));
    assert!(!shows(json!(null), json!("2"), &[]));
    assert!(!shows(json!(null), json!(""), &["2"]));
    assert!(!shows(json!(null), json!(2), &["2"]));
}
