//! What the tests of all probes stand on, and tests of the smaller probes.

use crate::{CollectOptions, HostError, Otherwise, RecordedHost, collect_one, sight::units};
use closedset_core::{
    Time,
    fact::{Body, FactRecord, Unread, device},
};
use serde::Deserialize;

/// The time of every test: 12 March 2026, 09:30 UTC.
pub(crate) fn now() -> Time {
    Time::from_millis(1_773_307_800_000)
}

/// A computer on which nothing is that a test does not put there, looked at by root.
pub(crate) fn root() -> RecordedHost {
    RecordedHost::new()
        .otherwise(Otherwise::NotFound)
        .file("/proc/self/status", "Name:\tprobe\nUid:\t0\t0\t0\t0\n")
        .file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
        .directory("/sys/bus", &["pci", "usb"])
        .command("ps -ww -eo pid=,ppid=,uid=,comm=", PS)
        .command(
            "ps -ww -C sshd -o uid=,args=",
            "    0 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\n",
        )
}

/// The same, looked at by an ordinary person.
pub(crate) fn person() -> RecordedHost {
    root().file("/proc/self/status", "Name:\tprobe\nUid:\t1000\t1000\t1000\t1000\n")
}

const PS: &str = "      1       0     0 systemd\n      2       0     0 kthreadd\n";

/// The host with these programs running, as `(uid, name)`.
pub(crate) fn running(host: RecordedHost, programs: &[(u32, &str)]) -> RecordedHost {
    let mut text = PS.to_owned();
    for (index, (uid, name)) in programs.iter().enumerate() {
        text.push_str(&format!("{:7} {:7} {uid:5} {name}\n", 100 + index, 1));
    }
    host.command("ps -ww -eo pid=,ppid=,uid=,comm=", text)
}

/// The host with systemd's units standing so, as `(unit, active, file state)`.
pub(crate) fn with_units(host: RecordedHost, states: &[(&str, &str, &str)]) -> RecordedHost {
    host.command(&units::command_words(), units::shown(states))
        .directory("/run/systemd/system", &[])
}

pub(crate) fn body(kind: &str, host: &RecordedHost) -> Body {
    body_with(kind, host, None)
}

pub(crate) fn body_with(kind: &str, host: &RecordedHost, control: Option<&str>) -> Body {
    let options =
        CollectOptions { now: now(), control_host: control.map(str::to_owned), skip: Vec::new() };
    collect_one(kind, host, &options).expect("a kind that is probed")
}

/// The record that the probe yields.
pub(crate) fn record<T: FactRecord + for<'de> Deserialize<'de>>(host: &RecordedHost) -> T {
    let body = body(T::KIND, host);
    body.record().unwrap_or_else(|| panic!("{} is unread: {:?}", T::KIND, body.unread()))
}

/// What the probe could not read.
pub(crate) fn unread<T: FactRecord>(host: &RecordedHost) -> Vec<Unread> {
    body(T::KIND, host).unread()
}

/// Whether the whole fact is unread, and why.
pub(crate) fn why_unread<T: FactRecord>(host: &RecordedHost) -> Option<String> {
    unread::<T>(host).into_iter().find(|one| one.path.is_empty()).map(|one| one.why)
}

#[test]
fn operating_system_is_read_from_os_release_of_many_makers() {
    let os = |text: &str| {
        record::<device::OperatingSystem>(
            &root()
                .file("/etc/os-release", text)
                .file("/etc/debian_version", "12.5\n")
                .command("uname -m", "x86_64\n"),
        )
    };
    let debian =
        os("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n");
    assert_eq!(
        (debian.product.as_str(), debian.version.as_str(), debian.build.as_deref()),
        ("debian", "12", Some("12.5"))
    );
    assert_eq!(debian.kernel, "6.1.0-18-amd64");
    let rocky =
        os("NAME=\"Rocky Linux\"\nVERSION=\"9.4 (Blue Onyx)\"\nID=\"rocky\"\nVERSION_ID=\"9.4\"\n");
    // The minor is kept: an older one is at its end at once.
    assert_eq!((rocky.product.as_str(), rocky.version.as_str()), ("rocky", "9.4"));
    let arch = os("ID=arch\nPRETTY_NAME='Arch Linux'\nBUILD_ID=rolling\n");
    assert_eq!(arch.version, "rolling");
}

#[test]
fn operating_system_without_os_release_is_unread() {
    assert!(why_unread::<device::OperatingSystem>(&root()).is_some());
}

#[test]
fn battery_of_a_mouse_does_not_make_a_laptop() {
    let with = |scope: &str| {
        record::<device::Hardware>(
            &root()
                .file("/proc/meminfo", "MemTotal:       16384000 kB\n")
                .file("/sys/class/power_supply/b/type", "Battery\n")
                .file("/sys/class/power_supply/b/scope", scope),
        )
    };
    assert_eq!(with("Device\n").looks_portable, Some(false));
    assert_eq!(with("System\n").looks_portable, Some(true));
    assert_eq!(with("System\n").memory_bytes, Some(16_777_216_000));
}

#[test]
fn serial_number_that_root_alone_reads_is_unread_and_placeholders_are_left_out() {
    let host = person()
        .file("/sys/class/dmi/id/sys_vendor", "To Be Filled By O.E.M.\n")
        .file("/sys/class/dmi/id/product_name", "ThinkPad\n")
        .file_error("/sys/class/dmi/id/product_serial", HostError::PermissionDenied);
    let hardware = record::<device::Hardware>(&host);
    assert_eq!((hardware.vendor, hardware.serial), (None, None));
    let unread = unread::<device::Hardware>(&host);
    assert_eq!(unread.len(), 1);
    assert!(unread[0].why.contains("run as root"));
}

#[test]
fn clock_is_read_in_old_and_new_words() {
    let clock = |line: &str, text: &str| {
        let host = running(root(), &[(0, "systemd-timesyn")]).command(line, text);
        record::<device::TimeSync>(&host)
    };
    let new = clock("timedatectl show", "NTP=yes\nNTPSynchronized=yes\n");
    assert!(new.is_synchronised);
    assert_eq!(new.by, "systemd-timesyncd");
    let old = "     NTP enabled: yes\nNTP synchronized: no\n RTC in local TZ: no\n";
    assert!(!clock("timedatectl status", old).is_synchronised);
    let chrony = "Reference ID    : 00000000 ()\nLeap status     : Not synchronised\n";
    assert!(!clock("chronyc -n tracking", chrony).is_synchronised);
}

#[test]
fn clock_that_nothing_keeps_is_not_synchronised_whatever_the_kernel_remembers() {
    let host = root().command("timedatectl show", "NTPSynchronized=yes\n");
    let clock = record::<device::TimeSync>(&host);
    assert!(!clock.is_synchronised);
    assert_eq!(clock.by, "none");
}

#[test]
fn clock_that_cannot_be_read_is_unread() {
    let host = running(root(), &[(0, "chronyd")]);
    assert!(why_unread::<device::TimeSync>(&host).is_some());
}

#[test]
fn software_keeps_the_source_package_and_leaves_removed_ones_out() {
    let host = root().command(
        "dpkg-query -W -f ${db:Status-Abbrev}|${Package}|${Version}|${source:Package}|${source:Version}\\n",
        "ii |libssl3|3.0.11-1~deb12u2|openssl|3.0.11-1~deb12u2\nrc |old|1|old|1\nii |bash|5.2-2+b2|bash|5.2-2\n",
    );
    let software = record::<device::Software>(&host);
    assert_eq!((software.manager.as_str(), software.count), ("deb", 2));
    assert_eq!(software.packages[1].source, "openssl");
    assert_eq!(software.packages[0].source_version, "5.2-2");
}

#[test]
fn software_of_rpm_has_epoch_release_and_source_even_beside_an_empty_dpkg() {
    let host = root()
        .command_refused(
            "dpkg-query -W -f ${db:Status-Abbrev}|${Package}|${Version}|${source:Package}|${source:Version}\\n",
            1,
            "dpkg-query: no packages found",
        )
        .command(
            "rpm -qa --qf %{NAME}|%{EPOCHNUM}|%{VERSION}|%{RELEASE}|%{SOURCERPM}\\n",
            "openssl-libs|1|3.0.7|24.el9|openssl-3.0.7-24.el9.src.rpm\ngpg-pubkey|0|1|2|(none)\nbash|0|5.1.8|9.el9|bash-5.1.8-9.el9.src.rpm\n",
        );
    let software = record::<device::Software>(&host);
    assert_eq!((software.manager.as_str(), software.count), ("rpm", 2));
    assert_eq!(software.packages[1].version, "1:3.0.7-24.el9");
    assert_eq!(software.packages[1].source, "openssl");
    assert_eq!(software.packages[1].source_version, "1:3.0.7-24.el9");
    assert_eq!(software.packages[0].version, "5.1.8-9.el9");
}

const APT_ON: &str = "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\nUnattended-Upgrade::Origins-Pattern \"\";\nUnattended-Upgrade::Origins-Pattern:: \"origin=Debian,codename=${distro_codename}-security,label=Debian-Security\";\n";

fn apt(config: &str, timer: &str) -> device::AutomaticUpdates {
    let host = with_units(
        root().command("apt-config dump", config).file("/usr/bin/unattended-upgrade", ""),
        &[("apt-daily-upgrade.timer", timer, "enabled"), ("apt-daily.timer", "active", "enabled")],
    );
    record(&host)
}

#[test]
fn unattended_upgrades_with_a_security_suite_and_a_running_timer_is_automatic() {
    let updates = apt(APT_ON, "active");
    assert!(updates.is_enabled, "{}", updates.seen);
    assert_eq!(updates.by, "unattended-upgrades");
}

#[test]
fn any_other_1_in_apts_settings_is_no_proof() {
    let other = "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Download-Upgradeable-Packages \"1\";\nAPT::Periodic::Unattended-Upgrade \"0\";\n";
    assert!(!apt(other, "active").is_enabled);
}

#[test]
fn unattended_upgrades_is_off_if_nothing_starts_it_or_periodic_work_is_off_or_security_is_left_out()
{
    assert!(!apt(APT_ON, "inactive").is_enabled);
    assert!(!apt(&format!("{APT_ON}APT::Periodic::Enable \"0\";\n"), "active").is_enabled);
    let without = APT_ON.replace("-security,label=Debian-Security", "");
    assert!(!apt(&without, "active").is_enabled);
    let no_lists = APT_ON.replace("Lists \"1\"", "Lists \"0\"");
    assert!(!apt(&no_lists, "active").is_enabled);
}

#[test]
fn dnf_automatic_that_only_downloads_is_not_automatic() {
    let dnf = |timers: &[(&str, &str, &str)], settings: &str| {
        let host = root().file("/usr/bin/dnf", "").file("/etc/dnf/automatic.conf", settings);
        record::<device::AutomaticUpdates>(&with_units(host, timers)).is_enabled
    };
    let on: &[_] = &[("dnf-automatic.timer", "active", "enabled")];
    let applies = "[commands]\nupgrade_type = security\napply_updates = yes\n";
    assert!(dnf(on, applies));
    assert!(!dnf(on, "[commands]\nupgrade_type = default\napply_updates = no\n"));
    assert!(!dnf(&[("dnf-automatic.timer", "inactive", "disabled")], applies));
    assert!(!dnf(on, "[commands]\nupgrade_type = none\napply_updates = yes\n"));
    let installs: &[_] = &[("dnf-automatic-install.timer", "active", "enabled")];
    assert!(dnf(installs, "[commands]\napply_updates = no\n"));
}

#[test]
fn updates_of_an_unknown_package_manager_are_unread() {
    assert!(why_unread::<device::AutomaticUpdates>(&root()).is_some());
    assert!(why_unread::<device::PendingUpdates>(&root()).is_some());
}

const PAM: &str = "password requisite pam_pwquality.so retry=3\npassword [success=1 default=ignore] pam_unix.so obscure yescrypt\n";
const PAM_AUTH: &str = "auth required pam_faillock.so preauth\nauth [success=1 default=ignore] pam_unix.so nullok\nauth [default=die] pam_faillock.so authfail\n";

fn policy(password: &str, auth: &str, quality: &str) -> device::PasswordPolicy {
    record(
        &root()
            .file("/etc/pam.d/common-password", password)
            .file("/etc/pam.d/common-auth", auth)
            .file("/etc/security/pwquality.conf", quality)
            .file("/etc/security/faillock.conf", "deny = 5 # attempts\n")
            .file("/etc/login.defs", "PASS_MIN_LEN 14\n"),
    )
}

#[test]
fn password_rules_count_only_where_pam_calls_the_module_that_reads_them() {
    let in_force = policy(PAM, PAM_AUTH, "minlen = 12\n");
    assert_eq!(in_force.minimum_length, Some(12));
    assert_eq!(in_force.locks_after_failures, Some(5));
    let unused =
        policy("password required pam_unix.so\n", "auth required pam_unix.so\n", "minlen = 12\n");
    assert_eq!(unused.minimum_length, None);
    assert_eq!(unused.locks_after_failures, None);
}

#[test]
fn password_rules_that_only_warn_or_give_credit_are_seen_through() {
    assert_eq!(policy(PAM, PAM_AUTH, "minlen=12\nenforcing = 0\n").minimum_length, None);
    assert_eq!(policy(PAM, PAM_AUTH, "minlen=12\ndcredit=1\nucredit=1\n").minimum_length, Some(10));
    assert_eq!(policy(PAM, PAM_AUTH, "# minlen = 20\n").minimum_length, Some(8));
}

const WIFI: &str =
    "nmcli -m multiline -f IN-USE,SSID,SECURITY,WPA-FLAGS,RSN-FLAGS device wifi list --rescan no";

fn wifi(text: &str) -> device::Wireless {
    record(
        &root()
            .directory("/sys/class/net", &["lo", "wlan0"])
            .file("/sys/class/net/wlan0/phy80211", "")
            .command(WIFI, text),
    )
}

fn network(in_use: &str, security: &str, wpa: &str, rsn: &str) -> String {
    format!(
        "IN-USE:     {in_use}\nSSID:       Studio: 5 GHz\nSECURITY:   {security}\nWPA-FLAGS:  {wpa}\nRSN-FLAGS:  {rsn}\n"
    )
}

#[test]
fn wifi_output_that_begins_with_a_byte_order_mark_is_read() {
    let text = network("*", "WPA2", "(none)", "pair_ccmp group_ccmp psk");
    let wireless = wifi(&format!("\u{feff}{text}"));
    assert_eq!(wireless.connected.len(), 1);
    assert_eq!(wireless.connected[0].ssid, "Studio: 5 GHz");
    assert!(wireless.all_strong);
}

#[test]
fn wifi_that_also_takes_tkip_or_first_wpa_or_is_open_is_not_strong() {
    let strong =
        |security: &str, wpa: &str, rsn: &str| wifi(&network("*", security, wpa, rsn)).all_strong;
    assert!(strong("WPA3", "(none)", "pair_ccmp group_ccmp sae"));
    assert!(strong("WPA2 802.1X", "(none)", "pair_ccmp group_ccmp 802_1x"));
    assert!(!strong("WPA1 WPA2", "pair_tkip group_tkip psk", "pair_ccmp group_tkip psk"));
    assert!(!strong("WPA2", "(none)", "pair_tkip pair_ccmp group_tkip psk"));
    assert!(!strong("WPA1 WPA2", "pair_ccmp group_ccmp psk", "pair_ccmp group_ccmp psk"));
    assert!(!strong("WEP", "(none)", "(none)"));
    assert!(!strong("--", "(none)", "(none)"));
    // Enhanced open: encrypted for whoever comes.
    assert!(!strong("OWE", "(none)", "pair_ccmp group_ccmp owe"));
}

#[test]
fn wifi_networks_in_sight_but_not_in_use_do_not_count() {
    let wireless = wifi(&format!(
        "{}{}",
        network("", "WEP", "(none)", "(none)"),
        network("*", "WPA2", "(none)", "pair_ccmp group_ccmp psk")
    ));
    assert_eq!(wireless.connected.len(), 1);
    assert!(wireless.all_strong);
}

#[test]
fn wifi_whose_name_breaks_the_line_does_not_vouch_for_itself() {
    // An open network called "a\nRSN-FLAGS:ccmp psk\nIN-USE:", as it would stand there unescaped.
    let text = network("*", "--", "(none)", "(none)")
        .replace("Studio: 5 GHz", "a\nRSN-FLAGS:ccmp psk\nIN-USE:");
    let wireless = wifi(&text);
    assert_eq!(wireless.connected.len(), 1);
    assert!(!wireless.all_strong);
    let twice = network("*", "WPA2", "(none)", "pair_ccmp psk")
        .replace("Studio: 5 GHz", "a\nRSN-FLAGS:ccmp psk");
    assert!(!wifi(&twice).all_strong);
}

#[test]
fn wifi_of_an_adapter_that_networkmanager_leaves_to_others_counts_too() {
    let by_nm = network("*", "WPA2", "(none)", "pair_ccmp group_ccmp psk");
    let two = |text: &str| {
        root()
            .directory("/sys/class/net", &["wlan0", "wlan1"])
            .file("/sys/class/net/wlan0/phy80211", "")
            .file("/sys/class/net/wlan1/phy80211", "")
            .command(WIFI, text)
    };
    assert!(why_unread::<device::Wireless>(&two(&by_nm)).is_some());
    let open = "BSS aa:bb:cc:00:11:22(on wlan1) -- associated\n\tSSID: Café\n";
    let host = |text: &str| {
        two(text)
            .command("iw dev", "phy#1\n\tInterface wlan1\n\t\ttype managed\n")
            .command(
                "iw dev wlan1 link",
                "Connected to aa:bb:cc:00:11:22 (on wlan1)\n\tSSID: Café\n",
            )
            .command("iw dev wlan1 scan dump", open)
    };
    let wireless = record::<device::Wireless>(&host(&by_nm));
    assert_eq!(wireless.connected.len(), 2);
    assert!(!wireless.all_strong);
}

#[test]
fn wifi_without_networkmanager_is_read_by_iw() {
    let host = root()
        .directory("/sys/class/net", &["wlan0"])
        .file("/sys/class/net/wlan0/phy80211", "")
        .command("iw dev", "phy#0\n\tInterface wlan0\n\t\ttype managed\n")
        .command("iw dev wlan0 link", "Connected to AA:bb:cc:00:11:22 (on wlan0)\n\tSSID: Studio\n")
        .command("iw dev wlan0 scan dump", "BSS aa:bb:cc:00:11:22(on wlan0) -- associated\n\tSSID: Studio\n\tRSN:\t * Version: 1\n\t\t * Group cipher: TKIP\n\t\t * Pairwise ciphers: CCMP TKIP\n\t\t * Authentication suites: PSK\n");
    let wireless = record::<device::Wireless>(&host);
    assert_eq!(wireless.connected.len(), 1);
    assert!(!wireless.all_strong);
}

#[test]
fn wifi_that_cannot_be_read_is_unread_and_a_computer_without_has_none() {
    let host =
        root().directory("/sys/class/net", &["wlan0"]).file("/sys/class/net/wlan0/phy80211", "");
    assert!(why_unread::<device::Wireless>(&host).is_some());
    let without = record::<device::Wireless>(&root().directory("/sys/class/net", &["eth0"]));
    assert_eq!((without.adapters, without.connected.len()), (0, 0));
}
