//! Says what is missing for a verdict, and how to give it.
//!
//! The words name instants, not spans until now, so that they stand for as long as the facts do.

use crate::check::Check;
use crate::facts::{SourcedFact, SubjectFacts};
use crate::language::{Condition, Gap, GapKind, Path};
use closedset_core::fact::device::{Device, ReleaseLine};
use closedset_core::fact::{FactRecord, Unread, kinds};
use closedset_core::{Duration, SubjectKind, Time};
use std::sync::LazyLock;

/// The most reasons that are named at once.
const REASON_LIMIT: usize = 4;

/// The kinds' titles, for sentences.
static TITLES: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| kinds().into_iter().map(|kind| (kind.name, kind.title)).collect());

/// Nothing is known of a kind of fact: how to give it.
pub(crate) fn nothing_known(check: &Check, kind: &str, facts: &SubjectFacts) -> String {
    let title = title(kind);
    match check.over {
        SubjectKind::Device => {
            let is_heard = facts.kinds().any(|known| known != Device::KIND);
            if !is_heard {
                format!(
                    "{title}: this computer has not reported yet; enrol it and let its agent run"
                )
            } else if kind == ReleaseLine::KIND {
                format!("{title}: the operating system has not been reported")
            } else {
                format!("{title}: nothing that watches this computer reports it; update its agent")
            }
        }
        SubjectKind::Control if check.is_evidence => {
            format!("no evidence is given; upload or write: {}", check.wanted)
        }
        SubjectKind::Control
        | SubjectKind::Organisation
        | SubjectKind::Facility
        | SubjectKind::Person => {
            format!("{title}: nothing is recorded yet")
        }
    }
}

/// The last report is too old.
pub(crate) fn stale(kind: &str, latest: Time, fresh_for: Duration) -> String {
    format!(
        "{} was last reported on {} and counts for {}: switch the computer on and let its agent \
         report",
        title(kind),
        minute(latest),
        fresh_for.words()
    )
}

/// The last report is dated ahead of now.
pub(crate) fn ahead(kind: &str, latest: Time) -> String {
    format!(
        "{} is dated {}, ahead of now: set the clock of the computer that reports it",
        title(kind),
        minute(latest)
    )
}

/// What could not be read of all that the condition names, if there is something.
pub(crate) fn unread(condition: &Condition, facts: &[&SourcedFact]) -> Option<String> {
    let mut reasons: Vec<String> = Vec::new();
    for path in condition.paths() {
        let Some(fact) = path.fact(facts) else { continue };
        let touched = fact.unread().iter().filter(|unread| {
            is_within(path.below(), &unread.path) || is_within(&unread.path, path.below())
        });
        for reason in touched.map(|unread| reason(path, unread)) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    reasons.truncate(REASON_LIMIT);
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Why a condition has no answer.
pub(crate) fn gap(gap: &Gap, condition: &Condition, facts: &[&SourcedFact]) -> String {
    if let Some(unread) = unread(condition, facts) {
        return unread;
    }
    if let Some(reason) = &gap.accounted {
        return reason.clone();
    }
    match gap.kind {
        GapKind::Missing => {
            let beside: Vec<String> = condition
                .paths()
                .iter()
                .filter(|path| path.text == gap.path)
                .filter_map(|path| Some((path, path.fact(facts)?)))
                .flat_map(|(path, fact)| fact.unread().iter().map(|one| reason(path, one)))
                .take(REASON_LIMIT)
                .collect();
            if beside.is_empty() {
                format!("{} was not reported: {}", named(&gap.path), gap.meaning)
            } else {
                format!("{} is not known: {}", named(&gap.path), beside.join("; "))
            }
        }
        GapKind::Empty => {
            format!("{} has no entry, so nothing is proven: {}", named(&gap.path), gap.meaning)
        }
        GapKind::Mismatch => {
            format!("{} was reported in a form that is not known", named(&gap.path))
        }
        GapKind::Arithmetic => "the numbers reported cannot be reckoned with".to_owned(),
        GapKind::Internal => "the condition could not be evaluated".to_owned(),
    }
}

fn reason(path: &Path, unread: &Unread) -> String {
    let kind = path.text.split('.').next().unwrap_or_default();
    let what = if unread.path.is_empty() {
        title(kind).to_owned()
    } else {
        named(&format!("{kind}.{}", unread.path))
    };
    format!("{what} could not be read: {}", unread.why)
}

/// A field of a fact as people read it: `Firewall (starts at boot)`.
fn named(path: &str) -> String {
    match path.split_once('.') {
        Some((kind, field)) => {
            format!("{} ({})", title(kind), field.replace('_', " ").replace('.', ", "))
        }
        None => title(path).to_owned(),
    }
}

/// Whether `path` is `outer` or lies in it.
fn is_within(path: &str, outer: &str) -> bool {
    match path.strip_prefix(outer) {
        Some(rest) => {
            outer.is_empty() || rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
        }
        None => false,
    }
}

/// A time for people: `2026-03-12 09:30 UTC`.
pub(crate) fn minute(time: Time) -> String {
    let text = time.to_string();
    let day = text.get(..10).unwrap_or_default();
    let hour = text.get(11..16).unwrap_or_default();
    format!("{day} {hour} UTC")
}

fn title(kind: &str) -> &str {
    TITLES.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, title)| title)
}
