//! Every check passes on a fact as wanted, fails on one that is not, and is unknown where
//! something is missing.

use crate::world::{CATALOGUE, all_well, assess, spoilt};
use closedset_core::{Status, SubjectKind};
use serde_json::{Value, json};

/// A check, the kind to spoil, what makes it fail and what makes it unknown.
fn table() -> Vec<(&'static str, &'static str, Value, Value)> {
    let user = |name: &str, after: i64, asks: bool| json!({"name": name, "desktop": "gnome", "locks_after_s": after, "asks_password": asks});
    let plain = json!({
        "name": "sda2", "mounted_at": "/srv", "file_system": "ext4", "size_bytes": 1, "is_encrypted": false,
        "because": "plain", "is_exempt": false,
    });
    let unread = |path: &str, why: &str| json!([{"path": path, "why": why}]);
    let whole = |why: &str| json!({"unread": unread("", why)});
    vec![
        (
            "device-firewall-on",
            "host_firewall",
            json!({"is_active": false, "seen": "Status: inactive"}),
            whole("nft: permission denied"),
        ),
        (
            "device-firewall-refuses-inbound",
            "host_firewall",
            json!({"refuses_inbound": false, "seen": "policy accept"}),
            json!({"unread": unread("refuses_inbound", "nft: permission denied")}),
        ),
        (
            "device-firewall-at-boot",
            "host_firewall",
            json!({"starts_at_boot": false}),
            json!({"starts_at_boot": null}),
        ),
        (
            "device-wireless-strong",
            "wireless",
            json!({"all_strong": false, "connected": [{"ssid": "Old", "security": "WEP", "is_strong": false}]}),
            whole("NetworkManager does not run"),
        ),
        (
            "device-accounts-have-passwords",
            "local_accounts",
            json!({"without_password": ["guest", "scan"]}),
            json!({"without_password": null, "unread": unread("without_password", "/etc/shadow: permission denied")}),
        ),
        (
            "device-one-root",
            "local_accounts",
            json!({"other_roots": ["toor"]}),
            whole("/etc/passwd: not found"),
        ),
        (
            "device-no-automatic-sign-in",
            "local_accounts",
            json!({"automatic_sign_in": ["ann"]}),
            json!({"unread": unread("automatic_sign_in", "/etc/gdm3: permission denied")}),
        ),
        (
            "device-no-guest",
            "local_accounts",
            json!({"guest_allowed": true}),
            whole("lightdm.conf: permission denied"),
        ),
        (
            "device-password-length",
            "password_policy",
            json!({"minimum_length": 8}),
            json!({"minimum_length": null}),
        ),
        (
            "device-password-failures",
            "password_policy",
            json!({"locks_after_failures": 0}),
            json!({"locks_after_failures": null}),
        ),
        (
            "device-password-length-16",
            "password_policy",
            json!({"minimum_length": 15}),
            json!({"minimum_length": null}),
        ),
        (
            "device-password-failures-5",
            "password_policy",
            json!({"locks_after_failures": 6}),
            json!({"locks_after_failures": null}),
        ),
        (
            "device-os-release",
            "release_line",
            json!({"line": "debian-11", "position": 3, "is_supported": true}),
            whole("no release data for `plan9`"),
        ),
        (
            "device-automatic-updates",
            "automatic_updates",
            json!({"is_enabled": false, "by": "none", "seen": "unattended-upgrades is not installed"}),
            whole("apt-config: not found"),
        ),
        (
            "device-no-pending-security-updates",
            "pending_updates",
            json!({"security": 4}),
            json!({"security": null, "unread": unread("security", "the package lists are 40 days old")}),
        ),
        (
            "device-no-restart-pending",
            "pending_updates",
            json!({"restart_needed": true}),
            json!({"restart_needed": null}),
        ),
        (
            "device-screen-lock",
            "screen_lock",
            json!({"users": [user("ann", 900, true), user("bob", 0, true), user("cat", 1200, false), user("dan", 90, true)]}),
            json!({"users": []}),
        ),
        (
            "device-screen-lock-fixed",
            "screen_lock",
            json!({"users": [{"name": "ann", "desktop": "gnome", "locks_after_s": 60, "asks_password": true, "is_enforced": false}]}),
            json!({"users": [user("ann", 60, true)]}),
        ),
        (
            "device-disk-encryption",
            "disk_encryption",
            json!({"all_encrypted": false, "unencrypted": ["/srv"], "volumes": [plain]}),
            json!({"volumes": []}),
        ),
        (
            "device-removable-drives-encrypted",
            "removable_drives",
            json!({"all_encrypted": false, "attached": [plain]}),
            whole("lsblk: not found"),
        ),
        (
            "device-storage-ports-blocked",
            "storage_ports",
            json!({"all_blocked": false, "open": ["usb", "sd"]}),
            json!({"all_blocked": null, "unread": unread("ports", "thunderbolt: no sysfs")}),
        ),
        (
            "device-remote-access-closed",
            "remote_access",
            json!({"is_open_to_all": true, "methods": [
                {"kind": "ssh", "program": "sshd", "address": "0.0.0.0", "port": 22, "reach": "all"},
                {"kind": "anydesk", "program": "anydesk", "address": "", "port": 0, "reach": "through-provider"},
            ]}),
            whole("ss: not found"),
        ),
        (
            "device-ssh-keys-only",
            "ssh_server",
            json!({"password_sign_in": true}),
            json!({"password_sign_in": null}),
        ),
        (
            "device-ssh-no-empty-passwords",
            "ssh_server",
            json!({"empty_passwords": true}),
            json!({"empty_passwords": null, "unread": unread("empty_passwords", "sshd -T needs root")}),
        ),
        (
            "device-ssh-no-root-password",
            "ssh_server",
            json!({"root_sign_in": "yes"}),
            json!({"root_sign_in": null}),
        ),
        (
            "device-ssh-no-root",
            "ssh_server",
            json!({"root_sign_in": "prohibit-password"}),
            json!({"root_sign_in": null}),
        ),
        (
            "device-internet-restricted",
            "internet_access",
            json!({"is_restricted": false, "control_answered": null, "tried": [{"host": "example.com", "category": "web", "reached": "http"}]}),
            json!({"is_restricted": null, "control_answered": null}),
        ),
        (
            "device-no-cloud-sync",
            "cloud_sync",
            json!({"found": [{"name": "Dropbox", "state": "running", "seen": "process dropbox"}]}),
            json!({"unread": unread("found", "flatpak list failed")}),
        ),
    ]
}

#[test]
fn every_check_passes_fails_and_is_unknown_for_its_reasons() {
    let mut said = String::new();
    for (check, kind, fails, unknown) in table() {
        let verdicts = [
            assess(check, &all_well()),
            assess(check, &spoilt(kind, fails)),
            assess(check, &spoilt(kind, unknown)),
        ];
        let statuses = verdicts.clone().map(|verdict| verdict.status);
        assert_eq!(
            statuses,
            [Status::Pass, Status::Fail, Status::Unknown],
            "{check}: {verdicts:#?}"
        );
        said += &format!("{check}\n");
        for verdict in verdicts {
            said += &format!("  {}: {}\n", verdict.status, verdict.because);
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn no_check_is_left_out_of_the_table() {
    let mut listed: Vec<_> = table().into_iter().map(|(check, ..)| check).collect();
    listed.sort_unstable();
    let mut known: Vec<_> = CATALOGUE
        .checks()
        .iter()
        .filter(|check| check.over == SubjectKind::Device)
        .map(|check| check.id.as_str())
        .collect();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn a_check_that_does_not_concern_a_computer_says_why() {
    let out_of_scope = |field: &str, check: &str| {
        let verdict = assess(check, &spoilt("device", json!({field: false})));
        assert_eq!(verdict.status, Status::NotApplicable, "{check}");
        assert!(verdict.because.contains("as a person confirmed"), "{verdict:?}");
        assert_eq!(verdict.facts.len(), 1);
    };
    out_of_scope("has_screen", "device-screen-lock");
    out_of_scope("is_portable", "device-disk-encryption");
    out_of_scope("handles_content", "device-storage-ports-blocked");
    out_of_scope("handles_content", "device-internet-restricted");
}

#[test]
fn without_an_ssh_server_nothing_is_asked_of_it() {
    let none = spoilt(
        "ssh_server",
        json!({
            "is_running": false, "password_sign_in": null, "root_sign_in": null, "empty_passwords": null,
        }),
    );
    for check in [
        "device-ssh-keys-only",
        "device-ssh-no-empty-passwords",
        "device-ssh-no-root-password",
        "device-ssh-no-root",
    ] {
        let verdict = assess(check, &none);
        assert_eq!(
            (verdict.status, verdict.because.as_str()),
            (Status::Pass, "no SSH server runs"),
            "{check}"
        );
    }
}

#[test]
fn a_version_no_longer_mended_fails_even_as_the_second_newest() {
    let verdict = assess(
        "device-os-release",
        &spoilt(
            "release_line",
            json!({
                "line": "rocky-9.6", "position": 2, "is_supported": false, "supported_until": null,
            }),
        ),
    );
    assert_eq!(verdict.status, Status::Fail);
    insta::assert_snapshot!(verdict.because, @"rocky-9.6, number 2 counted from the newest, no longer mended by its maker as it is (release data of 2026-08-22)");
}

#[test]
fn nothing_attached_needs_no_encryption_and_is_said() {
    let verdict = assess("device-removable-drives-encrypted", &all_well());
    assert_eq!((verdict.status, verdict.because.as_str()), (Status::Pass, "no drive was attached"));
}

#[test]
fn every_device_check_reads_in_words_and_has_a_fix_for_linux() {
    for check in CATALOGUE.checks().iter().filter(|check| check.over == SubjectKind::Device) {
        assert!(check.fix.linux.is_some(), "{} has no fix for Linux", check.id);
        let words = check.condition_words();
        assert!(!words.contains('_') && !words.contains("limit."), "{}: {words}", check.id);
    }
}
