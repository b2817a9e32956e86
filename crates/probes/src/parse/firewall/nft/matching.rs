//! Matches of nft: `{"op": "==", "left": ..., "right": ...}`, sets and verdict maps.

use super::{Action, Elements, Family, Rule, Test, What, action};
use crate::parse::firewall::Net;
use serde_json::Value;

/// How deep sets and concatenations may nest.
const DEPTH_LIMIT: usize = 8;

/// The named sets and maps of all tables.
#[derive(Default)]
pub(super) struct Sets<'v>(Elements<'v>);

impl<'v> Sets<'v> {
    pub(super) fn add(&mut self, table: &str, name: &str, elements: Option<&'v Value>) {
        static NOTHING: Value = Value::Array(Vec::new());
        self.0.insert(format!("{table} {name}"), elements.unwrap_or(&NOTHING));
    }

    fn named(&self, table: &str, name: &str) -> Option<&'v Value> {
        self.0.get(&format!("{table} {name}")).copied()
    }
}

/// The test that a match makes.
pub(super) fn test(body: &Value, table: &str, sets: &Sets<'_>) -> Test {
    let (Some(left), Some(right)) = (body.get("left"), body.get("right")) else {
        return Test::is(What::Unknown);
    };
    let operator = body.get("op").and_then(Value::as_str).unwrap_or_default();
    match operator {
        "==" | "in" => Test::is(what(left, &values(right, table, sets, 0))),
        "!=" => negated(left, what(left, &values(right, table, sets, 0))),
        "<" | ">" | "<=" | ">=" => Test::is(compared(left, operator, right)),
        _ => Test::is(What::Unknown),
    }
}

/// The test that `what` is not so. That a field differs still says that the packet has the field:
/// `tcp dport != 22` is about TCP alone.
fn negated(left: &Value, what: What) -> Test {
    match what {
        What::AnyOf(mut lists) if left.get("payload").is_some() => {
            for test in lists.iter_mut().filter_map(|tests| tests.last_mut()) {
                test.is_negated = true;
            }
            Test::is(What::AnyOf(lists))
        }
        What::AnyOf(_) => Test::is(What::Unknown),
        what => Test { is_negated: true, what },
    }
}

/// The rules of a verdict map: one for each of its keys.
pub(super) fn verdict_map(
    body: &Value,
    table: &str,
    sets: &Sets<'_>,
    before: &[Test],
) -> Vec<Rule> {
    let Some(key) = body.get("key") else {
        return Vec::new();
    };
    let pairs = match body.get("data") {
        Some(Value::String(name)) => {
            name.strip_prefix('@').and_then(|name| sets.named(table, name))
        }
        Some(data) => data.get("set"),
        None => None,
    };
    let Some(pairs) = pairs.and_then(Value::as_array) else {
        return vec![Rule { tests: before.to_vec(), action: Action::Unknown }];
    };
    pairs
        .iter()
        .filter_map(|pair| {
            let [value, verdict] = pair.as_array()?.as_slice() else {
                return None;
            };
            let (name, target) = verdict.as_object()?.iter().next()?;
            let mut tests = before.to_vec();
            tests.push(Test::is(what(key, &values(value, table, sets, 0))));
            Some(Rule { tests, action: action(name, target, table).unwrap_or(Action::Unknown) })
        })
        .collect()
}

/// The single values on the right side of a match: those of a set, a named set, a list; none in it
/// for what cannot be resolved.
fn values<'v>(
    right: &'v Value,
    table: &str,
    sets: &Sets<'v>,
    depth: usize,
) -> Vec<Option<&'v Value>> {
    if depth > DEPTH_LIMIT {
        return vec![None];
    }
    let several = |items: &'v Value| -> Vec<Option<&'v Value>> {
        match items.as_array() {
            Some(items) => {
                items.iter().flat_map(|item| values(item, table, sets, depth + 1)).collect()
            }
            None => values(items, table, sets, depth + 1),
        }
    };
    match right {
        Value::String(name) if name.starts_with('@') => {
            match sets.named(table, name.trim_start_matches('@')) {
                Some(items) => several(items),
                None => vec![None],
            }
        }
        Value::Array(_) => several(right),
        Value::Object(object) => {
            if let Some(items) = object.get("set") {
                several(items)
            } else if let Some(element) = object.get("elem").and_then(|elem| elem.get("val")) {
                values(element, table, sets, depth + 1)
            } else {
                vec![Some(right)]
            }
        }
        _ => vec![Some(right)],
    }
}

/// What is tested when `left` must be one of `values`.
fn what(left: &Value, values: &[Option<&Value>]) -> What {
    if let Some(parts) = left.get("concat").and_then(Value::as_array) {
        return concatenated(parts, values);
    }
    let key =
        |kind: &str| left.get(kind).and_then(|inner| inner.get("key")).and_then(Value::as_str);
    if let Some(key) = key("meta") {
        return meta(key, values);
    }
    if let Some(key) = key("ct") {
        return match key {
            "state" => texts(values).map_or(What::Unknown, What::State),
            // A packet that begins a connection was not translated yet.
            "status" => What::Never,
            _ => What::Unknown,
        };
    }
    if let Some(payload) = left.get("payload") {
        return fields(payload, values);
    }
    if let Some(fib) = left.get("fib") {
        return address_type(fib, values);
    }
    // Flags are tested under a mask.
    if let Some(inner) = left.get("&").and_then(|parts| parts.get(0))
        && inner.get("payload").and_then(|p| p.get("field")) == Some(&Value::from("flags"))
    {
        return What::SendersChoice;
    }
    What::Unknown
}

fn meta(key: &str, values: &[Option<&Value>]) -> What {
    let Some(texts) = texts(values) else {
        return What::Unknown;
    };
    match key {
        "iifname" | "iif" => What::Interface(texts),
        "l4proto" => What::Protocol(texts.into_iter().map(protocol_name).collect()),
        "nfproto" | "protocol" => any_family(&texts),
        "pkttype" => {
            if texts.iter().any(|text| text == "host" || text == "unicast") {
                What::Always
            } else {
                What::Never
            }
        }
        _ => What::Unknown,
    }
}

fn any_family(texts: &[String]) -> What {
    let v4 = texts.iter().any(|text| text == "ipv4" || text == "ip");
    let v6 = texts.iter().any(|text| text == "ipv6" || text == "ip6");
    match (v4, v6) {
        (true, true) => What::Always,
        (true, false) => What::Family(Family::V4),
        (false, true) => What::Family(Family::V6),
        (false, false) => What::Unknown,
    }
}

fn fields(payload: &Value, values: &[Option<&Value>]) -> What {
    let word = |key: &str| payload.get(key).and_then(Value::as_str).unwrap_or_default();
    let with = |what: Option<What>, also: What| match what {
        // A match on a protocol's field holds for that protocol alone.
        Some(what) => What::AnyOf(vec![vec![Test::is(also), Test::is(what)]]),
        None => What::Unknown,
    };
    let protocol = word("protocol");
    match (protocol, word("field")) {
        ("tcp" | "udp", "dport") => {
            with(ports(values).map(What::Port), What::Protocol(vec![protocol.into()]))
        }
        ("th", "dport") => ports(values).map_or(What::Unknown, What::Port),
        ("tcp" | "udp", _) => {
            with(Some(What::SendersChoice), What::Protocol(vec![protocol.into()]))
        }
        ("th", _) => What::SendersChoice,
        ("ip", "protocol") => with(protocols(values), What::Family(Family::V4)),
        ("ip6", "nexthdr") => with(protocols(values), What::Family(Family::V6)),
        ("ip", "saddr") => with(nets(values).map(What::Source), What::Family(Family::V4)),
        ("ip6", "saddr") => with(nets(values).map(What::Source), What::Family(Family::V6)),
        ("ip", "daddr") => with(nets(values).map(What::Destination), What::Family(Family::V4)),
        ("ip6", "daddr") => with(nets(values).map(What::Destination), What::Family(Family::V6)),
        // Another protocol than the two that are tried; a single machine's hardware address.
        ("icmp" | "icmpv6" | "igmp" | "sctp" | "dccp" | "ah" | "esp" | "ether" | "arp", _) => {
            What::Never
        }
        _ => What::Unknown,
    }
}

fn address_type(fib: &Value, values: &[Option<&Value>]) -> What {
    if fib.get("result").and_then(Value::as_str) != Some("type") {
        return What::Unknown;
    }
    match texts(values) {
        Some(texts) if texts.iter().any(|text| text == "local" || text == "unicast") => {
            What::Always
        }
        Some(_) => What::Never,
        None => What::Unknown,
    }
}

fn concatenated(parts: &[Value], values: &[Option<&Value>]) -> What {
    let lists: Option<Vec<Vec<Test>>> = values
        .iter()
        .map(|value| {
            let items = (*value)?.get("concat")?.as_array()?;
            if items.len() != parts.len() {
                return None;
            }
            Some(
                parts
                    .iter()
                    .zip(items)
                    .map(|(part, item)| Test::is(what(part, &[Some(item)])))
                    .collect(),
            )
        })
        .collect();
    lists.map_or(What::Unknown, What::AnyOf)
}

fn texts(values: &[Option<&Value>]) -> Option<Vec<String>> {
    values
        .iter()
        .map(|value| match (*value)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect()
}

fn protocols(values: &[Option<&Value>]) -> Option<What> {
    texts(values).map(|texts| What::Protocol(texts.into_iter().map(protocol_name).collect()))
}

fn protocol_name(text: String) -> String {
    match text.as_str() {
        "6" => "tcp".into(),
        "17" => "udp".into(),
        _ => text,
    }
}

fn ports(values: &[Option<&Value>]) -> Option<Vec<(u16, u16)>> {
    let port = |value: &Value| match value {
        Value::Number(number) => number.as_u64().and_then(|port| u16::try_from(port).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    values
        .iter()
        .map(|value| {
            let value = (*value)?;
            match value.get("range").and_then(Value::as_array).map(Vec::as_slice) {
                Some([first, last]) => Some((port(first)?, port(last)?)),
                _ => port(value).map(|port| (port, port)),
            }
        })
        .collect()
}

fn nets(values: &[Option<&Value>]) -> Option<Vec<Net>> {
    values
        .iter()
        .map(|value| {
            let value = (*value)?;
            if let Some(prefix) = value.get("prefix") {
                let address = prefix.get("addr")?.as_str()?.parse().ok()?;
                let bits = u32::try_from(prefix.get("len")?.as_u64()?).ok()?;
                return Some(Net::new(address, bits));
            }
            if let Some([first, last]) =
                value.get("range").and_then(Value::as_array).map(Vec::as_slice)
            {
                return Some(Net {
                    first: first.as_str()?.parse().ok()?,
                    last: last.as_str()?.parse().ok()?,
                });
            }
            Net::parse(value.as_str()?)
        })
        .collect()
}

/// `tcp dport > 1023` and the like.
fn compared(left: &Value, operator: &str, right: &Value) -> What {
    let Some(number) = right.as_u64().and_then(|number| u16::try_from(number).ok()) else {
        return What::Unknown;
    };
    let range = match operator {
        "<" => number.checked_sub(1).map(|last| (0, last)),
        "<=" => Some((0, number)),
        ">" => number.checked_add(1).map(|first| (first, u16::MAX)),
        _ => Some((number, u16::MAX)),
    };
    let Some((first, last)) = range else {
        return What::Never;
    };
    let value = serde_json::json!({ "range": [first, last] });
    match left.get("payload").and_then(|payload| payload.get("field")) {
        Some(field) if field == "dport" => what(left, &[Some(&value)]),
        _ => What::Unknown,
    }
}
