use crate::{
    RecordedHost,
    probe::tests::{person, record, root, running, unread, why_unread},
};
use closedset_core::fact::device::RemoteAccess;

const SS: &str = "ss -H -lntup";

fn access(sockets: &str) -> RemoteAccess {
    record(&root().command(SS, sockets))
}

fn reach(address: &str) -> String {
    let line = format!("tcp LISTEN 0 128 {address} *:* users:((\"sshd\",pid=7,fd=3))\n");
    access(&line).methods[0].reach.clone()
}

#[test]
fn listener_is_open_to_all_to_one_address_or_to_itself() {
    for address in ["0.0.0.0:22", "*:22", "[::]:22", ":::22"] {
        assert_eq!(reach(address), "all", "{address}");
    }
    for address in ["127.0.0.1:22", "[::1]:22", "127.0.0.53%lo:22", "[::ffff:127.0.0.1]:22"] {
        assert_eq!(reach(address), "loopback", "{address}");
    }
    for address in ["10.8.0.2:22", "[fe80::1%eth0]:22", "0.0.0.0%wg0:22"] {
        assert_eq!(reach(address), "one-address", "{address}");
    }
}

#[test]
fn address_of_the_internet_is_open_to_all() {
    for address in ["203.0.113.5:22", "[2a01:4f8::1]:22", "[::ffff:8.8.4.4]:22", "100.128.0.1:22"] {
        assert_eq!(reach(address), "all", "{address}");
    }
    let inner =
        ["192.168.1.5:22", "172.16.0.1:22", "100.100.7.7:22", "169.254.1.1:22", "[fd00::1]:22"];
    for address in inner {
        assert_eq!(reach(address), "one-address", "{address}");
    }
}

#[test]
fn ssh_that_systemd_listens_for_is_found() {
    let found = access("tcp LISTEN 0 4096 *:22 *:* users:((\"systemd\",pid=1,fd=3))\n");
    assert_eq!(found.methods[0].kind, "ssh");
    assert!(found.is_open_to_all);
}

#[test]
fn programs_are_found_on_ports_of_their_own() {
    let found = access(
        "tcp LISTEN 0 1 0.0.0.0:2222 *:* users:((\"sshd\",pid=7,fd=3))\ntcp LISTEN 0 1 0.0.0.0:5999 *:* users:((\"x11vnc\",pid=8,fd=3))\nudp UNCONN 0 0 0.0.0.0:3389 *:* users:((\"xrdp\",pid=9,fd=3))\n",
    );
    let kinds: Vec<_> =
        found.methods.iter().map(|method| (method.kind.as_str(), method.port)).collect();
    assert_eq!(kinds, [("rdp", 3389), ("ssh", 2222), ("vnc", 5999)]);
}

#[test]
fn port_that_several_programs_use_tells_nothing_of_a_known_program() {
    let found = access("tcp LISTEN 0 1 0.0.0.0:9090 *:* users:((\"prometheus\",pid=7,fd=3))\n");
    assert!(found.methods.is_empty());
    let found = access("tcp LISTEN 0 1 *:9090 *:* users:((\"systemd\",pid=1,fd=3))\n");
    assert_eq!(found.methods[0].kind, "cockpit");
}

#[test]
fn programs_that_call_out_are_found_by_their_process() {
    let host = running(
        root().command(SS, ""),
        &[(0, "teamviewerd"), (1000, "parsecd"), (0, "chrome-remote-d"), (1000, "bash")],
    );
    let found: RemoteAccess = record(&host);
    let kinds: Vec<_> = found.methods.iter().map(|method| method.kind.as_str()).collect();
    assert_eq!(kinds, ["chrome-remote-desktop", "parsec", "teamviewer"]);
    assert!(found.methods.iter().all(|method| method.reach == "through-provider"));
}

#[test]
fn program_through_whose_provider_anybody_comes_in_is_open_to_all() {
    for program in ["teamviewerd", "anydesk", "parsecd", "rustdesk", "cloudflared"] {
        let host = running(root().command(SS, ""), &[(0, program)]);
        assert!(record::<RemoteAccess>(&host).is_open_to_all, "{program}");
    }
    let hidden = root().command(SS, "").command("ps -ww -eo pid=,ppid=,uid=,comm=", "");
    let paths: Vec<String> =
        unread::<RemoteAccess>(&hidden).into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["is_open_to_all", "methods"]);
}

const EVERYWHERE: &str = "tcp LISTEN 0 128 0.0.0.0:22 *:* users:((\"sshd\",pid=7,fd=3))\ntcp LISTEN 0 128 [::]:22 *:* users:((\"sshd\",pid=7,fd=4))\n";

fn behind(v4: &str, v6: &str) -> RemoteAccess {
    let table = |rules: &str| {
        format!("*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n{rules}COMMIT\n")
    };
    record(
        &root()
            .command(SS, EVERYWHERE)
            .directory("/sys/class/net", &["eth0", "lo"])
            .file("/proc/net/if_inet6", "fe80 02 40 20 80 eth0\n")
            .command("iptables-save", table(v4))
            .command("ip6tables-save", table(v6)),
    )
}

#[test]
fn listener_that_the_firewall_refuses_to_strangers_is_not_open_to_all() {
    let vpn = "-A INPUT -s 10.8.0.0/24 -p tcp --dport 22 -j ACCEPT\n";
    let closed = behind(vpn, "");
    assert!(!closed.is_open_to_all);
    assert!(closed.methods.iter().all(|method| method.reach == "firewalled"));
    let open = "-A INPUT -p tcp --dport 22 -j ACCEPT\n";
    assert!(behind(open, "").is_open_to_all);
    let v6 = behind(vpn, open);
    assert!(v6.is_open_to_all);
    let reaches: Vec<_> = v6.methods.iter().map(|method| method.reach.as_str()).collect();
    assert_eq!(reaches, ["firewalled", "all"]);
    let doubtful = "-A INPUT -m set --match-set known src -j ACCEPT\n";
    assert!(behind(doubtful, "").is_open_to_all);
}

#[test]
fn port_that_a_container_publishes_is_led_past_the_firewall() {
    let published = "tcp LISTEN 0 4096 0.0.0.0:5900 *:* users:((\"docker-proxy\",pid=7,fd=3))\n";
    let rules = "*filter\n:INPUT DROP [0:0]\nCOMMIT\n";
    let host = root()
        .directory("/sys/class/net", &["eth0", "lo"])
        .command("iptables-save", rules)
        .command("ip6tables-save", rules);
    let of = |text: &str| record::<RemoteAccess>(&host.clone().command(SS, text));
    assert!(of(published).is_open_to_all);
    assert!(!of(&published.replace("docker-proxy", "Xvnc")).is_open_to_all);
}

/// A computer that refuses everything, with a container on its bridge.
fn with_container() -> RecordedHost {
    root()
        .command(SS, "")
        .directory("/sys/class/net", &["docker0", "eth0", "lo", "veth81"])
        .directory("/sys/class/net/docker0/brif", &["veth81"])
}

#[test]
fn port_that_is_led_to_a_container_without_a_proxy_is_found_in_the_rules() {
    let saved = |rule: &str| {
        let rules = "*filter\n:INPUT DROP [0:0]\nCOMMIT\n";
        let nat =
            format!("{rules}*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n{rule}\nCOMMIT\n");
        let host = with_container().command("iptables-save", nat).command("ip6tables-save", rules);
        record::<RemoteAccess>(&host)
    };
    let docker = |port: &str| {
        saved(&format!(
            "-A DOCKER ! -i docker0 -p tcp -m tcp {port} -j DNAT --to-destination 172.17.0.2:5900"
        ))
    };
    for port in ["--dport 5900", "--dport 8080", "-m multiport --dports 80,8000:8010"] {
        let found = docker(port);
        assert!(found.is_open_to_all, "{port}");
        assert_eq!((found.methods[0].kind.as_str(), found.methods[0].port), ("vnc", 5900));
    }
    let reach = |rule: &str| saved(rule).methods.first().map(|method| method.reach.clone());
    let to = "-p tcp --dport 22 -j DNAT --to-destination 172.17.0.2:80";
    assert_eq!(reach(&format!("-A DOCKER {to}")).as_deref(), Some("all"));
    assert_eq!(reach(&format!("-A DOCKER -d 127.0.0.1/32 {to}")).as_deref(), Some("loopback"));
    assert_eq!(reach(&format!("-A DOCKER -s 10.8.0.0/24 {to}")).as_deref(), Some("one-address"));
    assert_eq!(reach(&format!("-A OUTPUT {to}")), None);
    assert_eq!(reach("-A POSTROUTING -p tcp --dport 22 -j MASQUERADE"), None);
}

#[test]
fn port_that_nft_leads_to_a_container_is_found() {
    let listed = |family: &str, statement: &str| {
        let rule = format!(
            r#"{{"nftables": [{{"rule": {{"family": "{family}", "table": "nat", "chain": "DOCKER", "expr": [
                {{"match": {{"op": "!=", "left": {{"meta": {{"key": "iifname"}}}}, "right": "docker0"}}}},
                {{"match": {{"op": "==", "left": {{"payload": {{"protocol": "tcp", "field": "dport"}}}}, "right": 8022}}}},
                {{"counter": {{"packets": 0, "bytes": 0}}}}, {statement}]}}}}]}}"#
        );
        let host = with_container().command("nft -j list ruleset", rule);
        record::<RemoteAccess>(&host).is_open_to_all
    };
    for family in ["ip", "ip6", "inet"] {
        assert!(listed(family, r#"{"dnat": {"addr": "172.17.0.2", "port": 22}}"#), "{family}");
    }
    assert!(!listed("ip", r#"{"dnat": {"addr": "172.17.0.2", "port": 80}}"#));
    assert!(!listed("ip", r#"{"accept": null}"#));
    assert!(!listed("bridge", r#"{"dnat": {"addr": "172.17.0.2", "port": 22}}"#));
}

#[test]
fn containers_whose_rules_cannot_be_read_may_be_led_to() {
    let refused = |host: RecordedHost| {
        host.command_refused("nft -j list ruleset", 1, "Operation not permitted")
    };
    for host in [refused(with_container()), with_container()] {
        let why = unread::<RemoteAccess>(&host);
        let is_said = |field: &str| why.iter().any(|one| format!("{one:?}").contains(field));
        assert!(is_said("is_open_to_all") && is_said("methods"), "{why:?}");
    }
    // A proxy listens for each of them; or nothing hangs on the bridge.
    let proxy = "tcp LISTEN 0 4096 0.0.0.0:80 *:* users:((\"docker-proxy\",pid=7,fd=3))\n";
    assert!(unread::<RemoteAccess>(&refused(with_container().command(SS, proxy))).is_empty());
    let empty = with_container().directory("/sys/class/net/docker0/brif", &[]);
    assert!(unread::<RemoteAccess>(&refused(empty)).is_empty());
}

#[test]
fn listener_behind_a_firewall_that_cannot_be_read_is_open_to_all() {
    let host = root().command(SS, EVERYWHERE).command_refused(
        "nft -j list ruleset",
        1,
        "Operation not permitted",
    );
    assert!(record::<RemoteAccess>(&host).is_open_to_all);
}

#[test]
fn established_connections_are_no_listeners() {
    assert!(
        access("tcp ESTAB 0 0 10.0.0.2:22 10.0.0.9:5000 users:((\"sshd\",pid=7,fd=3))\n")
            .methods
            .is_empty()
    );
}

#[test]
fn ordinary_person_is_told_that_programs_are_hidden() {
    let host = person().command(
        SS,
        "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\ntcp LISTEN 0 128 0.0.0.0:4444 0.0.0.0:*\n",
    );
    let found: RemoteAccess = record(&host);
    assert_eq!(found.methods.len(), 1);
    assert_eq!(unread::<RemoteAccess>(&host)[0].path, "methods");
    assert!(why_unread::<RemoteAccess>(&RecordedHost::new()).is_some());
}

#[test]
fn ordinary_person_cannot_tell_that_nothing_is_open() {
    let paths = |sockets: &str| -> Vec<String> {
        let host = person().command(SS, sockets);
        unread::<RemoteAccess>(&host).into_iter().map(|one| one.path).collect()
    };
    assert_eq!(paths("tcp LISTEN 0 1 0.0.0.0:4444 0.0.0.0:*\n"), ["is_open_to_all", "methods"]);
    assert_eq!(paths("tcp LISTEN 0 1 127.0.0.1:4444 0.0.0.0:*\n"), ["methods"]);
    assert!(paths("tcp LISTEN 0 1 0.0.0.0:22 0.0.0.0:*\n").is_empty());
}
