//! Sources, freshness, what is unread, and explaining.

use crate::world::{
    CATALOGUE, all_well, assess, assess_at, device, digest_of, fact, healthy, now, spoilt,
};
use closedset_catalogue::{Platform, SubjectFacts};
use closedset_core::{Duration, Status, Subject, Time};
use serde_json::{Value, json};

fn firewall(is_active: bool) -> Value {
    json!({"backend": "ufw", "is_active": is_active, "refuses_inbound": is_active, "seen": "seen"})
}

fn of(facts: &[(&str, Value, Time)]) -> SubjectFacts {
    let mut all = SubjectFacts::new();
    for (source, value, at) in facts {
        all.put("host_firewall", fact(source, "host_firewall", value.clone(), *at));
    }
    all
}

#[test]
fn the_worst_fresh_source_counts_and_the_conflict_is_named() {
    let an_hour_ago = now() - Duration::from_hours(1);
    let verdict = assess(
        "device-firewall-on",
        &of(&[("agent", firewall(true), an_hour_ago), ("osquery", firewall(false), an_hour_ago)]),
    );
    assert_eq!(verdict.status, Status::Fail);
    insta::assert_snapshot!(verdict.because, @"no firewall is on: seen (sources disagree: fail by osquery, pass by agent)");
    assert_eq!(verdict.facts.len(), 2);
}

#[test]
fn a_stale_source_neither_proves_nor_spoils() {
    let verdict = assess(
        "device-firewall-on",
        &of(&[
            ("agent", firewall(true), now() - Duration::from_days(1)),
            ("osquery", firewall(false), now() - Duration::from_days(8)),
        ]),
    );
    assert_eq!(verdict.status, Status::Pass);
    assert_eq!(verdict.facts, [digest_of("host_firewall", firewall(true))]);
}

#[test]
fn an_attestation_counts_only_where_no_technical_source_exists() {
    let at = now() - Duration::from_hours(1);
    let mut facts = SubjectFacts::new();
    facts.put("host_firewall", fact("ann", "host_firewall", firewall(true), at).attested());
    assert_eq!(assess("device-firewall-on", &facts).status, Status::Pass);
    facts.put("host_firewall", fact("agent", "host_firewall", firewall(false), at));
    assert_eq!(assess("device-firewall-on", &facts).status, Status::Fail);
    // Even one that is stale: the computer can be asked.
    let mut facts = SubjectFacts::new();
    facts.put("host_firewall", fact("ann", "host_firewall", firewall(true), at).attested());
    facts.put(
        "host_firewall",
        fact("agent", "host_firewall", firewall(false), now() - Duration::from_days(9)),
    );
    assert_eq!(assess("device-firewall-on", &facts).status, Status::Unknown);
}

#[test]
fn a_fact_goes_stale_at_its_instant_and_says_so() {
    let at = now();
    let facts = of(&[("agent", firewall(true), at)]);
    let fresh = assess_at("device-firewall-on", &facts, at);
    assert_eq!(fresh.fresh_until, Some(at + Duration::from_days(7)));
    let last = at + Duration::from_days(7) - Duration::from_millis(1);
    assert_eq!(assess_at("device-firewall-on", &facts, last).status, Status::Pass);
    let stale = assess_at("device-firewall-on", &facts, at + Duration::from_days(7));
    assert_eq!((stale.status, stale.fresh_until), (Status::Unknown, None));
    insta::assert_snapshot!(stale.because, @"Host firewall was last reported on 2026-11-22 12:00 UTC and counts for 7 days: switch the computer on and let its agent report");
}

#[test]
fn a_confirmation_keeps_a_fact_fresh() {
    let collected = now() - Duration::from_days(30);
    let mut facts = SubjectFacts::new();
    let fact = fact("agent", "host_firewall", firewall(true), collected).confirmed(now());
    facts.put("host_firewall", fact);
    let verdict = assess("device-firewall-on", &facts);
    assert_eq!(verdict.status, Status::Pass);
    assert_eq!(verdict.fresh_until, Some(now() + Duration::from_days(7)));
}

#[test]
fn a_fact_dated_ahead_of_now_does_not_count() {
    let facts = of(&[("agent", firewall(true), now() + Duration::from_hours(3))]);
    let verdict = assess("device-firewall-on", &facts);
    assert_eq!(verdict.status, Status::Unknown);
    insta::assert_snapshot!(verdict.because, @"Host firewall is dated 2026-11-22 15:00 UTC, ahead of now: set the clock of the computer that reports it");
    // A few minutes are no more than clocks that differ.
    let facts = of(&[("agent", firewall(true), now() + Duration::from_minutes(3))]);
    assert_eq!(assess("device-firewall-on", &facts).status, Status::Pass);
}

#[test]
fn what_is_missing_is_named_with_how_to_give_it() {
    let nothing = SubjectFacts::new();
    let verdict = assess("device-firewall-on", &nothing);
    assert_eq!(verdict.status, Status::Unknown);
    insta::assert_snapshot!(verdict.because, @"Host firewall: this computer has not reported yet; enrol it and let its agent run");
    let mut partly = SubjectFacts::new();
    let (kind, value) = healthy().swap_remove(2);
    partly.put(kind, fact("osquery", kind, value, now()));
    insta::assert_snapshot!(assess("device-firewall-on", &partly).because, @"Host firewall: nothing that watches this computer reports it; update its agent");
}

#[test]
fn where_the_register_says_nothing_a_check_applies() {
    let mut facts = all_well();
    assert_eq!(assess("device-screen-lock", &facts).status, Status::Pass);
    facts = {
        let mut without = SubjectFacts::new();
        for (kind, value) in healthy() {
            if kind != "device" {
                without.put(kind, fact("agent", kind, value, now()));
            }
        }
        without
    };
    assert_eq!(assess("device-screen-lock", &facts).status, Status::Pass);
}

#[test]
fn what_is_partly_unread_never_passes_but_what_was_found_wrong_still_fails() {
    let unread = json!([{"path": "users[1].asks_password", "why": "no session"}]);
    let user = |after: i64| json!([{"name": "a", "desktop": "gnome", "locks_after_s": after, "asks_password": true}]);
    let good = spoilt("screen_lock", json!({"users": user(60), "unread": unread}));
    let verdict = assess("device-screen-lock", &good);
    assert_eq!(verdict.status, Status::Unknown);
    insta::assert_snapshot!(verdict.because, @"Screen lock (users[1], asks password) could not be read: no session");
    let bad = spoilt("screen_lock", json!({"users": user(0), "unread": unread}));
    assert_eq!(assess("device-screen-lock", &bad).status, Status::Fail);
    // Something else that is unread does not matter.
    let other = json!([{"path": "user", "why": "x"}, {"path": "longest_s", "why": "x"}]);
    let facts = spoilt("screen_lock", json!({"users": user(60), "unread": other}));
    assert_eq!(assess("device-screen-lock", &facts).status, Status::Pass);
}

#[test]
fn a_change_touches_only_the_checks_that_read_it() {
    let touched = |kinds: &[&str]| -> Vec<String> {
        CATALOGUE.checks_touched(&device(), kinds).map(|check| check.id.clone()).collect()
    };
    assert_eq!(touched(&["screen_lock"]), ["device-screen-lock", "device-screen-lock-fixed"]);
    assert_eq!(
        touched(&["operating_system"]),
        ["device-os-release"],
        "by way of the derived place"
    );
    let scoped = touched(&["device"]);
    assert_eq!(scoped.len(), 5, "{scoped:?}");
    assert!(touched(&["software"]).is_empty());
}

#[test]
fn a_control_is_asked_only_about_its_own_evidence() {
    let subject = Subject::control("AD-1");
    let ids: Vec<_> = CATALOGUE.checks_about(&subject).map(|check| check.id.as_str()).collect();
    assert_eq!(ids, ["ad-1-evidence"]);
}

fn evidence(items: Value, in_force: i64, lapsed: i64) -> SubjectFacts {
    let mut facts = SubjectFacts::new();
    let value = json!({"in_force": in_force, "lapsed": lapsed, "taken_back": 0, "items": items});
    facts.put(
        "evidence",
        fact("closedset/evidence", "evidence", value, now() - Duration::from_days(300)),
    );
    facts
}

#[test]
fn evidence_in_force_passes_until_its_instant_and_then_is_unknown() {
    let digest = "0".repeat(64);
    let item = |title: &str, until: &str| {
        json!({
            "id": "doc_1", "form": "document", "title": title, "digest": digest,
            "valid_from": "2026-01-01T00:00:00Z", "valid_to": until,
        })
    };
    let facts = evidence(
        json!([item("Site plan", "2026-12-01T00:00:00Z"), item("Lease", "2027-01-01T00:00:00Z")]),
        2,
        0,
    );
    let verdict = assess("ad-1-evidence", &facts);
    assert_eq!((verdict.status, verdict.because.as_str()), (Status::Pass, "Site plan; Lease"));
    assert_eq!(verdict.fresh_until, Some("2027-01-01T00:00:00Z".parse().unwrap()));
    // An expiry takes effect at its instant, even if nobody has noticed it in the record.
    let verdict = assess_at("ad-1-evidence", &facts, "2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(verdict.status, Status::Unknown);
    assert!(
        verdict.because.starts_with("the evidence given has expired; renew it: "),
        "{verdict:?}"
    );
    let none = assess("ad-1-evidence", &evidence(json!([]), 0, 0));
    assert_eq!(none.status, Status::Unknown);
    assert!(none.because.starts_with("no evidence is given; upload or write: "), "{none:?}");
    assert_eq!(assess("ad-1-evidence", &SubjectFacts::new()).status, Status::Unknown);
    // A count without items proves nothing.
    assert_eq!(assess("ad-1-evidence", &evidence(json!([]), 3, 0)).status, Status::Unknown);
}

#[test]
fn a_statement_that_was_cut_is_marked_so() {
    let item = |form: &str, title: &str| {
        json!([{
            "id": "att_1", "form": form, "title": title, "digest": "0".repeat(64),
            "valid_from": "2026-01-01T00:00:00Z", "valid_to": "2027-01-01T00:00:00Z",
        }])
    };
    let because = |items| assess("ad-1-evidence", &evidence(items, 1, 0)).because;
    let cut = "We are at one site. ".repeat(4);
    assert_eq!(because(item("attestation", &cut)), format!("{}…", cut.trim_end()));
    assert_eq!(because(item("document", &cut)), cut.trim_end());
    assert_eq!(because(item("attestation", "One site.")), "One site.");
}

#[test]
fn an_explanation_has_what_was_found_what_is_wanted_and_the_fix() {
    let check = CATALOGUE.check("device-screen-lock").unwrap();
    let facts = spoilt(
        "screen_lock",
        json!({"users": [
            {"name": "ann", "desktop": "gnome", "locks_after_s": 3600, "asks_password": true},
        ]}),
    );
    let explained = CATALOGUE.explain(check, &facts, now());
    assert_eq!(explained.verdict.because, "ann: locks after 60 min");
    assert_eq!(explained.platform, Some(Platform::Linux));
    assert!(
        explained.fix.unwrap().contains("gsettings set org.gnome.desktop.session idle-delay 900")
    );
    assert_eq!(explained.limits, [("screen_lock_s".to_owned(), "900".to_owned())]);
    insta::assert_snapshot!(explained.condition_words, @"every one of screen lock users: locks after s is more than 0 and locks after s is at most 900 and asks password");
}
