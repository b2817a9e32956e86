//! Several servers on one PostgreSQL and one store of files: one history.

use crate::{
    computer::Computer,
    world::{World, record},
};
use closedset_app::{App, devices, ledger, packs, sweep};
use closedset_core::{Duration, Time, check_in::Outcome};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Integrates again and again until told to stop.
async fn keep_integrating(
    app: App,
    world_log: closedset_core::entry::Log,
    stop: Arc<AtomicBool>,
) -> u64 {
    let mut rounds = 0;
    while !stop.load(Ordering::SeqCst) {
        ledger::integrate(&app, world_log).await.unwrap();
        rounds += 1;
    }
    rounds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_integrate_one_log_at_once_write_one_history() {
    let Some(world) = World::postgres().await else { return };
    let second = world.second();
    ledger::open(&second).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let log = world.log();
    let integrating = [world.app.clone(), second.clone()]
        .map(|app| tokio::spawn(keep_integrating(app, log, stop.clone())));
    let before = world.entry_count(log).await;
    let recording: Vec<_> = (0..16)
        .map(|task| {
            let app = if task % 2 == 0 { world.app.clone() } else { second.clone() };
            let organisation = world.organisation();
            tokio::spawn(async move {
                let mut indices = Vec::new();
                for _ in 0..40 {
                    indices.push(record(&app, organisation).await);
                }
                assert!(indices.is_sorted());
                indices
            })
        })
        .collect();
    let mut indices = BTreeSet::new();
    for task in recording {
        indices.extend(task.await.unwrap());
    }
    assert_eq!(indices.len(), 16 * 40, "no index is given twice");
    stop.store(true, Ordering::SeqCst);
    for task in integrating {
        assert!(task.await.unwrap() > 1);
    }
    for app in [&world.app, &second] {
        ledger::integrate(app, log).await.unwrap();
        let report = ledger::verify(app, &world.owner).await.unwrap();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert_eq!(report.entries, report.signed);
        assert!(report.entries >= (before + 640) as u64);
    }
    let [one, two] = [
        ledger::checkpoint(&world.app, log).await.unwrap(),
        ledger::checkpoint(&second, log).await.unwrap(),
    ];
    assert_eq!(one, two);
    // Each opens again on what both wrote.
    ledger::open(&world.app).await.unwrap();
    ledger::open(&world.second()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_that_speaks_with_both_is_one_device() {
    let Some(world) = World::postgres().await else { return };
    let second = world.second();
    let mut computer = Computer::reporting(&world, 1).await;
    let before = world.entry_count(world.log()).await;
    // The same statement to both at once, again and again: one of them takes it.
    for round in 0..20 {
        world.advance(Duration::from_minutes(5));
        computer.say("screen_lock", crate::computer::screen_lock(1 + round % 14));
        let check_in = computer.full(world.now());
        let (one, two) = tokio::join!(
            devices::check_in(&world.app, check_in.clone()),
            devices::check_in(&second, check_in)
        );
        let outcomes = [one.unwrap().outcome, two.unwrap().outcome];
        assert!(
            outcomes.contains(&Outcome::Changed) && outcomes.contains(&Outcome::Repeated),
            "{outcomes:?}"
        );
    }
    assert_eq!(world.entry_count(world.log()).await, before + 40);
    // Both sweep at once; each gap is written down once.
    world.advance(Duration::from_days(10));
    let from = world.entry_count(world.log()).await;
    let (one, two) = tokio::join!(sweep::sweep(&world.app), sweep::sweep(&second));
    one.unwrap();
    two.unwrap();
    assert_eq!(world.kinds_from(from).await, ["subject.assessed"]);
    // A revocation on one server is known to the other at once.
    devices::device_revoke(&second, &world.owner, computer.device, "stolen").await.unwrap();
    let refused = computer.report(&world).await.unwrap_err();
    assert_eq!(refused.code(), "device.revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn packs_made_on_both_at_once_are_valid() {
    let Some(world) = World::postgres().await else { return };
    let second = world.second();
    let mut computer = Computer::reporting(&world, 1).await;
    world.advance(Duration::from_minutes(5));
    computer.confirm(&world).await.unwrap();
    let new = packs::NewPack::of(Time::from_millis(0), world.now());
    let (one, two) = tokio::join!(
        packs::pack_create(&world.app, &world.owner, new.clone()),
        packs::pack_create(&second, &world.owner, new)
    );
    for (app, made) in [(&second, one.unwrap()), (&world.app, two.unwrap())] {
        let (_, mut reader) = packs::pack_open(app, &world.owner, made.id).await.unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
        let options = closedset_pack::VerifyOptions::default();
        let report = closedset_pack::verify(std::io::Cursor::new(bytes), &options).unwrap();
        assert!(report.is_valid(), "{:#?}", report.findings);
    }
}
