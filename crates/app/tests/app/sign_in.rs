//! Sign-in against somebody who knows the password and nothing else, and against many guesses at
//! once.

use crate::{
    phone,
    world::{self, Bare, EMAIL, PASSWORD, SET_UP, World, on_both},
};
use closedset_app::{App, Problem, accounts};
use closedset_core::{Clock, Duration, Secret};

on_both!(
    guesses_sent_at_once_are_no_more_than_guesses_sent_in_turn,
    a_code_that_opened_once_counts_as_a_failure,
    failures_are_forgotten_after_a_day,
);

async fn first_step(app: &App) -> Result<accounts::SessionToken, Problem> {
    accounts::sign_in(app, EMAIL, PASSWORD.into(), "a browser").await
}

/// The owner has no second factor yet; somebody else knows the password.
async fn a_password_alone_never_adds_a_factor(bare: Bare) {
    let app = &bare.app;
    let token = Secret::<32>::new(SET_UP).to_token();
    let owner = accounts::set_up_account(app, &token, world::account()).await.unwrap();
    let thief = first_step(app).await.unwrap();
    let signed = world::resolve(app, &thief).await;
    let secret = accounts::totp_begin(app, &signed).await.unwrap().secret;
    let early = world::resolve(app, &thief).await;

    let signed = world::resolve(app, &owner).await;
    let owners = accounts::totp_begin(app, &signed).await.unwrap().secret;
    let signed = world::resolve(app, &owner).await;
    let code = phone::code(&phone::secret(&owners), bare.clock.now());
    accounts::totp_finish(app, &signed, &code, "a browser").await.unwrap();

    // The session has ended, and what was read of it before opens nothing either.
    assert!(accounts::session_resolve(app, &thief).await.unwrap().is_none());
    let code = phone::code(&phone::secret(&secret), bare.clock.now());
    let problem = accounts::totp_finish(app, &early, &code, "a browser").await.unwrap_err();
    assert!(matches!(problem, Problem::NotSignedIn), "{problem}");
    // The owner's app is still the one that opens.
    bare.clock.advance(Duration::from_minutes(1));
    let signed = world::resolve(app, &first_step(app).await.unwrap()).await;
    let code = phone::code(&phone::secret(&owners), bare.clock.now());
    accounts::totp_sign_in(app, &signed, &code, "a browser").await.unwrap();
}

#[tokio::test]
async fn a_password_alone_never_adds_a_factor_on_sqlite() {
    a_password_alone_never_adds_a_factor(Bare::sqlite()).await;
}

#[tokio::test]
async fn a_password_alone_never_adds_a_factor_on_postgres() {
    if let Some(bare) = Bare::postgres() {
        a_password_alone_never_adds_a_factor(bare).await;
    }
}

async fn guesses_sent_at_once_are_no_more_than_guesses_sent_in_turn(world: World) {
    let signed = world::resolve(&world.app, &first_step(&world.app).await.unwrap()).await;
    let right = phone::code(&world.totp, world.now());
    let guesses = (0..40).map(|guess| format!("{guess:06}")).filter(|guess| *guess != right);
    let tasks: Vec<_> = guesses
        .map(|guess| {
            let (app, signed) = (world.app.clone(), signed.clone());
            tokio::spawn(async move {
                accounts::totp_sign_in(&app, &signed, &guess, "a browser").await.unwrap_err()
            })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        match task.await.unwrap() {
            Problem::Limited { .. } => {}
            other => {
                assert_eq!(world::code(&other), "code");
                answered += 1;
            }
        }
    }
    assert_eq!(answered, 5);
}

async fn a_code_that_opened_once_counts_as_a_failure(world: World) {
    let signed = world::resolve(&world.app, &first_step(&world.app).await.unwrap()).await;
    let used = phone::code(&world.totp, world.now());
    for _ in 0..5 {
        let refused = accounts::totp_sign_in(&world.app, &signed, &used, "a browser").await;
        assert_eq!(world::code(&refused.unwrap_err()), "code");
    }
    let problem = accounts::totp_sign_in(&world.app, &signed, &used, "a browser").await;
    assert!(matches!(problem.unwrap_err(), Problem::Limited { .. }));
}

async fn failures_are_forgotten_after_a_day(world: World) {
    let refused = accounts::sign_in(&world.app, "nobody@x.example", "x".into(), "a browser").await;
    assert_eq!(world::code(&refused.unwrap_err()), "password");
    let rows = |world: &World| {
        let app = world.app.clone();
        async move {
            let key = "sign-in:nobody@x.example";
            let unit = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
                Ok(closedset_store::accounts::rate_limit(tx, key)?)
            };
            app.store().read(unit).await.unwrap()
        }
    };
    world.sweep().await;
    assert_eq!(rows(&world).await.map(|row| row.failures), Some(1));
    world.advance(Duration::from_hours(25));
    world.sweep().await;
    assert!(rows(&world).await.is_none());
}
