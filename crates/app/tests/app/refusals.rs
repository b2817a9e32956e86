//! Check-ins that are refused, and leave nothing behind.

use crate::{
    computer::{Computer, screen_lock},
    world::{World, code, on_both},
};
use closedset_app::{Problem, devices};
use closedset_core::{
    Digest, Duration,
    check_in::{CheckIn, Outcome, Statement, facts_digest},
    fact::{BODY_LIMIT, Body},
};
use serde_json::json;

on_both!(
    a_counter_that_was_used_is_refused,
    statements_that_arrive_out_of_order_are_refused,
    a_statement_of_the_future_is_refused,
    a_forged_signature_is_refused,
    another_devices_name_is_refused,
    a_device_that_nobody_enrolled_is_refused,
    a_revoked_device_is_refused,
    another_organisation_is_refused,
    digests_that_do_not_fit_are_refused,
    bodies_of_a_wrong_shape_are_refused,
    kinds_that_only_the_server_states_are_refused,
    more_than_a_device_may_say_is_refused,
    facts_that_come_in_turn_are_together_no_more_than_one_check_in,
    names_that_no_kind_has_are_refused,
    two_computers_with_one_key_are_written_down_once_a_day,
);

/// Sends, demands the refusal, and demands that nothing was written.
async fn refused(world: &World, check_in: CheckIn, wanted: &str) -> Problem {
    let (log, device) = (world.log(), check_in.statement.device);
    let before = world.entry_count(log).await;
    let state = world.read(move |tx| closedset_store::devices::device_state(tx, device)).await;
    let problem = devices::check_in(&world.app, check_in).await.unwrap_err();
    assert_eq!(code(&problem), wanted, "{problem:?}");
    assert!(!problem.remedy().is_empty());
    assert_eq!(world.entry_count(log).await, before);
    let after = world.read(move |tx| closedset_store::devices::device_state(tx, device)).await;
    assert_eq!(
        state.map(|state| (state.counter, state.confirmed_at)),
        after.map(|state| (state.counter, state.confirmed_at))
    );
    problem
}

async fn a_counter_that_was_used_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let mut clone = computer.clone();
    computer.say("screen_lock", screen_lock(5));
    computer.report(&world).await.unwrap();
    // The clone goes on from the same counter, saying something else.
    clone.say("screen_lock", screen_lock(60));
    let check_in = clone.full(world.now());
    assert_eq!(check_in.statement.counter, computer.counter);
    let problem = refused(&world, check_in, "counter.replayed").await;
    assert!(matches!(problem, Problem::CounterReplayed { highest: 2 }), "{problem:?}");
    for counter in [0, -1, i64::MIN] {
        let mut statement = clone.statement(world.now());
        statement.counter = counter;
        let check_in =
            CheckIn { signature: clone.sign(&statement), statement, ..clone.full(world.now()) };
        refused(&world, check_in, "counter.replayed").await;
    }
}

async fn statements_that_arrive_out_of_order_are_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let first = computer.confirmation(world.now());
    computer.say("screen_lock", screen_lock(5));
    let second = computer.full(world.now());
    assert_eq!(devices::check_in(&world.app, second).await.unwrap().outcome, Outcome::Changed);
    refused(&world, first, "counter.replayed").await;
}

async fn a_statement_of_the_future_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let ahead = Duration::from_millis(5 * 60_000 + 1);
    let check_in = computer.confirmation(world.now() + ahead);
    let problem = refused(&world, check_in, "clock.ahead").await;
    assert!(matches!(problem, Problem::ClockAhead { ahead_s: 300 }), "{problem:?}");
    // Within the tolerance it is taken, and counts from now.
    let check_in = computer.confirmation(world.now() + Duration::from_minutes(5));
    devices::check_in(&world.app, check_in).await.unwrap();
    let detail = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    assert_eq!(detail.state.confirmed_at, world.now());
}

async fn a_forged_signature_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let other = Computer::reporting(&world, 2).await;
    let mut check_in = computer.full(world.now());
    check_in.signature = other.sign(&check_in.statement);
    refused(&world, check_in.clone(), "statement.signature").await;
    check_in.signature = computer.sign(&check_in.statement);
    check_in.signature.0[40] ^= 1;
    refused(&world, check_in.clone(), "statement.signature").await;
    check_in.signature.0 = [0; 64];
    refused(&world, check_in.clone(), "statement.signature").await;
    let honest = check_in.statement;
    let altered: [fn(&mut Statement); 3] = [
        |statement| statement.counter += 1,
        |statement| statement.collected_at = statement.collected_at - Duration::from_hours(1),
        |statement| statement.facts = Digest::of(b"other"),
    ];
    check_in.signature = computer.sign(&honest);
    for alter in altered {
        let mut check_in = check_in.clone();
        alter(&mut check_in.statement);
        refused(&world, check_in, "statement.signature").await;
    }
    assert_eq!(devices::check_in(&world.app, check_in).await.unwrap().outcome, Outcome::Confirmed);
}

async fn another_devices_name_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let other = Computer::reporting(&world, 2).await;
    computer.device = other.device;
    computer.counter = 100;
    let check_in = computer.full(world.now());
    refused(&world, check_in, "statement.signature").await;
}

async fn a_device_that_nobody_enrolled_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.device = closedset_core::id::Id::from_bits(7);
    let check_in = computer.full(world.now());
    refused(&world, check_in, "device.unknown").await;
}

async fn a_revoked_device_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    devices::device_revoke(&world.app, &world.owner, computer.device, "stolen").await.unwrap();
    let full = computer.full(world.now());
    refused(&world, full, "device.revoked").await;
    let confirmation = computer.confirmation(world.now());
    refused(&world, confirmation, "device.revoked").await;
    let verdicts = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    assert!(verdicts.verdicts.is_empty(), "its verdicts end");
    let twice = devices::device_revoke(&world.app, &world.owner, computer.device, "again").await;
    assert_eq!(code(&twice.unwrap_err()), "device.revoked");
}

async fn another_organisation_is_refused(world: World) {
    let neighbour = world.neighbour().await;
    let mut computer = Computer::reporting(&world, 1).await;
    computer.organisation = neighbour.organisation;
    let check_in = computer.full(world.now());
    refused(&world, check_in, "device.unknown").await;
    let theirs = closedset_core::entry::Log::Organisation(neighbour.organisation);
    assert_eq!(world.entry_count(theirs).await, 0);
    let revoked = devices::device_revoke(&world.app, &neighbour, computer.device, "mine").await;
    assert_eq!(code(&revoked.unwrap_err()), "not_found");
}

async fn digests_that_do_not_fit_are_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    // Another body than the one whose digest was signed.
    computer.say("screen_lock", screen_lock(5));
    let mut check_in = computer.full(world.now());
    check_in.bodies.insert("screen_lock".into(), screen_lock(1));
    refused(&world, check_in.clone(), "bodies").await;
    // Other digests than those that were signed.
    let digests = check_in.digests.as_mut().unwrap();
    digests.insert("screen_lock".into(), screen_lock(1).digest().unwrap());
    refused(&world, check_in.clone(), "bodies").await;
    // A body that no digest speaks of; bodies without digests.
    let mut check_in = computer.full(world.now());
    check_in.bodies.insert("time_sync".into(), screen_lock(1));
    refused(&world, check_in.clone(), "bodies").await;
    check_in.digests = None;
    refused(&world, check_in, "bodies").await;
}

async fn bodies_of_a_wrong_shape_are_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let good = computer.facts.clone();
    for wrong in [
        json!({}),
        json!({"users": "nobody"}),
        json!({"users": [{"name": "ines"}]}),
        json!({"users": [], "longest_s": "600"}),
        json!({"users": [], "longest_s": null}),
        json!({"users": [], "longest_s": 9_007_199_254_740_993i64}),
        json!({"users": [], "longest_s": 1.5}),
        json!({"users": [], "unread": [{"path": 1, "why": "x"}]}),
    ] {
        let body: Body = serde_json::from_value(wrong.clone()).unwrap();
        if body.canonical().is_err() {
            continue;
        }
        computer.facts = good.clone();
        computer.say("screen_lock", body);
        let check_in = computer.full(world.now());
        let problem = refused(&world, check_in, "bodies").await;
        let Problem::Invalid(fields) = &problem else { panic!("{problem:?}") };
        assert!(fields[0].message.contains("screen_lock"), "{wrong}: {fields:?}");
    }
}

async fn kinds_that_only_the_server_states_are_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let good = computer.facts.clone();
    let excuse = json!({"has_screen": false, "is_portable": false, "handles_content": false});
    let line = json!({
        "line": "debian-99", "position": 1, "is_supported": true, "data_of": "2026-01-01T00:00:00Z"
    });
    let evidence = json!({"in_force": 1, "lapsed": 0, "taken_back": 0, "items": []});
    for (kind, body) in [("device", excuse), ("release_line", line), ("evidence", evidence)] {
        computer.facts = good.clone();
        computer.say(kind, serde_json::from_value(body).unwrap());
        let check_in = computer.full(world.now());
        refused(&world, check_in, "bodies").await;
    }
}

async fn more_than_a_device_may_say_is_refused(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let small: Body = serde_json::from_value(json!({"x": 1})).unwrap();
    for number in computer.facts.len()..64 {
        computer.say(&format!("kind_{number}"), small.clone());
    }
    let taken = computer.report(&world).await.unwrap();
    assert_eq!(taken.outcome, Outcome::Changed, "64 facts are taken");
    computer.say("one_more", small);
    let check_in = computer.full(world.now());
    refused(&world, check_in, "bodies").await;
    // One body that is too large, of a kind that nobody knows.
    computer.facts.retain(|kind, _| !kind.starts_with("kind_") && kind != "one_more");
    let large = json!({"x": "y".repeat(BODY_LIMIT)});
    computer.say("kind_x", serde_json::from_value(large).unwrap());
    let check_in = computer.full(world.now());
    assert!(facts_digest(check_in.digests.as_ref().unwrap()).is_ok());
    refused(&world, check_in, "too_large").await;
    // And of a kind that is known.
    computer.facts.remove("kind_x");
    let large = json!({"users": [], "note": "y".repeat(BODY_LIMIT)});
    computer.say("screen_lock", serde_json::from_value(large).unwrap());
    let check_in = computer.full(world.now());
    let problem = devices::check_in(&world.app, check_in).await.unwrap_err();
    assert!(matches!(code(&problem).as_str(), "too_large" | "bodies"), "{problem:?}");
}

async fn facts_that_come_in_turn_are_together_no_more_than_one_check_in(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let large = |letter: &str| -> Body {
        serde_json::from_value(json!({"x": letter.repeat(250_000)})).unwrap()
    };
    for kind in ["kind_a", "kind_b"] {
        computer.say(kind, large(kind));
        let check_in = computer.delta(world.now(), &[kind]);
        let answer = devices::check_in(&world.app, check_in).await.unwrap();
        assert_eq!(answer.outcome, Outcome::Changed, "{kind}");
    }
    computer.say("kind_c", large("kind_c"));
    let check_in = computer.delta(world.now(), &["kind_c"]);
    refused(&world, check_in, "too_large").await;
    // What is no longer stated makes room.
    computer.facts.remove("kind_a");
    let check_in = computer.delta(world.now(), &["kind_c"]);
    assert_eq!(devices::check_in(&world.app, check_in).await.unwrap().outcome, Outcome::Changed);
}

async fn names_that_no_kind_has_are_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let good = computer.facts.clone();
    let body: Body = serde_json::from_value(json!({"x": 1})).unwrap();
    for name in ["", "Kind", "1kind", "../kind", "kind\n", "<b>", "k\u{202e}ind", &"k".repeat(65)] {
        computer.facts = good.clone();
        computer.say(name, body.clone());
        let check_in = computer.full(world.now());
        refused(&world, check_in, "bodies").await;
    }
    computer.facts = good;
    computer.say(&"k".repeat(64), body);
    assert_eq!(computer.report(&world).await.unwrap().outcome, Outcome::Changed);
}

async fn two_computers_with_one_key_are_written_down_once_a_day(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let mut clone = computer.clone();
    let old = clone.clone().confirmation(world.now());
    world.advance(Duration::from_minutes(5));
    computer.confirm(&world).await.unwrap();
    computer.confirm(&world).await.unwrap();
    let before = world.entry_count(world.log()).await;
    // Whoever has a copy of an old statement proves nothing by sending it again.
    devices::check_in(&world.app, old).await.unwrap_err();
    assert_eq!(world.entry_count(world.log()).await, before);
    for _ in 0..3 {
        world.advance(Duration::from_minutes(5));
        clone.counter = 0;
        let problem = clone.report(&world).await.unwrap_err();
        assert_eq!(code(&problem), "counter.replayed");
    }
    assert_eq!(world.kinds_from(before).await, ["device.key_used_twice"]);
    world.advance(Duration::from_hours(24));
    computer.confirm(&world).await.unwrap();
    world.advance(Duration::from_minutes(5));
    clone.counter = 0;
    clone.report(&world).await.unwrap_err();
    let kinds = world.kinds_from(before).await;
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "device.key_used_twice").count(),
        2,
        "{kinds:?}"
    );
}
