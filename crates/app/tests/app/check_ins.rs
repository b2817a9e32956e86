//! Check-ins that are taken, and what becomes of them.

use crate::{
    computer::{Computer, debian, firewall, screen_lock},
    world::{World, code, on_both},
};
use closedset_app::{
    Problem,
    devices::{self, Confirmed},
};
use closedset_core::{
    Duration, Subject,
    check_in::{CheckIn, Outcome},
    fact::Body,
};
use closedset_store::facts;
use serde_json::json;
use std::collections::BTreeMap;

on_both!(
    the_first_carries_everything_or_is_asked_to,
    a_delta_carries_what_changed,
    a_delta_on_what_the_server_never_had_is_asked_for_everything,
    a_confirmation_writes_no_entry,
    the_same_statement_again_changes_nothing,
    a_lost_answer_and_a_repetition_leave_one_entry,
    a_fact_that_is_no_longer_stated_goes,
    a_fact_of_a_newer_agent_is_kept_and_no_check_sees_it,
    the_statement_and_its_signature_stand_in_the_entry,
    what_is_derived_stands_in_the_entry_with_the_verdicts,
    a_device_that_says_nothing_at_all_is_heard,
    a_device_that_floods_is_told_to_wait_and_others_are_not,
    what_followed_from_a_fact_goes_with_it,
    a_revoked_device_is_not_revived_by_confirming_it,
    a_counter_that_no_entry_can_hold_is_refused,
);

async fn stored(world: &World, subject: &Subject) -> BTreeMap<String, Body> {
    let (organisation, subject) = (world.organisation(), subject.clone());
    let rows = world.read(move |tx| facts::fact_list(tx, organisation, &subject)).await;
    rows.into_iter()
        .filter(|row| row.source == "agent")
        .map(|row| (row.kind, serde_json::from_slice(&row.body).unwrap()))
        .collect()
}

async fn the_first_carries_everything_or_is_asked_to(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let before = world.entry_count(world.log()).await;
    let answer = computer.confirm(&world).await.unwrap();
    assert_eq!((answer.outcome, answer.entry), (Outcome::SendAll, None));
    let partial = computer.delta(world.now(), &["screen_lock"]);
    let answer = devices::check_in(&world.app, partial).await.unwrap();
    assert_eq!((answer.outcome, answer.entry), (Outcome::SendAll, None));
    assert_eq!(world.entry_count(world.log()).await, before);
    assert!(stored(&world, &computer.subject()).await.is_empty());
    let answer = computer.report(&world).await.unwrap();
    assert_eq!((answer.outcome, answer.entry), (Outcome::Changed, Some(before)));
    assert_eq!(stored(&world, &computer.subject()).await, computer.facts);
    assert_eq!(world.kinds_from(before).await, ["device.checked_in", "subject.assessed"]);
}

async fn a_delta_carries_what_changed(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(5));
    let delta = computer.delta(world.now(), &["screen_lock"]);
    let answer = devices::check_in(&world.app, delta).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Changed);
    assert_eq!(stored(&world, &computer.subject()).await, computer.facts);
    let body = world.body(answer.entry.unwrap()).await;
    assert_eq!(body["changed"], serde_json::json!(["screen_lock"]));
    assert_eq!(body["digests"].as_object().unwrap().len(), 3);
}

async fn a_delta_on_what_the_server_never_had_is_asked_for_everything(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.say("screen_lock", screen_lock(5));
    computer.say("host_firewall", firewall(false));
    let before = world.entry_count(world.log()).await;
    let delta = computer.delta(world.now(), &["screen_lock"]);
    let answer = devices::check_in(&world.app, delta).await.unwrap();
    assert_eq!(answer.outcome, Outcome::SendAll);
    assert_eq!(world.entry_count(world.log()).await, before, "half of it is not taken");
    assert_ne!(stored(&world, &computer.subject()).await, computer.facts);
    assert_eq!(computer.report(&world).await.unwrap().outcome, Outcome::Changed);
    assert_eq!(stored(&world, &computer.subject()).await, computer.facts);
}

async fn a_confirmation_writes_no_entry(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let before = world.entry_count(world.log()).await;
    world.advance(Duration::from_minutes(5));
    let answer = computer.confirm(&world).await.unwrap();
    assert_eq!((answer.outcome, answer.entry), (Outcome::Confirmed, None));
    // Everything again, unchanged, is a confirmation too.
    world.advance(Duration::from_minutes(5));
    assert_eq!(computer.report(&world).await.unwrap().outcome, Outcome::Confirmed);
    assert_eq!(world.entry_count(world.log()).await, before);
    let detail = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    assert_eq!(detail.state.confirmed_at, world.now());
    assert_eq!(detail.state.counter, computer.counter);
}

async fn the_same_statement_again_changes_nothing(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let check_in = computer.full(world.now());
    let first = devices::check_in(&world.app, check_in.clone()).await.unwrap();
    assert_eq!(first.outcome, Outcome::Changed);
    let before = world.entry_count(world.log()).await;
    for _ in 0..3 {
        let again = devices::check_in(&world.app, check_in.clone()).await.unwrap();
        assert_eq!((again.outcome, again.entry), (Outcome::Repeated, None));
    }
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn a_lost_answer_and_a_repetition_leave_one_entry(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let check_in = computer.full(world.now());
    let before = world.entry_count(world.log()).await;
    let sent: Vec<_> = (0..8)
        .map(|_| {
            let (app, check_in) = (world.app.clone(), check_in.clone());
            tokio::spawn(async move { devices::check_in(&app, check_in).await })
        })
        .collect();
    let mut outcomes = BTreeMap::new();
    for one in sent {
        let answer = one.await.unwrap().unwrap();
        *outcomes.entry(format!("{:?}", answer.outcome)).or_insert(0) += 1;
    }
    assert_eq!(outcomes, [("Changed".to_owned(), 1), ("Repeated".to_owned(), 7)].into());
    assert_eq!(world.entry_count(world.log()).await, before + 2);
}

async fn a_fact_that_is_no_longer_stated_goes(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    computer.facts.remove("host_firewall");
    let delta = computer.delta(world.now(), &[]);
    let answer = devices::check_in(&world.app, delta).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Changed);
    assert_eq!(stored(&world, &computer.subject()).await, computer.facts);
    let verdict = world.verdict(&computer.subject(), "device-firewall-on").await;
    assert_eq!(verdict.status.as_str(), "unknown");
}

async fn a_fact_of_a_newer_agent_is_kept_and_no_check_sees_it(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let body: Body = serde_json::from_str(r#"{"deep": {"er": [1, "two"]}}"#).unwrap();
    computer.say("holographic_display", body.clone());
    let before = world.entry_count(world.log()).await;
    assert_eq!(computer.report(&world).await.unwrap().outcome, Outcome::Changed);
    assert_eq!(stored(&world, &computer.subject()).await["holographic_display"], body);
    assert_eq!(world.kinds_from(before).await, ["device.checked_in"]);
}

async fn the_statement_and_its_signature_stand_in_the_entry(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let check_in = computer.full(world.now());
    let answer = devices::check_in(&world.app, check_in.clone()).await.unwrap();
    let body = world.body(answer.entry.unwrap()).await;
    assert_eq!(body["statement"], serde_json::to_value(check_in.statement).unwrap());
    assert_eq!(body["signature"], serde_json::to_value(check_in.signature).unwrap());
    assert_eq!(body["digests"], serde_json::to_value(&check_in.digests).unwrap());
}

async fn what_is_derived_stands_in_the_entry_with_the_verdicts(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    let answer = computer.report(&world).await.unwrap();
    let body = world.body(answer.entry.unwrap() + 1).await;
    let facts = body["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 1, "{facts:?}");
    assert_eq!(facts[0]["kind"], "release_line");
    assert_eq!(facts[0]["source"], "closedset/release-line/agent");
    let detail = devices::device_detail(&world.app, &world.owner, computer.device).await.unwrap();
    let derived = detail.facts.iter().find(|fact| fact.kind == "release_line").unwrap();
    assert_eq!(facts[0]["digest"], derived.digest.to_string());
    assert_eq!(derived.entry, answer.entry.unwrap() + 1);
    for verdict in body["verdicts"].as_array().unwrap() {
        let check = verdict["check"].as_str().unwrap();
        let row = world.verdict(&computer.subject(), check).await;
        assert_eq!(verdict["status"], row.status.as_str(), "{check}");
        assert_eq!(row.entry, derived.entry, "{check}");
    }
}

async fn a_device_that_says_nothing_at_all_is_heard(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    computer.facts.clear();
    let answer = computer.report(&world).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Changed, "{answer:?}");
    let bare = CheckIn { digests: Some(BTreeMap::new()), ..computer.confirmation(world.now()) };
    assert_eq!(devices::check_in(&world.app, bare).await.unwrap().outcome, Outcome::Confirmed);
    let gone = devices::device_detail(&world.app, &world.neighbour().await, computer.device).await;
    assert_eq!(code(&gone.unwrap_err()), "not_found");
}

async fn a_device_that_floods_is_told_to_wait_and_others_are_not(world: World) {
    let mut broken = Computer::enrolled(&world, 1).await;
    let mut refusal = None;
    for number in 0..60 {
        let text = format!("{number} {}", "x".repeat(1_900_000));
        broken.say("holographic_display", serde_json::from_value(json!({ "log": text })).unwrap());
        refusal = broken.report(&world).await.err();
        if refusal.is_some() {
            break;
        }
    }
    let Some(Problem::Limited { retry_after_s }) = refusal else { panic!("{refusal:?}") };
    Computer::reporting(&world, 2).await;
    assert_eq!(code(&broken.report(&world).await.unwrap_err()), "limited");
    world.clock.advance(Duration::from_seconds(retry_after_s));
    assert_eq!(broken.report(&world).await.unwrap().outcome, Outcome::Changed);
}

async fn what_followed_from_a_fact_goes_with_it(world: World) {
    let mut computer = Computer::enrolled(&world, 1).await;
    computer.say("operating_system", debian("13"));
    computer.report(&world).await.unwrap();
    let subject = computer.subject();
    let derived = |rows: &[facts::FactRow]| rows.iter().any(|row| row.kind == "release_line");
    let (organisation, about) = (world.organisation(), subject.clone());
    let list = || {
        let about = about.clone();
        world.read(move |tx| facts::fact_list(tx, organisation, &about))
    };
    assert!(derived(&list().await));
    let check = world.app.catalogue().checks().iter();
    let mut rests = check.filter(|check| check.needs.iter().any(|kind| kind == "release_line"));
    let check = rests.next().unwrap().id.clone();
    assert_eq!(world.status(&subject, &check).await, closedset_core::Status::Pass);
    computer.facts.remove("operating_system");
    let delta = computer.delta(world.now(), &[]);
    devices::check_in(&world.app, delta).await.unwrap();
    assert_eq!(world.status(&subject, &check).await, closedset_core::Status::Unknown);
    assert!(!derived(&list().await));
    computer.confirm(&world).await.unwrap();
    assert_eq!(world.status(&subject, &check).await, closedset_core::Status::Unknown);
}

async fn a_revoked_device_is_not_revived_by_confirming_it(world: World) {
    let computer = Computer::reporting(&world, 1).await;
    let (app, owner, id) = (&world.app, &world.owner, computer.device);
    devices::device_revoke(app, owner, id, "lost").await.unwrap();
    let said = Confirmed {
        name: "edit-07".into(),
        has_screen: true,
        is_portable: false,
        handles_content: true,
    };
    let refused = devices::device_confirm(app, owner, id, said).await.unwrap_err();
    assert_eq!(code(&refused), "device.revoked");
    let detail = devices::device_detail(app, owner, id).await.unwrap();
    assert!(detail.verdicts.is_empty(), "{:?}", detail.verdicts);
}

async fn a_counter_that_no_entry_can_hold_is_refused(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let before = world.entry_count(world.log()).await;
    computer.counter = 1 << 53;
    computer.say("screen_lock", screen_lock(45));
    let refused = computer.report(&world).await.unwrap_err();
    let Problem::Invalid(fields) = &refused else { panic!("{refused}") };
    assert_eq!(fields[0].field, "counter");
    assert_eq!(world.entry_count(world.log()).await, before);
    // The last that can be counted is taken.
    computer.counter = (1 << 53) - 1;
    let answer = computer.report(&world).await.unwrap();
    assert_eq!(answer.outcome, Outcome::Changed);
}
