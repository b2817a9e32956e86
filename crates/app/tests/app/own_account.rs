//! What a person changes about their own account: the password, and which second factors it has.

use crate::{
    phone,
    world::{EMAIL, PASSWORD, World, code, on_both, resolve},
};
use closedset_app::{
    Problem,
    accounts::{self, PasswordChange, SessionToken, Signed, Stage},
};
use closedset_core::{
    Duration,
    entry::Log,
    id::{Id, Passkey},
};
use closedset_store::{Scope, StoreError, accounts as rows};
use serde_json::{Value, json};

on_both!(
    the_new_password_opens_and_the_old_does_not,
    every_other_session_ends_and_this_one_goes_on_under_another_token,
    what_is_wrong_with_a_new_password_is_told_by_field,
    wrong_guesses_of_the_password_lock_it_as_at_sign_in,
    of_two_changes_at_once_one_is_made,
    a_factor_is_removed_and_recorded,
    a_removed_app_opens_nothing,
    the_last_factor_stays,
    anothers_passkey_is_not_removed,
    nothing_is_changed_without_a_fresh_second_factor,
    nothing_is_changed_before_the_second_factor,
    a_picture_stays_good_while_it_is_confirmed_who_scanned_it,
    a_passkey_that_is_begun_between_picture_and_code_ruins_neither,
    a_session_in_which_a_factor_is_added_ends_when_it_would_have_ended,
);

const NEW: &str = "velvet harbour lantern";
const BROWSER: &str = "a browser";

fn change(present: &str, new: &str) -> PasswordChange {
    PasswordChange { present: present.into(), new: new.into() }
}

async fn password_step(world: &World, password: &str) -> Result<Signed, Problem> {
    let session = accounts::sign_in(&world.app, EMAIL, password.into(), BROWSER).await?;
    Ok(resolve(&world.app, &session).await)
}

async fn sign_in(world: &World, password: &str) -> SessionToken {
    world.advance(Duration::from_minutes(1));
    let signed = password_step(world, password).await.unwrap();
    let code = phone::code(&world.totp, world.now());
    accounts::totp_sign_in(&world.app, &signed, &code, BROWSER).await.unwrap()
}

async fn is_alive(world: &World, session: &SessionToken) -> bool {
    accounts::session_resolve(&world.app, session).await.unwrap().is_some()
}

/// A passkey in the register. What it holds is for a browser, which is not here.
async fn passkey(world: &World, name: &'static str) -> Id<Passkey> {
    let account = world.signed.account;
    world
        .app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, StoreError> {
            let id = tx.new_id();
            rows::passkey_insert(tx, account, id, name, "{}")?;
            let entry = closedset_store::NewEntry {
                actor: &closedset_core::Actor::Closedset,
                subject: format!("account:{account}"),
                kind: "test.noted",
                body: json!({}),
            };
            tx.record(Log::Installation, entry)?;
            Ok(id)
        })
        .await
        .unwrap()
}

/// Kind and body of the installation's newest entry.
async fn newest(world: &World) -> (String, Value) {
    let row = world.newest(Log::Installation).await;
    let read = move |tx: &mut closedset_store::Tx<'_>| {
        closedset_store::ledger::entry_body_at(tx, Log::Installation, row.index)
    };
    let body = world.read(read).await.unwrap().body;
    (row.kind, serde_json::from_slice(&body).unwrap())
}

async fn the_new_password_opens_and_the_old_does_not(world: World) {
    let signed = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    accounts::password_change(&world.app, &signed, change(PASSWORD, NEW)).await.unwrap();
    let (kind, body) = newest(&world).await;
    assert_eq!(kind, "account.password_changed");
    assert_eq!(body, json!({"account": signed.account}));
    let old = password_step(&world, PASSWORD).await;
    assert_eq!(code(&old.unwrap_err()), "password");
    let again = resolve(&world.app, &sign_in(&world, NEW).await).await;
    assert_eq!(again.stage, Stage::Full);
}

async fn every_other_session_ends_and_this_one_goes_on_under_another_token(world: World) {
    let elsewhere = sign_in(&world, PASSWORD).await;
    let half = accounts::sign_in(&world.app, EMAIL, PASSWORD.into(), BROWSER).await.unwrap();
    let here = sign_in(&world, PASSWORD).await;
    let before = resolve(&world.app, &here).await;
    let session =
        accounts::password_change(&world.app, &before, change(PASSWORD, NEW)).await.unwrap();
    for ended in [&elsewhere, &half, &here] {
        assert!(!is_alive(&world, ended).await);
    }
    let after = resolve(&world.app, &session).await;
    assert_eq!((after.session, after.stage), (before.session, Stage::Full));
    let security = accounts::account_security(&world.app, &after).await.unwrap();
    assert_eq!(security.sessions.len(), 1);
    let stale = accounts::password_change(&world.app, &before, change(NEW, PASSWORD)).await;
    assert_eq!(code(&stale.unwrap_err()), "sign_in.needed", "under the old token");
}

async fn what_is_wrong_with_a_new_password_is_told_by_field(world: World) {
    let signed = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    let before = world.entry_count(Log::Installation).await;
    let own_name = format!("xx {} xx", signed.name);
    let long = "long words ".repeat(200);
    for (present, new, wanted) in [
        ("not the right words", NEW, "password"),
        ("", NEW, "password"),
        (long.as_str(), NEW, "password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, long.as_str(), "new_password"),
        (PASSWORD, EMAIL, "new_password"),
        (PASSWORD, own_name.as_str(), "new_password"),
        (PASSWORD, PASSWORD, "new_password"),
        ("", "short", "password new_password"),
    ] {
        let refused = accounts::password_change(&world.app, &signed, change(present, new)).await;
        assert_eq!(code(&refused.unwrap_err()), wanted, "{present} {new}");
    }
    assert_eq!(world.entry_count(Log::Installation).await, before);
    password_step(&world, PASSWORD).await.unwrap();
}

async fn wrong_guesses_of_the_password_lock_it_as_at_sign_in(world: World) {
    let session = sign_in(&world, PASSWORD).await;
    let signed = resolve(&world.app, &session).await;
    for _ in 0..5 {
        let refused = accounts::password_change(&world.app, &signed, change("a guess", NEW)).await;
        assert_eq!(code(&refused.unwrap_err()), "password");
    }
    assert_eq!(newest(&world).await.0, "account.locked");
    let right = accounts::password_change(&world.app, &signed, change(PASSWORD, NEW)).await;
    assert_eq!(code(&right.unwrap_err()), "limited");
    assert_eq!(code(&password_step(&world, PASSWORD).await.unwrap_err()), "limited");
    world.advance(Duration::from_minutes(2));
    let signed = resolve(&world.app, &session).await;
    accounts::password_change(&world.app, &signed, change(PASSWORD, NEW)).await.unwrap();
}

async fn of_two_changes_at_once_one_is_made(world: World) {
    let one = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    let other = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    let (a, b) = tokio::join!(
        accounts::password_change(&world.app, &one, change(PASSWORD, NEW)),
        accounts::password_change(&world.app, &other, change(PASSWORD, "quiet copper mirror")),
    );
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1);
    let wanted = if a.is_ok() { NEW } else { "quiet copper mirror" };
    password_step(&world, wanted).await.unwrap();
}

async fn a_factor_is_removed_and_recorded(world: World) {
    let key = passkey(&world, "Key in the safe").await;
    let signed = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    let security = accounts::account_security(&world.app, &signed).await.unwrap();
    assert!(!security.totp_is_last && !security.passkey_is_last);
    accounts::passkey_remove(&world.app, &signed, key).await.unwrap();
    let (kind, body) = newest(&world).await;
    assert_eq!(kind, "account.second_factor_removed");
    assert_eq!(body, json!({"account": signed.account, "factor": "passkey", "passkey": key}));
    let security = accounts::account_security(&world.app, &signed).await.unwrap();
    assert!(security.passkeys.is_empty() && security.totp_is_last);
    let again = accounts::passkey_remove(&world.app, &signed, key).await;
    assert_eq!(code(&again.unwrap_err()), "not_found");
}

async fn a_removed_app_opens_nothing(world: World) {
    let session = sign_in(&world, PASSWORD).await;
    passkey(&world, "Laptop").await;
    let signed = resolve(&world.app, &session).await;
    let half = password_step(&world, PASSWORD).await.unwrap();
    accounts::totp_remove(&world.app, &signed).await.unwrap();
    let (kind, body) = newest(&world).await;
    assert_eq!(kind, "account.second_factor_removed");
    assert_eq!(body, json!({"account": signed.account, "factor": "totp"}));
    world.advance(Duration::from_minutes(1));
    let digits = phone::code(&world.totp, world.now());
    let refused = accounts::totp_sign_in(&world.app, &half, &digits, BROWSER).await;
    assert_eq!(code(&refused.unwrap_err()), "code");
    let again = accounts::totp_remove(&world.app, &signed).await;
    assert_eq!(code(&again.unwrap_err()), "not_found");
    let half = password_step(&world, PASSWORD).await.unwrap();
    assert_eq!(half.stage, Stage::SecondFactor, "the password alone opens nothing still");
}

async fn the_last_factor_stays(world: World) {
    let signed = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    let before = world.entry_count(Log::Installation).await;
    let refused = accounts::totp_remove(&world.app, &signed).await;
    assert_eq!(code(&refused.unwrap_err()), "factor.last");
    assert_eq!(world.entry_count(Log::Installation).await, before);
    let one = passkey(&world, "Laptop").await;
    accounts::totp_remove(&world.app, &signed).await.unwrap();
    let refused = accounts::passkey_remove(&world.app, &signed, one).await;
    assert_eq!(code(&refused.unwrap_err()), "factor.last");
    let security = accounts::account_security(&world.app, &signed).await.unwrap();
    assert!(security.passkey_is_last && security.passkeys.len() == 1);
    let two = passkey(&world, "Key in the safe").await;
    let (a, b) = tokio::join!(
        accounts::passkey_remove(&world.app, &signed, one),
        accounts::passkey_remove(&world.app, &signed, two),
    );
    assert!(a.is_ok() != b.is_ok(), "of the last two one stays: {a:?} {b:?}");
}

async fn anothers_passkey_is_not_removed(world: World) {
    let key = passkey(&world, "Laptop").await;
    let mut stranger = resolve(&world.app, &sign_in(&world, PASSWORD).await).await;
    stranger.account = Id::from_bits(5);
    let refused = accounts::passkey_remove(&world.app, &stranger, key).await;
    assert!(refused.is_err());
    let security = accounts::account_security(&world.app, &world.signed).await.unwrap();
    assert_eq!(security.passkeys.len(), 1);
}

/// Whatever is changed about an account, tried.
async fn all(world: &World, signed: &Signed, key: Id<Passkey>) -> Vec<Problem> {
    let change = change(PASSWORD, NEW);
    vec![
        accounts::password_change(&world.app, signed, change).await.unwrap_err(),
        accounts::passkey_remove(&world.app, signed, key).await.unwrap_err(),
        accounts::totp_remove(&world.app, signed).await.unwrap_err(),
    ]
}

async fn nothing_is_changed_without_a_fresh_second_factor(world: World) {
    let key = passkey(&world, "Laptop").await;
    let session = sign_in(&world, PASSWORD).await;
    world.advance(Duration::from_millis(10 * 60_000 + 1));
    let signed = resolve(&world.app, &session).await;
    let before = world.entry_count(Log::Installation).await;
    for refused in all(&world, &signed, key).await {
        assert_eq!(code(&refused), accounts::FACTOR_STALE);
    }
    assert_eq!(world.entry_count(Log::Installation).await, before);
}

async fn nothing_is_changed_before_the_second_factor(world: World) {
    let key = passkey(&world, "Laptop").await;
    let half = password_step(&world, PASSWORD).await.unwrap();
    for refused in all(&world, &half, key).await {
        assert_eq!(code(&refused), "sign_in.needed");
    }
}

async fn a_picture_stays_good_while_it_is_confirmed_who_scanned_it(world: World) {
    let app = &world.app;
    let signed = resolve(app, &sign_in(&world, PASSWORD).await).await;
    let picture = accounts::totp_begin(app, &signed).await.unwrap();
    assert!(picture.is_new);
    let scanned = phone::secret(&picture.secret);
    world.advance(Duration::from_minutes(11));
    let digits = phone::code(&scanned, world.now());
    let late = accounts::totp_finish(app, &signed, &digits, BROWSER).await;
    assert_eq!(code(&late.unwrap_err()), accounts::FACTOR_STALE);
    let shown = phone::code(&world.totp, world.now());
    let session = accounts::totp_confirm(app, &signed, &shown, BROWSER).await.unwrap();
    let signed = resolve(app, &session).await;
    let again = accounts::totp_begin(app, &signed).await.unwrap();
    assert_eq!((again.secret, again.is_new), (picture.secret, false));
    let session = accounts::totp_finish(app, &signed, &digits, BROWSER).await.unwrap();
    let signed = resolve(app, &session).await;
    // What was added is not offered again.
    let another = accounts::totp_begin(app, &signed).await.unwrap();
    assert!(another.is_new);
    assert_ne!(phone::secret(&another.secret), scanned);
}

async fn a_passkey_that_is_begun_between_picture_and_code_ruins_neither(world: World) {
    let app = &world.app;
    let session = sign_in(&world, PASSWORD).await;
    let picture = accounts::totp_begin(app, &resolve(app, &session).await).await.unwrap();
    for _ in 0..2 {
        accounts::passkey_begin(app, &resolve(app, &session).await).await.unwrap();
    }
    let signed = resolve(app, &session).await;
    let again = accounts::totp_begin(app, &signed).await.unwrap();
    assert_eq!((&again.secret, again.is_new), (&picture.secret, false));
    let digits = phone::code(&phone::secret(&picture.secret), world.now());
    accounts::totp_finish(app, &signed, &digits, BROWSER).await.unwrap();
}

async fn a_session_in_which_a_factor_is_added_ends_when_it_would_have_ended(world: World) {
    let session = sign_in(&world, PASSWORD).await;
    let before = resolve(&world.app, &session).await;
    for _ in 0..2 {
        world.advance(Duration::from_minutes(5));
        assert!(is_alive(&world, &session).await);
    }
    let picture = accounts::totp_begin(&world.app, &before).await.unwrap();
    let digits = phone::code(&phone::secret(&picture.secret), world.now());
    let scanned = resolve(&world.app, &session).await;
    let later = accounts::totp_finish(&world.app, &scanned, &digits, BROWSER).await.unwrap();
    assert!(!is_alive(&world, &session).await, "it goes on under another token");
    assert_eq!(resolve(&world.app, &later).await.session, before.session);
    for _ in 0..71 {
        world.advance(Duration::from_minutes(10));
        assert!(is_alive(&world, &later).await);
    }
    world.advance(Duration::from_millis(1));
    assert!(!is_alive(&world, &later).await);
}
