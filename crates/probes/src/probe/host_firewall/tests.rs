use crate::{
    HostError, RecordedHost,
    probe::tests::{person, record, root, why_unread, with_units},
};
use closedset_core::fact::device::HostFirewall;
use serde_json::{Value, json};

const NFT: &str = "nft -j list ruleset";

fn computer() -> RecordedHost {
    root()
        .directory("/sys/class/net", &["docker0", "eth0", "lo"])
        .directory("/sys/class/net/docker0/brif", &[])
        .file("/proc/net/if_inet6", "fe80 02 40 20 80 eth0\n")
}

fn base(family: &str, table: &str, name: &str, policy: &str) -> Value {
    json!({"chain": {"family": family, "table": table, "name": name, "handle": 1, "type": "filter",
           "hook": "input", "prio": 0, "policy": policy}})
}

fn chain(name: &str) -> Value {
    json!({"chain": {"family": "inet", "table": "f", "name": name, "handle": 2}})
}

fn rule_in(chain: &str, expr: Value) -> Value {
    json!({"rule": {"family": "inet", "table": "f", "chain": chain, "handle": 3, "expr": expr}})
}

fn rule(expr: Value) -> Value {
    rule_in("input", expr)
}

fn nft(policy: &str, items: Vec<Value>) -> String {
    let mut all = vec![
        json!({"metainfo": {"version": "1.0.6", "json_schema_version": 1}}),
        json!({"table": {"family": "inet", "name": "f", "handle": 1}}),
        base("inet", "f", "input", policy),
    ];
    all.extend(items);
    json!({ "nftables": all }).to_string()
}

fn judged(policy: &str, items: Vec<Value>) -> HostFirewall {
    record(&computer().command(NFT, nft(policy, items)))
}

fn meta(key: &str, value: Value) -> Value {
    json!({"match": {"op": "==", "left": {"meta": {"key": key}}, "right": value}})
}

fn field(op: &str, protocol: &str, field: &str, value: Value) -> Value {
    json!({"match": {"op": op, "left": {"payload": {"protocol": protocol, "field": field}}, "right": value}})
}

fn established() -> Value {
    rule(json!([
        {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}},
        {"accept": null}
    ]))
}

fn loopback() -> Value {
    rule(json!([meta("iifname", json!("lo")), {"accept": null}]))
}

#[test]
fn chain_of_nftables_alone_is_no_proof() {
    let open = judged("accept", vec![established(), loopback()]);
    assert!(!open.is_active && !open.refuses_inbound, "{}", open.seen);
    assert_eq!(open.backend, "none");
    let other = json!({"nftables": [base("bridge", "b", "input", "drop")]}).to_string();
    let bridge: HostFirewall = record(&computer().command(NFT, other));
    assert!(!bridge.refuses_inbound);
}

#[test]
fn policy_that_drops_with_named_exceptions_refuses() {
    let firewall = judged(
        "drop",
        vec![
            established(),
            loopback(),
            rule(
                json!([field("==", "tcp", "dport", json!({"set": [22, {"range": [8000, 8010]}]})), {"accept": null}]),
            ),
            rule(
                json!([field("==", "ip", "saddr", json!({"prefix": {"addr": "192.168.0.0", "len": 16}})), {"accept": null}]),
            ),
            rule(json!([meta("l4proto", json!({"set": ["icmp", "ipv6-icmp"]})), {"accept": null}])),
        ],
    );
    assert!(firewall.refuses_inbound, "{}", firewall.seen);
    assert_eq!(firewall.backend, "nftables");
    assert!(firewall.seen.contains("tcp 22, 8000-8010"), "{}", firewall.seen);
}

#[test]
fn policy_that_drops_after_a_rule_that_lets_all_in_is_open() {
    assert!(!judged("drop", vec![rule(json!([{"accept": null}]))]).refuses_inbound);
    let tcp = rule(json!([meta("l4proto", json!("tcp")), {"accept": null}]));
    assert!(!judged("drop", vec![tcp]).refuses_inbound);
    let everywhere = field("==", "ip", "saddr", json!({"prefix": {"addr": "0.0.0.0", "len": 0}}));
    assert!(!judged("drop", vec![rule(json!([everywhere, {"accept": null}]))]).refuses_inbound);
    let interface = rule(json!([meta("iifname", json!("eth0")), {"accept": null}]));
    assert!(!judged("drop", vec![interface]).refuses_inbound);
    let limited = rule(json!([{"limit": {"rate": 10, "per": "second"}}, {"accept": null}]));
    assert!(!judged("drop", vec![limited]).refuses_inbound);
    // A sender chooses the port it sends from.
    let from_53 = rule(json!([field("==", "udp", "sport", json!(53)), {"accept": null}]));
    assert!(!judged("drop", vec![from_53]).refuses_inbound);
}

#[test]
fn list_of_bogons_that_is_dropped_refuses_nobody_else() {
    let bogons = json!({"set": {"family": "inet", "name": "bogons", "table": "f", "type": "ipv4_addr", "elem": [
        {"prefix": {"addr": "10.0.0.0", "len": 8}},
        {"prefix": {"addr": "192.0.2.0", "len": 24}},
        {"prefix": {"addr": "203.0.113.0", "len": 24}},
        {"range": ["224.0.0.0", "255.255.255.255"]},
    ]}});
    let v6 = field("==", "ip6", "saddr", json!({"prefix": {"addr": "2001:db8::", "len": 32}}));
    let drop = |what: Value| rule(json!([what, {"drop": null}]));
    let bogons_dropped = judged(
        "accept",
        vec![bogons, drop(field("==", "ip", "saddr", json!("@bogons"))), drop(v6)],
    );
    assert!(!bogons_dropped.refuses_inbound);
    assert!(bogons_dropped.seen.contains("IPv6 lets strangers in"), "{}", bogons_dropped.seen);
}

#[test]
fn senders_who_are_half_of_the_internet_are_strangers() {
    let accept = |net: Value| {
        let half = field("==", "ip", "saddr", net);
        judged("drop", vec![rule(json!([half, {"accept": null}]))]).refuses_inbound
    };
    assert!(!accept(json!({"prefix": {"addr": "0.0.0.0", "len": 1}})));
    assert!(!accept(json!({"set": [
        {"range": ["1.0.0.0", "202.255.255.255"]},
        {"range": ["204.0.0.0", "223.255.255.255"]},
    ]})));
    assert!(accept(json!({"prefix": {"addr": "198.51.100.16", "len": 28}})));
}

#[test]
fn connections_that_are_let_in_up_to_a_rate_are_let_in() {
    let firewall = judged(
        "accept",
        vec![
            chain("limited"),
            rule(json!([{"jump": {"target": "limited"}}])),
            rule_in("limited", json!([{"limit": {"rate": 50, "per": "second"}}, {"return": null}])),
            rule_in("limited", json!([{"drop": null}])),
        ],
    );
    assert!(!firewall.refuses_inbound, "{}", firewall.seen);
}

#[test]
fn many_open_ports_are_no_exceptions() {
    let refuses = |ports: Value| {
        let open = rule(json!([field("==", "tcp", "dport", ports), {"accept": null}]));
        judged("drop", vec![open]).refuses_inbound
    };
    assert!(!refuses(json!({"range": [1, 8000]})));
    assert!(!refuses(json!({"range": [1, 20]})));
    assert!(refuses(json!({"range": [1020, 1035]})));
    assert!(!refuses(json!({"range": [8000, 8064]})));
    assert!(refuses(json!({"range": [8000, 8063]})));
    assert!(refuses(json!({"set": [22, 80, 443, {"range": [137, 139]}]})));
}

#[test]
fn interfaces_that_lead_nowhere_outside_may_be_open() {
    for name in ["docker0", "virbr0", "wg0"] {
        let inside = rule(json!([meta("iifname", json!(name)), {"accept": null}]));
        assert!(judged("drop", vec![inside]).refuses_inbound);
    }
}

#[test]
fn bridge_leads_where_its_members_lead() {
    let judged = |members: &[&str]| -> HostFirewall {
        let open = rule(json!([meta("iifname", json!("br-lan")), {"accept": null}]));
        record(
            &root()
                .directory("/sys/class/net", &["br-lan", "eth0", "lo", "vnet3"])
                .directory("/sys/class/net/br-lan/brif", members)
                .file("/proc/net/if_inet6", "fe80 02 40 20 80 eth0\n")
                .command(NFT, nft("drop", vec![open])),
        )
    };
    assert!(judged(&["vnet3", "veth81"]).refuses_inbound);
    assert!(!judged(&["vnet3", "eth0"]).refuses_inbound);
}

#[test]
fn bridge_that_does_not_tell_its_members_may_lead_outside() {
    // Open vSwitch's have no such folder.
    for name in ["br-ex", "docker7", "virbr1"] {
        let open = rule(json!([meta("iifname", json!(name)), {"accept": null}]));
        let host = root()
            .directory("/sys/class/net", &[name, "eth0", "lo", "ovs-system"])
            .file("/proc/net/if_inet6", "fe80 02 40 20 80 eth0\n")
            .command(NFT, nft("drop", vec![open]));
        assert!(!record::<HostFirewall>(&host).refuses_inbound, "{name}");
    }
}

#[test]
fn port_that_differs_speaks_of_its_protocol_alone() {
    let drop = rule(json!([field("!=", "tcp", "dport", json!(22)), {"drop": null}]));
    // UDP passes.
    assert!(!judged("accept", vec![drop]).refuses_inbound);
}

#[test]
fn firewalld_accepts_by_policy_and_rejects_at_the_end() {
    let host = |zone: Vec<Value>| {
        let mut items = vec![
            chain("zones"),
            chain("zone"),
            established(),
            rule(
                json!([{"match": {"op": "in", "left": {"ct": {"key": "status"}}, "right": "dnat"}}, {"accept": null}]),
            ),
            loopback(),
            rule(json!([{"jump": {"target": "zones"}}])),
            rule(json!([{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}])),
            rule_in("zones", json!([meta("iifname", json!("eth0")), {"goto": {"target": "zone"}}])),
            rule_in("zones", json!([{"goto": {"target": "zone"}}])),
        ];
        items.extend(zone);
        let units = [("firewalld.service", "active", "enabled")];
        with_units(computer(), &units)
            .command(NFT, nft("accept", items))
            .command("firewall-cmd --state", "running\n")
            .command("firewall-cmd --get-default-zone", "public\n")
            .command("firewall-cmd --list-all-zones", "public (active)\n  target: default\n")
    };
    let ssh = rule_in("zone", json!([field("==", "tcp", "dport", json!(22)), {"accept": null}]));
    let reject =
        rule_in("zone", json!([{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]));
    let public: HostFirewall = record(&host(vec![ssh, reject]));
    assert!(public.refuses_inbound, "{}", public.seen);
    assert_eq!(public.backend, "firewalld");
    assert_eq!(public.starts_at_boot, Some(true));
    let trusted = rule_in("zone", json!([{"accept": null}]));
    assert!(!record::<HostFirewall>(&host(vec![trusted])).refuses_inbound);
    let wide = rule_in(
        "zone",
        json!([field("==", "tcp", "dport", json!({"range": [1025, 65535]})), {"accept": null}]),
    );
    // The zone of Fedora's workstation.
    assert!(!record::<HostFirewall>(&host(vec![wide])).refuses_inbound);
}

#[test]
fn rules_for_one_family_leave_the_other_open() {
    let only_v4 = json!({"nftables": [base("ip", "f", "input", "drop")]}).to_string();
    let open: HostFirewall = record(&computer().command(NFT, only_v4.clone()));
    assert!(!open.refuses_inbound);
    assert!(open.seen.contains("IPv6 lets strangers in"), "{}", open.seen);
    let without_v6 =
        computer().file_error("/proc/net/if_inet6", HostError::NotFound).command(NFT, only_v4);
    let firewall: HostFirewall = record(&without_v6);
    assert!(firewall.refuses_inbound, "{}", firewall.seen);
    assert!(firewall.seen.contains("IPv6 is switched off"));
}

#[test]
fn sleeping_table_filters_nothing() {
    let text = json!({"nftables": [
        {"table": {"family": "inet", "name": "f", "flags": ["dormant"]}},
        base("inet", "f", "input", "drop"),
    ]});
    let firewall: HostFirewall = record(&computer().command(NFT, text.to_string()));
    assert!(!firewall.is_active && !firewall.refuses_inbound);
    assert_eq!(firewall.backend, "none");
}

#[test]
fn table_whose_flags_nft_writes_wrongly_is_known_by_the_plain_listing() {
    let host = |plain: &str| {
        let text = json!({"nftables": [
            {"table": {"family": "inet", "name": "f", "handle": 4, "flags": "f"}},
            base("inet", "f", "input", "drop"),
        ]});
        let firewall: HostFirewall =
            record(&computer().command(NFT, text.to_string()).command("nft list ruleset", plain));
        firewall.refuses_inbound
    };
    assert!(!host("table inet f {\n\tflags dormant\n\tchain input {\n\t}\n}\n"));
    assert!(host(
        "table inet f {\n\tflags owner\n\tchain input {\n\t}\n}\ntable ip g {\n\tflags dormant\n}\n"
    ));
}

#[test]
fn listing_that_nft_itself_wrote_is_read_in_full() {
    let written = include_str!("../../../tests/fixtures/nft-1.0.6.json");
    let firewall: HostFirewall = record(&computer().command(NFT, written));
    assert!(firewall.refuses_inbound);
    assert!(firewall.seen.contains("tcp 22, 443, 8000-8010;"), "{}", firewall.seen);
}

#[test]
fn verdict_maps_and_named_sets_are_followed() {
    let firewall = judged(
        "drop",
        vec![
            json!({"set": {"family": "inet", "name": "ports", "table": "f", "type": "inet_service", "elem": [22, {"elem": {"val": 443, "comment": "x"}}]}}),
            json!({"map": {"family": "inet", "name": "m", "table": "f", "type": "ifname", "map": "verdict", "elem": [["lo", {"accept": null}]]}}),
            rule(
                json!([{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["established", {"accept": null}], ["invalid", {"drop": null}]]}}}]),
            ),
            rule(json!([{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@m"}}])),
            rule(json!([field("==", "tcp", "dport", json!("@ports")), {"accept": null}])),
        ],
    );
    assert!(firewall.refuses_inbound, "{}", firewall.seen);
    assert!(firewall.seen.contains("tcp 22, 443"), "{}", firewall.seen);
}

#[test]
fn rule_that_is_not_understood_and_may_let_all_in_is_unread() {
    let strange = rule(
        json!([{"match": {"op": "==", "left": {"socket": {"key": "mark"}}, "right": 7}}, {"accept": null}]),
    );
    let host = computer().command(NFT, nft("drop", vec![strange]));
    assert!(why_unread::<HostFirewall>(&host).unwrap().contains("not understood"));
}

const UFW: &str = "Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\nNew profiles: skip\n";

fn saved(policy: &str, rules: &str) -> String {
    format!(
        "# Generated by iptables-save\n*filter\n:INPUT {policy} [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:ufw-before-input - [0:0]\n{rules}COMMIT\n"
    )
}

const UFW_RULES: &str = "-A INPUT -j ufw-before-input\n-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT\n-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT\n-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT\n-A ufw-before-input -p tcp -m tcp --dport 22 -m comment --comment \"ssh for all\" -j ACCEPT\n";

#[test]
fn ufw_that_is_active_is_judged_by_the_kernels_rules() {
    let units = [("ufw.service", "active", "enabled")];
    let host = with_units(computer(), &units)
        .command("ufw status verbose", UFW)
        .file("/etc/ufw/ufw.conf", "ENABLED=yes\n")
        .command("iptables-save", saved("DROP", UFW_RULES))
        .command("ip6tables-save", saved("DROP", ""));
    let firewall: HostFirewall = record(&host);
    assert_eq!(firewall.backend, "ufw");
    assert!(firewall.refuses_inbound, "{}", firewall.seen);
    assert!(
        firewall.seen.contains("IPv4 refuses by default, lets in tcp 22; udp 68"),
        "{}",
        firewall.seen
    );
    assert_eq!(firewall.starts_at_boot, Some(true));
}

#[test]
fn ufw_says_deny_but_the_kernel_lets_in() {
    let host = computer()
        .command("ufw status verbose", UFW)
        .command("iptables-save", saved("DROP", ""))
        .command("ip6tables-save", saved("ACCEPT", ""));
    assert!(!record::<HostFirewall>(&host).refuses_inbound);
}

#[test]
fn what_a_firewall_that_was_switched_off_left_behind_is_not_on() {
    let skeleton = "-A INPUT -j ufw-before-input\n";
    let host = computer()
        .command("iptables-save", saved("ACCEPT", skeleton))
        .command("ip6tables-save", saved("ACCEPT", skeleton));
    let firewall: HostFirewall = record(&host);
    assert!(!firewall.is_active && !firewall.refuses_inbound);
    assert_eq!((firewall.backend.as_str(), firewall.starts_at_boot), ("none", Some(false)));
    assert!(
        firewall.seen.starts_with("no rule of the kernel keeps strangers out; IPv4 lets"),
        "{}",
        firewall.seen
    );
    // One port that is refused, on one family, is a firewall that is on, and not one that refuses.
    let one = "-A INPUT -p tcp -m tcp --dport 445 -j DROP\n";
    let host = computer()
        .command("iptables-save", saved("ACCEPT", one))
        .command("ip6tables-save", saved("ACCEPT", skeleton));
    let firewall: HostFirewall = record(&host);
    assert!(firewall.is_active && !firewall.refuses_inbound, "{}", firewall.seen);
}

#[test]
fn ufw_that_is_inactive_falls_through_to_nftables() {
    let host = computer()
        .command("ufw status verbose", "Status: inactive\n")
        .command(NFT, nft("drop", vec![established(), loopback()]));
    let firewall: HostFirewall = record(&host);
    assert_eq!(firewall.backend, "nftables");
    assert!(firewall.refuses_inbound);
    let open = computer()
        .command("ufw status verbose", "Status: inactive\n")
        .command(NFT, json!({"nftables": []}).to_string());
    let firewall: HostFirewall = record(&open);
    assert!(!firewall.is_active && !firewall.refuses_inbound);
}

#[test]
fn ufws_words_stand_in_where_the_kernels_rules_cannot_be_read() {
    let words = |defaults: &str, ipv6: &str| {
        let host = computer()
            .command_refused(NFT, 1, "internal:0:0-0: Error: JSON support not compiled-in")
            .command("ufw status verbose", UFW.replace("deny (incoming)", defaults))
            .file("/etc/default/ufw", format!("IPV6={ipv6}\n"));
        record::<HostFirewall>(&host)
    };
    assert!(words("deny (incoming)", "yes").refuses_inbound);
    assert!(words("reject (incoming)", "\"yes\"").refuses_inbound);
    assert!(!words("allow (incoming)", "yes").refuses_inbound);
    assert!(!words("deny (incoming)", "no").refuses_inbound);
}

#[test]
fn words_that_tell_too_little_are_no_answer() {
    let unread = |host: RecordedHost| {
        let host = host.command_refused(NFT, 1, "Operation not permitted");
        why_unread::<HostFirewall>(&host).is_some()
    };
    let ufw = |rule: &str| {
        computer()
            .command("ufw status verbose", format!("{UFW}\n{rule}\n"))
            .file("/etc/default/ufw", "IPV6=yes\n")
    };
    assert!(!unread(ufw("22/tcp (OpenSSH)           ALLOW IN    Anywhere")));
    assert!(unread(ufw("1:8000/tcp                 ALLOW IN    Anywhere")));
    assert!(unread(ufw("Anywhere                   ALLOW IN    0.0.0.0/1")));
    assert!(unread(ufw("Anywhere on eth0           ALLOW IN    Anywhere")));
    assert!(unread(ufw("Anywhere                   LIMIT IN    Anywhere")));
    assert!(!unread(ufw("22/tcp                     LIMIT IN    Anywhere")));
    let firewalld = |line: &str| {
        computer()
            .command("firewall-cmd --state", "running\n")
            .command("firewall-cmd --get-default-zone", "public\n")
            .command(
                "firewall-cmd --list-all-zones",
                format!("public (active)\n  target: default\n  interfaces: eth0\n{line}\n"),
            )
    };
    assert!(!unread(firewalld("  protocols: ")));
    assert!(unread(firewalld("  protocols: tcp")));
    assert!(unread(firewalld(
        "  rich rules: \n\trule family=\"ipv4\" source address=\"0.0.0.0/1\" accept"
    )));
}

#[test]
fn firewallds_trusted_zone_is_open_by_its_words_too() {
    let words = |zone: &str, target: &str, ports: &str| {
        let host = computer()
            .command_refused(NFT, 1, "Operation not permitted")
            .command("firewall-cmd --state", "running\n")
            .command("firewall-cmd --get-default-zone", format!("{zone}\n"))
            .command(
                "firewall-cmd --list-all-zones",
                format!("{zone} (active)\n  target: {target}\n  interfaces: eth0\n  ports: {ports}\nwork\n  target: ACCEPT\n  interfaces: \n"),
            );
        record::<HostFirewall>(&host).refuses_inbound
    };
    assert!(words("public", "default", "8080/tcp"));
    assert!(!words("trusted", "ACCEPT", ""));
    assert!(!words("public", "default", "1-20/tcp"));
    assert!(!words("public", "default", "8000-8100/tcp"));
    assert!(!words("FedoraWorkstation", "default", "1025-65535/udp 1025-65535/tcp"));
}

#[test]
fn iptables_is_empty_where_nftables_works() {
    let host = computer()
        .command(NFT, nft("drop", vec![established(), loopback()]))
        .command("iptables-save", saved("ACCEPT", ""))
        .command("ip6tables-save", saved("ACCEPT", ""));
    assert!(record::<HostFirewall>(&host).refuses_inbound);
}

#[test]
fn matches_that_nft_cannot_express_are_read_from_iptables() {
    let text = json!({"nftables": [
        base("ip", "filter", "INPUT", "drop"),
        {"rule": {"family": "ip", "table": "filter", "chain": "INPUT", "expr": [{"xt": {"type": "match", "name": "set"}}, {"accept": null}]}},
        base("ip6", "filter", "INPUT", "drop"),
    ]});
    let host = computer()
        .command(NFT, text.to_string())
        .command(
            "iptables-save",
            saved("DROP", "-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT\n"),
        )
        .command("ip6tables-save", saved("DROP", ""));
    let firewall: HostFirewall = record(&host);
    assert!(firewall.refuses_inbound, "{}", firewall.seen);
    assert_eq!(firewall.backend, "iptables");
}

#[test]
fn iptables_for_one_family_without_the_other_is_unread() {
    let host = computer().command("iptables-save", saved("DROP", "")).command_refused(
        "ip6tables-save",
        1,
        "ip6tables-save: Permission denied",
    );
    assert!(why_unread::<HostFirewall>(&host).is_some());
}

#[test]
fn ordinary_person_reads_no_rules_and_is_told_to_be_root() {
    let host = person()
        .directory("/sys/class/net", &["eth0"])
        .command_refused(NFT, 1, "Operation not permitted (you must be root)")
        .command_refused("ufw status verbose", 1, "ERROR: You need to be root to run this script");
    assert!(why_unread::<HostFirewall>(&host).unwrap().contains("run as root"));
}

#[test]
fn computer_without_any_firewall_program_has_none() {
    let firewall: HostFirewall = record(&computer());
    assert_eq!(firewall.backend, "none");
    assert!(!firewall.is_active && !firewall.refuses_inbound);
    assert_eq!(firewall.starts_at_boot, Some(false));
    assert!(why_unread::<HostFirewall>(&RecordedHost::new()).is_some());
}
