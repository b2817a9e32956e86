//! A provider is asked, over the wire.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use closedset_core::{Duration, Time};
use closedset_https::Bounds;
use closedset_openid::{Asked, Client, Code, Distrust, Failed, Issuer, Provider};
use closedset_testing::{
    provider::{self, CLIENT, Manner, SECRET, pairs},
    signing::SigningKey,
};
use serde_json::{Value, json};

const NOW: Time = Time::from_millis(1_773_307_800_000);
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BACK: &str = "https://closedset.example/sign-in/provider/back";

struct World {
    there: provider::Provider,
    asked: Provider,
}

fn world() -> World {
    let there = provider::Provider::start(SigningKey::ec("first"), NOW.seconds());
    let bounds = Bounds { time: std::time::Duration::from_millis(500), answer: 64 * 1024 };
    let asked = Provider::within(Issuer::parse(&there.issuer()).unwrap(), bounds).unwrap();
    World { there, asked }
}

impl World {
    async fn code(&self, said: &Value) -> Result<String, Failed> {
        let configuration = self.asked.configuration(NOW).await?;
        let asked = Asked {
            client: CLIENT,
            back: BACK,
            state: "a state",
            nonce: "a nonce",
            verifier: VERIFIER,
            levels: &[],
            anew: false,
        };
        let back = self.there.sign_in(&asked.address(&configuration), said);
        assert_eq!(pairs(&back)["state"], "a state");
        Ok(pairs(&back)["code"].clone())
    }

    async fn redeem(&self, code: &str, now: Time) -> Result<String, Failed> {
        self.redeem_as(code, now, VERIFIER, SECRET).await
    }

    async fn redeem_as(
        &self,
        code: &str,
        now: Time,
        verifier: &str,
        secret: &str,
    ) -> Result<String, Failed> {
        let client = Client { id: CLIENT.into(), secret: secret.to_owned().into() };
        let code = Code {
            code,
            back: BACK,
            verifier,
            nonce: "a nonce",
            asked_at: NOW,
            now,
            wants_email: false,
        };
        Ok(self.asked.redeem(&client, code).await?.subject)
    }
}

#[tokio::test]
async fn a_code_says_who_somebody_is_once() {
    let world = world();
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    assert_eq!(world.redeem(&code, NOW).await.unwrap(), "mira");
    let again = world.redeem(&code, NOW).await;
    assert_eq!(again, Err(Failed::Refused { why: "invalid_grant".into() }));
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    let without = world.redeem_as(&code, NOW, "another", SECRET).await;
    assert!(matches!(without, Err(Failed::Refused { .. })), "the code is bound to its verifier");
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    let stranger = world.redeem_as(&code, NOW, VERIFIER, "wrong").await;
    assert_eq!(stranger, Err(Failed::Refused { why: "invalid_client".into() }));
}

#[tokio::test]
async fn keys_that_change_are_fetched_anew_and_not_at_every_token() {
    let world = world();
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    world.redeem(&code, NOW).await.unwrap();
    let asked_for_keys =
        || world.there.asked().iter().filter(|asked| asked.ends_with("/keys")).count();
    assert_eq!(asked_for_keys(), 1);
    world.there.rotate(SigningKey::rsa("second"));
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    let soon = world.redeem(&code, NOW + Duration::from_seconds(5)).await;
    assert_eq!(soon, Err(Failed::NotBelieved(Distrust::Key)), "a moment ago it was asked");
    assert_eq!(asked_for_keys(), 1);
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    let later = NOW + Duration::from_seconds(20);
    assert_eq!(world.redeem(&code, later).await.unwrap(), "mira");
    assert_eq!(asked_for_keys(), 2);
    // What the first key signed is not believed any more.
    let first = SigningKey::ec("first");
    world.there.forge(move |said, _| first.token(said));
    let code = world.code(&json!({"sub": "mira"})).await.unwrap();
    let stale = world.redeem(&code, later + Duration::from_seconds(20)).await;
    assert_eq!(stale, Err(Failed::NotBelieved(Distrust::Key)));
}

#[tokio::test]
async fn a_provider_that_hangs_babbles_or_leads_elsewhere_is_let_go() {
    for manner in [Manner::Hangs, Manner::Babbles, Manner::Nonsense, Manner::LeadsElsewhere] {
        let world = world();
        world.there.behave(manner);
        assert!(world.asked.look(NOW).await.is_err(), "{manner:?}");
        world.there.behave(Manner::Good);
        let code = world.code(&json!({"sub": "mira"})).await.unwrap();
        world.there.behave(manner);
        let refused = world.redeem(&code, NOW).await.unwrap_err();
        let is_told = matches!(
            refused,
            Failed::Unreachable { .. } | Failed::Odd { .. } | Failed::Refused { .. }
        );
        assert!(is_told, "{manner:?}: {refused:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_missing_in_the_token_is_asked_for_and_only_of_the_same_person() {
    let world = world();
    let client = Client { id: CLIENT.into(), secret: SECRET.to_owned().into() };
    for (more, wanted) in [
        (json!({"sub": "mira", "email": "mira@halide.example", "email_verified": true}), Ok(true)),
        (json!({"sub": "mira", "email": "mira@halide.example"}), Ok(false)),
        (
            json!({"sub": "other", "email": "mira@halide.example", "email_verified": true}),
            Err(Failed::NotBelieved(Distrust::Subject)),
        ),
    ] {
        world.there.tell_more(more);
        let code = world.code(&json!({"sub": "mira"})).await.unwrap();
        let code = Code {
            code: &code,
            back: BACK,
            verifier: VERIFIER,
            nonce: "a nonce",
            asked_at: NOW,
            now: NOW,
            wants_email: true,
        };
        let claims = world.asked.redeem(&client, code).await;
        assert_eq!(claims.map(|claims| claims.email_is_verified), wanted);
    }
}
