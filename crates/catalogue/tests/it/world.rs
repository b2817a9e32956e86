//! Facts of a computer that meets everything, to be spoilt one by one.

use closedset_catalogue::{Catalogue, SourcedFact, SubjectFacts};
use closedset_core::fact::{Body, kinds};
use closedset_core::{Digest, Duration, Subject, SubjectKind, Time, Verdict};
use serde_json::{Value, json};
use std::sync::LazyLock;

pub static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::embedded().unwrap_or_else(|errors| panic!("{errors}")));

pub fn now() -> Time {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub fn device() -> Subject {
    Subject::new(SubjectKind::Device, "dev_test")
}

/// A body that fits its kind, as a stranger would send it.
pub fn body(kind: &str, value: Value) -> Body {
    let kinds = kinds();
    let kind = kinds.iter().find(|known| known.name == kind).unwrap();
    Body::from_foreign(kind, value).unwrap_or_else(|error| panic!("{}: {error:?}", kind.name))
}

pub fn fact(source: &str, kind: &str, value: Value, collected_at: Time) -> SourcedFact {
    let body = body(kind, value);
    let digest = body.digest().unwrap();
    SourcedFact::new(source, body, digest, collected_at)
}

pub fn digest_of(kind: &str, value: Value) -> Digest {
    body(kind, value).digest().unwrap()
}

fn volume(name: &str, is_encrypted: bool) -> Value {
    json!({
        "name": name, "mounted_at": "/", "file_system": "ext4", "size_bytes": 1, "is_encrypted": is_encrypted,
        "because": "luks", "is_exempt": false,
    })
}

/// A fact of every kind that the checks need, each as wanted.
pub fn healthy() -> Vec<(&'static str, Value)> {
    vec![
        ("device", json!({"has_screen": true, "is_portable": true, "handles_content": true})),
        (
            "host_firewall",
            json!({
                "backend": "ufw", "is_active": true, "refuses_inbound": true, "starts_at_boot": true,
                "seen": "Status: active, deny (incoming)",
            }),
        ),
        (
            "wireless",
            json!({
                "adapters": 1, "all_strong": true,
                "connected": [{"ssid": "Edit", "security": "WPA3", "is_strong": true}],
            }),
        ),
        (
            "local_accounts",
            json!({
                "users": [{"name": "ann", "uid": 1000, "password": "set", "is_administrator": false}],
                "without_password": [], "other_roots": [], "automatic_sign_in": [], "guest_allowed": false,
            }),
        ),
        (
            "password_policy",
            json!({
                "minimum_length": 16, "locks_after_failures": 5, "seen": "pwquality.conf, faillock.conf",
            }),
        ),
        (
            "operating_system",
            json!({
                "family": "linux", "product": "debian", "name": "Debian GNU/Linux 13 (trixie)", "version": "13",
                "kernel": "6.12", "architecture": "x86_64",
            }),
        ),
        (
            "release_line",
            json!({
                "line": "debian-13", "position": 1, "is_supported": true,
                "supported_until": "2030-07-01T00:00:00Z", "data_of": "2026-08-22T00:00:00Z",
            }),
        ),
        (
            "automatic_updates",
            json!({
                "is_enabled": true, "by": "unattended-upgrades", "seen": "Unattended-Upgrade is \"1\"",
            }),
        ),
        (
            "pending_updates",
            json!({"security": 0, "all": 3, "lists_age": 3600, "restart_needed": false}),
        ),
        (
            "screen_lock",
            json!({
                "users": [{"name": "ann", "desktop": "gnome", "locks_after_s": 900, "asks_password": true, "is_enforced": true}],
                "longest_s": 900,
            }),
        ),
        (
            "disk_encryption",
            json!({
                "volumes": [volume("dm-0", true)], "all_encrypted": true, "unencrypted": [],
            }),
        ),
        ("removable_drives", json!({"attached": [], "all_encrypted": true})),
        (
            "storage_ports",
            json!({
                "ports": [{"kind": "usb", "state": "blocked", "seen": "install /bin/false"}],
                "all_blocked": true, "open": [],
            }),
        ),
        (
            "remote_access",
            json!({
                "methods": [{"kind": "ssh", "program": "sshd", "address": "10.8.0.2", "port": 22, "reach": "one-address"}],
                "is_open_to_all": false,
            }),
        ),
        (
            "ssh_server",
            json!({
                "is_running": true, "password_sign_in": false, "root_sign_in": "no", "empty_passwords": false,
            }),
        ),
        (
            "internet_access",
            json!({
                "control_answered": true, "is_restricted": true,
                "tried": [{"host": "example.com", "category": "web", "reached": "nothing"}],
            }),
        ),
        ("cloud_sync", json!({"found": [], "looked_at": ["processes", "packages"]})),
    ]
}

/// The healthy facts with `changes` laid over the fields of `kind`; null takes a field out.
pub fn spoilt(kind: &str, changes: Value) -> SubjectFacts {
    let mut facts = SubjectFacts::new();
    for (known, mut value) in healthy() {
        let source = if known == "device" { "closedset/devices" } else { "agent" };
        if known == kind {
            let fields = value.as_object_mut().unwrap();
            for (name, change) in changes.as_object().unwrap() {
                if change.is_null() {
                    fields.remove(name);
                } else {
                    fields.insert(name.clone(), change.clone());
                }
            }
        }
        facts.put(known, fact(source, known, value, now() - Duration::from_hours(1)));
    }
    facts
}

pub fn all_well() -> SubjectFacts {
    spoilt("", json!({}))
}

pub fn assess(check: &str, facts: &SubjectFacts) -> Verdict {
    assess_at(check, facts, now())
}

pub fn assess_at(check: &str, facts: &SubjectFacts, now: Time) -> Verdict {
    let check = CATALOGUE.check(check).unwrap_or_else(|| panic!("no check {check}"));
    CATALOGUE.assess(check, facts, now)
}
