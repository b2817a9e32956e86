//! What is invented is marked where nobody can take it out, and never becomes what is not.

use crate::world::{Bare, SET_UP, World, account, on_both, profile, resolve};
use closedset_app::{App, Caller, accounts, demonstration, ledger, organisations, packs};
use closedset_core::{
    Actor, Duration, Role, Secret,
    entry::{DEMONSTRATION, DEMONSTRATION_ORIGIN, Log},
};
use closedset_pack::{Outcome, VerifyOptions};
use std::io::Cursor;

on_both![a_real_installation_never_becomes_a_demonstration];

async fn a_real_installation_never_becomes_a_demonstration(world: World) {
    let refused = demonstration::begin(&world.app).await.unwrap_err();
    assert_eq!(refused.code(), "demonstration.begun");
    assert!(!demonstration::is_demonstration(&world.app).await.unwrap());
    let key = ledger::verifier_key(&world.app, Log::Organisation(world.organisation())).await;
    assert!(!key.unwrap().starts_with(DEMONSTRATION_ORIGIN));
}

async fn a_demonstration_that_begins_beside_a_server_is_noticed(bare: Bare) {
    // A server that awaits set-up was asked before.
    assert!(!demonstration::is_demonstration(&bare.app).await.unwrap());
    let other = crate::world::open(&bare.url, bare.folder.path(), &bare.clock, 77);
    demonstration::begin(&other).await.unwrap();
    assert!(demonstration::is_demonstration(&bare.app).await.unwrap());
    // And what is one stays one.
    demonstration::rule_out(&bare.app).await.unwrap();
    assert_eq!(demonstration::stage(&bare.app).await.unwrap(), demonstration::Stage::Demonstration);
}

async fn a_server_that_awaits_set_up_is_not_taken_over(bare: Bare) {
    demonstration::rule_out(&bare.app).await.unwrap();
    demonstration::rule_out(&bare.app).await.unwrap();
    let other = crate::world::open(&bare.url, bare.folder.path(), &bare.clock, 77);
    let refused = demonstration::begin(&other).await.unwrap_err();
    assert_eq!(refused.code(), "demonstration.begun");
    assert_eq!(demonstration::stage(&other).await.unwrap(), demonstration::Stage::Real);
    let count = |tx: &mut closedset_store::Tx<'_>| -> Result<_, closedset_app::Problem> {
        Ok(closedset_store::ledger::entry_count(tx, Log::Installation)?)
    };
    assert_eq!(bare.app.store().read(count).await.unwrap(), 1, "it begins once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nothing_happened_nothing_is_remembered_and_a_server_makes_something_happen() {
    a_demonstration_that_begins_beside_a_server_is_noticed(Bare::sqlite()).await;
    a_server_that_awaits_set_up_is_not_taken_over(Bare::sqlite()).await;
    if let (Some(one), Some(other)) = (Bare::postgres(), Bare::postgres()) {
        a_demonstration_that_begins_beside_a_server_is_noticed(one).await;
        a_server_that_awaits_set_up_is_not_taken_over(other).await;
    }
}

/// One that was begun, with an organisation in it.
pub async fn begun(bare: &Bare) -> (App, Caller) {
    let app = bare.app.clone();
    demonstration::begin(&app).await.unwrap();
    let token = Secret::<32>::new(SET_UP).to_token();
    let session = accounts::set_up_account(&app, &token, account()).await.unwrap();
    let mut signed = resolve(&app, &session).await;
    signed.stage = accounts::Stage::Full;
    let organisation = organisations::organisation_create(&app, &signed, profile()).await.unwrap();
    let caller = Caller {
        actor: Actor::Account { account: signed.account, organisation },
        name: signed.name,
        organisation,
        allowed: Role::Owner.actions(),
        factor_at: None,
        session: None,
    };
    (app, caller)
}

async fn marked_everywhere(bare: Bare) {
    let (app, caller) = begun(&bare).await;
    let log = Log::Organisation(caller.organisation);
    for log in [Log::Installation, log] {
        let first = app
            .store()
            .read(move |tx| -> Result<_, closedset_app::Problem> {
                Ok(closedset_store::ledger::entry_at(tx, log, 0)?)
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(first.kind, DEMONSTRATION, "{log}");
        let key = ledger::verifier_key(&app, log).await.unwrap();
        assert!(key.starts_with(DEMONSTRATION_ORIGIN), "{key}");
    }
    // The mark outlives the program that set it, and cannot be erased.
    let again = crate::world::open(&bare.url, bare.folder.path(), &bare.clock, 77);
    assert!(demonstration::is_demonstration(&again).await.unwrap());
    let why = "it is to look like a real one";
    let kept = ledger::entry_erase(&app, &caller, 0, why).await.unwrap_err();
    assert_eq!(kept.code(), "entry.kept");
    let twice = demonstration::begin(&again).await.unwrap_err();
    assert_eq!(twice.code(), "demonstration.begun");
    // Nor does another name hide it.
    let real = organisations::Profile { organisation: "Halide Post".into(), ..profile() };
    organisations::profile_change(&app, &caller, real).await.unwrap();
    bare.clock.advance(Duration::from_hours(1));
    let now = app.now();
    let new = packs::NewPack::of(now - Duration::from_days(1), now);
    let pack = packs::pack_create(&app, &caller, new).await.unwrap();
    let (_, mut reader) = packs::pack_open(&app, &caller, pack.id).await.unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
    let report = closedset_pack::verify(Cursor::new(bytes), &VerifyOptions::default()).unwrap();
    assert_eq!(report.outcome(), Outcome::Demonstration, "{:#?}", report.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demonstration_is_marked_in_its_logs_its_keys_and_its_packs() {
    marked_everywhere(Bare::sqlite()).await;
    if let Some(bare) = Bare::postgres() {
        marked_everywhere(bare).await;
    }
}
