//! Whole computers, written down: a well-kept workstation, one as it came, a VFX floor's Rocky, and
//! a server looked at by somebody who is not root.

use crate::{assert_fits, now};
use closedset_core::{Duration, Time, fact::Body};
use closedset_probes::{
    CollectOptions, KINDS, LiveHost, RecordedHost, RecordingHost, RecordingOptions, collect,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn bodies(name: &str) -> BTreeMap<String, Body> {
    bodies_at(name, now())
}

fn bodies_at(name: &str, now: Time) -> BTreeMap<String, Body> {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let host = RecordedHost::from_json(&std::fs::read_to_string(path).unwrap()).unwrap();
    let options = CollectOptions {
        now,
        control_host: Some("server.studio.example:8443".into()),
        skip: Vec::new(),
    };
    let bodies = collect(&host, &options);
    assert_eq!(bodies.len(), KINDS.len());
    for (kind, body) in &bodies {
        assert_fits(kind, body);
    }
    bodies
}

/// The value at a dotted path of a fact: `screen_lock.longest_s`.
fn at(bodies: &BTreeMap<String, Body>, path: &str) -> Value {
    let (kind, path) = path.split_once('.').unwrap();
    path.split('.')
        .try_fold(Value::Object(bodies[kind].fields().clone()), |value, part| {
            match part.parse::<usize>() {
                Ok(index) => value.get(index).cloned(),
                Err(_) => value.get(part).cloned(),
            }
        })
        .unwrap_or(Value::Null)
}

fn assert_all(name: &str, expected: &[(&str, Value)]) {
    let bodies = bodies(name);
    for (path, value) in expected {
        assert_eq!(&at(&bodies, path), value, "{name}: {path}");
    }
}

fn unread_paths(bodies: &BTreeMap<String, Body>) -> Vec<String> {
    bodies
        .iter()
        .flat_map(|(kind, body)| {
            body.unread().into_iter().map(move |one| format!("{kind}.{}", one.path))
        })
        .collect()
}

#[test]
fn well_kept_debian_workstation() {
    let name = "debian-12-gnome";
    assert_all(
        name,
        &[
            ("operating_system.version", json!("12")),
            ("hardware.looks_portable", json!(true)),
            ("host_firewall.backend", json!("ufw")),
            ("host_firewall.refuses_inbound", json!(true)),
            ("host_firewall.starts_at_boot", json!(true)),
            ("screen_lock.longest_s", json!(600)),
            ("screen_lock.users.0.asks_password", json!(true)),
            ("disk_encryption.all_encrypted", json!(true)),
            ("removable_drives.attached.0.mounted_at", json!("/media/mara/STICK")),
            ("removable_drives.all_encrypted", json!(false)),
            ("storage_ports.all_blocked", json!(true)),
            ("automatic_updates.is_enabled", json!(true)),
            ("pending_updates.security", json!(0)),
            ("local_accounts.without_password", json!([])),
            ("password_policy.minimum_length", json!(14)),
            ("password_policy.locks_after_failures", json!(5)),
            ("remote_access.methods.0.kind", json!("ssh")),
            ("remote_access.methods.0.reach", json!("firewalled")),
            ("remote_access.is_open_to_all", json!(false)),
            ("ssh_server.password_sign_in", json!(false)),
            ("ssh_server.root_sign_in", json!("no")),
            ("cloud_sync.found", json!([])),
            ("wireless.all_strong", json!(true)),
            ("internet_access.is_restricted", json!(true)),
            ("time_sync.is_synchronised", json!(true)),
            ("anti_malware.products.0.is_running", json!(false)),
            ("software.count", json!(2)),
        ],
    );
    assert_eq!(unread_paths(&bodies(name)), Vec::<String>::new());
}

#[test]
fn ubuntu_as_it_came_with_what_people_put_on_it() {
    let name = "ubuntu-24.04-untouched";
    assert_all(
        name,
        &[
            ("operating_system.version", json!("24.04")),
            ("host_firewall.backend", json!("none")),
            ("host_firewall.is_active", json!(false)),
            ("screen_lock.users.0.locks_after_s", json!(0)),
            ("disk_encryption.unencrypted", json!(["/"])),
            ("storage_ports.all_blocked", json!(false)),
            ("storage_ports.open", json!(["usb", "uas", "mtp"])),
            ("automatic_updates.is_enabled", json!(false)),
            ("pending_updates.security", json!(1)),
            ("pending_updates.restart_needed", json!(true)),
            ("local_accounts.without_password", json!(["render"])),
            ("local_accounts.automatic_sign_in", json!(["jo"])),
            ("remote_access.is_open_to_all", json!(true)),
            ("ssh_server.is_running", json!(true)),
            ("ssh_server.password_sign_in", json!(true)),
            ("internet_access.is_restricted", json!(false)),
            ("internet_access.control_answered", json!(false)),
        ],
    );
    let bodies = bodies(name);
    assert_eq!(at(&bodies, "screen_lock.longest_s"), Value::Null);
    let names = |path: &str, field: &str| -> Vec<String> {
        let all = at(&bodies, path);
        all.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("cloud_sync.found", "name"), ["Dropbox", "Dropbox", "rclone"]);
    assert_eq!(names("remote_access.methods", "kind"), ["rdp", "ssh", "teamviewer"]);
}

#[test]
fn rocky_with_firewalld_and_a_volume_half_on_a_plain_disk() {
    let name = "rocky-9-firewalld";
    assert_all(
        name,
        &[
            ("operating_system.version", json!("9.4")),
            ("host_firewall.backend", json!("firewalld")),
            ("host_firewall.refuses_inbound", json!(true)),
            ("screen_lock.longest_s", json!(600)),
            ("screen_lock.users.0.desktop", json!("kde")),
            ("disk_encryption.unencrypted", json!(["/data"])),
            ("storage_ports.all_blocked", json!(true)),
            ("automatic_updates.is_enabled", json!(false)),
            ("pending_updates.security", json!(1)),
            ("pending_updates.all", json!(2)),
            ("pending_updates.restart_needed", json!(true)),
            ("password_policy.minimum_length", json!(12)),
            ("password_policy.locks_after_failures", json!(3)),
            ("ssh_server.password_sign_in", json!(false)),
            ("internet_access.is_restricted", Value::Null),
            ("anti_malware.products.0.name", json!("CrowdStrike Falcon")),
            ("software.manager", json!("rpm")),
            ("software.packages.0.version", json!("1:3.0.7-27.el9")),
        ],
    );
    let seen = at(&bodies(name), "host_firewall.seen");
    assert!(seen.as_str().unwrap().contains("lets in tcp 22, 9090"), "{seen}");
}

#[test]
fn server_looked_at_by_an_ordinary_person_is_honest_about_it() {
    let bodies = bodies("debian-12-server-as-person");
    let whole: Vec<&str> = bodies
        .iter()
        .filter(|(_, body)| body.unread().iter().any(|one| one.path.is_empty()))
        .map(|(kind, _)| kind.as_str())
        .collect();
    assert_eq!(whole, ["anti_malware", "host_firewall"]);
    let paths = unread_paths(&bodies);
    for path in [
        "screen_lock.users",
        "local_accounts.without_password",
        "ssh_server.password_sign_in",
        "remote_access.methods",
        "cloud_sync.found",
        "pending_updates.security",
        "internet_access.is_restricted",
        "time_sync.by",
    ] {
        assert!(paths.iter().any(|unread| unread == path), "{path} is not among {paths:?}");
    }
    assert_eq!(at(&bodies, "disk_encryption.all_encrypted"), json!(false));
    assert_eq!(at(&bodies, "ssh_server.is_running"), json!(true));
}

#[test]
fn empty_recording_leaves_every_fact_unread() {
    let host = RecordedHost::new();
    let bodies = collect(&host, &CollectOptions { now: now(), ..CollectOptions::default() });
    for kind in KINDS {
        let body = &bodies[kind];
        assert!(body.unread().iter().any(|one| one.path.is_empty()), "{kind}: {body:?}");
        assert_fits(kind, body);
    }
}

#[test]
fn facts_of_an_unchanged_computer_stay_the_same_as_time_goes_by() {
    let names = [
        "debian-12-gnome",
        "debian-12-server-as-person",
        "rocky-9-firewalld",
        "ubuntu-24.04-untouched",
    ];
    for name in names {
        let mut changes = BTreeMap::<String, usize>::new();
        let mut before = digests(&bodies(name));
        for hour in 1..=24 {
            let after = digests(&bodies_at(name, now() + Duration::from_hours(hour)));
            for (kind, digest) in &after {
                *changes.entry(kind.clone()).or_default() += usize::from(before[kind] != *digest);
            }
            before = after;
        }
        // An age in days changes once a day.
        assert!(changes.values().all(|count| *count <= 1), "{name}: {changes:?}");
        let in_minutes =
            |minutes: i64| digests(&bodies_at(name, now() + Duration::from_minutes(minutes)));
        assert_eq!(in_minutes(1), in_minutes(8), "{name}");
    }
}

fn digests(bodies: &BTreeMap<String, Body>) -> BTreeMap<String, String> {
    bodies
        .iter()
        .map(|(kind, body)| (kind.clone(), format!("{:?}", body.digest().unwrap())))
        .collect()
}

#[test]
fn skipped_kinds_are_not_collected() {
    let options = CollectOptions {
        skip: vec!["software".into(), "internet_access".into()],
        ..CollectOptions::default()
    };
    let bodies = collect(&RecordedHost::new(), &options);
    assert_eq!(bodies.len(), KINDS.len() - 2);
    assert!(!bodies.contains_key("software"));
}

#[test]
fn recording_of_this_computer_plays_back_the_same_bodies_without_secrets() {
    let options =
        CollectOptions { now: now(), control_host: None, skip: vec!["internet_access".into()] };
    let recording =
        RecordingHost::new(LiveHost::new(), RecordingOptions { leaves_serials_out: false });
    let seen = collect(&recording, &options);
    let text = recording.into_recording().to_json().unwrap();
    for hash in ["$6$", "$y$", "$5$", "$1$"] {
        assert!(!text.contains(hash), "a password's hash is in the recording");
    }
    let played = collect(&RecordedHost::from_json(&text).unwrap(), &options);
    // What changes by itself from one moment to the next.
    let steady = |bodies: &BTreeMap<String, Body>| {
        let mut bodies = bodies.clone();
        bodies.remove("remote_access");
        bodies
    };
    assert_eq!(steady(&played), steady(&seen));
}
