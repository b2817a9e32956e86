//! Enrolment: whom the agent trusts, what it keeps, what it refuses.

use crate::{
    books::problem,
    server::{Act, Server, Shown},
    world::{World, applicant},
};
use closedset_agent::{
    Agent, AgentError, Existing, enrol, status,
    transport::{ANSWER_LIMIT, Https, TransportError},
};
use closedset_core::{Digest, Duration, link::EnrolLink};
use serde_json::json;
use std::sync::{Arc, atomic::Ordering};

#[test]
fn an_enrolled_computer_knows_who_it_is_and_where() {
    let world = World::new();
    let identity = world.enrol().unwrap();
    let books = world.books();
    assert_eq!(books.enrolled.as_ref().unwrap().1, identity.key);
    drop(books);
    let status = status(&world.path()).unwrap();
    assert_eq!(status.server, world.server.url());
    assert_eq!(status.device, identity.device);
    assert_eq!(status.key_fingerprint, identity.key.fingerprint());
    assert_eq!((status.counter, status.queue_length), (0, 0));
    assert_eq!(status.last_accepted_at, None);
}

#[cfg(unix)]
#[test]
fn what_it_keeps_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::enrolled();
    let mode =
        |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(world.path()), 0o700);
    assert_eq!(mode(world.device_path()), 0o700);
    assert_eq!(mode(world.device_path().join("key")), 0o600);
    assert_eq!(mode(world.path().join("identity.json")), 0o600);
    assert!(!world.path().join("pending.json").exists());
}

#[test]
fn a_server_with_another_key_is_told_nothing() {
    let world = World::new();
    let pin = Digest::of(b"the server's own key");
    let link = EnrolLink { pin, ..world.link() };
    let error = world.enrol_with(&link, Existing::Keep).unwrap_err();
    let AgentError::Transport(TransportError::WrongKey { expected, shown, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((*expected, *shown), (pin, world.server.pin));
    assert!(error.remedy().contains("security contact"));
    assert_eq!(world.server.connections.load(Ordering::SeqCst), 1);
    assert_eq!(world.server.request_count(), 0);
}

#[test]
fn a_server_that_shows_the_certificate_without_its_key_is_told_nothing() {
    let shown = Shown::fresh().stolen_certificate();
    for version in rustls::ALL_VERSIONS {
        let server = Server::showing(&shown, &[version], |_| Act::BeSilent);
        let world = World::new();
        let link = EnrolLink { server: server.url(), pin: server.pin, ..world.link() };
        let error = world.enrol_with(&link, Existing::Keep).unwrap_err();
        assert!(matches!(error, AgentError::Transport(TransportError::Tls { .. })), "{error:?}");
        assert_eq!(server.request_count(), 0);
    }
}

#[test]
fn both_versions_of_tls_carry_an_enrolment() {
    for version in rustls::ALL_VERSIONS {
        let world = World::new();
        let books = Arc::clone(&world.books);
        let server = Server::showing(&Shown::fresh(), &[version], move |request| {
            books.lock().unwrap().answer(request)
        });
        let link = EnrolLink { server: server.url(), pin: server.pin, ..world.link() };
        world.enrol_with(&link, Existing::Keep).unwrap();
        assert_eq!(server.request_count(), 1);
    }
}

#[test]
fn an_identity_is_replaced_only_if_that_is_said() {
    let world = World::enrolled();
    world.once();
    let first = world.device_path();
    let again = world.enrol_with(&world.link_with(2), Existing::Keep);
    assert!(matches!(again, Err(AgentError::AlreadyEnrolled { .. })));
    assert_eq!(world.books().devices, 1);
    let identity = world.enrol_with(&world.link_with(2), Existing::Replace).unwrap();
    assert_eq!(world.books().devices, 2);
    assert!(!first.exists());
    assert_eq!(world.open().identity(), &identity);
    assert_eq!(status(&world.path()).unwrap().counter, 0);
    world.once();
    world.assert_in_step();
}

#[test]
fn a_damaged_identity_can_be_replaced() {
    let world = World::enrolled();
    std::fs::write(world.path().join("identity.json"), "{").unwrap();
    assert!(matches!(
        world.enrol_with(&world.link_with(2), Existing::Keep),
        Err(AgentError::Damaged { .. })
    ));
    world.enrol_with(&world.link_with(2), Existing::Replace).unwrap();
    world.once();
    world.assert_in_step();
}

#[test]
fn a_refused_link_leaves_no_key_behind_and_says_why() {
    let world = World::new();
    world.answer_next(problem(
        410,
        "link.expired",
        json!({"title": "The link has expired", "detail": "ask for a new one"}),
    ));
    let error = world.enrol().unwrap_err();
    assert_eq!(error.to_string(), "the server answered: The link has expired: ask for a new one");
    assert!(matches!(error, AgentError::Refused(refusal) if refusal.code == "link.expired"));
    assert!(!world.path().join("pending.json").exists());
    assert!(matches!(
        Agent::open(&world.path(), &world.surroundings),
        Err(AgentError::NotEnrolled { .. })
    ));
}

#[test]
fn a_link_whose_answer_was_lost_can_be_used_again() {
    let world = World::new();
    world.enrol().unwrap();
    // The answer never came: only the key of the try is left.
    let key = std::fs::read_to_string(world.device_path().join("key")).unwrap();
    let pending = json!({
        "token": Digest::of(&[1; 32]),
        "seed": key.trim_end(),
    });
    std::fs::remove_dir_all(world.path()).unwrap();
    std::fs::create_dir(world.path()).unwrap();
    std::fs::write(world.path().join("pending.json"), pending.to_string()).unwrap();
    world.enrol().unwrap();
    assert_eq!(world.books().devices, 1);
}

#[test]
fn a_link_that_is_used_again_does_not_count_anew() {
    let world = World::enrolled();
    let key = std::fs::read_to_string(world.device_path().join("key")).unwrap();
    world.once();
    // Power failed when the identity was written and the key of the try not yet forgotten.
    let pending = json!({"token": Digest::of(&[1; 32]), "seed": key.trim_end()});
    std::fs::write(world.path().join("pending.json"), pending.to_string()).unwrap();
    world.enrol_with(&world.link(), Existing::Replace).unwrap();
    assert_eq!(world.books().devices, 1);
    assert_eq!(status(&world.path()).unwrap().counter, 1);
    world.once();
    assert_eq!(world.books().counters(), [1, 2]);
    world.assert_in_step();
}

#[test]
fn a_running_agent_keeps_others_off_its_folder() {
    let world = World::enrolled();
    let agent = world.open();
    let error = Agent::open(&world.path(), &world.surroundings).err().unwrap();
    assert!(matches!(error, AgentError::Busy { .. }));
    assert!(error.remedy().contains("systemctl stop"));
    assert!(matches!(
        world.enrol_with(&world.link_with(2), Existing::Replace),
        Err(AgentError::Busy { .. })
    ));
    assert!(status(&world.path()).is_ok());
    drop(agent);
    world.open();
}

#[test]
fn answers_that_make_no_sense_enrol_nobody() {
    let too_much = "x".repeat(usize::try_from(ANSWER_LIMIT).unwrap() + 1);
    let headed = |head: &str, body: &str| Act::Send(format!("{head}\r\n\r\n{body}").into_bytes());
    let nonsense = [
        Act::Send(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        Act::Send(Vec::new()),
        headed("HTTP/1.1 200 OK\r\nContent-Length: 2", "{}"),
        headed("HTTP/1.1 200 OK\r\nContent-Length: 9", "{}"),
        headed("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0", ""),
        headed("HTTP/1.1 200 OK\r\nConnection: close", &too_much),
        headed(&format!("HTTP/1.1 200 OK\r\nX: {too_much}"), ""),
    ];
    for (number, act) in nonsense.into_iter().enumerate() {
        let world = World::new();
        world.answer_next(act);
        let error = world.enrol().unwrap_err();
        let is_expected = match number {
            4 => matches!(&error, AgentError::Refused(refusal) if refusal.status == 302),
            5 | 6 => matches!(error, AgentError::Transport(TransportError::TooLarge { .. })),
            _ => matches!(error, AgentError::Transport(_)),
        };
        assert!(is_expected, "{number}: {error:?}");
        assert!(!error.remedy().is_empty());
        assert!(!world.path().join("identity.json").exists());
        // The same link still works: nothing was spent on this side.
        world.enrol().unwrap();
    }
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let mut world = World::new();
    world.surroundings.connect = Arc::new(Https { exchange_limit: Duration::from_millis(200) });
    world.answer_next(Act::BeSilent);
    let error = world.enrol().unwrap_err();
    assert!(matches!(error, AgentError::Transport(TransportError::TimedOut { .. })), "{error:?}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let world = World::new();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let link = EnrolLink { server: format!("https://{address}"), ..world.link() };
    let error = world.enrol_with(&link, Existing::Keep).unwrap_err();
    let AgentError::Transport(error @ TransportError::Unreachable { .. }) = error else {
        panic!("{error:?}");
    };
    assert!(error.to_string().contains(&address.to_string()));
}

#[test]
fn a_name_is_wanted_and_not_without_end() {
    let world = World::new();
    for name in ["", "  ", &"n".repeat(254)] {
        let mut applicant = applicant(Existing::Keep);
        applicant.name = name.to_owned();
        let refused = enrol(&world.link(), &world.path(), &applicant, &world.surroundings);
        assert!(matches!(refused, Err(AgentError::Name)), "{name}");
    }
    assert_eq!(world.server.request_count(), 0);
}
