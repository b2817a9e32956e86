//! Signing in by a provider: who gets in, who does not, and what is written down. The provider is one on
//! this machine that says what a test has it say.

use crate::{
    phone,
    world::{EMAIL, PASSWORD, World, code, on_both, profile, resolve},
};
use closedset_app::{
    Caller, Problem,
    accounts::{self, PasswordChange, SessionToken, Signed, Stage},
    organisations,
    people::{self, NewInvitation},
    sign_on::{self, Arrived, FactorWord, NewProvider, Returned, Sent, Wish},
};
use closedset_core::{Actor, Duration, Role, Secret, entry::Log};
use closedset_store::{accounts as account_store, ledger as ledger_store};
use closedset_testing::{
    provider::{CLIENT, Manner, Provider, SECRET, pairs},
    signing::{SigningKey, unsigned},
};
use serde_json::{Value, json};

on_both!(
    whoever_linked_their_account_signs_in_by_the_provider,
    the_second_factor_is_asked_for_here_where_the_provider_does_not_say_it_was_shown,
    an_address_alone_opens_nothing_and_makes_no_account,
    a_token_that_is_not_for_us_now_and_signed_by_the_provider_opens_nothing,
    a_browser_comes_back_once_in_time_and_with_its_own_cookie,
    a_code_opens_once_and_only_what_it_was_asked_for,
    another_provider_in_the_way_and_a_refusal_open_nothing,
    a_provider_that_hangs_babbles_or_changes_its_keys_harms_nobody,
    an_invitation_is_used_by_whom_the_provider_vouches_for,
    whoever_joins_without_a_second_factor_there_adds_one_here,
    an_invitation_links_no_account_that_there_is,
    whoever_left_or_was_deleted_does_not_come_in,
    the_second_factor_is_shown_once_more_at_the_provider,
    the_provider_is_set_by_whoever_keeps_the_installation,
    the_secret_goes_to_the_provider_that_it_was_entered_for,
    a_test_shows_what_the_provider_says_and_nothing_comes_of_it,
    a_link_is_ended_where_there_is_another_way_in,
    refusals_of_nobody_are_written_down_and_do_not_fill_the_ledger,
    another_provider_in_its_place_knows_nobody,
);

const BROWSER: &str = "a browser";

struct There {
    world: World,
    provider: Provider,
}

fn owner(world: &World) -> Caller {
    Caller { factor_at: Some(world.now()), ..world.owner.clone() }
}

fn entered(provider: &Provider) -> NewProvider {
    NewProvider {
        name: "Film House".into(),
        issuer: provider.issuer(),
        client: CLIENT.into(),
        secret: SECRET.to_owned().into(),
        factor: "provider".into(),
        levels: "urn:two".into(),
    }
}

async fn there(world: World) -> There {
    let provider = Provider::start(SigningKey::ed("first"), world.now().seconds());
    sign_on::provider_put(&world.app, &owner(&world), entered(&provider)).await.unwrap();
    There { world, provider }
}

/// What somebody is said to be who showed a second factor.
fn with_factor(subject: &str) -> Value {
    json!({"sub": subject, "amr": ["pwd", "otp"]})
}

impl There {
    async fn send(&self, wish: Wish<'_>) -> Sent {
        sign_on::send(&self.world.app, wish).await.unwrap()
    }

    async fn back(
        &self,
        query: &str,
        browser: Option<&Secret<32>>,
        signed: Option<&Signed>,
    ) -> Result<Arrived, Problem> {
        let fields = pairs(query);
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        let returned = Returned {
            state: field("state"),
            code: field("code"),
            issuer: field("iss"),
            error: field("error"),
            browser,
            signed,
            agent: BROWSER,
        };
        sign_on::come_back(&self.world.app, returned).await
    }

    /// There and back, as somebody of whom this is said.
    async fn journey(
        &self,
        wish: Wish<'_>,
        signed: Option<&Signed>,
        said: &Value,
    ) -> Result<Arrived, Problem> {
        let sent = self.send(wish).await;
        let query = self.provider.sign_in(&sent.address, said);
        self.back(&query, Some(&sent.browser), signed).await
    }

    async fn sign_in(&self, said: &Value) -> Result<(SessionToken, Stage), Problem> {
        match self.journey(Wish::SignIn, None, said).await? {
            Arrived::SignedIn(token, stage) => Ok((token, stage)),
            other => panic!("{other:?}"),
        }
    }

    async fn refused(&self, said: &Value) -> String {
        code(&self.sign_in(said).await.unwrap_err())
    }

    /// Links the owner's account.
    async fn link(&self, subject: &str) -> Result<Arrived, Problem> {
        let signed = self.again().await;
        self.journey(Wish::Link(&signed), Some(&signed), &with_factor(subject)).await
    }

    /// The owner, signed in by password just now.
    async fn again(&self) -> Signed {
        self.world.advance(Duration::from_seconds(31));
        self.provider.set_now(self.world.now().seconds());
        let app = &self.world.app;
        let half = accounts::sign_in(app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
        let half = resolve(app, &half).await;
        let shown = phone::code(&self.world.totp, self.world.now());
        resolve(app, &accounts::totp_sign_in(app, &half, &shown, BROWSER).await.unwrap()).await
    }

    fn advance(&self, span: Duration) {
        self.world.advance(span);
        self.provider.set_now(self.world.now().seconds());
    }

    /// Kinds and bodies of the installation's latest entries, the newest first.
    async fn latest(&self, count: i64) -> Vec<(String, Value)> {
        let page = ledger_store::Page { before: None, kind: None, limit: count };
        self.world
            .read(move |tx| {
                let rows = ledger_store::entry_page(tx, Log::Installation, page)?;
                let mut all = Vec::new();
                for row in rows {
                    let body =
                        ledger_store::entry_body_at(tx, Log::Installation, row.index)?.unwrap();
                    all.push((row.kind, serde_json::from_slice(&body.body).unwrap()));
                }
                Ok(all)
            })
            .await
    }

    async fn newest(&self) -> (String, Value) {
        self.latest(1).await.remove(0)
    }

    /// The newest entry says that somebody was refused, and why.
    async fn refused_why(&self) -> String {
        let (kind, body) = self.newest().await;
        assert_eq!(kind, "sign_in.refused", "{body}");
        body["why"].as_str().unwrap().to_owned()
    }

    async fn invite(&self, email: &str, role: Role) -> String {
        let new = NewInvitation {
            email: email.into(),
            name: "Noor Haddad".into(),
            role: role.as_str().into(),
            last_day: String::new(),
        };
        let (_, link) = people::invite(&self.world.app, &owner(&self.world), new).await.unwrap();
        link.split_once("token=").unwrap().1.to_owned()
    }

    async fn join(&self, token: &str, said: &Value) -> Result<(SessionToken, Stage), Problem> {
        match self.journey(Wish::Join(token), None, said).await? {
            Arrived::Joined(token, stage) => Ok((token, stage)),
            other => panic!("{other:?}"),
        }
    }
}

fn noor(verified: Value) -> Value {
    json!({
        "sub": "noor-1",
        "amr": ["mfa"],
        "email": "Noor@Halide.example",
        "email_verified": verified,
    })
}

async fn whoever_linked_their_account_signs_in_by_the_provider(world: World) {
    let there = there(world).await;
    assert_eq!(sign_on::offered(&there.world.app).await.unwrap().as_deref(), Some("Film House"));
    assert!(matches!(there.link("mira-7").await.unwrap(), Arrived::Linked));
    let account = there.world.signed.account;
    let (kind, body) = there.newest().await;
    assert_eq!((kind.as_str(), &body["account"]), ("account.identity_added", &json!(account)));
    let mut said = with_factor("mira-7");
    said["auth_time"] = (there.world.now().seconds() - 30).into();
    let (token, stage) = there.sign_in(&said).await.unwrap();
    assert_eq!(stage, Stage::Full);
    let (kind, body) = there.newest().await;
    assert_eq!(kind, "account.signed_in");
    assert_eq!((&body["account"], &body["factor"]), (&json!(account), &json!("provider")));
    let signed = resolve(&there.world.app, &token).await;
    assert_eq!((signed.account, signed.organisation), (account, Some(there.world.organisation())));
    assert!(signed.has_fresh_factor(there.world.now()));
    signed.caller().unwrap();
    // Linking once more changes nothing, and nobody else's account can be linked with the same person.
    let before = there.world.entry_count(Log::Installation).await;
    assert!(matches!(there.link("mira-7").await.unwrap(), Arrived::Linked));
    // The sign-in that it took alone.
    assert_eq!(there.world.entry_count(Log::Installation).await, before + 1);
    assert_eq!(code(&there.link("mira-8").await.unwrap_err()), "provider.linked");
    let security = accounts::account_security(&there.world.app, &signed).await.unwrap();
    assert_eq!(security.identities.len(), 1);
    assert!(security.identities[0].used_at.is_some() && security.has_password);
}

async fn the_second_factor_is_asked_for_here_where_the_provider_does_not_say_it_was_shown(
    world: World,
) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    for said in [
        json!({"sub": "mira-7"}),
        json!({"sub": "mira-7", "amr": ["pwd"]}),
        json!({"sub": "mira-7", "amr": ["pwd", "sms"], "acr": "urn:one"}),
        json!({"sub": "mira-7", "amr": "mfa"}),
    ] {
        let (token, stage) = there.sign_in(&said).await.unwrap();
        assert_eq!(stage, Stage::SecondFactor, "{said}");
        assert_eq!(there.newest().await.0, "account.vouched_for");
        let half = resolve(&there.world.app, &token).await;
        assert_eq!(code(&half.caller().unwrap_err()), "sign_in.needed");
        there.advance(Duration::from_seconds(31));
        let shown = phone::code(&there.world.totp, there.world.now());
        let app = &there.world.app;
        let full = accounts::totp_sign_in(app, &half, &shown, BROWSER).await.unwrap();
        assert_eq!(resolve(app, &full).await.stage, Stage::Full);
    }
    // A level that was named shows one; how long ago, nobody says, so that it is not fresh.
    let (token, stage) = there.sign_in(&json!({"sub": "mira-7", "acr": "urn:two"})).await.unwrap();
    assert_eq!(stage, Stage::Full);
    let signed = resolve(&there.world.app, &token).await;
    assert!(!signed.has_fresh_factor(there.world.now()));
    let mut long_ago = with_factor("mira-7");
    long_ago["auth_time"] = (there.world.now().seconds() - 3_600).into();
    let (token, _) = there.sign_in(&long_ago).await.unwrap();
    assert!(!resolve(&there.world.app, &token).await.has_fresh_factor(there.world.now()));
    // Where the provider's word does not count, it is asked for always.
    let here = NewProvider { factor: "here".into(), ..entered(&there.provider) };
    sign_on::provider_put(&there.world.app, &owner(&there.world), here).await.unwrap();
    let (_, stage) = there.sign_in(&with_factor("mira-7")).await.unwrap();
    assert_eq!(stage, Stage::SecondFactor);
}

async fn an_address_alone_opens_nothing_and_makes_no_account(world: World) {
    let there = there(world).await;
    let count = there.world.read(account_store::account_count).await;
    for email in [EMAIL, "stranger@halide.example"] {
        let said = json!({"sub": "x-1", "amr": ["mfa"], "email": email, "email_verified": true});
        assert_eq!(there.refused(&said).await, "provider.unknown");
        let (kind, body) = there.newest().await;
        assert_eq!(kind, "sign_in.refused");
        assert_eq!(body, json!({"code": "provider.unknown", "why": "person"}), "nobody is named");
    }
    // An invitation that is open, without its link, neither.
    there.invite("stranger@halide.example", Role::Coordinator).await;
    let said = json!({"sub": "x-1", "email": "stranger@halide.example", "email_verified": true});
    assert_eq!(there.refused(&said).await, "provider.unknown");
    assert_eq!(there.world.read(account_store::account_count).await, count);
}

async fn a_token_that_is_not_for_us_now_and_signed_by_the_provider_opens_nothing(world: World) {
    type Forged = fn(&mut Value, &SigningKey) -> String;
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let forgeries: [(&str, Forged); 15] = [
        ("audience", |said, key| {
            said["aud"] = "another".into();
            key.token(said)
        }),
        ("audience", |said, key| {
            said["azp"] = "another".into();
            key.token(said)
        }),
        ("issuer", |said, key| {
            said["iss"] = "https://evil.example".into();
            key.token(said)
        }),
        ("expired", |said, key| {
            said["exp"] = (said["iat"].as_i64().unwrap() - 61).into();
            key.token(said)
        }),
        ("not now", |said, key| {
            said["iat"] = (said["iat"].as_i64().unwrap() + 3_600).into();
            key.token(said)
        }),
        ("not now", |said, key| {
            said["iat"] = (said["iat"].as_i64().unwrap() - 3_600).into();
            key.token(said)
        }),
        ("nonce", |said, key| {
            said["nonce"] = "of another sign-in".into();
            key.token(said)
        }),
        ("nonce", |said, key| {
            said.as_object_mut().unwrap().remove("nonce");
            key.token(said)
        }),
        ("subject", |said, key| {
            said["sub"] = "".into();
            key.token(said)
        }),
        ("algorithm", |said, _| unsigned(said)),
        ("algorithm", |said, key| key.confused(said)),
        ("signature", |said, key| SigningKey::ed(&key.name).token(said)),
        ("key", |said, _| SigningKey::ed("stranger").token(said)),
        ("shape", |_, _| "no token".into()),
        ("shape", |said, key| format!("{}.{}", "A".repeat(40_000), key.token(said))),
    ];
    let before = there.world.read(account_store::account_count).await;
    for (why, forged) in forgeries {
        there.provider.forge(move |said, key| forged(&mut said.clone(), key));
        assert_eq!(there.refused(&with_factor("mira-7")).await, "provider.token", "{why}");
        assert_eq!(there.refused_why().await, why);
    }
    // One that was right, replayed in another sign-in.
    there.provider.be_honest();
    there.sign_in(&with_factor("mira-7")).await.unwrap();
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &with_factor("mira-7"));
    let kept = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let keeps = kept.clone();
    there.provider.forge(move |said, key| {
        let token = key.token(said);
        keeps.lock().unwrap().clone_from(&token);
        token
    });
    there.back(&query, Some(&sent.browser), None).await.unwrap();
    let token = kept.lock().unwrap().clone();
    there.provider.forge(move |_, _| token.clone());
    assert_eq!(there.refused(&with_factor("mira-7")).await, "provider.token");
    assert_eq!(there.refused_why().await, "nonce");
    assert_eq!(there.world.read(account_store::account_count).await, before);
}

async fn a_browser_comes_back_once_in_time_and_with_its_own_cookie(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let said = with_factor("mira-7");
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &said);
    let before = there.world.entry_count(Log::Installation).await;
    // Another browser, to which the address was handed, and one that was sent on an errand of its own.
    let other = there.send(Wish::SignIn).await;
    for browser in [None, Some(&Secret::new([3; 32])), Some(&other.browser)] {
        let refused = there.back(&query, browser, None).await.unwrap_err();
        assert_eq!(code(&refused), "provider.state");
    }
    for state in ["", "x", &"A".repeat(43), &"A".repeat(100_000)] {
        let query = format!("code=code-1&state={state}");
        let refused = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
        assert_eq!(code(&refused), "provider.state");
    }
    assert_eq!(there.world.entry_count(Log::Installation).await, before, "anybody can ask that");
    there.back(&query, Some(&sent.browser), None).await.unwrap();
    let again = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
    assert_eq!(code(&again), "provider.state");
    // Of two that come at once, one comes in.
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &said);
    let both = tokio::join!(
        there.back(&query, Some(&sent.browser), None),
        there.back(&query, Some(&sent.browser), None)
    );
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    // Too late, and on the way while the provider was taken out.
    let sent = there.send(Wish::SignIn).await;
    there.advance(Duration::from_seconds(601));
    let query = there.provider.sign_in(&sent.address, &said);
    let late = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
    assert_eq!(code(&late), "provider.state");
    // What was begun by somebody who is signed in is not finished by another, or by nobody.
    let signed = there.again().await;
    let sent = there.send(Wish::Link(&signed)).await;
    let query = there.provider.sign_in(&sent.address, &with_factor("evil-1"));
    let refused = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
    assert_eq!(code(&refused), "provider.state");
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &said);
    sign_on::provider_remove(&there.world.app, &owner(&there.world)).await.unwrap();
    let gone = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
    assert_eq!(code(&gone), "provider.state");
    assert_eq!(sign_on::offered(&there.world.app).await.unwrap(), None);
    let none = sign_on::send(&there.world.app, Wish::SignIn).await.unwrap_err();
    assert_eq!(code(&none), "provider.none");
}

async fn a_code_opens_once_and_only_what_it_was_asked_for(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let said = with_factor("mira-7");
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &said);
    let used = pairs(&query)["code"].clone();
    there.back(&query, Some(&sent.browser), None).await.unwrap();
    // The code of an earlier sign-in, and one that was stolen before it was used, brought in another.
    let stolen = there.send(Wish::SignIn).await;
    let stolen = pairs(&there.provider.sign_in(&stolen.address, &said))["code"].clone();
    for (code_of, why) in [(used, "code"), (stolen, "code"), ("guessed".into(), "code")] {
        let sent = there.send(Wish::SignIn).await;
        let state = pairs(sent.address.split_once('?').unwrap().1)["state"].clone();
        let query = format!("code={code_of}&state={state}");
        let refused = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
        assert_eq!(code(&refused), "provider.code");
        assert_eq!(there.refused_why().await, why);
    }
    let address = there.send(Wish::SignIn).await.address;
    let asked = pairs(address.split_once('?').unwrap().1);
    assert_eq!(asked["redirect_uri"], "https://closedset.example/sign-in/provider/back");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["acr_values"], "urn:two");
    assert_eq!(asked["scope"], "openid email");
    assert!(asked["state"].len() == 43 && asked["nonce"].len() == 43);
}

async fn another_provider_in_the_way_and_a_refusal_open_nothing(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let sent = there.send(Wish::SignIn).await;
    let query = there.provider.sign_in(&sent.address, &with_factor("mira-7"));
    let mixed = format!("{query}&iss=https%3A%2F%2Fevil.example");
    let refused = there.back(&mixed, Some(&sent.browser), None).await.unwrap_err();
    assert_eq!(
        (code(&refused), there.refused_why().await),
        ("provider.token".into(), "issuer".into())
    );
    assert!(!there.provider.asked().last().unwrap().contains("token"), "it was not given the code");
    for error in ["error=access_denied", "error=%3Cscript%3E", "code="] {
        let sent = there.send(Wish::SignIn).await;
        let state = pairs(sent.address.split_once('?').unwrap().1)["state"].clone();
        let query = format!("{error}&state={state}");
        let refused = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
        assert_eq!(code(&refused), "provider.denied");
        assert_eq!(there.refused_why().await, "denied");
    }
}

async fn a_provider_that_hangs_babbles_or_changes_its_keys_harms_nobody(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let said = with_factor("mira-7");
    there.sign_in(&said).await.unwrap();
    // Another key: it is asked for anew, and the old one is believed no more.
    there.advance(Duration::from_minutes(1));
    there.provider.rotate(SigningKey::rsa("second"));
    there.sign_in(&said).await.unwrap();
    let old = SigningKey::ed("first");
    there.provider.forge(move |said, _| old.token(said));
    assert_eq!(there.refused(&said).await, "provider.token");
    there.provider.be_honest();
    for manner in [Manner::Babbles, Manner::Nonsense, Manner::LeadsElsewhere] {
        let sent = there.send(Wish::SignIn).await;
        let query = there.provider.sign_in(&sent.address, &said);
        there.provider.behave(manner);
        let refused = there.back(&query, Some(&sent.browser), None).await.unwrap_err();
        let told = ["provider.unreachable", "provider.odd", "provider.code"];
        assert!(told.contains(&code(&refused).as_str()), "{manner:?}: {refused:?}");
        // Nor can it be set so.
        let new = NewProvider { name: "Another".into(), ..entered(&there.provider) };
        let refused = sign_on::provider_put(&there.world.app, &owner(&there.world), new).await;
        assert_eq!(code(&refused.unwrap_err()), "issuer");
        there.provider.behave(Manner::Good);
        there.sign_in(&said).await.unwrap();
    }
}

async fn an_invitation_is_used_by_whom_the_provider_vouches_for(world: World) {
    let there = there(world).await;
    let token = there.invite("noor@halide.example", Role::Coordinator).await;
    let count = there.world.read(account_store::account_count).await;
    for said in [
        noor(json!(false)),
        noor(json!(null)),
        noor(json!("yes")),
        noor(json!(1)),
        json!({"sub": "noor-1", "email_verified": true}),
        json!({"sub": "noor-1", "email": "other@halide.example", "email_verified": true}),
        json!({"sub": "noor-1", "email": "noor@halide.example.evil.example", "email_verified": true}),
    ] {
        let refused = there.join(&token, &said).await.unwrap_err();
        assert_eq!(code(&refused), "provider.email", "{said}");
        assert_eq!(there.newest().await.0, "sign_in.refused");
    }
    assert_eq!(there.world.read(account_store::account_count).await, count);
    let (session, stage) = there.join(&token, &noor(json!(true))).await.unwrap();
    assert_eq!(stage, Stage::Full);
    let kinds: Vec<String> = there.latest(2).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["account.signed_in", "account.created"]);
    let app = &there.world.app;
    let signed = resolve(app, &session).await;
    assert_eq!(
        (signed.email.as_str(), signed.name.as_str()),
        ("noor@halide.example", "Noor Haddad")
    );
    assert!(signed.recovery_is_confirmed, "there is no factor of ours that codes stand in for");
    assert_eq!(signed.caller().unwrap().allowed, Role::Coordinator.actions());
    // The link is used up; without a password nothing opens, whatever is entered for one.
    let again = there.join(&token, &noor(json!(true))).await.unwrap_err();
    assert_eq!(code(&again), "invitation.dead");
    for guess in ["", "velvet harbour lantern"] {
        let refused = accounts::sign_in(app, "noor@halide.example", guess.into(), BROWSER).await;
        assert_eq!(code(&refused.unwrap_err()), "password");
    }
    assert_eq!(
        there.sign_in(&noor(json!(false))).await.unwrap().1,
        Stage::Full,
        "by the name alone"
    );
    // Who showed a second factor there does not get by with less, by which somebody else could add theirs.
    assert_eq!(
        there.refused(&json!({"sub": "noor-1", "amr": ["pwd"]})).await,
        "provider.factor_missing"
    );
    let (kind, body) = there.newest().await;
    assert_eq!((kind.as_str(), &body["account"]), ("sign_in.refused", &json!(signed.account)));
    // Where its word does not count, it is good for adding one here.
    let here = NewProvider { factor: "here".into(), ..entered(&there.provider) };
    sign_on::provider_put(app, &owner(&there.world), here).await.unwrap();
    assert_eq!(there.refused(&json!({"sub": "noor-1"})).await, "provider.factor_missing");
    let (_, stage) = there.sign_in(&noor(json!(true))).await.unwrap();
    assert_eq!(stage, Stage::Enrolling);
    sign_on::provider_put(app, &owner(&there.world), entered(&there.provider)).await.unwrap();
}

async fn whoever_joins_without_a_second_factor_there_adds_one_here(world: World) {
    let there = there(world).await;
    let app = &there.world.app;
    let token = there.invite("noor@halide.example", Role::Coordinator).await;
    let mut said = noor(json!(true));
    said["amr"] = json!(["pwd"]);
    let (_, stage) = there.join(&token, &said).await.unwrap();
    assert_eq!(stage, Stage::Enrolling);
    let (session, stage) = there.sign_in(&json!({"sub": "noor-1"})).await.unwrap();
    assert_eq!(stage, Stage::Enrolling);
    assert_eq!(there.newest().await.0, "account.vouched_for");
    let half = resolve(app, &session).await;
    let secret = accounts::totp_begin(app, &half).await.unwrap();
    let half = resolve(app, &session).await;
    let shown = phone::code(&phone::secret(&secret.secret), there.world.now());
    let full = accounts::totp_finish(app, &half, &shown, BROWSER).await.unwrap();
    assert_eq!(resolve(app, &full).await.stage, Stage::Full);
    assert_eq!(there.sign_in(&json!({"sub": "noor-1"})).await.unwrap().1, Stage::SecondFactor);
}

async fn an_invitation_links_no_account_that_there_is(world: World) {
    let there = there(world).await;
    there.world.colleague("noor", Role::Auditor).await;
    let neighbour = there.world.neighbour().await;
    let neighbour = Caller { factor_at: Some(there.world.now()), ..neighbour };
    let new = NewInvitation {
        email: "noor@halide.example".into(),
        name: "Noor Haddad".into(),
        role: "coordinator".into(),
        last_day: String::new(),
    };
    let (_, link) = people::invite(&there.world.app, &neighbour, new).await.unwrap();
    let token = link.split_once("token=").unwrap().1;
    let refused = there.join(token, &noor(json!(true))).await.unwrap_err();
    assert_eq!(code(&refused), "provider.account");
    assert_eq!(there.refused(&noor(json!(true))).await, "provider.unknown", "nothing was linked");
    // The owner is linked; an invitation to another address is none for that account.
    there.link("noor-1").await.unwrap();
    let refused = there.join(token, &noor(json!(true))).await.unwrap_err();
    assert_eq!(code(&refused), "invitation.other");
    assert_eq!(there.refused_why().await, "person");
}

async fn whoever_left_or_was_deleted_does_not_come_in(world: World) {
    let there = there(world).await;
    let token = there.invite("noor@halide.example", Role::Coordinator).await;
    let (session, _) = there.join(&token, &noor(json!(true))).await.unwrap();
    let app = there.world.app.clone();
    let signed = resolve(&app, &session).await;
    let person = signed.membership().unwrap().person;
    people::person_remove(&app, &owner(&there.world), person).await.unwrap();
    assert!(accounts::session_resolve(&app, &session).await.unwrap().is_none(), "out at once");
    assert_eq!(there.refused(&noor(json!(true))).await, "provider.left");
    let (kind, body) = there.newest().await;
    assert_eq!((kind.as_str(), &body["account"]), ("sign_in.refused", &json!(signed.account)));
    // Invited again, they come back as the same, by the link and the provider.
    let token = there.invite("noor@halide.example", Role::Coordinator).await;
    let (session, _) = there.join(&token, &noor(json!(true))).await.unwrap();
    let again = resolve(&app, &session).await;
    assert_eq!((again.account, again.membership().unwrap().person), (signed.account, person));
    people::person_remove(&app, &owner(&there.world), person).await.unwrap();
    let operator = Actor::Operator(0);
    accounts::account_forget(&app, operator, "noor@halide.example").await.unwrap();
    assert_eq!(there.refused(&noor(json!(true))).await, "provider.unknown");
}

async fn the_second_factor_is_shown_once_more_at_the_provider(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let app = there.world.app.clone();
    let (token, _) = there.sign_in(&with_factor("mira-7")).await.unwrap();
    let signed = resolve(&app, &token).await;
    assert!(!signed.has_fresh_factor(there.world.now()));
    let wish = Wish::Confirm(&signed, "people");
    let now_s = there.world.now().seconds();
    for (said, wanted) in [
        (json!({"sub": "mira-7", "amr": ["pwd"]}), "provider.no_factor"),
        (json!({"sub": "mira-7", "amr": ["mfa"], "auth_time": null}), "provider.no_factor"),
        (json!({"sub": "mira-7", "amr": ["mfa"], "auth_time": now_s - 61}), "provider.no_factor"),
        (json!({"sub": "other-1", "amr": ["mfa"]}), "provider.other"),
    ] {
        let refused = there.journey(wish, Some(&signed), &said).await.unwrap_err();
        assert_eq!(code(&refused), wanted, "{said}");
        let (_, body) = there.newest().await;
        assert_eq!(body["account"], json!(signed.account));
    }
    let sent = there.send(wish).await;
    let asked = pairs(sent.address.split_once('?').unwrap().1);
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));
    let query = there.provider.sign_in(&sent.address, &with_factor("mira-7"));
    let Arrived::Confirmed(token, onward) =
        there.back(&query, Some(&sent.browser), Some(&signed)).await.unwrap()
    else {
        panic!("it is shown");
    };
    assert_eq!((onward.as_str(), there.newest().await.0.as_str()), ("people", "account.confirmed"));
    let signed = resolve(&app, &token).await;
    assert!(signed.has_fresh_factor(there.world.now()));
    let half = accounts::sign_in(&app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
    let half = resolve(&app, &half).await;
    for wish in [Wish::Link(&half), Wish::Confirm(&half, "")] {
        let refused = sign_on::send(&app, wish).await.unwrap_err();
        assert_eq!(code(&refused), "sign_in.needed", "a password alone shows nothing");
    }
    there.advance(Duration::from_minutes(11));
    let stale = sign_on::send(&app, Wish::Link(&signed)).await.unwrap_err();
    assert_eq!(code(&stale), accounts::FACTOR_STALE);
}

async fn the_provider_is_set_by_whoever_keeps_the_installation(world: World) {
    let provider = Provider::start(SigningKey::ec("first"), world.now().seconds());
    let app = world.app.clone();
    let put = async |caller: &Caller, new: NewProvider| {
        sign_on::provider_put(&app, caller, new).await.err().map(|problem| code(&problem))
    };
    world.advance(Duration::from_minutes(1));
    let profile = organisations::Profile { organisation: "Southpaw VFX".into(), ..profile() };
    let there = organisations::organisation_add(&app, &owner(&world), profile).await.unwrap();
    let actor = Actor::Account { account: world.signed.account, organisation: there };
    let neighbour = Caller { organisation: there, actor, ..owner(&world) };
    let stale = Caller { factor_at: None, ..world.owner.clone() };
    let auditor = world.as_role(Role::Auditor);
    for (caller, wanted) in [
        (&neighbour, "provider.not_keeper"),
        (&stale, accounts::FACTOR_STALE),
        (&auditor, "role.forbids"),
    ] {
        assert_eq!(put(caller, entered(&provider)).await.as_deref(), Some(wanted));
        let removed = sign_on::provider_remove(&app, caller).await.unwrap_err();
        assert_eq!(code(&removed), wanted);
    }
    assert!(provider.asked().is_empty(), "nobody was asked for those who may not");
    let me = owner(&world);
    let good = || entered(&provider);
    for (new, field) in [
        (NewProvider { name: " ".into(), ..good() }, "name"),
        (NewProvider { name: "a\u{202e}b".into(), ..good() }, "name"),
        (NewProvider { issuer: "http://login.example.com".into(), ..good() }, "issuer"),
        (NewProvider { issuer: "file:///etc/passwd".into(), ..good() }, "issuer"),
        (NewProvider { issuer: format!("{}/", provider.issuer()), ..good() }, "issuer"),
        (NewProvider { issuer: "http://127.0.0.1:1".into(), ..good() }, "issuer"),
        (NewProvider { client: String::new(), ..good() }, "client"),
        (NewProvider { secret: String::new().into(), ..good() }, "secret"),
        (NewProvider { secret: "a\nb".to_owned().into(), ..good() }, "secret"),
        (NewProvider { factor: "nobody".into(), ..good() }, "factor"),
        (NewProvider { levels: "a b c d e f g h i".into(), ..good() }, "levels"),
    ] {
        assert_eq!(put(&me, new).await.as_deref(), Some(field));
    }
    for described in [
        json!({"issuer": "https://evil.example"}),
        json!({"token_endpoint": "http://192.0.2.1/token"}),
        json!({"code_challenge_methods_supported": ["plain"]}),
        json!({"id_token_signing_alg_values_supported": ["HS256"]}),
    ] {
        provider.describe(described);
        assert_eq!(put(&me, good()).await.as_deref(), Some("issuer"));
    }
    provider.describe(json!({}));
    assert_eq!(sign_on::offered(&app).await.unwrap(), None);
    assert_eq!(put(&me, good()).await, None);
    let there = There { world, provider };
    let (kind, body) = there.newest().await;
    assert_eq!(kind, "sign_in.provider_set");
    assert_eq!(body["secret_changed"], json!(true));
    assert!(!body.to_string().contains("s3cret"));
    let own = sign_on::settings(&there.world.app, &me).await.unwrap();
    let shown = own.provider.unwrap();
    assert_eq!((shown.factor, shown.said.knows_pkce), (FactorWord::Provider, Some(true)));
    assert!(shown.said.authorization.ends_with("/authorize") && shown.linked == 0);
    let others = sign_on::settings(&there.world.app, &neighbour).await.unwrap();
    assert!(others.provider.is_none() && !others.is_keeper);
    assert_eq!(others.name.as_deref(), Some("Film House"));
    sign_on::provider_remove(&there.world.app, &me).await.unwrap();
    assert_eq!(there.newest().await.0, "sign_in.provider_removed");
}

async fn the_secret_goes_to_the_provider_that_it_was_entered_for(world: World) {
    let there = there(world).await;
    let me = owner(&there.world);
    let app = &there.world.app;
    let kept = || NewProvider {
        name: "Renamed".into(),
        secret: String::new().into(),
        ..entered(&there.provider)
    };
    sign_on::provider_put(app, &me, kept()).await.unwrap();
    assert_eq!(there.newest().await.1["secret_changed"], json!(false));
    there.link("mira-7").await.unwrap();
    let elsewhere = Provider::start(SigningKey::ed("evil"), there.world.now().seconds());
    for new in [
        NewProvider { issuer: elsewhere.issuer(), ..kept() },
        NewProvider { client: "another".into(), ..kept() },
    ] {
        let refused = sign_on::provider_put(app, &me, new).await.unwrap_err();
        assert_eq!(code(&refused), "secret");
    }
    // A secret that the provider does not know.
    let wrong = NewProvider { secret: "wrong".to_owned().into(), ..kept() };
    sign_on::provider_put(app, &me, wrong).await.unwrap();
    assert_eq!(there.refused(&with_factor("mira-7")).await, "provider.code");
}

async fn a_test_shows_what_the_provider_says_and_nothing_comes_of_it(world: World) {
    let there = there(world).await;
    let signed = there.again().await;
    let caller = signed.caller().unwrap();
    let before = there.world.entry_count(Log::Installation).await;
    there
        .provider
        .tell_more(json!({"sub": "x-1", "email": "x@film.example", "email_verified": true}));
    let said = json!({"sub": "x-1", "amr": ["pwd"], "acr": "urn:one"});
    let arrived = there.journey(Wish::Test(&caller), Some(&signed), &said).await.unwrap();
    let Arrived::Tested(report) = arrived else { panic!("{arrived:?}") };
    assert_eq!(report.subject, "x-1");
    assert_eq!((report.email.as_deref(), report.email_is_verified), (Some("x@film.example"), true));
    assert!(!report.counts && report.methods == ["pwd"]);
    assert_eq!(there.newest().await.0, "sign_in.provider_tested");
    assert_eq!(there.world.entry_count(Log::Installation).await, before + 1);
    assert_eq!(there.refused(&said).await, "provider.unknown", "nothing is linked by it");
    let auditor = Caller { allowed: Role::Auditor.actions(), ..caller };
    let refused = sign_on::send(&there.world.app, Wish::Test(&auditor)).await.unwrap_err();
    assert_eq!(code(&refused), "role.forbids");
}

async fn a_link_is_ended_where_there_is_another_way_in(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let app = there.world.app.clone();
    let mut said = noor(json!(true));
    said["auth_time"] = there.world.now().seconds().into();
    let token = there.invite("noor@halide.example", Role::Coordinator).await;
    let (session, _) = there.join(&token, &said).await.unwrap();
    let noor = resolve(&app, &session).await;
    let own = accounts::account_security(&app, &noor).await.unwrap();
    assert!(!own.has_password);
    let identity = own.identities[0].id;
    let last = sign_on::identity_remove(&app, &noor, identity).await.unwrap_err();
    assert_eq!(code(&last), "provider.last");
    let change = || PasswordChange { present: String::new(), new: "velvet harbour lantern".into() };
    let first = accounts::password_change(&app, &noor, change()).await.unwrap_err();
    assert_eq!(code(&first), "password.factor_first");
    let secret = accounts::totp_begin(&app, &noor).await.unwrap();
    let noor = resolve(&app, &session).await;
    let shown = phone::code(&phone::secret(&secret.secret), there.world.now());
    let session = accounts::totp_finish(&app, &noor, &shown, BROWSER).await.unwrap();
    let noor = resolve(&app, &session).await;
    let session = accounts::password_change(&app, &noor, change()).await.unwrap();
    let noor = resolve(&app, &session).await;
    // Somebody else's is not found.
    let owner = there.again().await;
    let others = sign_on::identity_remove(&app, &owner, identity).await.unwrap_err();
    assert_eq!(code(&others), "not_found");
    sign_on::identity_remove(&app, &noor, identity).await.unwrap();
    assert_eq!(there.newest().await.0, "account.identity_removed");
    assert_eq!(there.refused(&said).await, "provider.unknown");
    let half =
        accounts::sign_in(&app, "noor@halide.example", "velvet harbour lantern".into(), BROWSER);
    assert_eq!(resolve(&app, &half.await.unwrap()).await.stage, Stage::SecondFactor);
    there.advance(Duration::from_minutes(11));
    let owned = accounts::account_security(&app, &owner).await.unwrap().identities[0].id;
    let stale = sign_on::identity_remove(&app, &owner, owned).await.unwrap_err();
    assert_eq!(code(&stale), accounts::FACTOR_STALE);
}

async fn refusals_of_nobody_are_written_down_and_do_not_fill_the_ledger(world: World) {
    let there = there(world).await;
    let before = there.world.entry_count(Log::Installation).await;
    for _ in 0..65 {
        assert_eq!(there.refused(&json!({"sub": "x-1"})).await, "provider.unknown");
    }
    assert_eq!(there.world.entry_count(Log::Installation).await, before + 60);
    there.advance(Duration::from_seconds(3_601));
    there.refused(&json!({"sub": "x-1"})).await;
    assert_eq!(there.world.entry_count(Log::Installation).await, before + 61);
    there.world.sweep().await;
}

async fn another_provider_in_its_place_knows_nobody(world: World) {
    let there = there(world).await;
    there.link("mira-7").await.unwrap();
    let other = Provider::start(SigningKey::ed("first"), there.world.now().seconds());
    sign_on::provider_put(&there.world.app, &owner(&there.world), entered(&other)).await.unwrap();
    let there = There { world: there.world, provider: other };
    assert_eq!(there.refused(&with_factor("mira-7")).await, "provider.unknown");
}
