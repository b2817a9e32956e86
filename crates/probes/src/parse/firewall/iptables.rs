//! The rules that `iptables-save` and `ip6tables-save` write.

use super::{Action, Base, Family, Net, Rule, Ruleset, Test, What};

/// The rules in the output of `iptables-save` (IPv4) or `ip6tables-save` (IPv6). Tables of address
/// translation are left out.
pub fn parse(text: &str, family: Family) -> Ruleset {
    let mut rules = Ruleset::default();
    let mut table = String::new();
    let key = |table: &str, chain: &str| format!("iptables {family:?} {table} {chain}");
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('*') {
            table = name.to_owned();
        } else if table == "nat" {
            continue;
        } else if let Some(declared) = line.strip_prefix(':') {
            let mut words = declared.split_whitespace();
            let (Some(chain), Some(policy)) = (words.next(), words.next()) else {
                continue;
            };
            rules.chains.entry(key(&table, chain)).or_default();
            if matches!(chain, "INPUT" | "PREROUTING") {
                rules.bases.push(Base {
                    chain: key(&table, chain),
                    families: vec![family],
                    accepts_by_default: policy != "DROP",
                    is_of_iptables: true,
                });
            }
        } else if let Some(rest) = line.strip_prefix("-A ") {
            let words = words(rest);
            if let Some((chain, words)) = words.split_first() {
                let rule = rule(words, |target| key(&table, target));
                rules.chains.entry(key(&table, chain)).or_default().push(rule);
            }
        }
    }
    rules
}

/// The words of a line; quotes hold several together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    let mut is_escaped = false;
    for character in line.chars() {
        match character {
            _ if is_escaped => {
                word.push(character);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(character),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn rule(words: &[String], key: impl Fn(&str) -> String) -> Rule {
    let mut tests = Vec::new();
    let mut action = Action::Continue;
    let mut is_negated = false;
    let mut rest = words.iter().map(String::as_str).peekable();
    while let Some(word) = rest.next() {
        if word == "!" {
            is_negated = true;
            continue;
        }
        let mut value = || rest.next().unwrap_or_default();
        let what = match word {
            "-j" => {
                action = target(value(), &key);
                // What follows belongs to the target.
                break;
            }
            "-g" => {
                action = Action::Goto(key(value()));
                break;
            }
            "-m" | "--comment" => {
                value();
                is_negated = false;
                continue;
            }
            "-i" => What::Interface(vec![value().replace('+', "*")]),
            "-p" => protocol(value()),
            "-s" => nets(value()).map_or(What::Unknown, What::Source),
            "-d" => nets(value()).map_or(What::Unknown, What::Destination),
            "--dport" | "--dports" => ports(value()).map_or(What::Unknown, What::Port),
            "--ctstate" | "--state" => {
                What::State(value().to_ascii_lowercase().split(',').map(str::to_owned).collect())
            }
            "--sport" | "--sports" | "--limit" | "--limit-burst" | "--seconds" | "--hitcount"
            | "--name" | "--mask" | "--tcp-option" | "--ttl-eq" => {
                value();
                What::SendersChoice
            }
            "--tcp-flags" => {
                let mask = value();
                let flags = rest.next();
                // What `--syn` is written as: a packet that begins a connection has it.
                if mask == "FIN,SYN,RST,ACK" && flags == Some("SYN") {
                    What::Always
                } else {
                    What::SendersChoice
                }
            }
            "--syn" => What::Always,
            "--set" | "--update" | "--rcheck" | "--remove" | "--rsource" | "--rdest" => {
                What::SendersChoice
            }
            "--dst-type" => match value() {
                "LOCAL" | "UNICAST" => What::Always,
                _ => What::Never,
            },
            "--pkt-type" => match value() {
                "unicast" => What::Always,
                _ => What::Never,
            },
            "--icmp-type" | "--icmpv6-type" | "--mac-source" | "--hl-eq" => {
                value();
                What::Never
            }
            // Of every other match the words stay unread, and with them whether it holds.
            _ => What::Unknown,
        };
        tests.push(Test { is_negated, what });
        is_negated = false;
    }
    Rule { tests, action }
}

fn target(name: &str, key: impl Fn(&str) -> String) -> Action {
    match name {
        "ACCEPT" => Action::Accept,
        "DROP" | "REJECT" | "TARPIT" => Action::Refuse,
        "RETURN" => Action::Return,
        "LOG" | "NFLOG" | "ULOG" | "MARK" | "CONNMARK" | "CT" | "NOTRACK" | "TRACE" | "TCPMSS"
        | "SET" | "CLASSIFY" | "DSCP" | "TOS" | "AUDIT" | "SECMARK" | "CONNSECMARK"
        | "CHECKSUM" | "TTL" | "HL" => Action::Continue,
        "QUEUE" | "NFQUEUE" | "TPROXY" | "" => Action::Unknown,
        chain => Action::Jump(key(chain)),
    }
}

fn protocol(name: &str) -> What {
    match name {
        "all" | "0" => What::Always,
        "6" => What::Protocol(vec!["tcp".into()]),
        "17" => What::Protocol(vec!["udp".into()]),
        name => What::Protocol(vec![name.to_owned()]),
    }
}

fn nets(list: &str) -> Option<Vec<Net>> {
    list.split(',').map(Net::parse).collect()
}

/// `80,443,1000:2000`.
fn ports(list: &str) -> Option<Vec<(u16, u16)>> {
    list.split(',')
        .map(|part| match part.split_once(':') {
            None => part.parse().ok().map(|port| (port, port)),
            Some((first, last)) => {
                let first = if first.is_empty() { "0" } else { first };
                let last = if last.is_empty() { "65535" } else { last };
                Some((first.parse().ok()?, last.parse().ok()?))
            }
        })
        .collect()
}
