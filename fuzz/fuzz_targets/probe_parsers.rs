//! Every parser of what programs write and files hold. They never refuse, so nothing is expected but
//! an end.

#![no_main]

use closedset_probes::parse::{
    account, apt, date, dconf, dnf, effective_uid,
    firewall::{self, Family, Net, iptables, nft, words},
    ini::Ini,
    lsblk, macos, modprobe, mount, os_release, package, pam, plist, process, session, socket, ssh,
    time_sync, unit, usbguard, windows, wireless, zfs,
};
use libfuzzer_sys::fuzz_target;
use std::hint::black_box;

fuzz_target!(|text: &str| {
    accounts(text);
    desktops(text);
    firewalls(text);
    storage(text);
    systems(text);
    updates(text);
    macs(text);
    windows_computers(text);
});

fn accounts(text: &str) {
    black_box((account::passwd(text), account::shadow(text), account::group(text)));
    black_box((account::sudoers(text), pam::stack(text), pam::settings(text)));
    let settings = ssh::effective(text);
    black_box((ssh::lets_in_by_password(&settings), ssh::file(text)));
}

fn desktops(text: &str) {
    black_box((dconf::gsettings("schema", text), dconf::Setting::parse(text), dconf::locks(text)));
    black_box((dconf::xfconf(text), dconf::locker(text), dconf::xscreensaver(text)));
    black_box((session::list(text), session::show(text), session::chosen(text)));
    black_box((session::Desktop::of(text), Ini::parse(text)));
}

fn firewalls(text: &str) {
    let interfaces = ["eth0".to_owned(), "wlan0".to_owned()];
    for family in [Family::V4, Family::V6] {
        let mut rules = iptables::parse(text, family);
        black_box(firewall::openings(&rules, family, &interfaces));
        if let Some(listing) = nft::parse(text, Some(text)) {
            rules.extend(listing.without_foreign());
            black_box((rules.is_filtering(), firewall::openings(&rules, family, &interfaces)));
        }
    }
    black_box((words::ufw(text), words::zones(text), Net::parse(text)));
}

fn storage(text: &str) {
    black_box((lsblk::parse(text), mount::mountinfo(text), zfs::datasets(text)));
    black_box((modprobe::plan(text, "uas"), modprobe::names(text, "uas")));
    black_box((modprobe::blacklists(text, "uas"), usbguard::blocks_by_default(text)));
    black_box(usbguard::opening_rule(text));
}

fn systems(text: &str) {
    black_box((effective_uid(text), os_release::parse(text), unit::show(text)));
    black_box((time_sync::timedatectl(text), time_sync::chronyc_tracking(text)));
    black_box((process::ps(text), process::command_lines(text), socket::ss(text)));
    black_box((wireless::nmcli(text), wireless::iw_interfaces(text)));
    black_box((wireless::iw_link(text), wireless::iw_scan(text)));
}

fn updates(text: &str) {
    black_box((date::rfc_2822(text), date::clamav_database(text)));
    let settings = apt::config(text);
    black_box((apt::takes_security(&settings), apt::upgradable(text)));
    black_box((apt::security_in_policy(text), apt::release_date(text)));
    black_box((dnf::security_updates(text), dnf::upgrades(text)));
    black_box((package::dpkg(text), package::rpm(text)));
}

fn macs(text: &str) {
    black_box((plist::parse(text), macos::fields(text), macos::firewall_state(text)));
    black_box((macos::firewall_setting(text, &["built-in"]), macos::screen_lock(text)));
    black_box((macos::display_sleep(text), macos::updates(text, text), macos::extensions(text)));
    black_box((macos::netstat(text), macos::lsof(text), macos::password_length(text)));
}

fn windows_computers(text: &str) {
    black_box((windows::is_elevated(text), windows::text(text.as_bytes())));
    let value = windows::json(text.as_bytes());
    black_box(value.as_ref().map(windows::time));
    black_box((windows::opening(text), windows::wlan(text)));
    black_box((windows::w32tm(text), windows::net_accounts(text)));
}
