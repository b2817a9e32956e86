//! Power that fails at every single change of the disk, before it or after it.

use crate::world::{Blow, MortalDisk, World};
use closedset_agent::{Agent, AgentError, Existing, Surroundings, run_once, status};
use serde_json::json;
use std::{io, sync::Arc};

/// Runs `act` again and again with a disk that dies one change later each time, until a disk
/// outlives it.
fn at_every_step(act: impl Fn(&Arc<MortalDisk>)) {
    for blow in [Blow::Before, Blow::After] {
        for changes in 1.. {
            assert!(changes < 200, "it never ends");
            let disk = Arc::new(MortalDisk::new(changes, blow));
            act(&disk);
            if !disk.is_dead() {
                break;
            }
        }
    }
}

fn on(world: &World, disk: &Arc<MortalDisk>) -> Surroundings {
    Surroundings { disk: Arc::clone(disk) as _, ..world.surroundings.clone() }
}

#[test]
fn an_enrolment_that_dies_anywhere_is_finished_with_the_same_link() {
    at_every_step(|disk| {
        let world = World::new();
        let dying = on(&world, disk);
        let applicant = crate::world::applicant(Existing::Keep);
        let died = closedset_agent::enrol(&world.link(), &world.path(), &applicant, &dying);
        match world.enrol() {
            Ok(_) | Err(AgentError::AlreadyEnrolled { .. }) => {}
            Err(error) => panic!("{died:?}: {error:?}"),
        }
        assert_eq!(world.books().devices, 1);
        world.once();
        world.assert_in_step();
    });
}

#[test]
fn a_replacement_that_dies_anywhere_leaves_a_working_enrolment() {
    at_every_step(|disk| {
        let world = World::enrolled();
        world.once();
        let dying = on(&world, disk);
        let old = world.device_path();
        let applicant = crate::world::applicant(Existing::Replace);
        let link = world.link_with(2);
        drop(closedset_agent::enrol(&link, &world.path(), &applicant, &dying));
        // Whichever identity stands is whole.
        world.open();
        match world.enrol_with(&link, Existing::Replace) {
            Ok(_) => {}
            Err(AgentError::Refused(refusal)) => assert_eq!(refusal.code, "link.used"),
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(world.books().devices, 2);
        world.once();
        world.assert_in_step();
        assert!(!old.exists());
    });
}

#[test]
fn a_number_is_never_signed_twice_wherever_power_fails() {
    at_every_step(|disk| {
        let world = World::enrolled();
        world.once();
        world.server.unplug();
        world.set("screen_lock", json!({"longest_s": 1}));
        world.once();
        world.server.plug_in();
        let dying = on(&world, disk);
        if let Ok(mut agent) = Agent::open(&world.path(), &dying) {
            for longest_s in [2, 3] {
                world.set("screen_lock", json!({"longest_s": longest_s}));
                drop(run_once(&mut agent, &world.collector()));
            }
        }
        world.set("screen_lock", json!({"longest_s": 4}));
        let report = world.once();
        assert!(report.delivery.problem.is_none() && report.waiting == 0);
        world.assert_in_step();
    });
}

#[test]
fn a_renumbering_that_dies_anywhere_contradicts_nothing() {
    at_every_step(|disk| {
        let world = World::enrolled();
        world.once();
        world.server.unplug();
        for longest_s in [1, 2] {
            world.set("screen_lock", json!({"longest_s": longest_s}));
            world.once();
        }
        world.books().highest = 1_000;
        world.server.plug_in();
        let dying = on(&world, disk);
        if let Ok(mut agent) = Agent::open(&world.path(), &dying) {
            drop(run_once(&mut agent, &world.collector()));
        }
        world.once();
        world.once();
        world.assert_in_step();
        assert_eq!(status(&world.path()).unwrap().queue_length, 0);
    });
}

#[test]
fn a_renumbering_that_dies_anywhere_keeps_the_order() {
    at_every_step(|disk| {
        let world = World::enrolled();
        world.once();
        world.server.unplug();
        for longest_s in [1, 2, 3] {
            world.set("screen_lock", json!({"longest_s": longest_s}));
            world.once();
        }
        world.books().highest = 1_000;
        world.server.plug_in();
        let dying = on(&world, disk);
        if let Ok(mut agent) = Agent::open(&world.path(), &dying) {
            drop(run_once(&mut agent, &world.collector()));
        }
        world.clock.advance(closedset_core::Duration::from_seconds(1));
        world.once();
        world.once();
        world.assert_in_step();
        let times = world.books().times();
        assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
        assert!(times.len() >= 4, "one was lost: {times:?}");
        assert_eq!(status(&world.path()).unwrap().queue_length, 0);
    });
}

#[test]
fn a_full_disk_keeps_what_was_stored_and_says_so() {
    let world = World::enrolled();
    world.once();
    let full = Surroundings { disk: Arc::new(MortalDisk::full()), ..world.surroundings.clone() };
    let before = status(&world.path()).unwrap();
    let mut agent = Agent::open(&world.path(), &full).unwrap();
    let error = run_once(&mut agent, &world.collector()).unwrap_err();
    let AgentError::Disk { path, source, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert!(path.ends_with("counter"));
    assert!(error.remedy().contains("make room"));
    drop(agent);
    assert_eq!(status(&world.path()).unwrap(), before);
    assert_eq!(world.books().counters(), [1]);
    world.once();
    world.assert_in_step();
}
