//! A server out of reach: what waits, what is given up, and what is delivered when it is back.

use crate::{server::Act, world::World};
use closedset_agent::{DeliveryProblem, QueueLimits, Stated, status, transport::TransportError};
use closedset_core::check_in::CheckIn;
use serde_json::json;

#[test]
fn what_was_stated_offline_is_delivered_once_and_in_order() {
    let world = World::enrolled();
    world.server.unplug();
    for longest_s in [900, 900, 0, 600] {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        let report = world.once();
        assert!(matches!(
            report.delivery.problem,
            Some(DeliveryProblem::Unanswered(TransportError::Unreachable { .. }))
        ));
    }
    let offline = status(&world.path()).unwrap();
    assert_eq!(offline.queue_length, 4);
    let trouble = offline.trouble.unwrap();
    assert_eq!(trouble.since, offline.enrolled_at);
    world.server.plug_in();
    let report = world.once();
    assert_eq!((report.delivery.delivered, report.waiting), (5, 0));
    let books = world.books();
    assert_eq!(books.counters(), [1, 2, 3, 4, 5]);
    assert!(books.times().is_sorted());
    let bodies: Vec<usize> = books.taken.iter().map(|taken| taken.bodies.len()).collect();
    assert_eq!(bodies, [2, 0, 1, 1, 0]);
    drop(books);
    world.assert_in_step();
    assert_eq!(status(&world.path()).unwrap().queue_length, 0);
}

#[test]
fn an_answer_that_is_lost_leads_to_the_same_statement_again() {
    let world = World::enrolled();
    world.once();
    // The server took it; the line broke before it could say so.
    let taken = world.books().taken[0].clone();
    let file = world.device_path().join("queue/0000000000000000001.report.json");
    std::fs::write(&file, serde_json::to_vec(&taken).unwrap()).unwrap();
    let report = world.once();
    assert_eq!((report.delivery.delivered, report.waiting), (2, 0));
    assert_eq!(world.books().counters(), [1, 2]);
    world.assert_in_step();
}

#[test]
fn a_full_queue_gives_up_old_confirmations_and_no_report() {
    let mut world = World::enrolled();
    world.surroundings.limits = QueueLimits { statements: 6, bytes: u64::MAX };
    world.server.unplug();
    let mut lost = 0;
    for longest_s in [1, 1, 1, 1, 2, 2, 2, 3, 3, 3] {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        lost += world.once().dropped.confirmations;
    }
    assert_eq!(lost, 4);
    let status = status(&world.path()).unwrap();
    assert_eq!((status.queue_length, status.dropped.confirmations), (6, 4));
    assert_eq!((status.dropped.reports, status.dropped.refused), (0, 0));
    world.server.plug_in();
    world.once();
    // Of each state its report and the last confirmation remain: when it began, and how long it held.
    assert_eq!(world.books().counters(), [1, 4, 5, 7, 8, 11]);
    world.assert_in_step();
}

#[test]
fn a_queue_full_of_reports_hands_on_what_the_oldest_said() {
    let mut world = World::enrolled();
    world.surroundings.limits = QueueLimits { statements: 2, bytes: u64::MAX };
    world.server.unplug();
    for longest_s in 1..=5 {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        world.once();
    }
    assert_eq!(status(&world.path()).unwrap().dropped.reports, 3);
    world.server.plug_in();
    let report = world.once();
    // The firewall was told in the first report alone, and yet nobody had to ask for it.
    assert!(!report.delivery.asked_for_all);
    world.assert_in_step();
    assert_eq!(world.books().taken[0].bodies.len(), 2);
}

#[test]
fn bytes_are_bounded_too_and_the_newest_statement_stays() {
    let mut world = World::enrolled();
    world.surroundings.limits = QueueLimits { statements: 100, bytes: 1_000 };
    world.server.unplug();
    for number in 0..3 {
        world.set("software", json!({"names": "n".repeat(3_000 + number)}));
        world.once();
        assert_eq!(status(&world.path()).unwrap().queue_length, 1);
    }
    world.server.plug_in();
    world.once();
    world.assert_in_step();
}

#[test]
fn a_torn_statement_is_dropped_and_the_rest_goes_out() {
    let world = World::enrolled();
    world.server.unplug();
    for longest_s in [1, 2, 3] {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        world.once();
    }
    let queue = world.device_path().join("queue");
    std::fs::write(queue.join("0000000000000000002.report.json"), "{\"state").unwrap();
    std::fs::write(queue.join("notes.txt"), "not ours").unwrap();
    world.server.plug_in();
    world.once();
    assert_eq!(status(&world.path()).unwrap().dropped.refused, 1);
    assert_eq!(world.books().counters(), [1, 3, 4]);
    world.assert_in_step();
}

#[test]
fn a_whole_queue_is_signed_anew_when_its_numbers_were_used() {
    let world = World::enrolled();
    world.once();
    world.server.unplug();
    for longest_s in [1, 2] {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        world.once();
    }
    world.books().highest = 1_000;
    world.server.plug_in();
    let report = world.once();
    assert!(report.delivery.replayed);
    assert_eq!(world.books().counters(), [1, 1_001, 1_002, 1_003]);
    assert!(world.books().times().is_sorted());
    world.assert_in_step();
}

#[test]
fn a_delivery_that_breaks_off_goes_on_where_it_broke() {
    let world = World::enrolled();
    world.server.unplug();
    for longest_s in [1, 2, 3] {
        world.set("screen_lock", json!({"longest_s": longest_s}));
        world.once();
    }
    world.server.plug_in();
    world.answer_next(Act::Send(Vec::new()));
    assert_eq!(world.once().waiting, 4);
    world.once();
    assert_eq!(world.books().counters(), [1, 2, 3, 4, 5]);
    world.assert_in_step();
}

#[test]
fn confirmations_travel_without_a_body() {
    let world = World::enrolled();
    world.once();
    world.once();
    let last = world.server.requests.lock().unwrap().last().unwrap().clone();
    let sent: CheckIn = serde_json::from_slice(&last.body).unwrap();
    assert!(sent.digests.is_none() && sent.bodies.is_empty());
    assert!(last.body.len() < 600, "{}", last.body.len());
    assert!(last.head.starts_with("POST /api/v1/agent/check-ins HTTP/1.1\r\n"));
    assert!(last.head.to_lowercase().contains("content-type: application/json\r\n"));
    assert_eq!(world.once().stated, Stated::Confirmation);
}
