//! Outputs that other people recorded, with what another reader made of them.
//!
//! The records lie beside the repository, not in it; where they are not, these tests say so and
//! pass.

use closedset_probes::parse::{
    account::{self, Password},
    firewall::words,
    macos, mount, os_release, socket, ssh, time_sync, wireless,
};
use serde_json::Value;
use std::path::PathBuf;

/// The recorded output called `name` and what was made of it; none if the records are not here.
fn recorded(name: &str) -> Option<(String, Value)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/corpus/commands")
        .join(name);
    let read = |ending: &str| std::fs::read_to_string(format!("{}{ending}", root.display())).ok();
    let Some(text) = read(".out").or_else(|| read("")) else {
        println!("skipped: {name} is not here");
        return None;
    };
    Some((text, serde_json::from_str(&read(".json")?).unwrap()))
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn sockets_of_ss_are_the_same() {
    for name in ["centos-7.7/ss-sudo-a", "ubuntu-18.04/ss-sudo-a"] {
        let Some((text, expected)) = recorded(name) else { continue };
        let found: Vec<(String, String, Option<u16>)> = socket::ss(&text)
            .into_iter()
            .map(|one| (one.protocol, one.address, one.port))
            .collect();
        let expected: Vec<(String, String, Option<u16>)> = expected
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| matches!(word(one, "netid"), "tcp" | "udp"))
            .filter(|one| matches!(word(one, "state"), "LISTEN" | "UNCONN"))
            .map(|one| {
                let address = word(one, "local_address").trim_matches(['[', ']']);
                let port = one["local_port_num"].as_u64().map(|port| port as u16);
                (word(one, "netid").to_owned(), address.to_owned(), port)
            })
            .collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn passwords_of_shadow_are_the_same_kind() {
    for name in ["centos-7.7/shadow", "ubuntu-18.04/shadow"] {
        let Some((text, expected)) = recorded(name) else { continue };
        let found = account::shadow(&text);
        for one in expected.as_array().unwrap() {
            let kind = match word(one, "password") {
                "" => Password::None,
                text if text.starts_with(['!', '*']) => Password::Locked,
                _ => Password::Set,
            };
            assert_eq!(found[word(one, "username")], kind, "{name}: {one}");
        }
        assert_eq!(found.len(), expected.as_array().unwrap().len());
    }
}

#[test]
fn accounts_and_groups_are_the_same() {
    if let Some((text, expected)) = recorded("ubuntu-18.04/passwd") {
        let found = account::passwd(&text);
        assert_eq!(found.len(), expected.as_array().unwrap().len());
        for (found, expected) in found.iter().zip(expected.as_array().unwrap()) {
            assert_eq!(found.name, word(expected, "username"));
            assert_eq!(u64::from(found.uid), expected["uid"].as_u64().unwrap());
            assert_eq!(found.home, word(expected, "home"));
            assert_eq!(found.shell, word(expected, "shell"));
        }
    }
    for name in ["centos-7.7/group", "ubuntu-18.04/group"] {
        let Some((text, expected)) = recorded(name) else { continue };
        for (found, expected) in account::group(&text).iter().zip(expected.as_array().unwrap()) {
            assert_eq!(found.name, word(expected, "group_name"));
            let members: Vec<&str> =
                expected["members"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(found.members, members);
        }
    }
}

#[test]
fn clock_of_timedatectl_is_the_same() {
    let Some((text, expected)) = recorded("centos-7.7/timedatectl") else { return };
    assert_eq!(time_sync::timedatectl(&text), expected["ntp_synchronized"].as_bool());
}

#[test]
fn system_release_is_the_same() {
    let Some((text, expected)) = recorded("generic/os-release-centos") else { return };
    let found = os_release::parse(&text);
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(found[key], value.as_str().unwrap());
    }
}

#[test]
fn ufw_is_the_same() {
    for name in ["ubuntu-18.04/ufw-verbose", "generic/ufw-inactive"] {
        let Some((text, expected)) = recorded(name) else { continue };
        let found = words::ufw(&text).unwrap();
        assert_eq!(found.is_active, word(&expected, "status") == "active");
        let incoming =
            expected["default"].as_str().and_then(|text| text.split(" (incoming)").next());
        if incoming.is_some() {
            assert_eq!(found.incoming.as_deref(), incoming);
        }
    }
}

#[test]
fn stations_of_iw_are_the_same() {
    for name in ["centos-7.7/iw-scan0", "centos-7.7/iw-scan2"] {
        let Some((text, expected)) = recorded(name) else { continue };
        let found = wireless::iw_scan(&text);
        let expected = expected.as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{name}");
        for ((address, network), expected) in found.iter().zip(expected) {
            assert_eq!(address, word(expected, "bssid"));
            // The other reader names what stands after a heading after that heading.
            let under = |key: &str| {
                let long = format!("information_elements_from_probe_response_frame_{key}");
                [key, &long].into_iter().map(|key| word(expected, key)).collect::<String>()
            };
            assert_eq!(network.ssid, under("ssid"));
            let is_strong =
                under("pairwise_ciphers") == "CCMP" && under("authentication_suites") == "PSK";
            assert_eq!(network.is_strong(), is_strong, "{network:?}");
        }
    }
}

#[test]
fn settings_of_sshd_are_the_same() {
    let Some((text, expected)) = recorded("generic/sshd_config") else { return };
    let file = ssh::file(&text);
    let first = |name: &str| {
        file.iter().find_map(|line| match line {
            ssh::Line::Setting(key, value) if key == name => Some(value.as_str()),
            _ => None,
        })
    };
    for name in ["passwordauthentication", "permitrootlogin", "usepam", "x11forwarding"] {
        assert_eq!(first(name), expected[name].as_str(), "{name}");
    }
    assert_eq!(file.iter().filter(|line| **line == ssh::Line::Match).count(), 4);
}

#[test]
fn mounts_need_the_kernels_own_list() {
    // `mount` writes for people; its lines are no mountinfo and yield nothing.
    let Some((text, _)) = recorded("ubuntu-18.04/mount") else { return };
    assert!(mount::mountinfo(&text).is_empty());
}

#[test]
fn sockets_of_netstat_on_a_mac_are_the_same() {
    let Some((text, expected)) = recorded("osx-10.14.6/netstat-An") else { return };
    // This record begins each line with two words of the kernel, which are not asked for.
    let cut = |line: &str| line.split_whitespace().skip(2).collect::<Vec<_>>().join(" ");
    let text = text.lines().map(cut).collect::<Vec<_>>().join("\n");
    let found: Vec<(String, Option<u16>)> =
        macos::netstat(&text).into_iter().map(|one| (one.protocol, one.port)).collect();
    let port = |one: &Value| one["local_port_num"].as_u64().map(|port| port as u16);
    let expected: Vec<(String, Option<u16>)> = expected
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| {
            let is_udp = word(one, "proto").starts_with("udp");
            word(one, "state") == "LISTEN" || is_udp && word(one, "foreign_address") == "*"
        })
        .filter(|one| port(one).is_some())
        .map(|one| (word(one, "proto").chars().take(3).collect(), port(one)))
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(found, expected);
}

#[test]
fn mac_says_of_its_swap_that_it_is_encrypted() {
    let Some((text, _)) = recorded("osx-10.14.6/sysctl-a") else { return };
    let swap = text.lines().find_map(|line| line.strip_prefix("vm.swapusage: ")).unwrap();
    assert!(swap.starts_with("total = ") && swap.contains("(encrypted)"), "{swap}");
}
