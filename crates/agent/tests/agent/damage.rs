//! Files that are not what the agent wrote: named, with what to do.

use crate::world::World;
use closedset_agent::{Agent, AgentError, Stated, status};

fn open_error(world: &World) -> AgentError {
    Agent::open(&world.path(), &world.surroundings).err().unwrap()
}

#[test]
fn a_damaged_file_is_named_with_what_to_do() {
    let contents: [&[u8]; 4] = [b"", b"{\"form\":1}", b"\xff\xfe", b"-1\n"];
    for name in ["identity.json", "key", "counter"] {
        for content in contents {
            let world = World::enrolled();
            world.once();
            let folder = if name == "identity.json" { world.path() } else { world.device_path() };
            std::fs::write(folder.join(name), content).unwrap();
            let error = open_error(&world);
            assert!(matches!(error, AgentError::Damaged { .. }), "{error:?}");
            assert!(error.to_string().contains(name), "{error}");
            assert!(error.remedy().contains("--replace"));
        }
    }
}

#[test]
fn a_lost_counter_or_key_is_not_begun_anew() {
    for name in ["counter", "key"] {
        let world = World::enrolled();
        std::fs::remove_file(world.device_path().join(name)).unwrap();
        let error = open_error(&world);
        assert!(error.to_string().contains("it is gone"), "{error}");
    }
}

#[test]
fn the_key_of_another_device_is_refused() {
    let (world, other) = (World::enrolled(), World::enrolled());
    let other_link = other.link_with(9);
    std::fs::remove_dir_all(other.path()).unwrap();
    // Another key: the randomness of the second world has moved on.
    other.enrol_with(&other_link, closedset_agent::Existing::Keep).unwrap();
    std::fs::copy(other.device_path().join("key"), world.device_path().join("key")).unwrap();
    let error = open_error(&world);
    assert!(error.to_string().contains("not the key that was enrolled"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::enrolled();
    let key = world.device_path().join("key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = open_error(&world);
    assert!(matches!(error, AgentError::KeyExposed { bits: 0o040, .. }));
    assert!(error.remedy().contains("chmod 600"));
}

#[test]
fn a_counter_that_was_set_back_behind_the_queue_catches_up() {
    let world = World::enrolled();
    world.server.unplug();
    world.once();
    world.once();
    std::fs::write(world.device_path().join("counter"), "0\n").unwrap();
    world.server.plug_in();
    world.once();
    assert_eq!(world.books().counters(), [1, 2, 3]);
    world.assert_in_step();
}

#[test]
fn without_its_memory_of_the_server_it_tells_everything() {
    for content in [&b"torn"[..], b"", b"[1]"] {
        let world = World::enrolled();
        world.once();
        std::fs::write(world.device_path().join("progress.json"), content).unwrap();
        assert_eq!(status(&world.path()).unwrap().last_accepted_at, None);
        let report = world.once();
        assert_eq!(report.stated, Stated::Report { changed: 2, facts: 2 });
        world.assert_in_step();
    }
}
