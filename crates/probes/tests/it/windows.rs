//! Windows computers written down, well kept and not, and each trap that Windows lays.

use crate::verdicts::{CATALOGUE, Spoil, recorded, said, spoilings, status, verdicts};
use closedset_core::Status;
use closedset_probes::{CommandOutput, HostError, HostView, RecordedHost};
use serde_json::{Value, json};

const COMPUTERS: [&str; 6] = [
    "windows-11-24h2-pro-de-good",
    "windows-11-24h2-pro-de-bad",
    "windows-11-23h2-enterprise-en-good",
    "windows-11-23h2-enterprise-en-bad",
    "windows-server-2022-good",
    "windows-server-2022-bad",
];

#[test]
fn windows_good_and_bad() {
    for name in COMPUTERS {
        insta::assert_snapshot!(name, said(&recorded(name)));
    }
}

fn pc() -> RecordedHost {
    recorded("windows-11-24h2-pro-de-good")
}

/// Each check that passes on a good computer, and the scripts with the sections that its evidence
/// comes from.
const EVIDENCE: [(&str, &str, &[&str]); 25] = [
    ("device-automatic-updates", "automatic_updates", &["policy", "service"]),
    ("device-disk-encryption", "disks", &["disks", "partitions", "bitlocker"]),
    ("device-removable-drives-encrypted", "disks", &["disks", "partitions"]),
    ("device-firewall-on", "host_firewall", &["profiles", "service"]),
    ("device-firewall-refuses-inbound", "host_firewall", &["profiles", "service", "rules"]),
    ("device-firewall-at-boot", "host_firewall", &["profiles", "service"]),
    ("device-internet-restricted", "proxy", &["settings"]),
    ("device-no-automatic-sign-in", "local_accounts", &["users", "logon"]),
    ("device-no-cloud-sync", "cloud_sync", &["processes", "onedrive"]),
    ("device-no-cloud-sync", "software", &["programs"]),
    ("device-no-guest", "local_accounts", &["users"]),
    ("device-one-root", "local_accounts", &["users"]),
    ("device-no-pending-security-updates", "pending_updates", &["last", "search"]),
    ("device-no-restart-pending", "pending_updates", &["restart"]),
    ("device-os-release", "operating_system", &["system"]),
    ("device-password-failures", "password_policy", &["rules"]),
    ("device-password-length", "password_policy", &["rules"]),
    ("device-remote-access-closed", "remote_access", &["tcp", "udp", "processes", "rdp"]),
    ("device-screen-lock", "screen_lock", &["machine"]),
    ("device-screen-lock-fixed", "screen_lock", &["machine"]),
    ("device-ssh-keys-only", "ssh_server", &["service", "tcp"]),
    ("device-ssh-no-empty-passwords", "ssh_server", &["service", "tcp"]),
    ("device-ssh-no-root", "ssh_server", &["service", "tcp"]),
    ("device-storage-ports-blocked", "storage_ports", &["policy", "buses"]),
    ("device-wireless-strong", "wireless", &["adapters", "shown"]),
];

fn command(kind: &str) -> String {
    format!("powershell {kind}")
}

/// What the script of `kind` wrote.
fn written(host: &RecordedHost, kind: &str) -> Value {
    let asked = closedset_probes::Command::new(command(kind));
    serde_json::from_slice(&host.run(&asked).unwrap().stdout).unwrap()
}

/// The good computer with one section answered otherwise.
fn with(kind: &str, section: &str, value: Value) -> RecordedHost {
    with_also(pc(), kind, section, value)
}

fn with_also(host: RecordedHost, kind: &str, section: &str, value: Value) -> RecordedHost {
    let mut all = written(&host, kind);
    all[section] = value;
    let text = all.to_string();
    host.command(&command(kind), text)
}

#[test]
fn nothing_passes_whose_evidence_is_missing_or_refused() {
    for (check, kind, sections) in EVIDENCE {
        assert_eq!(status(&pc(), check), Status::Pass, "{check}");
        let unknown = |host: RecordedHost, how: &str| {
            let verdict = &verdicts(&host)[check];
            assert_eq!(verdict.status, Status::Unknown, "{check}, {how}: {}", verdict.because);
        };
        for (how, spoil) in spoilings() {
            let spoil: Spoil = spoil;
            unknown(spoil(pc(), &command(kind)), how);
        }
        unknown(pc().command(&command(kind), "{}"), "nothing answered");
        unknown(pc().command(&command(kind), "[1,2"), "cut off");
        for section in sections {
            let refused = json!({"e": "Zugriff verweigert"});
            unknown(with(kind, section, refused), &format!("{section} refused"));
            unknown(with(kind, section, json!(null)), &format!("{section} null"));
            unknown(with(kind, section, json!(5)), &format!("{section} a number"));
        }
    }
}

#[test]
fn every_check_that_a_good_computer_passes_is_in_the_table_of_evidence() {
    for (check, verdict) in verdicts(&pc()) {
        let is_listed = EVIDENCE.iter().any(|(listed, ..)| *listed == check);
        let is_beside = check == "device-ssh-no-root-password";
        assert!(
            verdict.status != Status::Pass || is_listed || is_beside,
            "{check} passes and is not in the table"
        );
    }
}

#[test]
fn section_without_its_fields_passes_nothing() {
    for (check, kind, sections) in EVIDENCE {
        for section in sections {
            let bare = with(kind, section, json!({"v": [{}]}));
            let verdict = &verdicts(&bare)[check];
            assert_ne!(verdict.status, Status::Pass, "{check}, {section}: {}", verdict.because);
            // Of these none at all is an answer: no service of that name, no socket.
            if matches!(
                (kind, *section),
                ("host_firewall", "rules") | ("ssh_server", "service") | (_, "udp")
            ) {
                continue;
            }
            let none = with(kind, section, json!({"v": []}));
            let verdict = &verdicts(&none)[check];
            assert_ne!(verdict.status, Status::Pass, "{check}, no {section}: {}", verdict.because);
        }
    }
}

fn encrypted(state: &str, protection: &str, percentage: f64) -> Status {
    let one =
        json!({"mount": "C:", "status": state, "protection": protection, "percentage": percentage});
    status(&with("disks", "bitlocker", json!({"v": [one]})), "device-disk-encryption")
}

#[test]
fn drive_is_encrypted_only_while_its_protection_is_on() {
    assert_eq!(encrypted("FullyEncrypted", "On", 100.0), Status::Pass);
    // The clear key lies beside the data.
    assert_eq!(encrypted("FullyEncrypted", "Off", 100.0), Status::Fail);
    assert_eq!(encrypted("EncryptionInProgress", "On", 99.9), Status::Fail);
    assert_eq!(encrypted("FullyEncrypted", "On", 99.9), Status::Fail);
    assert_eq!(encrypted("FullyDecrypted", "Off", 0.0), Status::Fail);
    assert_eq!(encrypted("FullyEncrypted", "Unknown", 100.0), Status::Unknown);
    assert_eq!(encrypted("Vollverschlüsselt", "Ein", 100.0), Status::Unknown);
}

#[test]
fn every_fixed_drive_counts_and_not_the_first_alone() {
    let part = json!({"disk": 0, "number": 5, "paths": ["D:\\"], "size": 5, "mbr": 0, "active": false,
        "boot": false, "gpt": "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}"});
    let mut parts = written(&pc(), "disks")["partitions"].clone();
    parts["v"].as_array_mut().unwrap().push(part);
    let host = with("disks", "partitions", parts);
    let verdict = &verdicts(&host)["device-disk-encryption"];
    assert_eq!(verdict.status, Status::Unknown, "{}", verdict.because);
    let plain =
        json!({"mount": "D:", "status": "FullyDecrypted", "protection": "Off", "percentage": 0});
    let mut drives = written(&host, "disks")["bitlocker"].clone();
    drives["v"].as_array_mut().unwrap().push(plain);
    let host = with_also(host, "disks", "bitlocker", drives);
    let verdict = &verdicts(&host)["device-disk-encryption"];
    assert_eq!((verdict.status, verdict.because.as_str()), (Status::Fail, "not encrypted: D:"));
}

#[test]
fn no_script_asks_for_what_unlocks_a_drive() {
    let folder = format!("{}/src/windows", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for secret in ["KeyProtector", "RecoveryPassword", "DefaultPassword", "key=clear"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

fn profile(name: &str, enabled: i64, inbound: i64) -> Value {
    json!({"name": name, "enabled": enabled, "inbound": inbound, "rules": 1})
}

fn firewall(public: Value) -> (Status, Status) {
    let all = json!({"v": [profile("Domain", 1, 4), profile("Private", 1, 4), public]});
    let host = with("host_firewall", "profiles", all);
    (status(&host, "device-firewall-on"), status(&host, "device-firewall-refuses-inbound"))
}

#[test]
fn firewall_is_judged_on_every_kind_of_network() {
    assert_eq!(firewall(profile("Public", 1, 4)), (Status::Pass, Status::Pass));
    assert_eq!(firewall(profile("Public", 0, 4)), (Status::Fail, Status::Fail));
    assert_eq!(firewall(profile("Public", 1, 2)), (Status::Pass, Status::Fail));
    // Not configured says nothing of what holds.
    assert_eq!(firewall(profile("Public", 2, 4)), (Status::Unknown, Status::Unknown));
    assert_eq!(firewall(profile("Public", 1, 0)), (Status::Unknown, Status::Unknown));
    assert_eq!(firewall(profile("Private", 1, 4)), (Status::Unknown, Status::Unknown));
}

#[test]
fn rule_that_opens_every_port_to_everybody_is_no_refusal() {
    let rules = |rule: &str| {
        let host = with("host_firewall", "rules", json!({"v": [{"total": 400, "open": rule}]}));
        status(&host, "device-firewall-refuses-inbound")
    };
    assert_eq!(rules("v2.31|Action=Allow|Active=TRUE|Dir=In|"), Status::Fail);
    assert_eq!(rules("v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|"), Status::Fail);
    assert_eq!(rules("v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=22|"), Status::Pass);
}

#[test]
fn firewall_of_another_maker_is_unknown() {
    let off =
        json!({"v": [profile("Domain", 0, 4), profile("Private", 0, 4), profile("Public", 0, 4)]});
    let host = with("host_firewall", "profiles", off);
    assert_eq!(status(&host, "device-firewall-on"), Status::Fail);
    let other = json!({"v": [{"name": "ESET Firewall"}]});
    let host = with_also(host, "host_firewall", "others", other);
    assert_eq!(status(&host, "device-firewall-on"), Status::Unknown);
}

fn locks(limit: Value, own: Value) -> (Status, String) {
    let fixed = json!({"active": null, "secure": null, "after": null, "saver": null});
    let hive = json!({"sid": "S-1-5-21-1-2-3-1001", "fixed": fixed, "own": own});
    let host = with("screen_lock", "machine", json!({"v": [{"limit": limit}]}));
    let host = with_also(host, "screen_lock", "hives", json!({"v": [hive]}));
    let verdict = verdicts(&host)["device-screen-lock"].clone();
    (verdict.status, verdict.because)
}

#[test]
fn screen_locks_by_the_machine_or_by_each_persons_screen_saver() {
    let saver = |active: &str, secure: &str, after: &str, saver: Value| json!({"active": active, "secure": secure, "after": after, "saver": saver});
    let none = || saver("1", "1", "600", json!("x.scr"));
    for (limit, own, expected, words) in [
        (json!(900), none(), Status::Pass, "everybody: locks after 15 min"),
        (json!(901), none(), Status::Fail, "everybody"),
        (json!(0), none(), Status::Pass, "mara: locks after 10 min"),
        (json!(null), none(), Status::Pass, "mara: locks after 10 min"),
        (json!("x"), none(), Status::Unknown, "no number"),
        (json!(null), saver("1", "1", "0", json!("x.scr")), Status::Fail, "never"),
        (json!(null), saver("1", "0", "600", json!("x.scr")), Status::Fail, "no password"),
        (json!(null), saver("0", "1", "600", json!("x.scr")), Status::Fail, "never"),
        // Switched on, and none is chosen: nothing ever starts.
        (json!(null), saver("1", "1", "600", json!(null)), Status::Fail, "never"),
        (json!(null), saver("1", "1", "600", json!("(None)")), Status::Fail, "never"),
    ] {
        let (status, because) = locks(limit.clone(), own.clone());
        assert_eq!(status, expected, "{limit}, {own}: {because}");
        assert!(because.contains(words), "{because}");
    }
}

#[test]
fn settings_of_somebody_who_is_not_signed_in_are_unknown() {
    let host = with("screen_lock", "machine", json!({"v": [{"limit": null}]}));
    let host = with_also(host, "screen_lock", "hives", json!({"v": []}));
    let verdict = &verdicts(&host)["device-screen-lock"];
    assert_eq!(verdict.status, Status::Unknown);
    assert!(verdict.because.contains("mara"), "{}", verdict.because);
}

#[test]
fn storage_is_blocked_only_if_phones_are_too() {
    let policy = |changes: Value| {
        let mut all = written(&pc(), "storage_ports")["policy"]["v"][0].clone();
        all["all"] = json!(null);
        for (key, value) in changes.as_object().unwrap() {
            all[key] = value.clone();
        }
        with("storage_ports", "policy", json!({"v": [all]}))
    };
    let check = "device-storage-ports-blocked";
    let stopped = json!({"v": [{"usbstor": 4, "uas": 4}]});
    let host = with_also(policy(json!({})), "storage_ports", "drivers", stopped);
    let verdict = &verdicts(&host)[check];
    assert_eq!(verdict.status, Status::Fail);
    assert_eq!(verdict.because, "storage can be attached by: mtp, sd, optical");
    let classes = json!({"diskread": 1, "diskwrite": 1, "opticalread": 1, "opticalwrite": 1,
        "phoneread": 1, "phonewrite": 1, "camread": 1, "camwrite": 1});
    assert_eq!(status(&policy(classes.clone()), check), Status::Pass);
    let mut read_only = classes;
    read_only["diskread"] = json!(null);
    assert_eq!(status(&policy(read_only), check), Status::Fail);
    let thunderbolt = json!({"v": [{"count": 9, "thunderbolt": 1, "firewire": 0}]});
    assert_eq!(status(&with("storage_ports", "buses", thunderbolt), check), Status::Unknown);
}

#[test]
fn search_for_updates_that_is_long_ago_or_failed_says_nothing() {
    let check = "device-no-pending-security-updates";
    let last =
        |at: Value| status(&with("pending_updates", "last", json!({"v": [{"at": at}]})), check);
    assert_eq!(last(json!("/Date(1773293400000)/")), Status::Pass);
    assert_eq!(last(json!("2026-03-10T00:00:00Z")), Status::Pass);
    assert_eq!(last(json!("/Date(1770000000000)/")), Status::Unknown);
    assert_eq!(last(json!("2026-03-10T00:00:00")), Status::Unknown);
    let failed = json!({"v": [{"code": 4, "updates": []}]});
    assert_eq!(status(&with("pending_updates", "search", failed), check), Status::Unknown);
    let unlisted = json!({"v": [{"code": 2}]});
    assert_eq!(status(&with("pending_updates", "search", unlisted), check), Status::Unknown);
}

#[test]
fn automatic_updates_are_on_for_a_client_and_unknown_for_a_server() {
    let check = "device-automatic-updates";
    let policy = |changes: Value| {
        let mut all = written(&pc(), "automatic_updates")["policy"]["v"][0].clone();
        for (key, value) in changes.as_object().unwrap() {
            all[key] = value.clone();
        }
        status(&with("automatic_updates", "policy", json!({"v": [all]})), check)
    };
    assert_eq!(policy(json!({})), Status::Pass);
    assert_eq!(policy(json!({"kind": "Server"})), Status::Unknown);
    assert_eq!(policy(json!({"kind": "Server", "options": 4})), Status::Pass);
    assert_eq!(policy(json!({"off": 1})), Status::Fail);
    assert_eq!(policy(json!({"options": 3})), Status::Fail);
    assert_eq!(policy(json!({"options": 5})), Status::Unknown);
    assert_eq!(policy(json!({"managed": 5})), Status::Fail);
    assert_eq!(policy(json!({"paused": "2026-04-01T00:00:00Z"})), Status::Fail);
    assert_eq!(policy(json!({"paused": "2026-03-01T00:00:00Z"})), Status::Pass);
    assert_eq!(policy(json!({"paused": "morgen"})), Status::Unknown);
}

#[test]
fn windows_eleven_calls_itself_ten_and_is_told_by_its_build() {
    for (name, line) in [
        ("windows-11-24h2-pro-de-good", "windows-11-24H2"),
        ("windows-11-23h2-enterprise-en-good", "windows-11-23H2"),
        ("windows-server-2022-good", "windows-server-2022"),
    ] {
        let verdict = &verdicts(&recorded(name))["device-os-release"];
        assert!(verdict.because.starts_with(line), "{}", verdict.because);
    }
    let mut system = written(&pc(), "operating_system")["system"]["v"][0].clone();
    system["edition"] = json!("EnterpriseS");
    let long_term = with("operating_system", "system", json!({"v": [system]}));
    assert_eq!(status(&long_term, "device-os-release"), Status::Unknown);
}

#[test]
fn member_of_administrators_without_their_rights_is_told_to_be_one() {
    let medium = "\"BUILTIN\\Administrators\",\"Alias\",\"S-1-5-32-544\",\"Group used for deny only\"\r\n\
                  \"Mandatory Label\\Medium Mandatory Level\",\"Label\",\"S-1-16-8192\",\"\"\r\n";
    let host = with("disks", "bitlocker", json!({"e": "Access denied"}))
        .command("whoami /groups /fo csv /nh", medium);
    let verdict = &verdicts(&host)["device-disk-encryption"];
    assert_eq!(verdict.status, Status::Unknown);
    assert!(verdict.because.contains("run as administrator"), "{}", verdict.because);
}

#[test]
fn answers_are_read_in_every_encoding() {
    for kind in ["host_firewall", "disks", "wireless"] {
        let text = written(&pc(), kind).to_string();
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &utf_16].concat();
        let utf_8 = [&[0xef, 0xbb, 0xbf][..], text.as_bytes()].concat();
        let expected = said(&pc());
        for bytes in [utf_16, marked, utf_8] {
            assert_eq!(said(&pc().command(&command(kind), bytes)), expected);
        }
    }
}

#[test]
fn no_cut_off_answer_passes_what_the_whole_does_not() {
    for name in ["windows-11-24h2-pro-de-bad", "windows-server-2022-bad"] {
        let whole = verdicts(&recorded(name));
        for (_, kind, _) in EVIDENCE {
            let text = written(&recorded(name), kind).to_string();
            for length in [0, 1, text.len() / 3, text.len() / 2, text.len() - 1] {
                let mut bytes = text.clone().into_bytes();
                bytes.truncate(length);
                let output = CommandOutput { stdout: bytes, ..CommandOutput::default() };
                let host = recorded(name).command_output(&command(kind), output);
                for (check, verdict) in verdicts(&host) {
                    assert!(
                        verdict.status != Status::Pass || whole[&check].status == Status::Pass,
                        "{name}, {kind} cut to {length}: {check}"
                    );
                }
            }
        }
    }
}

#[test]
fn script_that_cannot_run_leaves_all_unread() {
    let mut host = pc();
    for (_, kind, _) in EVIDENCE {
        host = host.command_error(&command(kind), HostError::NotFound);
    }
    for (check, verdict) in verdicts(&host) {
        assert_ne!(verdict.status, Status::Pass, "{check}: {}", verdict.because);
    }
}

#[test]
fn whatever_fails_can_be_mended_by_commands_of_this_system() {
    for name in COMPUTERS {
        for (check, verdict) in verdicts(&recorded(name)) {
            let fix = &CATALOGUE.check(&check).unwrap().fix.windows;
            assert!(verdict.status != Status::Fail || fix.is_some(), "{check}");
        }
    }
}
