//! Macs written down, well kept and not, and each trap that a Mac lays.

use crate::verdicts::{CATALOGUE, recorded, said, status, verdicts};
use closedset_core::Status;
use closedset_probes::{CommandOutput, HostError, RecordedHost};

const MACS: [&str; 6] = [
    "macos-14-intel-good",
    "macos-14-intel-bad",
    "macos-15-apple-silicon-good",
    "macos-15-apple-silicon-bad",
    "macos-26-good",
    "macos-26-bad",
];

#[test]
fn macs_good_and_bad() {
    for name in MACS {
        insta::assert_snapshot!(name, said(&recorded(name)));
    }
}

fn mac() -> RecordedHost {
    recorded("macos-15-apple-silicon-good")
}

/// Each check that passes on a good Mac, and the commands that its evidence comes from.
const EVIDENCE: [(&str, &[&str]); 20] = [
    ("device-automatic-updates", &[UPDATE_SETTINGS]),
    ("device-disk-encryption", &["fdesetup status"]),
    ("device-disk-encryption", &["diskutil apfs list -plist"]),
    ("device-disk-encryption", &["diskutil list -plist internal physical"]),
    ("device-disk-encryption", &["sysctl -n vm.swapusage"]),
    ("device-firewall-on", &["socketfilterfw --getglobalstate"]),
    ("device-firewall-refuses-inbound", &["socketfilterfw --getglobalstate"]),
    ("device-firewall-at-boot", &["socketfilterfw --getglobalstate"]),
    ("device-internet-restricted", &["scutil --proxy"]),
    ("device-no-automatic-sign-in", &[SIGN_IN_SETTINGS]),
    ("device-no-cloud-sync", &["ps -axww -o pid=,ppid=,uid=,comm="]),
    ("device-no-guest", &[SIGN_IN_SETTINGS]),
    ("device-no-pending-security-updates", &["softwareupdate -l"]),
    ("device-os-release", &["sw_vers"]),
    ("device-password-length", &["pwpolicy -getaccountpolicies"]),
    ("device-remote-access-closed", &[LSOF, "netstat -anW"]),
    ("device-remote-access-closed", &["ps -axww -o pid=,ppid=,uid=,comm="]),
    ("device-removable-drives-encrypted", &["diskutil list -plist external physical"]),
    ("device-screen-lock", &[LOCK]),
    ("device-wireless-strong", &["system_profiler SPAirPortDataType -json"]),
];
const UPDATE_SETTINGS: &str =
    "plutil -convert xml1 -o - /Library/Preferences/com.apple.SoftwareUpdate.plist";
const SIGN_IN_SETTINGS: &str =
    "plutil -convert xml1 -o - /Library/Preferences/com.apple.loginwindow.plist";
const LSOF: &str = "lsof -nP +c0 -iTCP -sTCP:LISTEN -iUDP -FcPtn";
const LOCK: &str = "launchctl asuser 501 sudo -u mara /usr/sbin/sysadminctl -screenLock status";

#[test]
fn nothing_passes_whose_evidence_is_missing_or_refused() {
    for (check, commands) in EVIDENCE {
        assert_eq!(status(&mac(), check), Status::Pass, "{check}");
        for (how, spoil) in crate::verdicts::spoilings() {
            let host = commands.iter().fold(mac(), |host, command| spoil(host, command));
            let verdict = &verdicts(&host)[check];
            assert_eq!(verdict.status, Status::Unknown, "{check}, {how}: {}", verdict.because);
        }
    }
}

#[test]
fn every_check_that_a_good_mac_passes_is_in_the_table_of_evidence() {
    // These rest on the same listing of sockets as the first that is in the table, or as the length.
    let beside = [
        "device-ssh-keys-only",
        "device-ssh-no-empty-passwords",
        "device-ssh-no-root",
        "device-ssh-no-root-password",
        "device-password-failures",
        "device-password-failures-5",
        "device-password-length-16",
        "device-one-root",
    ];
    for (check, verdict) in verdicts(&mac()) {
        let is_listed = EVIDENCE.iter().any(|(listed, _)| *listed == check);
        if verdict.status == Status::Pass && !beside.contains(&check.as_str()) {
            assert!(is_listed, "{check} passes and is not in the table");
        }
    }
    for check in beside {
        let commands =
            [LSOF, "netstat -anW", "pwpolicy -getaccountpolicies", "dscl . -list /Users UniqueID"];
        let host =
            commands.iter().fold(mac(), |host, one| host.command_error(one, HostError::NotFound));
        assert_eq!(status(&host, check), Status::Unknown, "{check}");
    }
}

fn firewall(state: &str, signed: &str) -> Status {
    let host = mac()
        .command("socketfilterfw --getglobalstate", state)
        .command("socketfilterfw --getblockall", "Firewall has block all state set to disabled.\n")
        .command("socketfilterfw --getallowsigned", signed);
    status(&host, "device-firewall-refuses-inbound")
}

#[test]
fn firewall_that_lets_in_whatever_is_signed_refuses_nothing_by_default() {
    let on = "Firewall is enabled. (State = 1)\n";
    let words = |built_in: &str, downloaded: &str| {
        format!(
            "Automatically allow built-in signed software {built_in}.\nAutomatically allow \
             downloaded signed software {downloaded}.\n"
        )
    };
    assert_eq!(firewall(on, &words("ENABLED", "ENABLED")), Status::Fail);
    assert_eq!(firewall(on, &words("ENABLED", "DISABLED")), Status::Pass);
    assert_eq!(firewall(on, &words("DISABLED", "DISABLED")), Status::Pass);
    assert_eq!(firewall(on, ""), Status::Unknown);
    assert_eq!(
        firewall(on, "Automatically allow built-in signed software ENABLED."),
        Status::Unknown
    );
    assert_eq!(firewall("Firewall is disabled. (State = 0)\n", ""), Status::Fail);
    assert_eq!(firewall("Firewall is enabled.\n", &words("DISABLED", "DISABLED")), Status::Unknown);
}

#[test]
fn file_vault_that_is_not_finished_is_none() {
    let said =
        |text: &str| status(&mac().command("fdesetup status", text), "device-disk-encryption");
    assert_eq!(said("FileVault is On.\n"), Status::Pass);
    for unfinished in [
        "FileVault is On.\nEncryption in progress: Percent completed = 99.9\n",
        "FileVault is On.\nEncryption in progress: Pending\n",
        "FileVault is On.\nDecryption in progress: Percent completed = 3\n",
        "FileVault is Off.\n",
        "FileVault is Off, but will be enabled after the next restart.\n",
        "FileVault is Off.\nDeferred enablement appears to be active for user 'mara'.\n",
    ] {
        assert_eq!(said(unfinished), Status::Fail, "{unfinished}");
    }
    assert_eq!(said("FileVault master keychain appears to be installed.\n"), Status::Unknown);
}

#[test]
fn disk_encrypted_by_hardware_alone_is_open() {
    let bad = recorded("macos-15-apple-silicon-bad");
    let host = bad.command("fdesetup status", "FileVault is On.\n");
    let verdict = &verdicts(&host)["device-disk-encryption"];
    assert_eq!(verdict.status, Status::Fail, "{}", verdict.because);
    assert!(verdict.because.contains("Data"), "{}", verdict.because);
}

fn locks(host: &RecordedHost) -> (Status, String) {
    let verdict = verdicts(host)["device-screen-lock"].clone();
    (verdict.status, verdict.because)
}

fn locks_with(delay: &str, idle: CommandOutput, dark: &str) -> (Status, String) {
    let line = format!("2026-03-12 10:30:00.1 sysadminctl[1:2] {delay}\n");
    let said = CommandOutput { stderr: line.into(), ..CommandOutput::default() };
    let host = mac()
        .command_output(LOCK, said)
        .command_output("mara$ defaults -currentHost read com.apple.screensaver idleTime", idle)
        .command("pmset -g custom", dark);
    locks(&host)
}

#[test]
fn screen_locks_after_the_dark_and_the_delay_on_the_slower_source_of_power() {
    let idle = |text: &str| CommandOutput { stdout: text.into(), ..CommandOutput::default() };
    let unset = || CommandOutput {
        status: 1,
        stderr: "The domain/default pair of (x, idleTime) does not exist\n".into(),
        ..CommandOutput::default()
    };
    let both = "Battery Power:\n displaysleep 2\nAC Power:\n displaysleep 20\n";
    let never = "AC Power:\n displaysleep 0\n";
    let at_once = "screenLock delay is immediate";
    let table = [
        (at_once, idle("600\n"), both, Status::Pass, "locks after 10 min"),
        (at_once, idle("0\n"), both, Status::Fail, "locks after 20 min"),
        (at_once, unset(), both, Status::Fail, "locks after 20 min"),
        (at_once, unset(), "AC Power:\n displaysleep 15\n", Status::Pass, "15 min"),
        ("screenLock delay is 300 seconds", idle("600"), never, Status::Pass, "15 min"),
        ("screenLock delay is 301 seconds", idle("600"), never, Status::Fail, "901 s"),
        (at_once, idle("0"), never, Status::Fail, "never locks"),
        ("screenLock is off", idle("60"), both, Status::Fail, "asks no password"),
        ("screenLock delay is -1.000000 seconds", idle("60"), both, Status::Fail, "never locks"),
        (at_once, unset(), never, Status::Unknown, "never set"),
        (at_once, idle("600"), "", Status::Pass, "10 min"),
        (at_once, unset(), "", Status::Unknown, "pmset"),
        ("Must be run as a user", idle("60"), both, Status::Unknown, "mara"),
    ];
    for (delay, idle, dark, expected, words) in table {
        let (status, because) = locks_with(delay, idle.clone(), dark);
        assert_eq!(status, expected, "{delay}, {idle:?}, {dark}: {because}");
        assert!(because.contains(words), "{because}");
    }
}

#[test]
fn lock_of_somebody_who_is_not_at_the_screen_is_unknown_unless_it_is_fixed_for_everybody() {
    let managed = recorded("macos-26-good");
    assert_eq!(locks(&managed).0, Status::Pass);
    let two = |attribute: &str, value: &str, other: &str| {
        let name = format!("dscl . -list /Users {attribute}");
        (name, format!("root 0\nmara {value}\nannex {other}\n"))
    };
    let mut host = mac();
    for (name, text) in [
        two("UniqueID", "501", "502"),
        two("UserShell", "/bin/zsh", "/bin/zsh"),
        two("NFSHomeDirectory", "/Users/mara", "/Users/annex"),
    ] {
        host = host.command(&name, text);
    }
    let (status, because) = locks(&host);
    assert_eq!(status, Status::Unknown, "{because}");
    assert!(because.contains("annex"), "{because}");
    let (status, _) = locks(&mac().command("stat -f %Su /dev/console", "root\n"));
    assert_eq!(status, Status::Unknown, "nobody is at the screen");
}

#[test]
fn updates_that_could_not_be_looked_for_are_unknown() {
    let check = "device-no-pending-security-updates";
    let head = "Software Update Tool\n\nFinding available software\n";
    let offline = CommandOutput {
        stdout: head.into(),
        stderr: "Can't connect to the Apple Software Update server, because you are not connected \
                 to the Internet.\n"
            .into(),
        ..CommandOutput::default()
    };
    assert_eq!(status(&mac().command_output("softwareupdate -l", offline), check), Status::Unknown);
    assert_eq!(status(&mac().command("softwareupdate -l", head), check), Status::Unknown);
    // A newer macOS is another version, not an update of this one.
    assert_eq!(status(&recorded("macos-26-good"), check), Status::Pass);
    assert_eq!(status(&recorded("macos-26-bad"), check), Status::Fail);
}

#[test]
fn setting_of_updates_that_was_never_written_is_unknown() {
    let empty = "<plist version=\"1.0\">\n<dict/>\n</plist>\n";
    let verdict = &verdicts(&mac().command(UPDATE_SETTINGS, empty))["device-automatic-updates"];
    assert_eq!(verdict.status, Status::Unknown, "{}", verdict.because);
    assert_eq!(status(&recorded("macos-26-good"), "device-automatic-updates"), Status::Pass);
}

#[test]
fn nobody_but_root_is_told_all() {
    let host = mac().command("id -u", "501\n").command(
        "netstat -anW",
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\ntcp4       0      \
         0  *.49152                *.*                    LISTEN\n",
    );
    let verdict = &verdicts(&host)["device-remote-access-closed"];
    assert_eq!(verdict.status, Status::Unknown);
    assert!(verdict.because.contains("run as root"), "{}", verdict.because);
}

#[test]
fn internet_behind_a_proxy_that_is_found_by_itself_is_not_proven_closed() {
    let automatic = "<dictionary> {\n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : \
                     http://proxy.example/proxy.pac\n}\n";
    let host = mac().command("scutil --proxy", automatic);
    assert_eq!(status(&host, "device-internet-restricted"), Status::Unknown);
}

#[test]
fn encryption_of_wireless_that_was_never_seen_is_unknown() {
    let text = |mode: &str| {
        format!(
            "{{\"SPAirPortDataType\":[{{\"spairport_airport_interfaces\":[{{\"_name\":\"en0\",\
             \"spairport_status_information\":\"spairport_status_connected\"{mode}}}]}}]}}"
        )
    };
    let of = |mode: &str| {
        let network = format!(
            ",\"spairport_current_network_information\":{{\"_name\":\"x\",\"spairport_security_mode\":\"{mode}\"}}"
        );
        let command = "system_profiler SPAirPortDataType -json";
        status(&mac().command(command, text(&network)), "device-wireless-strong")
    };
    assert_eq!(of("spairport_security_mode_wpa2_enterprise"), Status::Pass);
    assert_eq!(of("spairport_security_mode_wpa2_personal_mixed"), Status::Fail);
    assert_eq!(of("spairport_security_mode_wpa9"), Status::Unknown);
    for odd in
        [text(""), "{\"SPAirPortDataType\":[{}]}".into(), "{\"SPAirPortDataType\":[]}".into()]
    {
        let host = mac().command("system_profiler SPAirPortDataType -json", odd);
        assert_eq!(status(&host, "device-wireless-strong"), Status::Unknown);
    }
}

#[test]
fn whatever_fails_can_be_mended_by_commands_of_this_system() {
    for name in MACS {
        for (check, verdict) in verdicts(&recorded(name)) {
            let fix = &CATALOGUE.check(&check).unwrap().fix.macos;
            assert!(verdict.status != Status::Fail || fix.is_some(), "{check}");
        }
    }
}

#[test]
fn sshd_on_a_port_of_its_own_is_seen_by_its_process() {
    let host = mac().command("id -u", "501\n").command(
        "netstat -anW",
        "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\ntcp4       0      \
         0  *.2222                 *.*                    LISTEN\n",
    );
    let running = "    1     0     0 /sbin/launchd\n  900     1     0 /opt/homebrew/sbin/sshd\n";
    assert_eq!(status(&host, "device-ssh-keys-only"), Status::Pass);
    let host = host.command("ps -axww -o pid=,ppid=,uid=,comm=", running);
    assert_eq!(status(&host, "device-ssh-keys-only"), Status::Unknown);
}
