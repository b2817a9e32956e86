//! A computer without network: what it signs, and what it keeps.

use crate::world::{World, applicant, without_salt};
use closedset_agent::{
    Agent, AgentError, Existing, Identity, Seen, Surroundings, enrol, enrol_by_hand,
    refuse_other_machine, report_once, status,
};
use closedset_core::{
    Clock as _, Digest, Duration, Id,
    link::{EnrolLink, Home, device_of},
    report::HandReport,
};
use std::{collections::BTreeMap, fs, sync::atomic::Ordering};

/// A link as the page makes it, for the enrolment with this number.
fn link(world: &World, number: u8) -> EnrolLink {
    let home =
        Home { organisation: Id::from_bits(2), enrolment: Id::from_bits(100 + u128::from(number)) };
    EnrolLink { home: Some(home), ..world.link_with(number) }
}

fn enrolled(world: &World, link: &EnrolLink, existing: Existing) -> Result<Identity, AgentError> {
    enrol_by_hand(link, &world.path(), &applicant(existing), &world.surroundings)
}

fn seen(world: &World) -> Seen {
    Seen { at: world.clock.now(), bodies: world.facts.lock().unwrap().clone() }
}

fn signed(world: &World) -> HandReport {
    let report = world.open().sign_by_hand(seen(world)).unwrap();
    assert_eq!(HandReport::read(&report.write().unwrap()).unwrap(), report);
    report
}

#[test]
fn a_report_is_signed_for_a_server_that_was_never_asked() {
    let world = World::new();
    let link = link(&world, 1);
    let identity = enrolled(&world, &link, Existing::Keep).unwrap();
    let report = signed(&world);
    assert_eq!(world.server.connections.load(Ordering::SeqCst), 0);
    let request = report.enrol.unwrap();
    assert!(request.is_signed());
    assert_eq!(
        (request.token.as_str(), request.name.as_str()),
        (link.token.to_token().as_str(), "suite-1")
    );
    let statement = report.check_in.statement;
    assert_eq!(statement.organisation, link.home.unwrap().organisation);
    assert_eq!(statement.device, device_of(link.home.unwrap().enrolment));
    assert_eq!(identity.device, statement.device);
    let key = request.key.verifying_key().unwrap();
    assert!(statement.is_signed_by(&key, &report.check_in.signature));
    let said = report.check_in.bodies.iter();
    let said: BTreeMap<_, _> =
        said.map(|(kind, body)| (kind.clone(), without_salt(body))).collect();
    assert_eq!(said, *world.facts.lock().unwrap());
}

#[test]
fn a_number_that_stands_in_a_lost_file_is_never_used_again() {
    let world = World::new();
    enrolled(&world, &link(&world, 1), Existing::Keep).unwrap();
    let numbers: Vec<i64> = (0..3).map(|_| signed(&world).check_in.statement.counter).collect();
    assert_eq!(numbers, [1, 2, 3]);
    // Stored before it is signed with: what fails after that skips it.
    let counter = fs::read_to_string(world.device_path().join("counter")).unwrap();
    assert_eq!(counter, "3\n");
}

#[test]
fn the_same_link_again_changes_nothing_and_another_only_if_that_is_said() {
    let world = World::new();
    let first = enrolled(&world, &link(&world, 1), Existing::Keep).unwrap();
    signed(&world);
    assert_eq!(enrolled(&world, &link(&world, 1), Existing::Replace).unwrap(), first);
    assert_eq!(signed(&world).check_in.statement.counter, 2);
    let other = enrolled(&world, &link(&world, 2), Existing::Keep);
    assert!(matches!(other, Err(AgentError::AlreadyEnrolled { .. })));
    let old = world.device_path();
    let other = enrolled(&world, &link(&world, 2), Existing::Replace).unwrap();
    assert_ne!((other.device, other.key), (first.device, first.key));
    assert!(!old.exists());
    assert_eq!(signed(&world).check_in.statement.counter, 1);
}

#[test]
fn a_link_of_an_earlier_version_is_refused_with_what_to_do() {
    let world = World::new();
    let error = enrolled(&world, &world.link(), Existing::Keep).unwrap_err();
    assert!(matches!(error, AgentError::OldLink));
    assert!(error.remedy().contains("new link"), "{}", error.remedy());
    assert!(status(&world.path()).is_err());
}

#[test]
fn a_folder_whose_statements_wait_for_the_network_is_not_signed_from() {
    let world = World::enrolled();
    world.server.unplug();
    world.once();
    let error = world.open().sign_by_hand(seen(&world)).unwrap_err();
    assert!(matches!(error, AgentError::Waiting { count: 1 }), "{error:?}");
    world.server.plug_in();
    world.once();
    // Delivered, it may be signed from: enrolled over the network, it asks for nothing more.
    let report = signed(&world);
    assert_eq!((report.enrol, report.check_in.statement.counter), (None, 3));
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    enrolled(&world, &link(&world, 1), Existing::Keep).unwrap();
    let device = world.device_path();
    for path in ["key", "counter", "enrol.json"].map(|name| device.join(name)) {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
    }
    for path in [world.path(), device] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700, "{path:?}");
    }
}

#[test]
fn what_was_seen_counts_as_of_then_however_long_somebody_thought_it_over() {
    let world = World::enrolled();
    let seen = seen(&world);
    let at = seen.at;
    world.clock.advance(Duration::from_hours(3));
    let told = report_once(&mut world.open(), seen).unwrap();
    assert!(told.delivery.problem.is_none());
    assert_eq!(world.books().times(), [at]);
    world.assert_in_step();
}

#[test]
fn another_machine_does_not_speak_as_this_one() {
    let world = World::new();
    let on = |bytes: [u8; 32]| world.surroundings.clone().on(Some(Digest::from_bytes(bytes)));
    let (here, there) = (on([1; 32]), on([2; 32]));
    let enrolled = |number: u8, on: &Surroundings, existing: Existing| {
        enrol_by_hand(&link(&world, number), &world.path(), &applicant(existing), on)
    };
    enrolled(1, &here, Existing::Keep).unwrap();
    let kept = fs::read_to_string(world.path().join("identity.json")).unwrap();
    // A home folder that lies on the network, opened from the next suite.
    for on in [&there, &world.surroundings] {
        let refused = Agent::open(&world.path(), on).err().unwrap();
        assert!(matches!(refused, AgentError::OtherMachine { .. }), "{refused}");
        assert!(refused.remedy().contains("--state") && !refused.may_pass());
        // With the same link, another one, or by the network.
        for number in [1, 2] {
            let refused = enrolled(number, on, Existing::Keep).unwrap_err();
            assert!(matches!(refused, AgentError::OtherMachine { .. }), "{refused}");
            let refused =
                enrol(&link(&world, number), &world.path(), &applicant(Existing::Keep), on);
            assert!(matches!(refused, Err(AgentError::OtherMachine { .. })), "{refused:?}");
        }
        assert!(refuse_other_machine(&world.path(), on).is_err());
    }
    assert_eq!(fs::read_to_string(world.path().join("identity.json")).unwrap(), kept);
    assert_eq!(status(&world.path()).unwrap().counter, 0, "no number was used");
    Agent::open(&world.path(), &here).unwrap();
    // What was enrolled where the system has no id is bound to none, and said to be.
    enrolled(2, &world.surroundings, Existing::Replace).unwrap();
    Agent::open(&world.path(), &there).unwrap();
}

#[test]
fn a_server_that_enrols_as_something_else_than_the_link_says_is_refused() {
    let world = World::new();
    let mut foretold = link(&world, 1);
    // The server of these tests knows nothing of the link's ids.
    let refused = enrol(&foretold, &world.path(), &applicant(Existing::Keep), &world.surroundings)
        .unwrap_err();
    assert!(matches!(refused, AgentError::Transport(_)), "{refused}");
    assert!(matches!(status(&world.path()), Err(AgentError::NotEnrolled { .. })));
    foretold.home = None;
    enrol(&foretold, &world.path(), &applicant(Existing::Keep), &world.surroundings).unwrap();
}
