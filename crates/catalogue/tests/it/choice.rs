//! Which frameworks are answered: what is asked because of it, and what it never touches.

use crate::world::CATALOGUE;
use closedset_catalogue::{
    Area, Catalogue, CatalogueFile, EvidenceRole, FIRST_FRAMEWORK, Tally, Verb,
};
use closedset_core::{Status, Subject, SubjectKind};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

/// A framework that asks a number of its own and otherwise counts what is there.
const STRICT: &str = r#"
[framework]
id = "strict"
title = "A strict owner"
owner = "Somebody"
version = "1"
retrieved = 2026-11-01
source = "a letter"

[[control]]
id = "S-1"
area = "technical"
verb = "should"
title = "Screens lock"
requirement = "Screens lock."
why = "People pass by."
meet = ["Set it."]
tested = "By the agent."
assessor = ["The setting."]
evidence = "instead"
evidence_hint = "A photo."
proved_by = ["device-screen-lock"]

[[control]]
id = "S-2"
area = "technical"
verb = "should"
title = "Passwords are long"
requirement = "Passwords are long."
why = "They are guessed."
meet = ["Set it."]
tested = "By the agent."
assessor = ["The setting."]
evidence = "instead"
evidence_hint = "A photo."
proved_by = ["device-password-failures"]

[limits]
strict_length = 16

[[check]]
id = "strict-length"
framework = "strict"
control = "S-2"
title = "Passwords have at least 16 characters"
over = "device"
needs = ["password_policy"]
fresh_for = "30d"
pass = "password_policy.minimum_length >= limit.strict_length"
because = "string(password_policy.minimum_length)"
wanted = "Long passwords."
version = 1
"#;

static BOTH: LazyLock<Catalogue> = LazyLock::new(|| with(STRICT).unwrap());

fn with(text: &str) -> Result<Catalogue, String> {
    let file = CatalogueFile { name: "strict.toml", text };
    Catalogue::with(&[file]).map_err(|errors| errors.to_string())
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn chosen(catalogue: &Catalogue) -> Vec<&str> {
    catalogue.chosen().map(|framework| framework.id.as_str()).collect()
}

#[test]
fn whoever_did_not_choose_answers_the_minimum_and_what_their_own_files_have() {
    assert_eq!(CATALOGUE.default_choice(), [FIRST_FRAMEWORK]);
    assert_eq!(BOTH.default_choice(), [FIRST_FRAMEWORK, "strict"]);
    assert_eq!(chosen(&BOTH.choosing(&[])), [FIRST_FRAMEWORK, "strict"]);
    assert_eq!(chosen(&BOTH.choosing(&ids(&["gone"]))), [FIRST_FRAMEWORK, "strict"]);
    assert_eq!(chosen(&BOTH.choosing(&ids(&["strict", "gone", "strict"]))), ["strict"]);
}

#[test]
fn a_framework_asks_its_own_checks_and_those_it_names() {
    let strict = BOTH.choosing(&ids(&["strict"]));
    let asked: Vec<_> = strict
        .asked()
        .filter(|check| check.over == SubjectKind::Device)
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(asked, ["device-password-failures", "device-screen-lock", "strict-length"]);
    assert!(strict.answers("S-1") && !strict.answers("IS-7") && !strict.answers("X-1"));
    assert!(strict.asks("s-1-evidence") && !strict.asks("is-7-evidence"));
    let subject = Subject::control("IS-7");
    assert_eq!(strict.checks_about(&subject).count(), 0, "nobody asks that any more");
    // What is known stays: names and texts.
    assert!(strict.control("IS-7").is_some() && strict.check("device-firewall-on").is_some());
    let minimum = BOTH.choosing(&ids(&[FIRST_FRAMEWORK]));
    assert!(minimum.asks("device-password-length") && !minimum.asks("strict-length"));
}

#[test]
fn a_check_is_met_under_a_control_of_those_that_are_chosen() {
    let shown = |names: &[&str]| {
        let catalogue = BOTH.choosing(&ids(names));
        catalogue.control_shown(catalogue.check("device-screen-lock").unwrap()).to_owned()
    };
    assert_eq!(shown(&["strict"]), "S-1");
    assert_eq!(shown(&["strict", FIRST_FRAMEWORK]), "IS-7");
}

#[test]
fn each_choice_has_a_digest_of_its_own() {
    let all = [&["strict"][..], &[FIRST_FRAMEWORK], &[FIRST_FRAMEWORK, "strict"]];
    let digests: Vec<_> = all.iter().map(|names| BOTH.choosing(&ids(names)).digest()).collect();
    for (place, digest) in digests.iter().enumerate() {
        assert!(!digests[..place].contains(digest) && *digest != BOTH.digest());
    }
    assert_eq!(BOTH.choosing(&ids(&["strict"])).digest(), digests[0]);
}

#[test]
fn what_goes_beyond_one_source_may_be_asked_by_another() {
    let of = |control: &str, length: Status, failures: Status| {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (check, status) in [("strict-length", length), ("device-password-failures", failures)] {
            tallies.entry(check).or_default().add(status);
        }
        BOTH.control_status(BOTH.control(control).unwrap(), &tallies, None).status
    };
    assert_eq!(of("S-2", Status::Pass, Status::Pass), Status::Pass);
    assert_eq!(of("S-2", Status::Pass, Status::Fail), Status::Fail);
    assert_eq!(of("S-2", Status::Fail, Status::Pass), Status::Fail);
    // To the minimum neither says anything.
    assert_eq!(of("IS-5", Status::Fail, Status::Fail), of("IS-5", Status::Pass, Status::Pass));
}

#[test]
fn what_is_wrong_with_a_crosswalk_is_said() {
    let spoil = |to: &str| {
        let from = "proved_by = [\"device-screen-lock\"]";
        with(&STRICT.replace(from, &format!("proved_by = [{to}]"))).unwrap_err()
    };
    let meant = spoil("\"device-screen-look\"");
    assert!(
        meant.starts_with("strict.toml, line 22: there is no check device-screen-look"),
        "{meant}"
    );
    assert!(meant.contains("did you mean `device-screen-lock`?"), "{meant}");
    let twice = spoil("\"device-screen-lock\", \"device-screen-lock\"");
    assert!(twice.contains("device-screen-lock is named twice"), "{twice}");
    assert!(spoil("\"is-7-evidence\"").contains("there is no check is-7-evidence"));
    let own = STRICT
        .replace("proved_by = [\"device-password-failures\"]", "proved_by = [\"strict-length\"]");
    assert!(with(&own).unwrap_err().contains("strict-length stands beside S-2 anyway"));
}

/// A verdict of any check of the catalogue.
fn verdicts() -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0..BOTH.checks().len(), 0..Status::ALL.len()), 0..60)
}

proptest! {
    /// Whatever is said of whatever check: to the minimum, only its own checks count, and which other
    /// frameworks are chosen beside it says nothing.
    #[test]
    fn the_minimum_stands_as_if_it_were_alone(said in verdicts()) {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        let mut own: BTreeMap<&str, Tally> = BTreeMap::new();
        for (check, status) in said {
            let (check, status) = (&BOTH.checks()[check], Status::ALL[status]);
            tallies.entry(&check.id).or_default().add(status);
            if check.framework == FIRST_FRAMEWORK {
                own.entry(&check.id).or_default().add(status);
            }
        }
        let all: Vec<String> = BOTH.frameworks().iter().map(|one| one.id.clone()).collect();
        let (alone, beside) = (BOTH.choosing(&ids(&[FIRST_FRAMEWORK])), BOTH.choosing(&all));
        for control in &CATALOGUE.framework(FIRST_FRAMEWORK).unwrap().controls {
            let of = |catalogue: &Catalogue, tallies| {
                catalogue.control_status(catalogue.control(&control.id).unwrap(), tallies, None)
            };
            let expected = of(&alone, &own);
            prop_assert_eq!(&of(&beside, &tallies), &expected);
            prop_assert_eq!(&of(&CATALOGUE, &own), &expected);
        }
    }
}

#[test]
fn the_minimum_names_no_check_of_another_framework() {
    for control in &CATALOGUE.framework(FIRST_FRAMEWORK).unwrap().controls {
        for check in CATALOGUE.checks_of(&control.id) {
            assert_eq!(check.framework, FIRST_FRAMEWORK, "{}", check.id);
        }
        assert!(control.area < Area::Organizational);
    }
}

#[test]
fn the_mpas_best_practices_are_82_each_once() {
    let framework = CATALOGUE.framework("mpa-best-practices").unwrap();
    let parts = [
        ("OR", 13, Area::Organizational),
        ("OP", 9, Area::Operational),
        ("PS", 11, Area::Physical),
        ("TS", 49, Area::Technical),
    ];
    for (part, count, area) in parts {
        let of = framework.controls.iter().filter(|one| one.id.starts_with(part));
        let of: Vec<_> = of.collect();
        assert_eq!(of.len(), count, "{part}");
        assert!(of.iter().all(|one| one.area == area && one.verb == Verb::Should), "{part}");
    }
    let mut ids: Vec<_> = framework.controls.iter().map(|one| one.id.clone()).collect();
    let expected = [
        ("OR-1", 0..=4),
        ("OR-2", 0..=0),
        ("OR-3", 0..=4),
        ("OR-4", 0..=0),
        ("OR-5", 0..=0),
        ("OP-1", 0..=3),
        ("OP-2", 0..=1),
        ("OP-3", 0..=2),
        ("PS-1", 0..=5),
        ("PS-2", 0..=0),
        ("PS-3", 0..=3),
        ("TS-1", 0..=18),
        ("TS-2", 0..=13),
        ("TS-3", 0..=2),
        ("TS-4", 0..=2),
        ("TS-5", 0..=0),
        ("TS-6", 0..=2),
        ("TS-7", 0..=1),
        ("TS-8", 0..=3),
    ];
    let expected: Vec<String> = expected
        .into_iter()
        .flat_map(|(of, numbers)| numbers.map(move |number| format!("{of}.{number}")))
        .collect();
    assert_eq!(ids, expected);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 82);
    for control in &framework.controls {
        assert!(control.meet.len() >= 2 && control.assessor.len() >= 2, "{}", control.id);
        // What is not measured is not said to be.
        let is_measured = CATALOGUE.checks_of(&control.id).any(|check| control.counts(check));
        assert_eq!(control.is_technical, is_measured, "{}", control.id);
        assert_eq!(control.tested.contains("computers:"), is_measured, "{}", control.id);
        // Computers show a part only, so that evidence is needed beside them.
        assert_eq!(control.evidence == EvidenceRole::Also, is_measured, "{}", control.id);
    }
}

#[test]
fn the_figures_are_those_of_the_source() {
    let says = |id: &str, figures: &[&str]| {
        let requirement = &CATALOGUE.control(id).unwrap().requirement;
        let plain = requirement.split_whitespace().collect::<Vec<_>>().join(" ");
        for figure in figures {
            assert!(plain.contains(figure), "{id}: {figure} in {plain}");
        }
    };
    says("PS-3.0", &["at least 90 days"]);
    says("PS-1.1", &["one year", "90 days"]);
    says("PS-3.1", &["additional recommendation", "18 to 27 °C", "40 to 60 %"]);
    says("OP-3.2", &["additional recommendations", "30 days", "NIST SP 800-88", "one year"]);
    says(
        "TS-1.6",
        &["16 characters", "three of four", "one day to one year", "last 5", "5 failures"],
    );
    says("TS-1.3", &["15 minutes"]);
    says("TS-1.0", &["24 hours", "AES-256"]);
    says("TS-2.0", &["SNMP", "version 3"]);
    says("TS-2.9", &["without split tunnel", "AES-256", "15 idle minutes"]);
    says("TS-3.0", &["AES-256", "TLS 1.2"]);
    says("TS-4.0", &["every month", "every quarter", "48 hours"]);
    says("TS-4.2", &["48 hours", "two weeks"]);
    says("TS-8.1", &["128 bits", "15 idle minutes"]);
    says("OR-4.0", &["48 hours"]);
    let number = |check: &str| CATALOGUE.check(check).unwrap().limits()[0].1.clone();
    assert_eq!(number("device-password-length-16"), "16");
    assert_eq!(number("device-password-failures-5"), "5");
    // The minimum's own number stays.
    assert_eq!(number("device-password-length"), "12");
}
