use super::*;

fn fate(rules: &str, protocol: &str, port: u16) -> Fate {
    let text = format!("*filter\n:INPUT ACCEPT [0:0]\n:other - [0:0]\n{rules}\nCOMMIT\n");
    iptables::parse(&text, Family::V4).try_packet(&Packet {
        family: Family::V4,
        protocol,
        port,
        interface: "eth0",
    })
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
