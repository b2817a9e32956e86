use super::*;

fn fate(rules: &str, protocol: &str, port: u16) -> Fate {
    let text = format!("*filter\n:INPUT ACCEPT [0:0]\n:other - [0:0]\n{rules}\nCOMMIT\n");
    iptables::parse(&text, Family::V4).try_packet(&Packet {
        family: Family::V4,
        protocol,
        port,
        interface: "eth0",
        source: [8, 8, 8, 8].into(),
    })
}

/// What strangers reach on TCP port 80 over IPv4 with these rules of the chain INPUT.
fn strangers_fate(policy: &str, rules: &str) -> Fate {
    let text = format!("*filter\n:INPUT {policy} [0:0]\n:LIM - [0:0]\n{rules}\nCOMMIT\n");
    let rules = iptables::parse(&text, Family::V4);
    Place::new(&rules, Family::V4, &["eth0".to_owned()]).fate("tcp", 80)
}

#[test]
fn no_single_address_stands_for_the_internet() {
    let dropped = |net: &str| strangers_fate("ACCEPT", &format!("-A INPUT -s {net} -j DROP"));
    for net in ["203.0.113.0/24", "198.51.100.0/24", "8.8.8.8/32", "0.0.0.0/1", "128.0.0.0/1"] {
        assert_eq!(dropped(net), Fate::LetIn, "{net}");
    }
    assert_eq!(dropped("0.0.0.0/0"), Fate::Refused);
    let accepted = |net: &str| strangers_fate("DROP", &format!("-A INPUT -s {net} -j ACCEPT"));
    for net in ["0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8", "8.8.0.0/16", "0.0.0.0/0"] {
        assert_eq!(accepted(net), Fate::LetIn, "{net}");
    }
    assert_eq!(strangers_fate("DROP", "-A INPUT ! -s 203.0.113.0/24 -j ACCEPT"), Fate::LetIn);
}

#[test]
fn senders_that_a_rule_names_are_no_strangers() {
    let accepted = |net: &str| strangers_fate("DROP", &format!("-A INPUT -s {net} -j ACCEPT"));
    for net in ["10.0.0.0/8", "192.168.1.0/24", "127.0.0.0/8", "8.8.8.8/32", "8.8.8.0/24"] {
        assert_eq!(accepted(net), Fate::Refused, "{net}");
    }
    let many: String =
        (0..5).map(|third| format!("-A INPUT -s 8.8.{third}.0/24 -j ACCEPT\n")).collect();
    assert_eq!(strangers_fate("DROP", &many), Fate::LetIn);
}

#[test]
fn rule_that_may_return_leads_past_the_refusal_behind_it() {
    let limited = "-A INPUT -m conntrack --ctstate NEW -j LIM\n-A LIM -m limit --limit 50/sec -j RETURN\n-A LIM -j DROP";
    assert_eq!(strangers_fate("ACCEPT", limited), Fate::LetIn);
    assert_eq!(strangers_fate("DROP", limited), Fate::Refused);
    let strange = limited.replace("limit --limit 50/sec", "set --match-set known src");
    assert_eq!(strangers_fate("ACCEPT", &strange), Fate::Unknown);
    let elsewhere = "-A INPUT -m set --match-set known src -g LIM\n-A INPUT -j DROP";
    assert_eq!(strangers_fate("ACCEPT", elsewhere), Fate::Unknown);
    assert_eq!(strangers_fate("ACCEPT", &format!("{elsewhere}\n-A LIM -j DROP")), Fate::Refused);
}

#[test]
fn what_the_sender_chooses_is_chosen_both_ways() {
    assert_eq!(strangers_fate("DROP", "-A INPUT -p tcp ! --sport 53 -j ACCEPT"), Fate::LetIn);
    assert_eq!(strangers_fate("DROP", "-A INPUT -p tcp ! --syn -j ACCEPT"), Fate::Refused);
    assert_eq!(strangers_fate("ACCEPT", "-A INPUT -p tcp --syn -j DROP"), Fate::Refused);
}

#[test]
fn rules_are_walked_as_the_kernel_does() {
    assert_eq!(fate("-A INPUT -j DROP", "tcp", 80), Fate::Refused);
    assert_eq!(fate("-A INPUT -p tcp -j DROP", "udp", 80), Fate::LetIn);
    assert_eq!(
        fate("-A INPUT -j other\n-A INPUT -j DROP\n-A other -j RETURN", "tcp", 1),
        Fate::Refused
    );
    assert_eq!(fate("-A INPUT -g other\n-A INPUT -j DROP\n-A other -j LOG", "tcp", 1), Fate::LetIn);
    assert_eq!(
        fate(
            "-A INPUT ! -i eth0 -j DROP\n-A INPUT ! -i lo -p tcp --dport 5:90 -j REJECT --reject-with tcp-reset",
            "tcp",
            80
        ),
        Fate::Refused
    );
    assert_eq!(
        fate("-A INPUT -m set --match-set allowed src -j ACCEPT\n-A INPUT -j DROP", "tcp", 80),
        Fate::Unknown
    );
    // A rate that drops what is over it refuses nothing by default.
    assert_eq!(fate("-A INPUT -m limit --limit 3/min -j DROP", "tcp", 80), Fate::LetIn);
}

#[test]
fn chains_that_call_each_other_for_ever_end() {
    let rules = "-A INPUT -j other\n-A other -j other\n-A INPUT -j DROP";
    assert_eq!(fate(rules, "tcp", 1), Fate::Unknown);
}

#[test]
fn networks_hold_their_addresses() {
    let holds = |net: &str, address: &str| {
        let net = Net::parse(net).unwrap();
        let address: std::net::IpAddr = address.parse().unwrap();
        net.first <= address && address <= net.last
    };
    assert!(holds("10.0.0.0/8", "10.255.0.1"));
    assert!(!holds("10.0.0.0/255.255.0.0", "10.1.0.1"));
    assert!(holds("0.0.0.0/0", "203.0.113.77"));
    assert!(holds("::/0", "2001:db8::1"));
    assert!(holds("fe80::/10", "fe80::1"));
    assert_eq!(Net::parse("10.0.0.0/33"), None);
    assert_eq!(Net::parse("all"), None);
}
