//! Packs of a maker who holds the log's key and writes its entries anew, so that every digest, proof
//! and signature of the server is right.

use super::edit::assert_errors;
use crate::{
    ControlWords,
    FindingKind::*,
    Outcome, Recompute, VerifyOptions,
    rows::{AGENT_SOURCE, Control, EVIDENCE_SOURCE, FactRow, Interval, VerdictRow},
    sample::Sample,
    verify,
    verify::{KnownFact, Remade, Said},
};
use closedset_core::{
    Digest, Duration, Status, Subject, SubjectKind, Time, canonical, exception::Exception,
};
use serde_json::{Value, json};
use std::io::Cursor;

const FIREWALL: &str = "device-firewall";

fn with(catalogue: Option<&dyn Recompute>, sample: &mut Sample) -> crate::Report {
    let expected_key = Some(sample.log.key());
    let options = VerifyOptions { expected_key, recompute: catalogue, ..VerifyOptions::default() };
    verify(Cursor::new(sample.build().unwrap()), &options).unwrap()
}

fn report(sample: &mut Sample) -> crate::Report {
    with(None, sample)
}

fn body(sample: &Sample, index: u64) -> Value {
    serde_json::from_slice(&sample.log.entry(index).body.unwrap().bytes).unwrap()
}

/// The interval that goes on of the firewall of a computer that fails now.
fn turned(sample: &Sample) -> usize {
    let is_it =
        |row: &Interval| row.check == FIREWALL && row.status == Status::Fail && row.to.is_none();
    sample.input.history.iter().position(is_it).unwrap()
}

/// Has all that one entry turned be so from `at` on.
fn date(sample: &mut Sample, entry: u64, at: Time) {
    let keys: Vec<(String, Subject, Time)> = sample
        .input
        .history
        .iter_mut()
        .filter(|row| row.entry == entry)
        .map(|row| {
            let before = std::mem::replace(&mut row.from, at);
            (row.check.clone(), row.subject.clone(), before)
        })
        .collect();
    for (check, subject, before) in keys {
        for row in &mut sample.input.history {
            if row.check == check && row.subject == subject && row.to == Some(before) {
                row.to = Some(at);
            }
        }
        for row in &mut sample.input.verdicts {
            if row.check == check && row.subject == subject {
                row.since = at;
            }
        }
    }
}

#[test]
fn nothing_is_so_before_the_log_heard_of_it() {
    let sample = Sample::with_devices(6);
    let row = &sample.input.history[turned(&sample)];
    let (entry, from) = (row.entry, row.from);
    let dated = |at: Time| {
        let mut sample = sample.clone();
        let mut said = body(&sample, entry);
        said["at"] = json!(at);
        sample.log.rewrite(entry, "subject.assessed", &said);
        date(&mut sample, entry, at);
        report(&mut sample)
    };
    assert_errors("as it was", &dated(from), &[]);
    let place = format!("ledger/entries/{entry}.json");
    let back = from - Duration::from_minutes(5);
    assert_errors(
        "dated back",
        &dated(back),
        &[(Contradiction, "facts.json"), (Contradiction, &place)],
    );
}

#[test]
fn nobody_stands_in_the_log_under_two_names() {
    let sample = Sample::with_devices(6);
    let of_a_control =
        |row: &Interval| row.subject.kind == SubjectKind::Control && row.to.is_none();
    let of_a_control = sample.input.history.iter().position(of_a_control).unwrap();
    let made_at = sample.input.heading.made_at;
    for at in [turned(&sample), of_a_control] {
        let under = |pseudonym: Option<&str>| {
            let mut sample = sample.clone();
            let row = sample.input.history[at].clone();
            let turn = json!({
                "check": row.check, "subject": row.subject, "status": row.status,
                "because": row.because, "was": row.status,
            });
            let said = json!({
                "subject": row.subject, "at": made_at, "facts": [], "verdicts": [turn],
            });
            let own = sample.log.envelope(row.entry).subject;
            let pseudonym = pseudonym.unwrap_or(&own);
            let entry = sample.log.record_as(pseudonym, "subject.assessed", &said, made_at);
            sample.input.history[at].to = Some(made_at);
            sample.input.history.push(Interval { entry, from: made_at, ..row.clone() });
            let is_it =
                |one: &&mut VerdictRow| one.check == row.check && one.subject == row.subject;
            sample.input.verdicts.iter_mut().find(is_it).unwrap().since = made_at;
            let place = format!("ledger/entries/{entry}.json");
            let found = report(&mut sample);
            found.findings.iter().any(|one| one.kind == Contradiction && one.place == place)
        };
        assert!(!under(None));
        assert!(under(Some("p-zzzz")));
    }
}

#[test]
fn what_began_before_the_period_is_not_dated() {
    let sample = Sample::with_devices(6);
    let row = &sample.input.history[turned(&sample)];
    let later = row.from + Duration::from_minutes(30);
    // Only what began before is told of, and not from when.
    let mut cut = sample;
    cut.input.heading.scope.from = later;
    cut.input.history.retain(|row| row.to.is_none_or(|to| to >= later));
    let unclamped = report(&mut cut.clone());
    assert!(unclamped.has(Contradiction), "{:#?}", unclamped.findings);
    for row in &mut cut.input.history {
        row.from = row.from.max(later);
    }
    for row in &mut cut.input.verdicts {
        row.since = row.since.max(later);
    }
    assert_errors("clamped", &report(&mut cut), &[]);
}

#[test]
fn a_fact_was_read_when_the_computer_said_so() {
    let mut sample = Sample::with_devices(1);
    let is_it = |(row, _): &&mut (FactRow, Option<Vec<u8>>)| row.source == AGENT_SOURCE;
    let row = &mut sample.facts.iter_mut().find(is_it).unwrap().0;
    row.collected_at = row.collected_at - Duration::from_days(200);
    let place = format!("facts/{}.json", row.digest);
    assert_errors("dated back", &report(&mut sample), &[(Contradiction, &place)]);
}

#[test]
fn nobody_states_of_a_control_what_a_computer_reads_of_itself() {
    let sample = Sample::with_devices(1);
    for (kind, source) in [
        ("screen_lock", "closedset/evidence"),
        ("release_line", "closedset/release-line/agent"),
        ("seen_on_site", "TPN/assessor"),
    ] {
        let mut sample = sample.clone();
        let subject = Subject::control("IS-7");
        let bytes = canonical::to_vec(&json!({"locks_after_s": 60})).unwrap();
        let digest = Digest::of(&bytes);
        let at = sample.input.heading.made_at;
        let said = json!({"subject": subject, "kind": kind, "source": source, "digest": digest});
        let said = json!({"subject": subject, "at": at, "facts": [said], "verdicts": []});
        let entry = sample.log.record("subject.assessed", &said, at);
        let row = FactRow {
            subject: subject.clone(),
            subject_name: sample.name_of(&subject),
            kind: kind.into(),
            title: crate::rows::fact_title(kind),
            source: source.into(),
            digest,
            collected_at: at,
            confirmed_at: None,
            entry,
            left_out: None,
        };
        sample.facts.push((row, Some(bytes)));
        let place = format!("facts/{digest}.json");
        let found = report(&mut sample);
        assert!(
            found.findings.iter().any(|one| one.kind == NotProven && one.place == place),
            "{kind}: {:#?}",
            found.findings
        );
    }
}

#[test]
fn evidence_says_nothing_besides() {
    let mut sample = Sample::with_devices(1);
    let is_it = |(row, bytes): &&(FactRow, Option<Vec<u8>>)| {
        let text = bytes.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        row.source == EVIDENCE_SOURCE && text.contains("\"form\"")
    };
    let (row, bytes) = sample.facts.iter().find(is_it).unwrap().clone();
    let mut more: Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
    more["assessed"] = json!("by the assessor of the trade's association");
    let more = canonical::to_vec(&more).unwrap();
    let digest = Digest::of(&more);
    let said =
        body(&sample, row.entry).to_string().replace(&row.digest.to_string(), &digest.to_string());
    sample.log.rewrite(row.entry, "subject.assessed", &serde_json::from_str(&said).unwrap());
    for (fact, bytes) in &mut sample.facts {
        if fact.digest == row.digest {
            (fact.digest, *bytes) = (digest, Some(more.clone()));
        }
    }
    for verdict in &mut sample.input.verdicts {
        for fact in verdict.facts.iter_mut().filter(|fact| **fact == row.digest) {
            *fact = digest;
        }
    }
    let place = format!("facts/{digest}.json");
    assert_errors("more", &report(&mut sample), &[(OtherFact, &place)]);
}

/// A catalogue that knows the firewall, why it is as it is, and on what that rests.
struct Says {
    because: Option<String>,
    facts: Option<Vec<Digest>>,
    status: Status,
}

impl ControlWords for Says {
    fn because(&self, _: &Control, _: Said<'_>) -> Option<String> {
        None
    }
}

impl Recompute for Says {
    fn assess(
        &self,
        check: &str,
        _: &Subject,
        _: &[KnownFact<'_>],
        _: &[Exception],
        _: Time,
    ) -> Option<Remade> {
        let Self { because, facts, status } = self;
        let (because, facts) = (because.clone(), facts.clone());
        let remade = Remade { status: *status, because, facts, excepted: None };
        (check == FIREWALL).then_some(remade)
    }
    fn needs(&self, check: &str) -> Option<Vec<String>> {
        (check == FIREWALL).then(Vec::new)
    }
    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        check == FIREWALL && subject.kind == SubjectKind::Device
    }
}

#[test]
fn the_reason_of_a_verdict_and_its_facts_are_made_anew() {
    let sample = Sample::with_devices(1);
    let is_it = |row: &&VerdictRow| row.check == FIREWALL;
    let row = sample.input.verdicts.iter().find(is_it).unwrap().clone();
    let says = |because: &str, facts: &[Digest]| {
        let (because, facts) = (Some(because.to_owned()), Some(facts.to_vec()));
        let says = Says { because, facts, status: row.status };
        with(Some(&says), &mut sample.clone())
    };
    assert_errors("the same", &says(&row.because, &row.facts), &[]);
    let other = [(OtherVerdict, "verdicts.json")];
    assert_errors("reason", &says("the tool misreads it", &row.facts), &other);
    assert_errors("facts", &says(&row.because, &[Digest::of(b"another")]), &other);
    assert_errors("no facts", &says(&row.because, &[]), &other);
    // Another version of the program may say it in other words.
    let mut elsewhere = sample.clone();
    elsewhere.input.heading.made_with = "closedset 99".into();
    for control in &mut elsewhere.input.controls {
        control.checks.iter_mut().for_each(|check| check.version = "99".into());
    }
    let says = Says { because: Some("otherwise".into()), facts: None, status: row.status };
    let found = with(Some(&says), &mut elsewhere);
    assert_ne!(found.outcome(), Outcome::Valid);
}

#[test]
fn nobody_asks_of_a_control_what_is_asked_of_computers() {
    let mut sample = Sample::with_devices(1);
    let is_it = |row: &&mut VerdictRow| row.check == FIREWALL;
    let subject = Subject::control("IS-3");
    let name = sample.name_of(&subject);
    let row = sample.input.verdicts.iter_mut().find(is_it).unwrap();
    let status = row.status;
    (row.subject, row.subject_name) = (subject, name);
    let says = Says { because: None, facts: None, status };
    let found = with(Some(&says), &mut sample);
    let is_it = |one: &crate::Finding| one.kind == OtherVerdict && one.what.contains("nobody asks");
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}

#[test]
fn no_interval_ends_before_it_begins() {
    let mut sample = Sample::with_devices(6);
    let at = turned(&sample);
    let (check, subject) =
        (sample.input.history[at].check.clone(), sample.input.history[at].subject.clone());
    let ended =
        |row: &&mut Interval| row.check == check && row.subject == subject && row.to.is_some();
    let row = sample.input.history.iter_mut().find(ended).unwrap();
    row.to = Some(row.from - Duration::from_days(1));
    let found = report(&mut sample);
    let is_it = |one: &crate::Finding| one.what.contains("ends before it begins");
    assert!(found.findings.iter().any(is_it), "{:#?}", found.findings);
}
