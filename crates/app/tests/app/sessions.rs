//! Set-up, sign-in, second factors and sessions: who gets in, and how long.

use crate::{
    phone,
    world::{Bare, EMAIL, PASSWORD, SET_UP, World, account, code, on_both, open, profile, resolve},
};
use closedset_app::{
    App, Problem,
    accounts::{self, NewAccount, SessionToken, SetUpState, Signed, Stage},
    organisations,
};
use closedset_core::{Duration, Role, Secret, entry::Log};

on_both!(
    set_up_takes_one_account_and_one_organisation,
    a_weak_or_wrong_first_account_is_refused_by_field,
    a_session_ends_after_fifteen_idle_minutes,
    what_a_page_asks_by_itself_keeps_no_session_alive,
    a_session_ends_after_twelve_hours_however_busy,
    a_session_that_is_ended_opens_nothing,
    the_token_changes_with_the_second_factor,
    a_password_alone_opens_nothing,
    a_code_of_the_app_opens_once,
    codes_of_other_times_open_nothing,
    wrong_passwords_lock_the_account_longer_and_longer,
    a_good_sign_in_or_a_day_forgets_the_failures,
    wrong_codes_lock_the_second_factor,
    a_recovery_code_opens_once,
    unknown_addresses_are_answered_like_wrong_passwords,
    sessions_of_one_account_are_ended_by_its_owner_alone,
    other_keys_are_made_only_while_the_second_factor_is_fresh,
    the_second_factor_shown_again_changes_the_token_alone,
    wrong_codes_lock_what_is_confirmed_too,
);

const BROWSER: &str = "a browser";

async fn password_step(app: &App) -> Signed {
    let session = accounts::sign_in(app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
    resolve(app, &session).await
}

async fn wrong(app: &App) -> Problem {
    accounts::sign_in(app, EMAIL, "wrong password".into(), BROWSER).await.unwrap_err()
}

/// Signs in with password and app, a minute after whatever was before.
async fn sign_in(world: &World) -> SessionToken {
    world.advance(Duration::from_minutes(1));
    let signed = password_step(&world.app).await;
    let code = phone::code(&world.totp, world.now());
    accounts::totp_sign_in(&world.app, &signed, &code, BROWSER).await.unwrap()
}

async fn is_alive(world: &World, session: &SessionToken) -> bool {
    accounts::session_resolve(&world.app, session).await.unwrap().is_some()
}

async fn set_up_takes_one_account_and_one_organisation(world: World) {
    assert_eq!(accounts::set_up_state(&world.app).await.unwrap(), SetUpState::Done);
    assert!(!world.folder.path().join("set-up-link").exists(), "the link's file is removed");
    let token = Secret::<32>::new(SET_UP).to_token();
    let second = NewAccount { email: "other@halide.example".into(), ..account() };
    let refused = accounts::set_up_account(&world.app, &token, second).await;
    assert_eq!(code(&refused.unwrap_err()), "set_up.done");
    let again = organisations::organisation_create(&world.app, &world.signed, profile()).await;
    assert_eq!(code(&again.unwrap_err()), "set_up.done");
    assert_eq!(world.signed.memberships.len(), 1);
}

async fn a_weak_or_wrong_first_account_is_refused_by_field(world: World) {
    // On a database of its own, before anybody signed up.
    let bare =
        if world.url.starts_with("sqlite") { Some(Bare::sqlite()) } else { Bare::postgres() };
    let bare = bare.unwrap();
    assert_eq!(accounts::set_up_state(&bare.app).await.unwrap(), SetUpState::Account);
    let token = Secret::<32>::new(SET_UP).to_token();
    for (token, new, wanted) in [
        ("", account(), "set_up.token"),
        (&Secret::<32>::new([8; 32]).to_token(), account(), "set_up.token"),
        (&token, NewAccount { name: " ".into(), ..account() }, "name"),
        (&token, NewAccount { email: "mira".into(), ..account() }, "email"),
        (&token, NewAccount { password: "short".into(), ..account() }, "password"),
        (
            &token,
            NewAccount {
                password: "miralindqvist".into(),
                name: "Miralindqvist".into(),
                ..account()
            },
            "password",
        ),
        (
            &token,
            NewAccount { name: "".into(), email: "".into(), password: "".into(), ..account() },
            "name email password",
        ),
    ] {
        let refused = accounts::set_up_account(&bare.app, token, new).await;
        assert_eq!(code(&refused.unwrap_err()), wanted);
    }
    assert_eq!(accounts::set_up_state(&bare.app).await.unwrap(), SetUpState::Account);
    accounts::set_up_account(&bare.app, &token, account()).await.unwrap();
    assert_eq!(accounts::set_up_state(&bare.app).await.unwrap(), SetUpState::Organisation);
}

async fn a_session_ends_after_fifteen_idle_minutes(world: World) {
    let session = sign_in(&world).await;
    for _ in 0..4 {
        world.advance(Duration::from_minutes(15));
        assert!(is_alive(&world, &session).await, "used every quarter of an hour");
    }
    world.advance(Duration::from_millis(15 * 60_000 + 1));
    assert!(!is_alive(&world, &session).await);
    world.sweep().await;
    world.clock.set(world.now() - Duration::from_minutes(10));
    assert!(!is_alive(&world, &session).await, "swept sessions stay ended");
}

async fn what_a_page_asks_by_itself_keeps_no_session_alive(world: World) {
    let session = sign_in(&world).await;
    let peeks = async || accounts::session_peek(&world.app, &session).await.unwrap().is_some();
    for _ in 0..3 {
        world.advance(Duration::from_minutes(5));
        assert!(peeks().await, "the page goes on showing what is new");
    }
    world.advance(Duration::from_millis(1));
    assert!(!peeks().await, "nobody did anything for fifteen minutes");
    assert!(!is_alive(&world, &session).await);
}

async fn a_session_ends_after_twelve_hours_however_busy(world: World) {
    let session = sign_in(&world).await;
    for _ in 0..72 {
        world.advance(Duration::from_minutes(10));
        assert!(is_alive(&world, &session).await);
    }
    world.advance(Duration::from_millis(1));
    assert!(!is_alive(&world, &session).await);
}

async fn a_session_that_is_ended_opens_nothing(world: World) {
    let session = sign_in(&world).await;
    let signed = resolve(&world.app, &session).await;
    accounts::session_end(&world.app, &signed).await.unwrap();
    assert!(!is_alive(&world, &session).await);
    assert!(!is_alive(&world, &Secret::new([0; 32])).await);
}

async fn the_token_changes_with_the_second_factor(world: World) {
    let before = accounts::sign_in(&world.app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
    let signed = resolve(&world.app, &before).await;
    world.advance(Duration::from_minutes(1));
    let code = phone::code(&world.totp, world.now());
    let after = accounts::totp_sign_in(&world.app, &signed, &code, BROWSER).await.unwrap();
    assert!(!is_alive(&world, &before).await, "what was seen before opens nothing now");
    assert_eq!(resolve(&world.app, &after).await.stage, Stage::Full);
}

async fn a_password_alone_opens_nothing(world: World) {
    let signed = password_step(&world.app).await;
    assert_eq!(signed.stage, Stage::SecondFactor);
    assert_eq!(code(&signed.caller().unwrap_err()), "sign_in.needed");
    let refused = [
        accounts::totp_begin(&world.app, &signed).await.map(drop).unwrap_err(),
        accounts::totp_finish(&world.app, &signed, "000000", BROWSER).await.map(drop).unwrap_err(),
        accounts::recovery_codes_make(&world.app, &signed).await.map(drop).unwrap_err(),
        accounts::recovery_codes_confirm(&world.app, &signed).await.unwrap_err(),
        accounts::passkey_begin(&world.app, &signed).await.map(drop).unwrap_err(),
        accounts::session_end_by_id(&world.app, &signed, signed.session).await.unwrap_err(),
        organisations::organisation_create(&world.app, &signed, profile())
            .await
            .map(drop)
            .unwrap_err(),
    ];
    for problem in refused {
        assert_eq!(code(&problem), "sign_in.needed");
    }
}

async fn a_code_of_the_app_opens_once(world: World) {
    // The code that added the app is used already.
    let used = phone::code(&world.totp, world.now());
    let signed = password_step(&world.app).await;
    let refused = accounts::totp_sign_in(&world.app, &signed, &used, BROWSER).await;
    assert_eq!(code(&refused.unwrap_err()), "code");
    world.advance(Duration::from_seconds(30));
    let fresh = phone::code(&world.totp, world.now());
    let spaced = format!(" {} {} ", &fresh[..3], &fresh[3..]);
    accounts::totp_sign_in(&world.app, &signed, &spaced, BROWSER).await.unwrap();
    let log = Log::Installation;
    assert_eq!(world.newest(log).await.kind, "account.signed_in");
    // Two browsers with the same code: one gets in.
    world.advance(Duration::from_seconds(60));
    let (one, two) = (password_step(&world.app).await, password_step(&world.app).await);
    let fresh = phone::code(&world.totp, world.now());
    let tried = tokio::join!(
        accounts::totp_sign_in(&world.app, &one, &fresh, BROWSER),
        accounts::totp_sign_in(&world.app, &two, &fresh, BROWSER)
    );
    assert!(tried.0.is_ok() != tried.1.is_ok(), "exactly one");
}

async fn codes_of_other_times_open_nothing(world: World) {
    world.advance(Duration::from_hours(1));
    let signed = password_step(&world.app).await;
    for away in [-90, -61, 61, 90, 3600] {
        let then = closedset_core::Time::from_millis(world.now().millis() + away * 1000);
        let other = phone::code(&world.totp, then);
        let refused = accounts::totp_sign_in(&world.app, &signed, &other, BROWSER).await;
        let problem = refused.unwrap_err();
        assert!(matches!(code(&problem).as_str(), "code" | "limited"), "{away}: {problem:?}");
    }
    world.advance(Duration::from_hours(1));
    let signed = password_step(&world.app).await;
    // A phone that is half a minute off gets in.
    let late = phone::code(&world.totp, world.now() - Duration::from_seconds(30));
    accounts::totp_sign_in(&world.app, &signed, &late, BROWSER).await.unwrap();
}

async fn wrong_passwords_lock_the_account_longer_and_longer(world: World) {
    let from = world.entry_count(Log::Installation).await;
    for _ in 0..4 {
        assert_eq!(code(&wrong(&world.app).await), "password");
    }
    assert_eq!(world.entry_count(Log::Installation).await, from, "four are nobody's business");
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(code(&wrong(&world.app).await), "password");
        assert_eq!(world.newest(Log::Installation).await.kind, "account.locked");
        // Locked, the right password is not even looked at.
        world.advance(Duration::from_seconds(minutes * 60 - 1));
        let held = accounts::sign_in(&world.app, EMAIL, PASSWORD.into(), BROWSER).await;
        let problem = held.unwrap_err();
        assert!(
            matches!(problem, Problem::Limited { retry_after_s: 1..=2 }),
            "{minutes}: {problem:?}"
        );
        world.advance(Duration::from_seconds(1));
    }
    accounts::sign_in(&world.app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
    // Another server knows of it too.
    assert_eq!(code(&wrong(&world.app).await), "password");
    let second = open(&world.url, world.folder.path(), &world.clock, 13);
    let held = accounts::sign_in(&second, EMAIL, PASSWORD.into(), BROWSER).await;
    assert_eq!(code(&held.unwrap_err()), "limited");
}

async fn a_good_sign_in_or_a_day_forgets_the_failures(world: World) {
    for _ in 0..4 {
        wrong(&world.app).await;
    }
    sign_in(&world).await;
    for _ in 0..4 {
        assert_eq!(code(&wrong(&world.app).await), "password");
    }
    password_step(&world.app).await;
    // A day later they count from one again.
    world.advance(Duration::from_hours(24));
    for _ in 0..4 {
        assert_eq!(code(&wrong(&world.app).await), "password");
    }
    password_step(&world.app).await;
    // The password alone forgives nothing: guessing codes goes on where it stopped.
    wrong(&world.app).await;
    let held = accounts::sign_in(&world.app, EMAIL, PASSWORD.into(), BROWSER).await;
    assert_eq!(code(&held.unwrap_err()), "limited");
}

async fn wrong_codes_lock_the_second_factor(world: World) {
    world.advance(Duration::from_hours(1));
    let mut signed = password_step(&world.app).await;
    let right = phone::code(&world.totp, world.now());
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        let refused = accounts::totp_sign_in(&world.app, &signed, wrong, BROWSER).await;
        assert_eq!(code(&refused.unwrap_err()), "code");
    }
    // Neither a fresh session nor a recovery code gets around it.
    signed = password_step(&world.app).await;
    let held = accounts::totp_sign_in(&world.app, &signed, &right, BROWSER).await;
    assert_eq!(code(&held.unwrap_err()), "limited");
    let held = accounts::recovery_sign_in(&world.app, &signed, "aaaa", BROWSER).await;
    assert_eq!(code(&held.unwrap_err()), "limited");
    world.advance(Duration::from_minutes(1));
    let right = phone::code(&world.totp, world.now());
    accounts::totp_sign_in(&world.app, &signed, &right, BROWSER).await.unwrap();
}

async fn a_recovery_code_opens_once(world: World) {
    let unmade = accounts::recovery_codes_confirm(&world.app, &world.signed).await;
    assert_eq!(code(&unmade.unwrap_err()), "kept");
    let old = accounts::recovery_codes_make(&world.app, &world.signed).await.unwrap();
    let codes = accounts::recovery_codes_make(&world.app, &world.signed).await.unwrap();
    assert_eq!(world.newest(Log::Installation).await.kind, "account.recovery_codes_made");
    accounts::recovery_codes_confirm(&world.app, &world.signed).await.unwrap();
    let distinct: std::collections::BTreeSet<_> = codes.iter().chain(&old).collect();
    assert_eq!(distinct.len(), 20);
    let signed = password_step(&world.app).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    let session = accounts::recovery_sign_in(&world.app, &signed, &typed, BROWSER).await.unwrap();
    let full = resolve(&world.app, &session).await;
    assert_eq!(full.stage, Stage::Full);
    assert!(full.recovery_is_confirmed);
    let security = accounts::account_security(&world.app, &full).await.unwrap();
    assert_eq!(security.recovery_codes_left, 9);
    let signed = password_step(&world.app).await;
    for stale in [&codes[3], &old[0], &"zzzz-zzzz-zzzz-zzzz".to_owned(), &String::new()] {
        let refused = accounts::recovery_sign_in(&world.app, &signed, stale, BROWSER).await;
        assert_eq!(code(&refused.unwrap_err()), "recovery_code");
    }
    let two = tokio::join!(
        accounts::recovery_sign_in(&world.app, &signed, &codes[4], BROWSER),
        accounts::recovery_sign_in(&world.app, &signed, &codes[4], BROWSER)
    );
    assert!(two.0.is_ok() != two.1.is_ok(), "exactly one");
}

async fn unknown_addresses_are_answered_like_wrong_passwords(world: World) {
    let from = world.entry_count(Log::Installation).await;
    let stranger = "stranger@halide.example";
    for tries in 0..6 {
        let refused = accounts::sign_in(&world.app, stranger, PASSWORD.into(), BROWSER).await;
        let known = wrong(&world.app).await;
        let problem = refused.unwrap_err();
        assert_eq!(format!("{problem:?}"), format!("{known:?}"), "try {tries}");
    }
    // Only for the account that exists is there something to write down.
    assert_eq!(world.entry_count(Log::Installation).await, from + 1);
    let long = accounts::sign_in(&world.app, &"x".repeat(300), PASSWORD.into(), BROWSER).await;
    assert_eq!(code(&long.unwrap_err()), "password");
    let long = accounts::sign_in(&world.app, EMAIL, "x".repeat(2000), BROWSER).await;
    assert_eq!(code(&long.unwrap_err()), "password");
}

async fn sessions_of_one_account_are_ended_by_its_owner_alone(world: World) {
    let session = sign_in(&world).await;
    let signed = resolve(&world.app, &session).await;
    let security = accounts::account_security(&world.app, &world.signed).await.unwrap();
    assert!(security.has_totp);
    assert_eq!(security.sessions.len(), 2);
    let mut stranger = world.signed.clone();
    stranger.account = closedset_core::id::Id::from_bits(5);
    let refused = accounts::session_end_by_id(&world.app, &stranger, signed.session).await;
    assert_eq!(code(&refused.unwrap_err()), "not_found");
    assert!(is_alive(&world, &session).await);
    accounts::session_end_by_id(&world.app, &world.signed, signed.session).await.unwrap();
    assert!(!is_alive(&world, &session).await);
}

/// What whoever holds only the session's token would do with it.
async fn other_keys(world: &World, session: &SessionToken) -> Vec<Result<(), Problem>> {
    let app = &world.app;
    let signed = resolve(app, session).await;
    let token =
        accounts::NewToken { name: "mine".into(), scopes: Role::Owner.actions(), days: 366 };
    vec![
        accounts::token_create(app, &signed.caller().unwrap(), token).await.map(drop),
        accounts::recovery_codes_make(app, &signed).await.map(drop),
        accounts::totp_begin(app, &signed).await.map(drop),
    ]
}

async fn other_keys_are_made_only_while_the_second_factor_is_fresh(world: World) {
    let session = sign_in(&world).await;
    for made in other_keys(&world, &session).await {
        made.unwrap();
    }
    let early = resolve(&world.app, &session).await;
    world.advance(Duration::from_millis(10 * 60_000 + 1));
    let before = world.entry_count(Log::Installation).await;
    for refused in other_keys(&world, &session).await {
        let problem = refused.unwrap_err();
        assert_eq!((code(&problem).as_str(), problem.status()), ("factor.stale", 403));
    }
    let begun = accounts::passkey_begin(&world.app, &early).await.map(drop).unwrap_err();
    assert_eq!(code(&begun), "factor.stale");
    let finished = accounts::totp_finish(&world.app, &early, "000000", BROWSER).await;
    assert_eq!(code(&finished.unwrap_err()), "factor.stale");
    assert_eq!(world.entry_count(Log::Installation).await, before);
    let signed = resolve(&world.app, &session).await;
    let shown = phone::code(&world.totp, world.now());
    let session = accounts::totp_confirm(&world.app, &signed, &shown, BROWSER).await.unwrap();
    assert_eq!(world.newest(Log::Installation).await.kind, "account.confirmed");
    for made in other_keys(&world, &session).await {
        made.unwrap();
    }
}

async fn the_second_factor_shown_again_changes_the_token_alone(world: World) {
    let stolen = sign_in(&world).await;
    world.advance(Duration::from_minutes(11));
    let before = resolve(&world.app, &stolen).await;
    let shown = phone::code(&world.totp, world.now());
    let session = accounts::totp_confirm(&world.app, &before, &shown, BROWSER).await.unwrap();
    assert!(!is_alive(&world, &stolen).await, "who copied the token before has nothing now");
    let after = resolve(&world.app, &session).await;
    assert_eq!((after.session, after.stage), (before.session, Stage::Full));
    // It ends twelve hours after it began nevertheless.
    for _ in 0..71 {
        world.advance(Duration::from_minutes(10));
        let _ = is_alive(&world, &session).await;
    }
    assert!(!is_alive(&world, &session).await);
}

async fn wrong_codes_lock_what_is_confirmed_too(world: World) {
    let session = sign_in(&world).await;
    world.advance(Duration::from_minutes(11));
    let signed = resolve(&world.app, &session).await;
    for _ in 0..5 {
        let refused = accounts::totp_confirm(&world.app, &signed, "000000", BROWSER).await;
        assert_eq!(code(&refused.unwrap_err()), "code");
    }
    let shown = phone::code(&world.totp, world.now());
    let locked = accounts::totp_confirm(&world.app, &signed, &shown, BROWSER).await;
    assert_eq!(code(&locked.unwrap_err()), "limited");
    let half = password_step(&world.app).await;
    let refused = accounts::totp_confirm(&world.app, &half, &shown, BROWSER).await;
    assert_eq!(code(&refused.unwrap_err()), "sign_in.needed");
}
