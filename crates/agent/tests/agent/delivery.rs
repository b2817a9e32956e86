//! What is stated, and what each answer leads to.

use crate::{
    books::{problem, problem_with, said},
    server::Act,
    world::World,
};
use closedset_agent::{AgentError, DeliveryProblem, Existing, Stated, run_once, status};
use closedset_core::{Duration, check_in::Outcome};
use serde_json::json;

#[test]
fn only_what_changed_is_told_and_what_did_not_is_confirmed() {
    let world = World::enrolled();
    let mut agent = world.open();
    let all = Stated::Report { changed: 2, facts: 2 };
    assert_eq!(world.once_with(&mut agent).stated, all);
    assert_eq!(world.once_with(&mut agent).stated, Stated::Confirmation);
    assert!(world.books().last_bodies().is_empty());
    world.set("screen_lock", json!({"longest_s": 0}));
    let one = Stated::Report { changed: 1, facts: 2 };
    assert_eq!(world.once_with(&mut agent).stated, one);
    assert_eq!(world.books().last_bodies(), ["screen_lock"]);
    // What the server took is still known after a restart.
    drop(agent);
    assert_eq!(world.once().stated, Stated::Confirmation);
    world.assert_in_step();
    assert_eq!(world.books().counters(), [1, 2, 3, 4]);
    let status = status(&world.path()).unwrap();
    assert_eq!((status.counter, status.last_entry), (4, Some(7)));
    assert!(status.last_accepted_at.is_some());
}

#[test]
fn a_fact_that_is_gone_is_a_change() {
    let world = World::enrolled();
    world.once();
    world.facts.lock().unwrap().remove("firewall");
    let report = world.once();
    assert_eq!(report.stated, Stated::Report { changed: 0, facts: 1 });
    world.assert_in_step();
}

#[test]
fn a_server_that_forgot_is_told_everything_under_a_new_number() {
    let world = World::enrolled();
    world.once();
    world.books().forget_facts();
    let report = world.once();
    assert!(report.delivery.asked_for_all);
    assert!(report.delivery.problem.is_none());
    assert_eq!(report.waiting, 0);
    assert_eq!(world.books().last_bodies(), ["firewall", "screen_lock"]);
    assert_eq!(world.books().counters(), [1, 3]);
    world.assert_in_step();
}

#[test]
fn a_server_that_always_asks_for_everything_is_not_answered_for_ever() {
    let world = World::enrolled();
    world.answer_next(said(Outcome::SendAll));
    world.answer_next(said(Outcome::SendAll));
    let report = world.once();
    assert!(matches!(report.delivery.problem, Some(DeliveryProblem::AskedForAllAgain)));
    assert_eq!(world.server.request_count(), 3);
    world.once();
    world.assert_in_step();
}

#[test]
fn a_revoked_device_says_no_more_until_it_is_enrolled_again() {
    let world = World::enrolled();
    world.once();
    world.answer_next(problem(403, "device.revoked", json!({"title": "The device was revoked"})));
    let mut agent = world.open();
    let error = run_once(&mut agent, &world.collector()).unwrap_err();
    assert!(matches!(error, AgentError::Revoked(_)), "{error:?}");
    assert!(error.remedy().contains("enrol"));
    drop(agent);
    let before = world.server.request_count();
    let error = run_once(&mut world.open(), &world.collector()).unwrap_err();
    assert!(matches!(error, AgentError::Revoked(_)));
    assert_eq!(world.server.request_count(), before);
    assert!(status(&world.path()).unwrap().revoked.is_some());
    world.enrol_with(&world.link_with(2), Existing::Keep).unwrap();
    world.once();
    world.assert_in_step();
}

#[test]
fn a_device_that_the_server_does_not_know_keeps_its_reports() {
    let world = World::enrolled();
    world.answer_next(problem(401, "device.unknown", json!({"title": "No such device"})));
    let report = world.once();
    let Some(DeliveryProblem::Later { refusal, .. }) = report.delivery.problem else {
        panic!("{report:?}");
    };
    assert!(refusal.remedy().contains("enrol"));
    assert_eq!(report.waiting, 1);
    world.once();
    assert_eq!(world.books().counters(), [1, 2]);
}

#[test]
fn a_counter_that_somebody_else_used_is_overtaken_and_told_loudly() {
    let world = World::enrolled();
    world.once();
    world.books().highest = 40;
    world.set("screen_lock", json!({"longest_s": 0}));
    let report = world.once();
    assert!(report.delivery.replayed);
    assert!(report.delivery.problem.is_none());
    assert_eq!(world.books().counters(), [1, 41]);
    let status = status(&world.path()).unwrap();
    assert_eq!((status.counter, status.replays.count), (41, 1));
    assert!(status.replays.last_at.is_some());
    world.assert_in_step();
}

#[test]
fn a_clone_that_counts_on_at_the_same_time_does_not_make_it_race() {
    let world = World::enrolled();
    for highest in [40, 80] {
        world.answer_next(problem(
            409,
            "counter.replayed",
            json!({"title": "Used", "highest": highest}),
        ));
    }
    let report = world.once();
    assert!(matches!(report.delivery.problem, Some(DeliveryProblem::Replayed(_))));
    assert_eq!(report.waiting, 1);
    assert_eq!(world.server.request_count(), 3);
    world.once();
    assert_eq!(world.books().counters(), [41, 42]);
    world.assert_in_step();
}

#[test]
fn a_malformed_statement_is_not_sent_twice() {
    for status in [400, 413, 422] {
        let world = World::enrolled();
        let mut agent = world.open();
        world.answer_next(problem(status, "check_in.malformed", json!({"title": "Malformed"})));
        let report = world.once_with(&mut agent);
        assert!(matches!(report.delivery.problem, Some(DeliveryProblem::GivenUp(_))));
        assert_eq!((report.waiting, report.dropped.refused), (0, 1));
        let report = world.once_with(&mut agent);
        assert_eq!(report.stated, Stated::Report { changed: 2, facts: 2 });
        assert_eq!(world.books().counters(), [2]);
        world.assert_in_step();
    }
}

#[test]
fn a_wrong_clock_is_said_and_what_was_found_is_told_later() {
    let world = World::enrolled();
    let mut agent = world.open();
    world.once_with(&mut agent);
    world.set("screen_lock", json!({"longest_s": 0}));
    world.answer_next(problem(422, "clock.ahead", json!({"title": "The clock is ahead"})));
    let report = world.once_with(&mut agent);
    let problem = report.delivery.problem.unwrap();
    assert!(problem.remedy().contains("time synchronisation"));
    let trouble = status(&world.path()).unwrap().trouble.unwrap();
    assert!(trouble.what.contains("The clock is ahead"));
    let report = world.once_with(&mut agent);
    assert_eq!(report.stated, Stated::Report { changed: 1, facts: 2 });
    assert_eq!(status(&world.path()).unwrap().trouble, None);
    world.assert_in_step();
}

#[test]
fn what_was_lost_on_the_way_is_kept_and_sent_again() {
    for (status, code, remedy) in [
        (408, "body.slow", "sent again"),
        (400, "body.cut_short", "sent again"),
        (503, "server.busy", "as the server asked"),
        (429, "too_many", "as the server asked"),
    ] {
        let world = World::enrolled();
        let mut agent = world.open();
        world.answer_next(problem(status, code, json!({"title": "Lost"})));
        let report = world.once_with(&mut agent);
        let problem = report.delivery.problem.unwrap();
        assert!(matches!(problem, DeliveryProblem::Later { .. }), "{code} {problem:?}");
        assert!(problem.remedy().contains(remedy), "{code} {}", problem.remedy());
        assert_eq!((report.waiting, report.dropped.refused), (1, 0), "{code}");
        let report = world.once_with(&mut agent);
        assert_eq!((report.waiting, report.dropped.refused), (0, 0), "{code}");
        assert_eq!(world.books().counters(), [1, 2], "{code}");
        world.assert_in_step();
    }
}

#[test]
fn a_busy_server_names_its_time_and_loses_nothing() {
    let world = World::enrolled();
    world.answer_next(problem_with(
        429,
        "Retry-After: 120\r\n",
        "too_many",
        json!({"title": "Too many"}),
    ));
    let report = world.once();
    let Some(DeliveryProblem::Later { after, .. }) = report.delivery.problem else {
        panic!("{report:?}");
    };
    assert_eq!(after, Some(Duration::from_seconds(120)));
    assert_eq!(report.waiting, 1);
}

#[test]
fn an_answer_without_sense_keeps_the_statement_and_repeating_it_is_harmless() {
    let world = World::enrolled();
    for act in [
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull".to_vec()),
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".to_vec()),
        Act::json(200, &json!({"outcome": "unheard_of", "next_in_s": 1})),
        Act::json(500, &"oops"),
    ] {
        world.answer_next(act);
        assert!(world.once().delivery.problem.is_some());
    }
    world.once();
    assert_eq!(world.books().counters(), [1, 2, 3, 4, 5]);
    world.assert_in_step();
}
