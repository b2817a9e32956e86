//! The rules that `nft -j list ruleset` writes (libnftables-json(5)).

use super::{Action, Base, Family, Rule, Ruleset, Test, What};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

mod matching;

use matching::Sets;

/// The rules for packets to this computer, and which of iptables' tables hold matches that nft
/// cannot express (`iptables-save` tells those).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The rules.
    pub rules: Ruleset,
    /// Keys of tables with foreign matches: `ip filter`.
    pub foreign: BTreeSet<String>,
    /// A table's flags were not understood.
    pub is_doubtful: bool,
}

impl Listing {
    /// The rules without those tables.
    pub fn without_foreign(mut self) -> Ruleset {
        let foreign = &self.foreign;
        let is_foreign =
            |key: &str| foreign.iter().any(|table| key.starts_with(&format!("{table} ")));
        self.rules.bases.retain(|base| !is_foreign(&base.chain));
        self.rules.chains.retain(|key, _| !is_foreign(key));
        self.rules
    }
}

/// Reads the JSON; none if it is not what nft writes. Tables that sleep (`dormant`) and chains of
/// address translation are left out.
///
/// Some versions (1.0.6 is one) write nonsense for a table's flags. Such a table counts as asleep
/// unless `plain`, the output of `nft list ruleset`, tells its flags; [`Listing::is_doubtful`] says
/// that it is needed.
pub fn parse(text: &str, plain: Option<&str>) -> Option<Listing> {
    let value: Value = serde_json::from_str(text).ok()?;
    let items = value.get("nftables")?.as_array()?;
    let mut listing = Listing::default();
    let mut asleep = BTreeSet::new();
    let mut sets = Sets::default();
    for item in items {
        if let Some(table) = item.get("table") {
            let (family, name) = (word(table, "family"), word(table, "name"));
            let sleeps = sleeps(table.get("flags")).unwrap_or_else(|| {
                listing.is_doubtful |= plain.is_none();
                plain.is_none_or(|plain| sleeps_by_text(plain, family, name))
            });
            if sleeps {
                asleep.insert((family, name));
            }
        }
        for kind in ["set", "map"] {
            if let Some(set) = item.get(kind) {
                sets.add(&table_key(set), word(set, "name"), set.get("elem"));
            }
        }
    }
    let is_asleep = |item: &Value| asleep.contains(&(word(item, "family"), word(item, "table")));
    for item in items {
        if let Some(chain) = item.get("chain")
            && !is_asleep(chain)
        {
            add_chain(&mut listing.rules, chain);
        }
    }
    for item in items {
        if let Some(rule) = item.get("rule")
            && !is_asleep(rule)
        {
            add_rule(&mut listing, rule, &sets);
        }
    }
    Some(listing)
}

/// Whether a table's flags make it sleep; none if they are no flags that nft knows.
fn sleeps(flags: Option<&Value>) -> Option<bool> {
    let flags: Vec<&str> = match flags {
        None => Vec::new(),
        Some(Value::String(flag)) => vec![flag],
        Some(Value::Array(flags)) => flags.iter().filter_map(Value::as_str).collect(),
        Some(_) => return None,
    };
    if flags.contains(&"dormant") {
        return Some(true);
    }
    flags.iter().all(|flag| matches!(*flag, "owner" | "persist")).then_some(false)
}

/// Whether the plain listing gives the table the flag `dormant`.
fn sleeps_by_text(plain: &str, family: &str, name: &str) -> bool {
    let head = format!("table {family} {name} {{");
    plain
        .lines()
        .skip_while(|line| !line.starts_with(&head))
        .skip(1)
        .take_while(|line| !line.starts_with('}'))
        .map(str::trim)
        .filter_map(|line| line.strip_prefix("flags "))
        .any(|flags| flags.split(',').any(|flag| flag.trim() == "dormant"))
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn table_key(item: &Value) -> String {
    format!("{} {}", word(item, "family"), word(item, "table"))
}

fn chain_key(table: &str, chain: &str) -> String {
    format!("{table} {chain}")
}

fn add_chain(rules: &mut Ruleset, chain: &Value) {
    let table = table_key(chain);
    let key = chain_key(&table, word(chain, "name"));
    rules.chains.entry(key.clone()).or_default();
    let families = match word(chain, "family") {
        "ip" => vec![Family::V4],
        "ip6" => vec![Family::V6],
        "inet" => vec![Family::V4, Family::V6],
        // Other families see packets that are not for this computer, or see them too early to know.
        _ => return,
    };
    if matches!(word(chain, "hook"), "input" | "prerouting") && word(chain, "type") == "filter" {
        let of_iptables = ["filter", "mangle", "raw", "security"];
        rules.bases.push(Base {
            chain: key,
            families,
            accepts_by_default: word(chain, "policy") != "drop",
            is_of_iptables: word(chain, "family") != "inet"
                && of_iptables.contains(&word(chain, "table"))
                && matches!(word(chain, "name"), "INPUT" | "PREROUTING"),
        });
    }
}

fn add_rule(listing: &mut Listing, rule: &Value, sets: &Sets<'_>) {
    let table = table_key(rule);
    let key = chain_key(&table, word(rule, "chain"));
    let mut tests: Vec<Test> = Vec::new();
    let mut made: Vec<Rule> = Vec::new();
    let statements = rule.get("expr").and_then(Value::as_array);
    for statement in statements.into_iter().flatten() {
        let Some((name, body)) = statement.as_object().and_then(|object| object.iter().next())
        else {
            continue;
        };
        match name.as_str() {
            "match" => tests.push(matching::test(body, &table, sets)),
            "limit" | "quota" | "meter" | "ct count" => tests.push(Test::is(What::SendersChoice)),
            "vmap" => made.extend(matching::verdict_map(body, &table, sets, &tests)),
            "xt" => {
                // A target of iptables stands here too; which one it is, nft does not tell.
                listing.foreign.insert(table.clone());
                tests.push(Test::is(What::Unknown));
            }
            _ => {
                if let Some(action) = action(name, body, &table) {
                    made.push(Rule { tests: tests.clone(), action });
                }
            }
        }
    }
    listing.rules.chains.entry(key).or_default().extend(made);
}

/// What a statement does with the packet, if it does anything.
fn action(name: &str, body: &Value, table: &str) -> Option<Action> {
    let target = || chain_key(table, word(body, "target"));
    match name {
        "accept" => Some(Action::Accept),
        "drop" | "reject" => Some(Action::Refuse),
        "return" => Some(Action::Return),
        "continue" => Some(Action::Continue),
        "jump" => Some(Action::Jump(target())),
        "goto" => Some(Action::Goto(target())),
        "queue" | "tproxy" => Some(Action::Unknown),
        _ => None,
    }
}

type Elements<'v> = BTreeMap<String, &'v Value>;
