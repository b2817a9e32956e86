//! A control's status from the verdicts of its checks.

use crate::world::CATALOGUE;
use closedset_catalogue::{ControlStatus, SignedAnswer, Tally};
use closedset_core::Status;
use std::collections::BTreeMap;

fn tally(statuses: &[Status]) -> Tally {
    let mut tally = Tally::default();
    statuses.iter().for_each(|status| tally.add(*status));
    tally
}

fn status(control: &str, verdicts: &[(&'static str, &[Status])]) -> ControlStatus {
    signed(control, verdicts, None)
}

fn signed(
    control: &str,
    verdicts: &[(&'static str, &[Status])],
    answer: Option<SignedAnswer>,
) -> ControlStatus {
    let tallies: BTreeMap<&str, Tally> =
        verdicts.iter().map(|(check, statuses)| (*check, tally(statuses))).collect();
    let control = CATALOGUE.control(control).unwrap();
    CATALOGUE.control_status(control, &tallies, answer.as_ref())
}

use Status::{Excepted, Fail, NotApplicable, Pass, Unknown};

#[test]
fn the_worst_of_the_checks_decides_and_is_counted_in_words() {
    // IS-7: evidence counts instead, one technical check.
    let status =
        status("IS-7", &[("device-screen-lock", &[Pass, Fail, Unknown, Fail, NotApplicable])]);
    assert_eq!(status.status, Fail);
    assert_eq!(status.because, "Screen locks within 15 minutes: not so on 2 of 4 computers");
    assert_eq!(status.to_do.as_deref(), Some("Mend “Screen locks within 15 minutes”"));
    assert_eq!(status.deciding, ["device-screen-lock"]);
}

#[test]
fn the_order_is_fail_unknown_excepted_pass() {
    let of = |statuses: &[Status]| status("IS-7", &[("device-screen-lock", statuses)]).status;
    assert_eq!(of(&[Pass, Excepted, Unknown, Fail]), Fail);
    assert_eq!(of(&[Pass, Excepted, Unknown]), Unknown);
    assert_eq!(of(&[Pass, Excepted]), Excepted);
    assert_eq!(of(&[Pass, NotApplicable]), Pass);
}

#[test]
fn no_subject_is_unknown_and_says_what_to_do() {
    let status = status("IS-7", &[]);
    assert_eq!(status.status, Unknown);
    assert_eq!(status.because, "Screen locks within 15 minutes: no computers to measure");
    assert_eq!(status.to_do.as_deref(), Some("enrol a computer"));
}

#[test]
fn evidence_instead_counts_only_where_nothing_is_measured() {
    let evidence: (&str, &[Status]) = ("is-7-evidence", &[Pass]);
    assert_eq!(status("IS-7", &[evidence]).status, Pass);
    let of = |measured: &'static [Status]| {
        status("IS-7", &[evidence, ("device-screen-lock", measured)]).status
    };
    assert_eq!(of(&[Fail]), Fail);
    assert_eq!(of(&[Unknown]), Unknown);
    assert_eq!(of(&[Pass]), Pass);
    // Measured and well: no document is missed.
    assert_eq!(status("IS-7", &[("device-screen-lock", &[Pass])]).status, Pass);
}

#[test]
fn evidence_also_is_always_needed() {
    let measured: &[(&str, &[Status])] =
        &[("device-firewall-on", &[Pass]), ("device-firewall-refuses-inbound", &[Pass])];
    let alone = status("IS-3", measured);
    assert_eq!((alone.status, alone.deciding), (Unknown, vec!["is-3-evidence".to_owned()]));
    assert!(alone.to_do.unwrap().starts_with("give evidence: "));
    let both = [measured, &[("is-3-evidence", &[Pass] as &[Status])]].concat();
    assert_eq!(status("IS-3", &both).status, Pass);
    // Evidence does not cure what is measured.
    let failing = [&both[1..], &[("device-firewall-on", &[Fail] as &[Status])]].concat();
    assert_eq!(status("IS-3", &failing).status, Fail);
    // Evidence alone leaves the technical part unknown.
    assert_eq!(status("IS-3", &[("is-3-evidence", &[Pass])]).status, Unknown);
}

#[test]
fn checks_beyond_the_source_never_turn_it_red() {
    let verdicts: &[(&str, &[Status])] = &[
        ("device-firewall-on", &[Pass]),
        ("device-firewall-refuses-inbound", &[Pass]),
        ("device-firewall-at-boot", &[Fail]),
        ("is-3-evidence", &[Pass]),
    ];
    assert_eq!(status("IS-3", verdicts).status, Pass);
}

#[test]
fn a_control_without_technical_checks_rests_on_evidence() {
    assert_eq!(status("AD-1", &[("ad-1-evidence", &[Pass])]).status, Pass);
    assert_eq!(status("AD-1", &[("ad-1-evidence", &[Unknown])]).status, Unknown);
    let none = status("AD-1", &[]);
    assert_eq!(none.status, Unknown);
    assert!(none.to_do.unwrap().starts_with("give evidence: "));
}

#[test]
fn concerning_none_of_the_computers_is_unknown_until_a_person_signs() {
    let verdicts: &[(&str, &[Status])] = &[
        ("device-storage-ports-blocked", &[NotApplicable, NotApplicable]),
        ("is-12-evidence", &[Pass]),
    ];
    let unsigned = status("IS-12", verdicts);
    assert_eq!(unsigned.status, Unknown);
    assert!(unsigned.because.contains("concerns none of the computers"), "{unsigned:?}");
    let reason = "no content is handled on computers".to_owned();
    let answer = signed("IS-12", verdicts, Some(SignedAnswer::NotApplicable { reason }));
    assert_eq!(answer.status, NotApplicable);
    assert!(answer.because.contains("no content is handled on computers"));
}

#[test]
fn a_signature_does_not_hide_what_is_measured() {
    let verdicts: &[(&str, &[Status])] = &[("device-screen-lock", &[Fail])];
    let answer = SignedAnswer::NotApplicable { reason: "no".into() };
    assert_eq!(signed("IS-7", verdicts, Some(answer)).status, Fail);
}

#[test]
fn a_signed_none_is_an_answer_only_where_the_source_says_any() {
    let none = || Some(SignedAnswer::None { reason: "never tested".into() });
    assert_eq!(signed("AD-9", &[], none()).status, Pass);
    assert_eq!(signed("AD-1", &[], none()).status, Unknown);
}
