//! What the computers say: for each system the words that its probes use, with what they cannot read
//! there left unread, as on real ones.

use crate::house::{Seat, System, Use};
use serde_json::{Value, json};

/// What is so at a computer at one time. What is not said here is as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The version of the operating system, as far as it changes in the story.
    pub(crate) version: &'static str,
    /// Security updates that wait.
    pub(crate) security: i64,
    /// Other updates that wait.
    pub(crate) others: i64,
    /// The screen locks after so many minutes.
    pub(crate) lock_minutes: i64,
    /// The firewall is on.
    pub(crate) has_firewall: bool,
    /// Its own disk is encrypted.
    pub(crate) is_encrypted: bool,
    /// USB takes storage.
    pub(crate) usb_is_open: bool,
    /// A drive without encryption is plugged in.
    pub(crate) drive: Option<&'static str>,
    /// A sync program: its name.
    pub(crate) sync: Option<&'static str>,
    /// A remote-control program: its word and its program.
    pub(crate) remote: Option<(&'static str, &'static str)>,
    /// SSH takes passwords.
    pub(crate) ssh_passwords: bool,
    /// A destination that answered, and what it is.
    pub(crate) reaches: Option<(&'static str, &'static str)>,
    /// Somebody is signed in by itself.
    pub(crate) signs_in_itself: bool,
}

impl Condition {
    /// As it should be, on the version that this system has at first.
    pub(crate) fn good(system: System) -> Self {
        Self {
            version: match system {
                System::Mac => "26.1",
                System::OldMac => "15.7",
                System::Windows => "26200",
                System::Rocky => "9.6",
                System::Debian => "13",
                System::Ubuntu => "24.04",
            },
            security: 0,
            others: 2,
            lock_minutes: 10,
            has_firewall: true,
            is_encrypted: true,
            usb_is_open: false,
            drive: None,
            sync: None,
            remote: None,
            ssh_passwords: false,
            reaches: None,
            signs_in_itself: false,
        }
    }
}

fn is_mac(seat: &Seat) -> bool {
    matches!(seat.system, System::Mac | System::OldMac)
}
fn is_linux(seat: &Seat) -> bool {
    matches!(seat.system, System::Rocky | System::Debian | System::Ubuntu)
}

fn unread(path: &str, why: &str) -> Value {
    json!([{"path": path, "why": why}])
}

/// Everything that the computer says, by kind.
pub(crate) fn facts(seat: &Seat, is: &Condition) -> Vec<(&'static str, Value)> {
    vec![
        ("operating_system", operating_system(seat, is)),
        ("hardware", hardware(seat)),
        ("host_firewall", host_firewall(seat, is)),
        ("wireless", wireless(seat)),
        ("local_accounts", local_accounts(seat, is)),
        ("password_policy", password_policy(seat)),
        ("automatic_updates", automatic_updates(seat)),
        ("pending_updates", pending_updates(seat, is)),
        ("screen_lock", screen_lock(seat, is)),
        ("disk_encryption", disk_encryption(seat, is)),
        ("removable_drives", removable_drives(is)),
        ("storage_ports", storage_ports(seat, is)),
        ("remote_access", remote_access(seat, is)),
        ("ssh_server", ssh_server(seat, is)),
        ("internet_access", internet_access(is)),
        ("cloud_sync", cloud_sync(seat, is)),
        ("time_sync", time_sync(seat)),
    ]
}

fn operating_system(seat: &Seat, is: &Condition) -> Value {
    let version = is.version;
    match seat.system {
        System::Mac | System::OldMac => json!({
            "family": "macos", "product": "macos", "name": format!("macOS {version}"), "version": version,
            "kernel": if seat.system == System::Mac { "25.3.0" } else { "24.6.0" }, "architecture": "arm64",
        }),
        System::Windows => json!({
            "family": "windows", "product": "windows-pro",
            "name": if version == "26200" { "Windows 11 Pro 25H2" } else { "Windows 11 Pro 26H2" },
            "version": "11", "build": format!("{version}.4061"), "kernel": format!("10.0.{version}"), "architecture": "x86_64",
        }),
        System::Rocky => json!({
            "family": "linux", "product": "rocky", "name": format!("Rocky Linux {version} (Blue Onyx)"), "version": version,
            "kernel": "5.14.0-570.el9", "architecture": "x86_64",
        }),
        System::Debian => json!({
            "family": "linux", "product": "debian",
            "name": if version == "12" { "Debian GNU/Linux 12 (bookworm)" } else { "Debian GNU/Linux 13 (trixie)" },
            "version": version, "kernel": if version == "12" { "6.1.0-40-amd64" } else { "6.12.57-amd64" }, "architecture": "x86_64",
        }),
        System::Ubuntu => json!({
            "family": "linux", "product": "ubuntu", "name": format!("Ubuntu {version} LTS"), "version": version,
            "kernel": "6.14.0-33-generic", "architecture": "x86_64",
        }),
    }
}

fn hardware(seat: &Seat) -> Value {
    let (vendor, model, processor, memory_gib) = match (seat.system, seat.of) {
        (System::Mac | System::OldMac, Use::Laptop | Use::OfficeLaptop) => {
            ("Apple Inc.", "MacBook Pro", "Apple M4 Pro", 48)
        }
        (System::Mac | System::OldMac, _) => ("Apple Inc.", "Mac Studio", "Apple M3 Ultra", 96),
        (System::Windows, Use::Laptop | Use::OfficeLaptop) => {
            ("Dell Inc.", "XPS 14", "Intel Core Ultra 7", 32)
        }
        (System::Windows, _) => ("HP", "Z6 G5 A Workstation", "AMD Threadripper PRO 7975WX", 128),
        (_, Use::Laptop | Use::OfficeLaptop) => {
            ("LENOVO", "ThinkPad P1 Gen 7", "Intel Core Ultra 9", 64)
        }
        (_, Use::Server) => ("Supermicro", "AS-2015CS-TNR", "AMD EPYC 9354P", 256),
        (_, _) => ("HP", "Z8 Fury G5 Workstation", "Intel Xeon w9-3595X", 256),
    };
    json!({
        "vendor": vendor, "model": model, "processor": processor, "memory_bytes": memory_gib * (1i64 << 30),
        "looks_portable": seat.is_portable(),
    })
}

fn host_firewall(seat: &Seat, is: &Condition) -> Value {
    let on = is.has_firewall;
    let (backend, seen, off) = match seat.system {
        System::Mac | System::OldMac => (
            "application-firewall",
            "it is on, and lets in Apple's own programs and those on its list alone",
            "it is off",
        ),
        System::Windows => (
            "windows-firewall",
            "it blocks by default, and no rule opens a port for every program",
            "the profile for private networks is off",
        ),
        System::Rocky => ("firewalld", "running, zone public, target DROP", "not running"),
        System::Debian => {
            ("nftables", "policy drop on input, IPv4 and IPv6", "no rule set is loaded")
        }
        System::Ubuntu => ("ufw", "Status: active, deny (incoming)", "Status: inactive"),
    };
    json!({
        "backend": if on { backend } else { "none" }, "is_active": on, "refuses_inbound": on,
        "starts_at_boot": true, "seen": if on { seen } else { off },
    })
}

fn wireless(seat: &Seat) -> Value {
    let connected = match seat.of {
        Use::Laptop => {
            json!([{"ssid": "SaltLantern-Edit", "security": "WPA3-Personal, CCMP", "is_strong": true}])
        }
        Use::OfficeLaptop => {
            json!([{"ssid": "SaltLantern-Office", "security": "WPA2-Enterprise, CCMP", "is_strong": true}])
        }
        Use::Suite | Use::Server | Use::Office => json!([]),
    };
    json!({"adapters": i64::from(seat.is_portable()), "connected": connected, "all_strong": true})
}

fn local_accounts(seat: &Seat, is: &Condition) -> Value {
    let password = if is_linux(seat) { "set" } else { "unread" };
    let uid = if is_mac(seat) { 501 } else { 1000 };
    let mut users = vec![
        json!({"name": seat.user, "uid": uid, "password": password, "is_administrator": false}),
    ];
    if seat.user != "r.tavares" {
        users.push(json!({"name": "r.tavares", "uid": uid + 1, "password": password, "is_administrator": true}));
    }
    let by_itself = if is.signs_in_itself { vec![seat.user.as_str()] } else { vec![] };
    let mut said = json!({
        "users": users, "other_roots": [], "automatic_sign_in": by_itself, "guest_allowed": false,
    });
    if is_linux(seat) {
        said["without_password"] = json!([]);
    } else {
        said["unread"] = unread(
            "without_password",
            if is_mac(seat) {
                "macOS leaves no sign of an empty password; a person must say that every account has one"
            } else {
                "Windows does not tell whether a password is empty; a person must say that every account has one"
            },
        );
    }
    said
}

fn password_policy(seat: &Seat) -> Value {
    let seen = match seat.system {
        System::Mac | System::OldMac => "the account policies of macOS",
        System::Windows => "net accounts",
        System::Rocky | System::Debian | System::Ubuntu => "pwquality.conf, faillock.conf",
    };
    json!({"minimum_length": 14, "locks_after_failures": 10, "seen": seen})
}

fn automatic_updates(seat: &Seat) -> Value {
    let (by, seen) = match seat.system {
        System::Mac | System::OldMac => (
            "softwareupdate",
            "AutomaticallyInstallMacOSUpdates, CriticalUpdateInstall, ConfigDataInstall are on",
        ),
        System::Windows => ("windows-update", "Windows installs updates unless told otherwise"),
        System::Rocky => ("dnf-automatic", "apply_updates = yes, upgrade_type = security"),
        System::Debian | System::Ubuntu => ("unattended-upgrades", "Unattended-Upgrade is \"1\""),
    };
    json!({"is_enabled": true, "by": by, "seen": seen})
}

fn pending_updates(seat: &Seat, is: &Condition) -> Value {
    let mut said =
        json!({"security": is.security, "all": is.security + is.others, "lists_age": 86_400});
    if is_mac(seat) {
        said["unread"] =
            unread("restart_needed", "macOS does not tell whether an update waits for a restart");
    } else {
        said["restart_needed"] = json!(false);
    }
    said
}

fn screen_lock(seat: &Seat, is: &Condition) -> Value {
    if !seat.has_screen() {
        return json!({"users": [], "longest_s": 0});
    }
    let desktop = match seat.system {
        System::Mac | System::OldMac => "macos",
        System::Windows => "windows",
        System::Rocky | System::Debian | System::Ubuntu => "gnome",
    };
    let name = if seat.system == System::Windows { "everybody" } else { seat.user.as_str() };
    let after_s = is.lock_minutes * 60;
    json!({
        "users": [{
            "name": name, "desktop": desktop, "locks_after_s": after_s, "asks_password": true,
            "is_enforced": is.lock_minutes == 10,
        }],
        "longest_s": after_s,
    })
}

fn disk_encryption(seat: &Seat, is: &Condition) -> Value {
    let (name, at, file_system, because) = match seat.system {
        System::Mac | System::OldMac => {
            ("disk3s5", "/System/Volumes/Data", "apfs", "FileVault is on")
        }
        System::Windows => ("C:", "C:\\", "NTFS", "BitLocker, XTS-AES 256, protection is on"),
        System::Rocky | System::Debian | System::Ubuntu => {
            ("dm-0", "/", "ext4", "luks2 on nvme0n1p3")
        }
    };
    // What stands in the machine room is not encrypted, and need not be: it does not leave the house.
    let has = is.is_encrypted && seat.of != Use::Server;
    let plain = if is_mac(seat) { "FileVault is off" } else { "nothing encrypts it" };
    let unencrypted = if has { vec![] } else { vec![at] };
    json!({
        "volumes": [{
            "name": name, "mounted_at": at, "file_system": file_system, "size_bytes": 1_995_218_165_760_i64,
            "is_encrypted": has, "because": if has { because } else { plain }, "is_exempt": false,
        }],
        "all_encrypted": has, "unencrypted": unencrypted,
    })
}

fn removable_drives(is: &Condition) -> Value {
    let attached: Vec<Value> = is
        .drive
        .iter()
        .map(|name| {
            json!({
                "name": name, "mounted_at": format!("/Volumes/{name}"), "file_system": "exfat",
                "size_bytes": 2_000_398_934_016_i64, "is_encrypted": false, "because": "nothing encrypts it",
                "is_exempt": false,
            })
        })
        .collect();
    json!({"all_encrypted": attached.is_empty(), "attached": attached})
}

fn storage_ports(seat: &Seat, is: &Condition) -> Value {
    if is_mac(seat) {
        return json!({"unread": unread(
            "",
            "a device management rules this computer, and whether it forbids external storage \
             (ExternalStorage) is shown by no program; a person must say so",
        )});
    }
    let seen = if is_linux(seat) { "install /bin/false" } else { "Deny_All is 1" };
    let port =
        |kind: &str, state: &str, seen: &str| json!({"kind": kind, "state": state, "seen": seen});
    let usb = match is.usb_is_open {
        true => port("usb", "open", "usb-storage is loaded"),
        false => port("usb", "blocked", seen),
    };
    let open: Vec<&str> = is.usb_is_open.then_some("usb").into_iter().collect();
    json!({
        "ports": [usb, port("uas", "blocked", seen), port("thunderbolt", "blocked", seen), port("sd", "absent", "no such slot")],
        "all_blocked": open.is_empty(), "open": open,
    })
}

fn remote_access(seat: &Seat, is: &Condition) -> Value {
    let mut methods = Vec::new();
    if seat.of == Use::Server {
        methods.push(json!({"kind": "ssh", "program": "sshd", "address": "10.20.0.4", "port": 22, "reach": "one-address"}));
    }
    if let Some((kind, program)) = is.remote {
        methods.push(json!({"kind": kind, "program": program, "address": "", "port": 0, "reach": "through-provider"}));
    }
    json!({"methods": methods, "is_open_to_all": is.remote.is_some()})
}

fn ssh_server(seat: &Seat, is: &Condition) -> Value {
    if seat.of != Use::Server {
        return json!({"is_running": false});
    }
    json!({
        "is_running": true, "password_sign_in": is.ssh_passwords, "root_sign_in": "no", "empty_passwords": false,
    })
}

fn internet_access(is: &Condition) -> Value {
    const TRIED: [(&str, &str); 6] = [
        ("www.wikipedia.org", "web"),
        ("mail.google.com", "webmail"),
        ("www.dropbox.com", "cloud-storage"),
        ("drive.google.com", "cloud-storage"),
        ("wetransfer.com", "file-sharing"),
        ("web.whatsapp.com", "chat"),
    ];
    let tried: Vec<Value> = TRIED
        .iter()
        .map(|(host, category)| {
            let answered = is.reaches.is_some_and(|(reached, _)| reached == *host);
            json!({"host": host, "category": category, "reached": if answered { "http" } else { "nothing" }})
        })
        .collect();
    json!({"control_answered": true, "is_restricted": is.reaches.is_none(), "tried": tried})
}

fn cloud_sync(seat: &Seat, is: &Condition) -> Value {
    let looked_at = match seat.system {
        System::Mac | System::OldMac => json!(["processes", "/Applications", "accounts"]),
        System::Windows => json!(["processes", "OneDrive's policy", "installed programs"]),
        System::Rocky | System::Debian | System::Ubuntu => {
            json!(["processes", "packages", "mounts", "accounts"])
        }
    };
    let found: Vec<Value> = is
        .sync
        .iter()
        .map(|name| json!({"name": name, "state": "running", "seen": format!("a process of {name}")}))
        .collect();
    json!({"found": found, "looked_at": looked_at})
}

fn time_sync(seat: &Seat) -> Value {
    let by = match seat.system {
        System::Mac | System::OldMac => "timed",
        System::Windows => "w32time",
        System::Rocky => "chronyd",
        System::Debian | System::Ubuntu => "systemd-timesyncd",
    };
    json!({"is_synchronised": true, "by": by})
}
