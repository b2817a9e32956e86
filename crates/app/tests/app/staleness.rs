//! What time alone does to verdicts: at its own instant, however late it is noticed.

use crate::{
    computer::{Computer, SCREEN_LOCK, debian, screen_lock},
    world::{World, on_both},
};
use closedset_app::devices::{self, Confirmed};
use closedset_core::{Duration, Status, Time, check_in::Outcome, fact::Body};
use serde_json::json;

on_both!(
    a_silent_device_turns_unknown_at_the_computed_instant,
    each_fact_goes_stale_at_an_instant_of_its_own,
    a_confirmation_in_time_keeps_the_verdict,
    a_mere_confirmation_brings_it_back_to_life,
    a_gap_that_no_sweep_saw_is_written_down_by_the_next_statement,
    a_gap_that_no_sweep_saw_is_written_down_by_a_person_or_a_revocation,
    a_clock_that_jumps_ahead_and_back_loses_no_verdict,
    a_device_whose_clock_is_behind_is_no_fresher_than_it_says,
    a_release_line_ends_by_itself,
    sweeping_twice_writes_once,
);

const WEEK: Duration = Duration::from_days(7);

/// Every interval that lasted.
async fn history(world: &World, computer: &Computer) -> Vec<(Status, Time, Option<Time>)> {
    let mut history = world.history(&computer.subject(), SCREEN_LOCK).await;
    history.retain(|(_, began, ended)| *ended != Some(*began));
    history
}

async fn a_silent_device_turns_unknown_at_the_computed_instant(world: World) {
    let computer = Computer::reporting(&world, 1).await;
    let reported = world.now();
    world.clock.set(reported + WEEK - Duration::from_millis(1));
    world.sweep().await;
    assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Pass);
    world.clock.set(reported + Duration::from_days(9));
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let stale = reported + WEEK;
    assert_eq!(
        history(&world, &computer).await,
        [(Status::Pass, reported, Some(stale)), (Status::Unknown, stale, None)]
    );
    let verdict = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!(verdict.recorded_at, world.now());
    let body = world.body(from).await;
    assert_eq!(body["at"], stale.to_string());
    let tasks = world.tasks(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!(tasks.len(), 1);
    assert!(tasks[0].title.starts_with("Renew the evidence"), "{}", tasks[0].title);
}

async fn each_fact_goes_stale_at_an_instant_of_its_own(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let policy = json!({"minimum_length": 14, "locks_after_failures": 5, "seen": "pwquality"});
    computer.say("password_policy", serde_json::from_value::<Body>(policy).unwrap());
    computer.report(&world).await.unwrap();
    let reported = world.now();
    world.clock.set(reported + Duration::from_days(40));
    world.sweep().await;
    let subject = computer.subject();
    for (check, days) in [(SCREEN_LOCK, 7), ("device-password-length", 30)] {
        let verdict = world.verdict(&subject, check).await;
        assert_eq!(verdict.status, Status::Unknown);
        assert_eq!(verdict.began_at, reported + Duration::from_days(days), "{check}");
    }
}

async fn a_confirmation_in_time_keeps_the_verdict(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let reported = world.now();
    for _ in 0..5 {
        world.advance(Duration::from_days(6));
        assert_eq!(computer.confirm(&world).await.unwrap().outcome, Outcome::Confirmed);
        world.advance(Duration::from_hours(1));
        world.sweep().await;
    }
    assert_eq!(history(&world, &computer).await, [(Status::Pass, reported, None)]);
}

async fn a_mere_confirmation_brings_it_back_to_life(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let reported = world.now();
    world.advance(Duration::from_days(10));
    world.sweep().await;
    assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Unknown);
    world.advance(Duration::from_days(1));
    let answer = computer.confirm(&world).await.unwrap();
    assert_eq!((answer.outcome, answer.entry), (Outcome::Confirmed, None));
    let (stale, back) = (reported + WEEK, world.now());
    assert_eq!(
        history(&world, &computer).await,
        [
            (Status::Pass, reported, Some(stale)),
            (Status::Unknown, stale, Some(back)),
            (Status::Pass, back, None)
        ]
    );
    assert!(world.tasks(&computer.subject(), SCREEN_LOCK).await.is_empty());
    // And it can go stale again.
    world.advance(Duration::from_days(30));
    world.sweep().await;
    let verdict = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!((verdict.status, verdict.began_at), (Status::Unknown, back + WEEK));
}

async fn a_gap_that_no_sweep_saw_is_written_down_by_the_next_statement(world: World) {
    let mut confirming = Computer::reporting(&world, 1).await;
    let mut changing = Computer::reporting(&world, 2).await;
    let reported = world.now();
    // The server was off meanwhile.
    world.advance(Duration::from_days(10));
    let (stale, back) = (reported + WEEK, world.now());
    confirming.confirm(&world).await.unwrap();
    changing.say("screen_lock", screen_lock(60));
    changing.report(&world).await.unwrap();
    for (computer, then) in [(&confirming, Status::Pass), (&changing, Status::Fail)] {
        assert_eq!(
            history(&world, computer).await,
            [
                (Status::Pass, reported, Some(stale)),
                (Status::Unknown, stale, Some(back)),
                (then, back, None)
            ]
        );
    }
}

async fn a_gap_that_no_sweep_saw_is_written_down_by_a_person_or_a_revocation(world: World) {
    let confirmed = Computer::reporting(&world, 1).await;
    let revoked = Computer::reporting(&world, 2).await;
    let reported = world.now();
    world.advance(Duration::from_days(10));
    let (stale, then) = (reported + WEEK, world.now());
    let said = Confirmed {
        name: "render-1".into(),
        has_screen: false,
        is_portable: false,
        handles_content: true,
    };
    devices::device_confirm(&world.app, &world.owner, confirmed.device, said).await.unwrap();
    devices::device_revoke(&world.app, &world.owner, revoked.device, "sold").await.unwrap();
    let gap = [(Status::Pass, reported, Some(stale)), (Status::Unknown, stale, Some(then))];
    let mut history_confirmed = history(&world, &confirmed).await;
    assert_eq!(history_confirmed.pop(), Some((Status::NotApplicable, then, None)));
    assert_eq!(history_confirmed, gap);
    assert_eq!(history(&world, &revoked).await, gap);
}

async fn a_clock_that_jumps_ahead_and_back_loses_no_verdict(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let policy = json!({"minimum_length": 14, "locks_after_failures": 5, "seen": "pwquality"});
    computer.say("password_policy", serde_json::from_value::<Body>(policy).unwrap());
    computer.report(&world).await.unwrap();
    let right = world.now();
    let subject = computer.subject();
    // So far that some of it, and then all of it, seems stale.
    for days in [8, 400] {
        world.clock.set(right + Duration::from_days(days));
        world.sweep().await;
        assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Unknown);
        world.clock.set(right + Duration::from_minutes(5));
        assert_eq!(computer.confirm(&world).await.unwrap().outcome, Outcome::Confirmed);
        assert_eq!(world.status(&subject, SCREEN_LOCK).await, Status::Pass, "{days} days");
        assert_eq!(world.status(&subject, "device-password-length").await, Status::Pass);
    }
    let report = world.verify().await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

async fn a_device_whose_clock_is_behind_is_no_fresher_than_it_says(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let check_in = computer.full(world.now() - Duration::from_days(8));
    devices::check_in(&world.app, check_in).await.unwrap();
    let verdict = world.verdict(&computer.subject(), SCREEN_LOCK).await;
    assert_eq!(verdict.status, Status::Unknown, "{}", verdict.because);
    let check_in = computer.confirmation(world.now() - Duration::from_days(6));
    devices::check_in(&world.app, check_in).await.unwrap();
    assert_eq!(world.status(&computer.subject(), SCREEN_LOCK).await, Status::Pass);
    let from = world.now() + Duration::from_days(1);
    world.advance(Duration::from_days(2));
    world.sweep().await;
    assert_eq!(world.verdict(&computer.subject(), SCREEN_LOCK).await.began_at, from);
}

async fn a_release_line_ends_by_itself(world: World) {
    // Debian 11 is supported until the end of August 2026.
    world.clock.set("2026-08-30T12:00:00Z".parse().unwrap());
    let mut computer = Computer::enrolled(&world, 1).await;
    computer.say("operating_system", debian("11"));
    computer.report(&world).await.unwrap();
    let line = |detail: &devices::DeviceDetail| {
        let fact = detail.facts.iter().find(|fact| fact.kind == "release_line").unwrap();
        serde_json::from_slice::<serde_json::Value>(&fact.body).unwrap()
    };
    let detail = || devices::device_detail(&world.app, &world.owner, computer.device);
    assert_eq!(line(&detail().await.unwrap())["is_supported"], true);
    let from = world.entry_count(world.log()).await;
    world.clock.set("2026-09-02T12:00:00Z".parse().unwrap());
    world.sweep().await;
    assert_eq!(line(&detail().await.unwrap())["is_supported"], false);
    let body = world.body(from).await;
    assert_eq!(body["at"], "2026-09-01T00:00:00.000Z");
    assert_eq!(body["facts"][0]["kind"], "release_line");
}

async fn sweeping_twice_writes_once(world: World) {
    let _computer = Computer::reporting(&world, 1).await;
    world.advance(Duration::from_days(10));
    world.sweep().await;
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    let other = world.second();
    closedset_app::sweep::sweep(&other).await.unwrap();
    assert!(world.kinds_from(from).await.is_empty());
}
