//! Ports that address translation leads elsewhere: to a container, a virtual machine or another
//! computer. Their packets are never shown to the rules for this computer.
//!
//! Rules that lead no port of their own elsewhere are passed over.

use serde_json::Value;

/// Ports that are led elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The first and last ports of each range.
    pub ports: Vec<(u16, u16)>,
    /// The address of this computer that it holds for; empty for all.
    pub address: String,
    /// It holds for some senders only.
    pub is_for_some: bool,
    /// The port that they are led to, if it is told.
    pub to: Option<u16>,
}

/// Those in the output of `iptables-save` or `ip6tables-save`.
pub fn saved(text: &str) -> Vec<Published> {
    let mut is_nat = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('*') {
            is_nat = table == "nat";
        } else if let Some(rule) = line.strip_prefix("-A ").filter(|_| is_nat) {
            found.extend(of_words(rule));
        }
    }
    found
}

fn of_words(rule: &str) -> Option<Published> {
    let mut published = Published::default();
    let mut words = rule.split_whitespace();
    // What this computer sends itself is nobody's way in.
    words.next().filter(|chain| *chain != "OUTPUT")?;
    let (mut is_negated, mut leads) = (false, false);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        match word {
            "!" => {
                is_negated = true;
                continue;
            }
            "-p" => value().clone_into(&mut published.protocol),
            "--dport" | "--dports" if !is_negated => {
                published.ports = value().split(',').filter_map(|text| range(text, ':')).collect();
            }
            "-d" if !is_negated => published.address = address(value()),
            "-s" => published.is_for_some = !is_negated,
            "-j" => leads = matches!(value(), "DNAT" | "REDIRECT"),
            "--to-destination" => published.to = value().rsplit_once(':').and_then(to),
            "--to-ports" => published.to = to(("", value())),
            _ => {}
        }
        is_negated = false;
    }
    (leads && !published.ports.is_empty()).then_some(published)
}

fn range(text: &str, between: char) -> Option<(u16, u16)> {
    let (first, last) = text.split_once(between).unwrap_or((text, text));
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn to((_, text): (&str, &str)) -> Option<u16> {
    range(text, '-').map(|(first, _)| first)
}

/// One address; a network is as good as every one.
fn address(text: &str) -> String {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let is_one = matches!((address.contains(':'), length), (_, "") | (false, "32") | (true, "128"));
    if is_one { address.to_owned() } else { String::new() }
}

/// Those in what `nft -j list ruleset` writes; none if it is not what nft writes. A target of iptables
/// that nft does not name counts as one that leads elsewhere, unless `is_saved_told`: then
/// iptables-save says which it is.
pub fn listed(text: &str, is_saved_told: bool) -> Option<Vec<Published>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let items = value.get("nftables")?.as_array()?;
    let rules = items.iter().filter_map(|item| item.get("rule"));
    Some(rules.filter_map(|rule| of_json(rule, is_saved_told)).collect())
}

fn of_json(rule: &Value, is_saved_told: bool) -> Option<Published> {
    let word = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_looked_at = matches!(word("family"), "ip" | "ip6" | "inet")
        && !word("chain").eq_ignore_ascii_case("output");
    let mut published = Published::default();
    let mut leads = false;
    for statement in rule.get("expr").and_then(Value::as_array)?.iter().filter(|_| is_looked_at) {
        let Some((name, body)) = statement.as_object().and_then(|object| object.iter().next())
        else {
            continue;
        };
        match name.as_str() {
            "match" => add_match(&mut published, body),
            "dnat" | "redirect" => {
                leads = true;
                published.to = body.get("port").and_then(number);
            }
            "xt" if word("table") == "nat" && !is_saved_told => {
                leads |= match body.get("name").and_then(Value::as_str) {
                    Some(target) => matches!(target, "DNAT" | "REDIRECT"),
                    None => !published.is_for_some,
                };
            }
            _ => {}
        }
    }
    (leads && !published.ports.is_empty()).then_some(published)
}

fn add_match(published: &mut Published, body: &Value) {
    let payload = body.pointer("/left/payload");
    let word = |key: &str| payload?.get(key)?.as_str();
    let is_negated = body.get("op").and_then(Value::as_str) == Some("!=");
    let right = body.get("right").unwrap_or(&Value::Null);
    match word("field") {
        Some("dport") if !is_negated => {
            published.ports = ranges(right);
            word("protocol").unwrap_or_default().clone_into(&mut published.protocol);
        }
        Some("daddr") if !is_negated => {
            published.address = right.as_str().map(address).unwrap_or_default();
        }
        Some("saddr") => published.is_for_some = !is_negated,
        _ => {}
    }
}

fn ranges(value: &Value) -> Vec<(u16, u16)> {
    if let Some(set) = value.get("set").and_then(Value::as_array) {
        return set.iter().flat_map(ranges).collect();
    }
    let range = match value.get("range").and_then(Value::as_array).map(Vec::as_slice) {
        Some([first, last]) => number(first).zip(number(last)),
        _ => number(value).map(|port| (port, port)),
    };
    range.into_iter().collect()
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| number.try_into().ok())
}
