//! History: every interval was recorded when it began, each is followed by the next, and each verdict
//! in force is the last of its intervals.

use super::{
    Finding,
    FindingKind::*,
    Report,
    entries::{Entries, text_of},
    manifest::Opened,
    register::SLACK,
};
use crate::{
    builder::Verdicts,
    manifest::{VERDICTS, entry_path},
    rows::{DeviceRow, Interval, VerdictRow},
};
use closedset_core::{Status, Subject, Time};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Key<'a> = (&'a str, &'a Subject);

/// Checks the intervals and the verdicts in force.
pub(super) fn check(
    given: &Verdicts,
    devices: &[DeviceRow],
    entries: &Entries,
    opened: &Opened,
    report: &mut Report,
) {
    let mut by_key: BTreeMap<Key<'_>, Vec<&Interval>> = BTreeMap::new();
    for interval in &given.history {
        by_key.entry((&interval.check, &interval.subject)).or_default().push(interval);
    }
    let gone: BTreeMap<Subject, Time> =
        devices.iter().filter_map(|row| Some((Subject::device(row.id), row.revoked_at?))).collect();
    for ((check, subject), intervals) in &mut by_key {
        intervals.sort_by_key(|one| {
            (one.from, one.to.unwrap_or(Time::from_millis(i64::MAX)), one.entry)
        });
        let named = |what: &str| {
            Finding::new(
                Contradiction,
                VERDICTS,
                format!("the history of {check} about {subject}: {what}"),
            )
        };
        for (at, interval) in intervals.iter().enumerate() {
            let is_first = at == 0 && interval.from > opened.manifest.heading.scope.from;
            check_interval(interval, is_first, entries, report);
            let is_followed = match (interval.to, intervals.get(at + 1)) {
                (Some(to), Some(next)) => to == next.from,
                (Some(to), None) => gone
                    .get(*subject)
                    .is_some_and(|at| at.since(to) <= SLACK && to.since(*at) <= SLACK),
                (None, next) => next.is_none(),
            };
            if !is_followed {
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
        if verdict.status != Status::Excepted
            && !intervals.and_then(|all| all.last()).is_some_and(|last| is_last(verdict, last))
        {
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
        && verdict.since.is_none_or(|since| since == last.from)
}

fn check_interval(interval: &Interval, is_first: bool, entries: &Entries, report: &mut Report) {
    let index = interval.entry;
    let entry = entries.demand(index, (VERDICTS, &interval.check), report);
    let Some(body) = entry.and_then(|entry| entry.body.as_ref()) else {
        return;
    };
    let subject = interval.subject.to_string();
    let mut verdicts = body.get("verdicts").and_then(Value::as_array).into_iter().flatten();
    let said = verdicts.find(|one| {
        text_of(one, "check") == Some(&interval.check) && text_of(one, "subject") == Some(&subject)
    });
    let at = body.get("at").and_then(|at| Time::deserialize(at).ok());
    let fault = match said {
        Some(said) if text_of(said, "status") == Some(interval.status.as_str()) => {
            if at != Some(interval.from) {
                "it holds that at another time"
            } else if text_of(said, "because") != Some(&interval.because) {
                "it gives another reason"
            } else if is_first && said.get("was").is_some_and(|was| !was.is_null()) {
                "it says that something else was said before, which is missing"
            } else {
                return;
            }
        }
        _ => "it does not hold that",
    };
    let what = format!(
        "{VERDICTS} has it that {} says {} about {subject} from {}: {fault}",
        interval.check, interval.status, interval.from
    );
    report.add(Finding::new(Contradiction, entry_path(index), what));
}
