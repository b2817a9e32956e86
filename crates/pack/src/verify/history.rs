//! History: every interval was recorded when it began, each is followed by the next, each verdict in
//! force is the last of its intervals, and within the pack's period the intervals are exactly the turns
//! that the log tells of.

use super::{
    ASSESSED_KIND, CHECKED_IN_KIND, CONFIRMED_KIND, ENROLLED_KIND, Finding,
    FindingKind::*,
    REVOKED_KIND, Report,
    entries::{Entries, text_of},
    exceptions::Exceptions,
    manifest::Opened,
    own_checks::OwnChecks,
    register::{Register, SLACK, counts_of_period},
    scope::{Counting, Scoped},
};
use crate::{
    builder::Verdicts,
    manifest::{VERDICTS, entry_path},
    rows::{DeviceRow, ERASED_WORDS, Interval, VerdictRow},
};
use closedset_core::{Subject, Time, entry::Envelope, exception::Excepted};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Key<'a> = (&'a str, &'a Subject);

/// What the log tells.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// Every envelope; none if they could not be read, which was reported.
    pub(super) envelopes: &'a [Envelope],
    pub(super) entries: &'a Entries,
    pub(super) register: &'a Register,
    pub(super) exceptions: &'a Exceptions,
    pub(super) scope: &'a Scoped,
    pub(super) own: &'a OwnChecks,
}

/// Checks the intervals and the verdicts in force. `checks` are those that the pack tells of.
pub(super) fn check(
    given: &Verdicts,
    devices: &[DeviceRow],
    checks: &BTreeSet<&str>,
    told: Told<'_>,
    opened: &Opened,
    report: &mut Report,
) {
    let from = opened.manifest.heading.scope.from;
    let log = walk(told, checks, opened, report);
    let mut by_key: BTreeMap<Key<'_>, Vec<&Interval>> = BTreeMap::new();
    for interval in &given.history {
        by_key.entry((&interval.check, &interval.subject)).or_default().push(interval);
    }
    let gone: BTreeMap<Subject, Time> =
        devices.iter().filter_map(|row| Some((Subject::device(row.id), row.revoked_at?))).collect();
    for intervals in by_key.values_mut() {
        intervals.sort_by_key(|one| one.entry);
    }
    let nothing = Vec::new();
    let keys: BTreeSet<Key<'_>> = by_key
        .keys()
        .copied()
        .chain(log.turns.keys().map(|(check, of)| (check.as_str(), of)))
        .collect();
    for key @ (check, subject) in keys {
        let intervals = by_key.get(&key).unwrap_or(&nothing);
        let named = |what: &str| {
            Finding::new(
                Contradiction,
                VERDICTS,
                format!("the history of {check} about {subject}: {what}"),
            )
        };
        let turns =
            log.turns.get(&(check.to_owned(), subject.clone())).map_or(&[][..], Vec::as_slice);
        if !log.is_doubtful(subject)
            && let Some(what) = turns_fault(intervals, turns, from)
        {
            report.add(named(what));
        }
        let ends: BTreeSet<Time> =
            turns.iter().filter(|turn| turn.status.is_none()).map(|turn| turn.at).collect();
        for (at, interval) in intervals.iter().enumerate() {
            check_interval(interval, from, told.entries, report);
            if interval.to.is_some_and(|to| to < interval.from) {
                report.add(named("one of its intervals ends before it begins"));
            }
            let made_at = opened.manifest.heading.made_at;
            if let Some(what) = told.exceptions.fault(interval, made_at) {
                report.add(named(&what));
            }
            let ended = |to: Time| {
                ends.contains(&to)
                    || gone
                        .get(subject)
                        .is_some_and(|at| at.since(to) <= SLACK && to.since(*at) <= SLACK)
            };
            let is_followed = match (interval.to, intervals.get(at + 1)) {
                (Some(to), Some(next)) => to == next.from || ended(to),
                (Some(to), None) => ended(to),
                (None, next) => next.is_none(),
            };
            if !is_followed && !told.entries.has_left_out() {
                report.add(named("what was said after one of its intervals is missing"));
            }
        }
    }
    let in_force: BTreeSet<Key<'_>> =
        given.verdicts.iter().map(|row| (row.check.as_str(), &row.subject)).collect();
    for (check, subject) in by_key
        .iter()
        .filter(|(key, all)| all.iter().any(|one| one.to.is_none()) && !in_force.contains(*key))
        .map(|(key, _)| key)
    {
        let what =
            format!("{check} about {subject}: its history goes on, and nothing is said of it now");
        report.add(Finding::new(Contradiction, VERDICTS, what));
    }
    for verdict in &given.verdicts {
        let intervals = by_key.get(&(verdict.check.as_str(), &verdict.subject));
        if !intervals.and_then(|all| all.last()).is_some_and(|last| is_last(verdict, last)) {
            let what = format!(
                "{} about {}: its history does not end with what it says",
                verdict.check, verdict.subject
            );
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
    }
}

fn is_last(verdict: &VerdictRow, last: &Interval) -> bool {
    last.to.is_none()
        && last.status == verdict.status
        && last.because == verdict.because
        && last.excepted == verdict.excepted
        && verdict.since == last.from
}

/// `from` is when the pack's period begins: of an interval that began before, only that is told, as
/// what the log says of that time is not all in the pack.
fn check_interval(interval: &Interval, from: Time, entries: &Entries, report: &mut Report) {
    let index = interval.entry;
    let entry = entries.demand(index, (VERDICTS, &interval.check), report);
    let subject = interval.subject.to_string();
    let said = format!(
        "{VERDICTS} has it that {} says {} about {subject} from {}",
        interval.check, interval.status, interval.from
    );
    // That what is left out proves nothing was said of its entry, once for all that it recorded.
    let Some(entry) = entry.filter(|entry| !entry.is_left_out()) else { return };
    let Some(body) = &entry.body else {
        let what = format!("{said}, and what recorded it was erased");
        // Nothing shows that words are its own.
        let is_bare = interval.because == ERASED_WORDS;
        let kind = if is_bare { ErasedHistory } else { NotProven };
        report.add(Finding::new(kind, entry_path(index), what));
        return;
    };
    let turn = entries.turn(index, &interval.check, &subject);
    let at = body.get("at").and_then(|at| Time::deserialize(at).ok());
    let fault = match turn {
        _ if entry.envelope.kind != ASSESSED_KIND => "it is not of that kind",
        Some(turn) if text_of(turn, "status") == Some(interval.status.as_str()) => {
            if at.map(|at| at.max(from)) != Some(interval.from) {
                "it holds that at another time"
            } else if entries.words(index, &interval.check, &subject) != Some(&interval.because) {
                "it gives another reason"
            } else if turn.get("excepted").map(Excepted::deserialize).transpose().ok()
                != Some(interval.excepted)
            {
                "it tells of another exception, or of none"
            } else {
                return;
            }
        }
        _ => "it does not hold that",
    };
    report.add(Finding::new(Contradiction, entry_path(index), format!("{said}: {fault}")));
}

/// Whether entries of this kind say something new of what they are about.
fn tells_of_subject(kind: &str) -> bool {
    matches!(kind, ENROLLED_KIND | CHECKED_IN_KIND | CONFIRMED_KIND | REVOKED_KIND)
        || ["document.", "attestation."].iter().any(|area| kind.starts_with(area))
}

/// What an entry says of one check about one subject.
struct Turn {
    entry: u64,
    at: Time,
    /// None where the check is no longer asked.
    status: Option<String>,
    was: Option<String>,
}

/// What the log says of verdicts within the pack's period.
#[derive(Default)]
struct Log {
    turns: BTreeMap<(String, Subject), Vec<Turn>>,
    /// Subjects of which something could not be read, which was reported.
    doubtful: BTreeSet<Subject>,
    /// Something could not be read, and it is not known of which subject.
    is_doubtful: bool,
}

impl Log {
    fn is_doubtful(&self, subject: &Subject) -> bool {
        self.is_doubtful || self.doubtful.contains(subject)
    }
}

/// Walks every entry that assessed something within the period: none may be left out.
fn walk(told: Told<'_>, checks: &BTreeSet<&str>, opened: &Opened, report: &mut Report) -> Log {
    let mut log = Log { is_doubtful: told.envelopes.is_empty(), ..Log::default() };
    let from = opened.manifest.heading.scope.from;
    let asked = Counting { all: told.envelopes, scope: told.scope };
    // By the subject's pseudonym: who it is, when something was said of it last, when it was assessed
    // last, and as of when.
    let mut names: BTreeMap<&str, Subject> = BTreeMap::new();
    let mut pseudonyms: BTreeMap<Subject, &str> = BTreeMap::new();
    let mut heard: BTreeMap<&str, Time> = BTreeMap::new();
    let mut last: BTreeMap<&str, (Time, Option<Time>)> = BTreeMap::new();
    let mut unreadable: BTreeSet<&str> = BTreeSet::new();
    let beginning = told.envelopes.first().map_or(Time::from_millis(0), |first| first.at);
    for (index, envelope) in asked.first(opened.manifest.log.size) {
        let pseudonym = envelope.subject.as_str();
        if envelope.kind != ASSESSED_KIND {
            // What it says can have been known from then on only; what fell due before was recorded
            // before it.
            if tells_of_subject(&envelope.kind) {
                heard.insert(pseudonym, envelope.at);
            }
            continue;
        }
        let before = last.insert(pseudonym, (envelope.at, None));
        if counts_of_period(&envelope.kind, envelope.at, from) && !told.entries.is_named(index) {
            let what = format!(
                "the log holds an entry of the kind {ASSESSED_KIND} at {index}, within the period, \
                 and it is not in the pack"
            );
            report.add(Finding::new(Withheld, entry_path(index), what));
            unreadable.insert(pseudonym);
            continue;
        }
        let Some(entry) = told.entries.get(index) else {
            if envelope.at >= from {
                unreadable.insert(pseudonym);
            }
            continue;
        };
        let Some(body) = &entry.body else {
            if envelope.at >= from {
                if !entry.is_left_out() {
                    let what = "what was found then was erased, so that the history may lack it";
                    report.add(Finding::new(ErasedHistory, entry_path(index), what));
                }
                unreadable.insert(pseudonym);
            }
            continue;
        };
        let said = body.get("subject").and_then(|text| Subject::deserialize(text).ok());
        let at = body.get("at").and_then(|at| Time::deserialize(at).ok());
        let (Some(subject), Some(at)) = (said, at) else {
            let what = "it does not say what it is about, or as of when";
            report.add(Finding::new(Contradiction, entry_path(index), what));
            unreadable.insert(pseudonym);
            continue;
        };
        last.insert(pseudonym, (envelope.at, Some(at)));
        let is_its_name = names.entry(pseudonym).or_insert_with(|| subject.clone()) == &subject
            && *pseudonyms.entry(subject.clone()).or_insert(pseudonym) == pseudonym
            && told.register.is_known_as(&subject, pseudonym, told.entries);
        if !is_its_name {
            let what = "it is about another subject than others of its name";
            report.add(Finding::new(Contradiction, entry_path(index), what));
        }
        let earliest = match before {
            Some((recorded_at, Some(before))) if recorded_at == envelope.at => before,
            Some((recorded_at, None)) if recorded_at == envelope.at => beginning,
            Some((recorded_at, _)) => recorded_at,
            None => beginning,
        };
        let earliest = heard.get(pseudonym).map_or(earliest, |heard| earliest.max(*heard));
        // What fell due takes effect at its own instant, which lies after all that was known before.
        if at.since(envelope.at) > SLACK || earliest.since(at) > SLACK {
            let what = format!(
                "it says what was so on {at}, was recorded on {}, and {earliest} had passed before",
                envelope.at
            );
            report.add(Finding::new(Contradiction, entry_path(index), what));
        }
        if envelope.at < from {
            continue;
        }
        let turns = body.get("verdicts").and_then(Value::as_array).into_iter().flatten();
        for turn in turns {
            let Some(check) = text_of(turn, "check").filter(|check| checks.contains(check)) else {
                continue;
            };
            let text = |field| text_of(turn, field).map(str::to_owned);
            let turn = Turn { entry: index, at, status: text("status"), was: text("was") };
            log.turns.entry((check.to_owned(), subject.clone())).or_default().push(turn);
        }
        let ended = body.get("verdicts_ended").and_then(Value::as_array).into_iter().flatten();
        for check in ended.filter_map(Value::as_str).filter(|check| checks.contains(check)) {
            let turn = Turn { entry: index, at, status: None, was: None };
            log.turns.entry((check.to_owned(), subject.clone())).or_default().push(turn);
        }
    }
    log.doubtful = unreadable.iter().filter_map(|name| names.get(name).cloned()).collect();
    log.is_doubtful |= unreadable.iter().any(|name| !names.contains_key(name));
    log
}

/// Whether the intervals, in the log's order, are those that the log tells of.
fn turns_fault(intervals: &[&Interval], turns: &[Turn], from: Time) -> Option<&'static str> {
    let listed: BTreeSet<u64> = intervals.iter().map(|one| one.entry).collect();
    for (place, turn) in turns.iter().enumerate() {
        let before = match place.checked_sub(1) {
            Some(place) => turns.get(place).and_then(|before| before.status.clone()),
            None => {
                let old = intervals.iter().rev().find(|one| one.entry < turn.entry);
                let old = old.filter(|one| one.to.is_none_or(|to| to >= turn.at));
                old.map(|one| one.status.as_str().to_owned())
            }
        };
        if turn.status.is_some() && turn.was != before && (place > 0 || turn.at >= from) {
            return Some("the log says that something else was said before");
        }
        let ends = turns.get(place + 1).map(|next| next.at);
        let is_listed = listed.contains(&turn.entry);
        if turn.status.is_some() && !is_listed && ends.is_none_or(|ends| ends >= from) {
            return Some("the log tells of a turn that is not in it");
        }
    }
    let first = turns.first().map(|turn| turn.entry);
    let told: BTreeSet<u64> = turns.iter().map(|turn| turn.entry).collect();
    let is_told =
        |one: &&&Interval| first.is_none_or(|first| one.entry < first) || told.contains(&one.entry);
    match intervals.iter().all(|one| is_told(&one)) {
        true => None,
        false => Some("it tells of a turn that is not in the log"),
    }
}
