//! No parser panics, whatever it is given.

use closedset_probes::parse::{
    account, apt, date, dconf, dnf, effective_uid,
    firewall::{Family, iptables, nft, openings, words},
    ini::Ini,
    lsblk, modprobe, mount, os_release, package, pam, process, session, socket, ssh, time_sync,
    unit, usbguard, wireless, zfs,
};
use proptest::prelude::*;

fn every_parser(text: &str) {
    account::passwd(text);
    account::shadow(text);
    account::group(text);
    account::sudoers(text);
    let settings = apt::config(text);
    apt::takes_security(&settings);
    apt::upgradable(text);
    apt::security_in_policy(text);
    apt::release_date(text).map(date::rfc_2822);
    date::rfc_2822(text);
    date::clamav_database(text);
    dconf::gsettings("a", text);
    dconf::Setting::parse(text);
    dconf::locks(text);
    dconf::xfconf(text);
    dconf::locker(text);
    dconf::xscreensaver(text);
    dnf::security_updates(text);
    dnf::upgrades(text);
    effective_uid(text);
    let interfaces = ["eth0".to_owned()];
    for family in [Family::V4, Family::V6] {
        let rules = iptables::parse(text, family);
        openings(&rules, family, &interfaces).words();
    }
    if let Some(listing) = nft::parse(text, Some(text)) {
        openings(&listing.without_foreign(), Family::V4, &interfaces);
    }
    words::ufw(text);
    for zone in words::zones(text) {
        zone.refuses(10, 5);
    }
    Ini::parse(text).sections().count();
    lsblk::parse(text);
    modprobe::plan(text, "a");
    modprobe::names(text, "a");
    modprobe::blacklists(text, "a");
    mount::mountinfo(text);
    os_release::parse(text);
    package::dpkg(text);
    package::rpm(text);
    pam::stack(text);
    pam::settings(text);
    process::ps(text);
    process::command_lines(text);
    session::list(text);
    session::show(text);
    session::chosen(text);
    session::Desktop::of(text);
    for listener in socket::ss(text) {
        listener.scope();
    }
    ssh::lets_in_by_password(&ssh::effective(text));
    ssh::file(text);
    time_sync::timedatectl(text);
    time_sync::chronyc_tracking(text);
    unit::show(text);
    usbguard::blocks_by_default(text);
    usbguard::opening_rule(text);
    for network in wireless::nmcli(text) {
        network.is_strong();
    }
    wireless::iw_interfaces(text);
    wireless::iw_link(text);
    wireless::iw_scan(text);
    zfs::datasets(text);
}

/// Pieces that bring a parser further than chance would.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just(" ".to_owned()),
        Just("\t".to_owned()),
        Just(":".to_owned()),
        Just("=".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("ß\u{feff}".to_owned()),
        proptest::sample::select(vec![
            "*filter",
            ":INPUT DROP",
            "-A INPUT",
            "-j",
            "--dport",
            "65535",
            "0:65535",
            "!",
            "-s",
            "0.0.0.0/0",
            "::/99",
            "[Daemon]",
            "[",
            "Date:",
            "Thu, 01 Jan 1970 00:00:00",
            "+9999",
            "tcp LISTEN 0 0",
            "[::]:22",
            "users:((\"",
            "BSS aa",
            "RSN:",
            "* Pairwise ciphers:",
            "IN-USE:",
            "<property name=\"",
            "\"/>",
            "</property>",
            "Match",
            "Include",
            "Host=",
            "root:x:0:0",
            "User_Alias A",
            "ALL=(ALL)",
            "xautolock -time",
            "timeout",
            "9223372036854775807",
            "install /bin/false",
            "insmod /a.ko",
            "Version table:",
            "*** ",
            "500 http://x a-security/main",
            "ClamAV-VDB:",
            "uint32",
            " - fuse.rclone",
            "\\040",
            "allow with-interface",
            "Status: active",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn json(depth: u32) -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let words = proptest::sample::select(vec![
        "input", "filter", "inet", "ip", "drop", "accept", "eth0", "@set", "tcp", "dport", "x", "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    let keys = proptest::sample::select(vec![
        "nftables",
        "blockdevices",
        "chain",
        "rule",
        "table",
        "set",
        "map",
        "elem",
        "expr",
        "match",
        "left",
        "right",
        "op",
        "meta",
        "key",
        "payload",
        "protocol",
        "field",
        "vmap",
        "data",
        "jump",
        "target",
        "name",
        "kname",
        "pkname",
        "children",
        "mountpoints",
        "size",
        "family",
        "hook",
        "type",
        "policy",
        "range",
        "prefix",
        "addr",
        "len",
        "concat",
        "accept",
        "ct",
        "fib",
        "&",
    ]);
    leaf.prop_recursive(depth, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec((keys.clone(), inner), 0..6).prop_map(|pairs| {
                let mut object = json!({});
                for (key, value) in pairs {
                    object[key] = value;
                }
                object
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_parser_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        every_parser(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_parser_panics_on_pieces_of_what_it_knows(text in pieces()) {
        every_parser(&text);
    }

    #[test]
    fn no_parser_panics_on_any_json(items in proptest::collection::vec(json(6), 0..6)) {
        for name in ["nftables", "blockdevices"] {
            let text = serde_json::json!({ name: items.clone() }).to_string();
            lsblk::parse(&text);
            if let Some(listing) = nft::parse(&text, None) {
                openings(&listing.rules, Family::V6, &["eth0".to_owned()]);
            }
        }
    }
}

#[test]
fn nesting_without_end_is_no_json() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(lsblk::parse(&deep), None);
    assert_eq!(nft::parse(&deep, None), None);
}
