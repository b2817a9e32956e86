//! Whatever this evaluator answers, a standard CEL evaluator answers the same. (The reverse does
//! not hold, and must not: see the table of false passes.)

use super::*;
use cel::objects::{Key, Map as CelMap};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

fn cel_value(json: &Json) -> cel::Value {
    match json {
        Json::Null => cel::Value::Null,
        Json::Bool(value) => cel::Value::Bool(*value),
        Json::Number(value) => cel::Value::Int(value.as_i64().unwrap()),
        Json::String(value) => cel::Value::String(Arc::new(value.clone())),
        Json::Array(items) => cel::Value::List(Arc::new(items.iter().map(cel_value).collect())),
        Json::Object(fields) => {
            let map: HashMap<Key, cel::Value> = fields
                .iter()
                .map(|(name, value)| (Key::from(name.as_str()), cel_value(value)))
                .collect();
            cel::Value::Map(CelMap { map: Arc::new(map) })
        }
    }
}

fn by_cel(text: &str, facts: &[Map<String, Json>]) -> Result<cel::Value, String> {
    let program = cel::Program::compile(text).map_err(|error| error.to_string())?;
    let mut context = cel::Context::default();
    for (kind, fact) in KINDS.iter().zip(facts) {
        context.add_variable_from_value(*kind, cel_value(&Json::Object(fact.clone())));
    }
    let limit = json!({"screen_lock_s": 900, "backends": ["ufw", "nftables"]});
    context.add_variable_from_value("limit", cel_value(&limit));
    program.execute(&context).map_err(|error| error.to_string())
}

fn number(inner: bool) -> BoxedStrategy<String> {
    let mut leaves = vec![
        "0".to_owned(),
        "1".into(),
        "900".into(),
        "-3".into(),
        "limit.screen_lock_s".into(),
        "screen_lock.longest_s".into(),
        "pending_updates.security".into(),
        "size(local_accounts.other_roots)".into(),
        "size(host_firewall.backend)".into(),
    ];
    if inner {
        leaves.push("u.locks_after_s".into());
    }
    prop::sample::select(leaves)
        .prop_recursive(2, 6, 2, |inner| {
            let sign = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
            (inner.clone(), sign, inner)
                .prop_map(|(one, sign, other)| format!("({one} {sign} {other})"))
        })
        .boxed()
}

fn text(inner: bool) -> BoxedStrategy<String> {
    let mut leaves = vec![
        "'ufw'".to_owned(),
        "'a'".into(),
        "host_firewall.backend".into(),
        "host_firewall.seen".into(),
    ];
    if inner {
        leaves.push("u.name".into());
    }
    let leaf = prop::sample::select(leaves).boxed();
    prop_oneof![
        3 => leaf.clone(),
        1 => (leaf.clone(), leaf).prop_map(|(one, other)| format!("({one} + {other})")),
        1 => number(inner).prop_map(|number| format!("string({number})")),
    ]
    .boxed()
}

fn truth(inner: bool) -> BoxedStrategy<String> {
    let mut flags = vec![
        "true".to_owned(),
        "false".into(),
        "host_firewall.is_active".into(),
        "host_firewall.starts_at_boot".into(),
        "local_accounts.guest_allowed".into(),
    ];
    if inner {
        flags.push("u.asks_password".into());
    }
    let sign = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let equal = prop::sample::select(vec!["==", "!="]);
    let leaf = prop_oneof![
        3 => prop::sample::select(flags),
        3 => (number(inner), sign, number(inner)).prop_map(|(one, sign, other)| format!("{one} {sign} {other}")),
        2 => (text(inner), equal, text(inner)).prop_map(|(one, sign, other)| format!("{one} {sign} {other}")),
        1 => (text(inner), text(inner)).prop_map(|(one, other)| format!("{one}.startsWith({other})")),
        1 => (text(inner), text(inner)).prop_map(|(one, other)| format!("{one} in ['a', {other}]")),
        1 => text(inner).prop_map(|one| format!("{one} in limit.backends")),
        1 => text(inner).prop_map(|one| format!("{one} in local_accounts.other_roots")),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one} && {other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one} || {other})")),
            inner.prop_map(|one| format!("!({one})")),
        ]
    })
    .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let quantified = (prop::sample::select(vec!["all", "exists"]), truth(true))
        .prop_map(|(quantifier, body)| format!("screen_lock.users.{quantifier}(u, {body})"));
    prop_oneof![
        truth(false),
        quantified.clone(),
        (quantified.clone(), truth(false)).prop_map(|(one, other)| format!("{one} && {other}")),
        (truth(false), quantified).prop_map(|(one, other)| format!("{one} || {other}")),
    ]
    .boxed()
}

fn some_facts() -> impl Strategy<Value = Vec<Map<String, Json>>> {
    let users = prop::collection::vec((0..3i64, any::<bool>()), 0..3);
    let numbers = prop::collection::vec(
        prop::option::of(prop::sample::select(vec![0, 1, 900, 1_000, i64::MAX])),
        2,
    );
    let flags = prop::collection::vec(any::<bool>(), 4);
    (users, numbers, flags, prop::option::of(any::<bool>())).prop_map(
        |(users, numbers, flags, boot)| {
            let users: Vec<Json> = users
                .into_iter()
                .map(|(after, asks)| user(if asks { "a" } else { "ufw" }, after * 900, asks))
                .collect();
            let mut facts = facts(json!({"users": users}));
            if let Some(longest) = numbers[0] {
                facts[0].insert("longest_s".into(), json!(longest));
            }
            facts[1].insert("is_active".into(), json!(flags[0]));
            facts[1].insert("backend".into(), json!(if flags[1] { "ufw" } else { "a" }));
            if let Some(boot) = boot {
                facts[1].insert("starts_at_boot".into(), json!(boot));
            }
            facts[2].insert("guest_allowed".into(), json!(flags[2]));
            facts[2].insert("other_roots".into(), if flags[3] { json!(["a"]) } else { json!([]) });
            facts[3].remove("security");
            if let Some(security) = numbers[1] {
                facts[3].insert("security".into(), json!(security));
            }
            facts
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_answered_here_is_answered_so_by_cel(text in condition(), facts in some_facts()) {
        let world = World::new();
        let compiled = match world.compile(&text) {
            Ok(compiled) => compiled,
            // Larger than the limits allow; everything else that is made here is well typed.
            Err(error) => {
                prop_assert!(
                    error.message.contains("longer") || error.message.contains("more than") || error.message.contains("deeper"),
                    "{text}: {error}"
                );
                return Ok(());
            }
        };
        let borrowed: Vec<_> = facts.iter().collect();
        if let Ok(answer) = compiled.evaluate(&Scope { facts: &borrowed }) {
            prop_assert_eq!(by_cel(&text, &facts), Ok(cel::Value::Bool(answer)), "{}", text);
        }
    }
}

#[test]
fn plain_cel_does_pass_what_is_refused_or_unknown_here() {
    // If one of these ever changes, the reasons for the checker should be read again.
    let facts = facts(json!({"users": []}));
    for text in [
        "host_firewall.is_active != 'true'",
        "!has(host_firewall.starts_at_boot)",
        "host_firewall.starts_at_boot || true",
        "screen_lock.users.all(u, u.asks_password)",
    ] {
        assert_eq!(by_cel(text, &facts), Ok(cel::Value::Bool(true)), "{text}");
    }
}
