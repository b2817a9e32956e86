//! How things stood: what had been recorded by a time, and what had expired by it.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    evidence::{document, sign, upload},
    world::{World, code, on_both},
};
use closedset_app::{
    board::{self, ControlOnBoard},
    devices,
    evidence::{self, NewDocument},
};
use closedset_core::{Duration, Status, Time};

on_both!(
    the_board_tells_each_moment_of_a_turn,
    what_expired_unseen_had_expired_at_its_own_instant,
    a_device_that_is_gone_counted_while_it_was_there,
    a_control_shows_the_evidence_that_was_there,
    the_future_and_others_are_refused,
    a_clock_that_went_back_hides_nothing_of_the_present,
);

const MINUTE: Duration = Duration::from_minutes(1);
const INSTANT: Duration = Duration::from_millis(1);

fn status_of(controls: &[ControlOnBoard], id: &str) -> Status {
    controls.iter().find(|control| control.id == id).unwrap().status.status
}

async fn is7_at(world: &World, at: Time) -> Status {
    let past = board::board_as_of(&world.app, &world.owner, None, at).await.unwrap();
    assert_eq!(past.controls.len(), 33);
    let control = board::control_detail_as_of(&world.app, &world.owner, "IS-7", at).await.unwrap();
    assert_eq!(control.status.status, status_of(&past.controls, "IS-7"));
    control.status.status
}

async fn the_board_tells_each_moment_of_a_turn(world: World) {
    let before = world.now() - MINUTE;
    let mut computer = Computer::reporting(&world, 1).await;
    let passed = world.now();
    world.advance(Duration::from_days(30));
    let failed = world.now();
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    world.advance(Duration::from_hours(1));
    let mended = world.now();
    computer.say("screen_lock", screen_lock(10));
    computer.report(&world).await.unwrap();
    world.advance(MINUTE);
    for (at, wanted) in [
        (before, Status::Unknown),
        (passed, Status::Pass),
        (failed - Duration::from_days(25), Status::Pass),
        (failed, Status::Fail),
        (mended - INSTANT, Status::Fail),
        (mended, Status::Pass),
        (world.now(), Status::Pass),
    ] {
        assert_eq!(is7_at(&world, at).await, wanted, "{at}");
    }
    let now = board::board(&world.app, &world.owner, None).await.unwrap();
    let past = board::board_as_of(&world.app, &world.owner, None, world.now()).await.unwrap();
    assert_eq!(board::counts(&past.controls), board::counts(&now.controls));
    assert_eq!(past.turns.len(), now.turns.len());
    // What turned afterwards is not told, and its words are those of then.
    let then = board::board_as_of(&world.app, &world.owner, None, failed).await.unwrap();
    let turn = then.turns.iter().find(|(row, _)| row.check == SCREEN_LOCK).unwrap();
    assert_eq!((turn.1, turn.0.status), (Status::Unknown, Status::Fail));
    assert_eq!(then.devices.failing, 1);
    let detail = devices::device_detail_as_of(&world.app, &world.owner, computer.device, failed);
    let detail = detail.await.unwrap();
    let row = detail.verdicts.iter().find(|row| row.check == SCREEN_LOCK).unwrap();
    assert!(row.because.contains("60 min"), "{}", row.because);
    assert!(detail.history.iter().all(|row| row.began_at <= failed));
    let known = detail.verdicts.iter().chain(&detail.history);
    assert!(known.filter_map(|row| row.ended_at).all(|ended_at| ended_at <= failed));
    assert!(detail.facts.is_empty());
}

async fn what_expired_unseen_had_expired_at_its_own_instant(world: World) {
    let _computer = Computer::reporting(&world, 1).await;
    let stale = world.now() + Duration::from_days(7);
    world.clock.set(stale + Duration::from_days(2));
    world.sweep().await;
    assert_eq!(is7_at(&world, stale - INSTANT).await, Status::Pass);
    assert_eq!(is7_at(&world, stale).await, Status::Unknown);
}

async fn a_device_that_is_gone_counted_while_it_was_there(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    world.advance(MINUTE);
    let gone = world.now();
    devices::device_revoke(&world.app, &world.owner, computer.device, "sold").await.unwrap();
    world.advance(MINUTE);
    assert_eq!(is7_at(&world, gone - INSTANT).await, Status::Fail);
    assert_eq!(is7_at(&world, gone).await, Status::Unknown);
    let detail = |at| devices::device_detail_as_of(&world.app, &world.owner, computer.device, at);
    assert_eq!(detail(gone - INSTANT).await.unwrap().device.revoked_at, None);
    assert_eq!(detail(gone).await.unwrap().device.revoked_at, Some(gone));
    for (at, devices) in [(gone - INSTANT, 1), (gone, 0)] {
        let past = board::board_as_of(&world.app, &world.owner, None, at).await.unwrap();
        assert_eq!((past.devices.total, past.devices.failing), (devices, devices));
    }
}

async fn a_control_shows_the_evidence_that_was_there(world: World) {
    let ad1 = |at| board::control_detail_as_of(&world.app, &world.owner, "AD-1", at);
    let before = world.now();
    world.advance(MINUTE);
    let first = world.now();
    let id = upload(&world, &world.owner, document(&world), b"one").await.unwrap();
    sign(&world, "AD-1", None, world.now() + Duration::from_days(9)).await;
    world.advance(MINUTE);
    let second = world.now();
    let newer =
        NewDocument { replaces: Some(id), file_name: "newer.pdf".into(), ..document(&world) };
    upload(&world, &world.owner, newer, b"two").await.unwrap();
    world.advance(MINUTE);
    let withdrawn = world.now();
    evidence::document_withdraw(&world.app, &world.owner, id, "wrong").await.unwrap();
    world.advance(MINUTE);
    let detail = ad1(before).await.unwrap();
    assert_eq!((detail.documents.len(), detail.attestations.len()), (0, 0));
    assert_eq!(detail.status.status, Status::Unknown);
    for (at, number, is_withdrawn) in
        [(first, 1, false), (second, 2, false), (withdrawn, 2, true), (world.now(), 2, true)]
    {
        let detail = ad1(at).await.unwrap();
        let document = &detail.documents[0];
        assert_eq!(
            (document.newest.number, document.withdrawn_at.is_some()),
            (number, is_withdrawn)
        );
        assert_eq!(detail.attestations.len(), 1);
        assert_eq!(detail.status.status, Status::Pass);
    }
}

async fn the_future_and_others_are_refused(world: World) {
    let soon = world.now() + INSTANT;
    let refused = board::board_as_of(&world.app, &world.owner, None, soon).await.unwrap_err();
    assert_eq!(code(&refused), "as_of");
    let computer = Computer::reporting(&world, 1).await;
    let (app, now) = (&world.app, world.now());
    let neighbour = world.neighbour().await;
    let theirs = devices::device_detail_as_of(app, &neighbour, computer.device, now).await;
    assert_eq!(code(&theirs.unwrap_err()), "not_found");
    let past = board::board_as_of(app, &neighbour, None, now).await.unwrap();
    assert_eq!(past.devices.total, 0);
    let member = world.as_role(closedset_core::Role::Member);
    let refused = board::control_detail_as_of(app, &member, "IS-7", now).await.unwrap_err();
    assert_eq!(code(&refused), "role.forbids");
}

async fn a_clock_that_went_back_hides_nothing_of_the_present(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let began = world.now();
    for minutes in [60, 10] {
        world.advance(Duration::from_hours(1));
        computer.say("screen_lock", screen_lock(minutes));
        computer.report(&world).await.unwrap();
    }
    let last = world.now();
    let told = || async {
        let board = board::board(&world.app, &world.owner, None).await.unwrap();
        let control = board::control_detail(&world.app, &world.owner, "IS-7").await.unwrap();
        let device = devices::device_detail(&world.app, &world.owner, computer.device);
        let tally = board::device_tally(&world.app, &world.owner).await.unwrap();
        let device = device.await.unwrap();
        let intervals = [control.history, device.history].concat();
        let intervals = intervals.into_iter().map(|row| (row.check, row.began_at, row.ended_at));
        let turns = board.turns.into_iter().map(|(row, _)| (row.check, row.began_at));
        (turns.collect::<Vec<_>>(), intervals.collect::<Vec<_>>(), tally.silent)
    };
    let before = told().await;
    assert!(before.0.contains(&(SCREEN_LOCK.into(), last)));
    world.clock.set(began - Duration::from_hours(1));
    assert_eq!(told().await, before);
    assert_eq!(closedset_app::present(&world.app, &world.owner).await.unwrap(), last);
    assert_eq!(is7_at(&world, last).await, Status::Pass);
}
