//! Where a system stands among its releases, trap by trap.

use crate::world::{CATALOGUE, fact, now};
use closedset_catalogue::{Derived, SubjectFacts};
use closedset_core::fact::device::ReleaseLine;
use closedset_core::{Duration, Time};
use serde_json::json;

fn derived_at(product: &str, version: &str, build: Option<&str>, name: &str, now: Time) -> Derived {
    let mut system = json!({
        "family": "linux", "product": product, "name": name, "version": version,
        "kernel": "6", "architecture": "x86_64",
    });
    if let Some(build) = build {
        system["build"] = json!(build);
    }
    let mut facts = SubjectFacts::new();
    facts.put("operating_system", fact("agent", "operating_system", system, now));
    CATALOGUE.derive(&facts, now).unwrap().remove(0)
}

fn place(product: &str, version: &str) -> Result<(String, i64, bool), String> {
    place_of(&derived_at(product, version, None, product, now()))
}

fn place_of(derived: &Derived) -> Result<(String, i64, bool), String> {
    match derived.body.record::<ReleaseLine>() {
        Some(line) => Ok((line.line, line.position, line.is_supported)),
        None => Err(derived.body.unread().remove(0).why),
    }
}

fn ok(line: &str, position: i64, is_supported: bool) -> Result<(String, i64, bool), String> {
    Ok((line.to_owned(), position, is_supported))
}

#[test]
fn a_system_is_placed_among_the_lines_that_are_out() {
    assert_eq!(place("debian", "13"), ok("debian-13", 1, true));
    assert_eq!(place("debian", "12.4"), ok("debian-12", 2, true));
    assert_eq!(place("debian", "11"), ok("debian-11", 3, false));
    assert_eq!(place("ubuntu", "24.04"), ok("ubuntu-24.04", 2, true));
    assert_eq!(
        place("ubuntu", "22.04"),
        ok("ubuntu-22.04", 3, true),
        "mended, yet not of the last two"
    );
    assert_eq!(place("ubuntu", "25.10"), ok("ubuntu-25.10", 2, false));
    assert_eq!(place("fedora", "43"), ok("fedora-43", 2, true));
    assert_eq!(place("macos", "27.0.1"), ok("macos-27", 1, true));
    assert_eq!(place("macos", "26.3.1"), ok("macos-26", 2, true));
    assert_eq!(place("macos", "15.7.9"), ok("macos-15", 3, true));
    assert_eq!(place("macos", "14.8"), ok("macos-14", 4, false));
}

#[test]
fn only_the_newest_point_release_of_rocky_alma_and_red_hat_is_mended() {
    assert_eq!(place("rocky", "9.8"), ok("rocky-9.8", 2, true));
    assert_eq!(place("rocky", "9.4"), ok("rocky-9.4", 2, false));
    assert_eq!(
        place("rocky", "8.10"),
        ok("rocky-8.10", 3, true),
        "not 8.1, and third of the majors"
    );
    assert_eq!(place("rocky", "8.9"), ok("rocky-8.9", 3, false));
    assert_eq!(place("almalinux", "10.2"), ok("almalinux-10.2", 1, true));
    assert_eq!(place("rhel", "10.1"), ok("rhel-10.1", 1, false));
    assert_eq!(place("rocky", "9.9"), ok("rocky-9.9", 2, true), "newer than the data");
    assert!(place("rocky", "9").unwrap_err().contains("does not say which point release"));
}

#[test]
fn windows_is_told_by_its_build_and_edition() {
    let windows = |product: &str, build: &str| {
        place_of(&derived_at(product, "11", Some(build), "Windows", now()))
    };
    assert_eq!(windows("windows-pro", "26300.9550"), ok("windows-11-26H2", 1, true));
    assert_eq!(windows("windows-pro", "26200.7171"), ok("windows-11-25H2", 2, true));
    assert_eq!(windows("windows-pro", "26100.4061"), ok("windows-11-24H2", 3, false));
    assert_eq!(windows("windows-enterprise", "10.0.26100.4061"), ok("windows-11-24H2", 3, true));
    assert_eq!(windows("windows-server", "26100"), ok("windows-server-2025", 1, true));
    assert_eq!(
        windows("windows-pro", "19045").map(|(line, _, mended)| (line, mended)),
        Ok(("windows-10-22H2".into(), false))
    );
    assert!(place("windows-pro", "11").unwrap_err().contains("build"));
}

#[test]
fn what_is_no_known_release_is_unread_with_the_reason() {
    let moving = place_of(&derived_at("debian", "", None, "Debian GNU/Linux forky/sid", now()));
    assert_eq!(
        moving,
        Err("`Debian GNU/Linux forky/sid` is a moving branch of Debian, not a release".into())
    );
    assert_eq!(
        place("debian", "14"),
        Err("Debian 14 is not among the releases known on 2026-08-22".into())
    );
    assert_eq!(place("arch", "rolling"), Err("no release data for `arch`".into()));
    assert!(place("ubuntu", "24").unwrap_err().contains("names no release"));
    assert!(place("fedora", "rawhide").unwrap_err().contains("moving branch"));
}

#[test]
fn a_line_not_yet_out_neither_counts_nor_is_recognised() {
    let before = "2025-08-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        place_of(&derived_at("debian", "12", None, "Debian", before)),
        ok("debian-12", 1, true)
    );
    assert!(place_of(&derived_at("debian", "13", None, "Debian", before)).is_err());
    let derived = derived_at("debian", "12", None, "Debian", before);
    assert_eq!(
        derived.changes_at,
        Some("2025-08-09T00:00:00Z".parse().unwrap()),
        "when 13 comes out"
    );
}

#[test]
fn support_ends_after_its_last_day() {
    let at =
        |time: &str| place_of(&derived_at("debian", "11", None, "Debian", time.parse().unwrap()));
    assert_eq!(at("2026-08-31T23:59:59Z"), ok("debian-11", 3, true));
    assert_eq!(at("2026-09-01T00:00:00Z"), ok("debian-11", 3, false));
}

#[test]
fn data_too_old_says_nothing_of_the_newest() {
    let later = now() + Duration::from_days(400);
    let why = place_of(&derived_at("debian", "13", None, "Debian", later)).unwrap_err();
    assert!(why.contains("too old to know the newest releases"), "{why}");
}

#[test]
fn a_derived_fact_is_no_fresher_than_its_source() {
    let derived = derived_at("debian", "13", None, "Debian", now());
    assert_eq!(
        (derived.kind, derived.source.as_str()),
        ("release_line", "closedset/release-line/agent")
    );
    assert_eq!(derived.collected_at, now());
}

#[test]
fn an_unread_system_has_an_unread_place() {
    let mut facts = SubjectFacts::new();
    let unread = json!({"unread": [{"path": "", "why": "no os-release"}]});
    facts.put("operating_system", fact("agent", "operating_system", unread, now()));
    let derived = CATALOGUE.derive(&facts, now()).unwrap().remove(0);
    assert_eq!(place_of(&derived), Err("no os-release".into()));
}
