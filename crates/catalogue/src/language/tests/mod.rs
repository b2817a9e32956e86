mod against_cel;
mod hostile;
mod refusals;

use super::*;
use crate::limits::Limit;
use closedset_core::Duration;
use closedset_core::fact::kinds;
use serde_json::{Map, Value as Json, json};

/// The facts that the tests speak of, in the order of the scope.
const KINDS: [&str; 4] = ["screen_lock", "host_firewall", "local_accounts", "pending_updates"];

/// Everything there is to name, owned.
struct World {
    kinds: Vec<FactKind>,
    limits: Limits,
    may_be_empty: BTreeMap<String, String>,
    may_be_absent: BTreeMap<String, String>,
}

impl World {
    fn new() -> Self {
        let known = kinds();
        let kind =
            |name: &&'static str| known.iter().find(|kind| kind.name == *name).unwrap().clone();
        let limits = BTreeMap::from([
            ("screen_lock_s".to_owned(), Limit::Integer(900)),
            ("one_day".to_owned(), Limit::Duration(Duration::from_days(1))),
            ("backends".to_owned(), Limit::Texts(vec!["ufw".into(), "nftables".into()])),
        ]);
        Self {
            kinds: KINDS.iter().map(kind).collect(),
            limits: Limits(limits),
            may_be_empty: BTreeMap::new(),
            may_be_absent: BTreeMap::new(),
        }
    }

    fn names(&self) -> Names<'_> {
        Names {
            facts: self.kinds.iter().collect(),
            limits: &self.limits,
            may_be_empty: &self.may_be_empty,
            may_be_absent: &self.may_be_absent,
        }
    }

    fn compile(&self, text: &str) -> Result<Condition, LanguageError> {
        Condition::compile(text, &self.names())
    }

    fn refusal(&self, text: &str) -> String {
        match self.compile(text) {
            Ok(_) => panic!("{text} was let through"),
            Err(error) => error.message,
        }
    }

    fn answer(&self, text: &str, facts: &[Map<String, Json>]) -> Result<bool, Gap> {
        let condition = self.compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let facts: Vec<_> = facts.iter().collect();
        condition.evaluate(&Scope { facts: &facts })
    }

    fn say(&self, text: &str, facts: &[Map<String, Json>]) -> Option<String> {
        let mut wording = Wording::default();
        wording.add(text, &self.names()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let facts: Vec<_> = facts.iter().collect();
        wording.say(&Scope { facts: &facts })
    }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

fn user(name: &str, locks_after_s: i64, asks_password: bool) -> Json {
    json!({"name": name, "desktop": "gnome", "locks_after_s": locks_after_s, "asks_password": asks_password})
}

/// One fact of each kind; the first is `screen_lock`.
fn facts(screen_lock: Json) -> Vec<Map<String, Json>> {
    vec![
        object(screen_lock),
        object(
            json!({"backend": "ufw", "is_active": true, "refuses_inbound": true, "seen": "ufw"}),
        ),
        object(json!({
            "users": [], "without_password": [], "other_roots": ["toor"],
            "automatic_sign_in": [], "guest_allowed": false,
        })),
        object(json!({"security": 0, "lists_age": 90_000})),
    ]
}

fn missing(path: &str, answer: Result<bool, Gap>) {
    let gap = answer.expect_err("it should be unknown");
    assert_eq!((gap.kind, gap.path.as_str()), (GapKind::Missing, path));
}

#[test]
fn a_condition_holds_or_does_not() {
    let world = World::new();
    let lock = "screen_lock.users.all(u, u.locks_after_s > 0 && u.locks_after_s <= limit.screen_lock_s && u.asks_password)";
    let answer = |users| world.answer(lock, &facts(json!({"users": users})));
    assert_eq!(answer(json!([user("a", 900, true), user("b", 60, true)])), Ok(true));
    assert_eq!(answer(json!([user("a", 900, true), user("b", 901, true)])), Ok(false));
    assert_eq!(answer(json!([user("a", 0, true)])), Ok(false), "0 means never");
    assert_eq!(answer(json!([user("a", 60, false)])), Ok(false));
}

/// Each of these passes in plain CEL.
#[test]
fn what_plain_cel_passes_falsely_does_not_pass() {
    let mut world = World::new();
    let empty = facts(json!({"users": []}));
    // Types differ: refused before it runs.
    assert_eq!(
        world.refusal("host_firewall.is_active != 'true'"),
        "the two sides differ: true or false on the left, text on the right"
    );
    // Null: refused in the text, and never equal in a fact.
    assert!(world.refusal("host_firewall.backend != null").contains("null has no place"));
    let mut null = empty.clone();
    null[1].insert("backend".into(), Json::Null);
    missing("host_firewall.backend", world.answer("host_firewall.backend != 'x'", &null));
    // Asking whether something is missing.
    assert!(world.refusal("!has(host_firewall.starts_at_boot)").contains("`has` has no place"));
    assert!(world.refusal("!has(host_firewall.nonsense)").contains("`has` has no place"));
    // A missing value beside something true, or something false, on either side.
    for text in [
        "host_firewall.starts_at_boot || true",
        "true || host_firewall.starts_at_boot",
        "!(host_firewall.starts_at_boot && false)",
        "!(false && host_firewall.starts_at_boot)",
        "host_firewall.is_active || host_firewall.starts_at_boot",
    ] {
        missing("host_firewall.starts_at_boot", world.answer(text, &empty));
    }
    // A list of nothing.
    let all = "screen_lock.users.all(u, u.asks_password)";
    let gap = world.answer(all, &empty).unwrap_err();
    assert_eq!((gap.kind, gap.path.as_str()), (GapKind::Empty, "screen_lock.users"));
    let gap = world.answer("!('root' in local_accounts.automatic_sign_in)", &empty).unwrap_err();
    assert_eq!(gap.kind, GapKind::Empty);
    let never = "!screen_lock.users.exists(u, u.locks_after_s == 0)";
    assert_eq!(world.answer(never, &empty).unwrap_err().kind, GapKind::Empty);
    // Unless the check says why that is well.
    world.may_be_empty.insert("screen_lock.users".into(), "nobody works here".into());
    assert_eq!(world.answer(all, &empty), Ok(true));
    assert_eq!(world.answer(never, &empty), Ok(true));
}

#[test]
fn a_missing_value_in_a_branch_that_does_not_decide_is_still_named() {
    let world = World::new();
    let users = json!({"users": [user("a", 60, true)]});
    // `all` could stop at the first that is false.
    let text = "screen_lock.users.all(u, !u.asks_password && host_firewall.starts_at_boot)";
    missing("host_firewall.starts_at_boot", world.answer(text, &facts(users.clone())));
    let mut torn = facts(
        json!({"users": [user("a", 60, true), {"name": "b", "desktop": "x", "locks_after_s": 1}]}),
    );
    missing(
        "screen_lock.users[].asks_password",
        world.answer("screen_lock.users.exists(u, u.asks_password)", &torn),
    );
    // A body in a form the kind does not have is no answer either.
    torn[1].insert("is_active".into(), json!("true"));
    let gap = world.answer("host_firewall.is_active", &torn).unwrap_err();
    assert_eq!((gap.kind, gap.path.as_str()), (GapKind::Mismatch, "host_firewall.is_active"));
}

#[test]
fn an_absence_that_the_check_accounts_for_lets_the_other_side_decide() {
    let mut world = World::new();
    let boot = "host_firewall.starts_at_boot";
    let facts = facts(json!({"users": []}));
    world.may_be_absent.insert(boot.into(), "the firewall is not managed".into());
    assert_eq!(
        world.answer("host_firewall.is_active || host_firewall.starts_at_boot", &facts),
        Ok(true)
    );
    assert_eq!(
        world.answer("!host_firewall.is_active && host_firewall.starts_at_boot", &facts),
        Ok(false)
    );
    // Where the other side does not decide, it is a gap with its reason.
    let gap = world
        .answer("host_firewall.is_active && host_firewall.starts_at_boot", &facts)
        .unwrap_err();
    assert_eq!(gap.accounted.as_deref(), Some("the firewall is not managed"));
    // What is not accounted for stays a gap, whatever stands beside it.
    let text = "host_firewall.is_active || (host_firewall.starts_at_boot == pending_updates.restart_needed)";
    missing("pending_updates.restart_needed", world.answer(text, &facts));
}

#[test]
fn numbers_that_grow_too_large_make_no_answer() {
    let world = World::new();
    let huge = facts(json!({"users": [], "longest_s": i64::MAX}));
    for text in [
        "screen_lock.longest_s + 1 > 0 || true",
        "screen_lock.longest_s * 2 > 0 || true",
        "-screen_lock.longest_s - 2 < 0 || true",
        "screen_lock.longest_s / (pending_updates.security) > 0 || true",
        "screen_lock.longest_s % pending_updates.security == 0 || true",
    ] {
        assert_eq!(world.answer(text, &huge).unwrap_err().kind, GapKind::Arithmetic, "{text}");
    }
}

#[test]
fn times_and_spans_keep_their_types() {
    let world = World::new();
    let facts = facts(json!({"users": []}));
    assert_eq!(world.answer("pending_updates.lists_age > limit.one_day", &facts), Ok(true));
    assert_eq!(world.answer("pending_updates.lists_age / limit.one_day == 1", &facts), Ok(true));
    assert!(world.refusal("pending_updates.lists_age > 86400").contains("the two sides differ"));
}

#[test]
fn a_wording_says_what_was_found_and_may_look_at_one_side() {
    let world = World::new();
    let facts = facts(json!({"users": [user("ann", 900, true), user("bob", 0, false)]}));
    let say = |text| world.say(text, &facts);
    assert_eq!(
        say("screen_lock.users.filter(u, u.locks_after_s == 0).map(u, u.name).join(', ')"),
        Some("bob".into())
    );
    assert_eq!(
        say("size(local_accounts.users) == 0 ? 'nobody' : host_firewall.backend"),
        Some("nobody".into())
    );
    assert_eq!(say("true ? 'x' : string(screen_lock.longest_s)"), Some("x".into()));
    assert_eq!(say("string(screen_lock.longest_s)"), None);
    assert_eq!(say("string(pending_updates.lists_age)"), Some("25 hours".into()));
}

#[test]
fn a_wording_from_a_hostile_device_is_one_bounded_line() {
    let world = World::new();
    let mut facts = facts(json!({"users": []}));
    facts[1].insert("seen".into(), json!(format!("a\n\u{1b}[31m{}", "x".repeat(10_000))));
    let said = world.say("host_firewall.seen", &facts).unwrap();
    assert!(said.starts_with("a  [31mx") && said.ends_with('…'), "{said}");
    assert_eq!(said.chars().count(), SAID_LIMIT + 1);
}

#[test]
fn a_condition_reads_in_words_and_names_its_limits() {
    let world = World::new();
    let condition = world
        .compile("screen_lock.users.all(u, u.locks_after_s > 0 && (u.locks_after_s <= limit.screen_lock_s || !u.asks_password))")
        .unwrap();
    insta::assert_snapshot!(condition.words(), @"every one of screen lock users: locks after s is more than 0 and (locks after s is at most 900 or not: asks password)");
    assert_eq!(condition.limits(), [("screen_lock_s", "900".to_owned())]);
    let paths: Vec<_> = condition.paths().iter().map(|path| path.text.as_str()).collect();
    assert_eq!(paths, ["screen_lock.users"]);
    let condition = world
        .compile("host_firewall.is_active && host_firewall.backend in limit.backends")
        .unwrap();
    insta::assert_snapshot!(condition.words(), @"host firewall is active and host firewall backend is one of ufw, nftables");
}
