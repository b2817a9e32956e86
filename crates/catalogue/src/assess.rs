//! Assessment: from a check and a subject's facts to a verdict that says why.
//!
//! Pure. A verdict is pass only if the condition is true over every fresh source of every fact it
//! needs; false is fail; all else is unknown and says what is missing and how to give it.

use crate::check::Check;
use crate::facts::{SourcedFact, SubjectFacts};
use crate::language::{Condition, Gap, GapKind, Path, Scope};
use closedset_core::fact::device::{Device, ReleaseLine};
use closedset_core::fact::evidence::Evidence;
use closedset_core::fact::{FactRecord, Unread, kinds};
use closedset_core::{Duration, Status, SubjectKind, Time, Verdict};
use std::sync::LazyLock;

/// How far a source's clock may be ahead of ours.
const AHEAD_LIMIT: Duration = Duration::from_minutes(10);
/// The most combinations of sources that are evaluated.
const COMBINATION_LIMIT: usize = 64;

/// The kinds' titles, for sentences.
static TITLES: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| kinds().into_iter().map(|kind| (kind.name, kind.title)).collect());

/// What `check` says of the subject that has these facts.
pub(crate) fn assess(check: &Check, facts: &SubjectFacts, now: Time) -> Verdict {
    if let Some(verdict) = out_of_scope(check, facts) {
        return verdict;
    }
    let mut needed = Vec::with_capacity(check.needs.len());
    let mut lacking = Vec::new();
    for kind in &check.needs {
        match current(check, kind, facts, now) {
            Ok(fresh) => needed.push(fresh),
            Err(lack) => lacking.push(lack),
        }
    }
    if !lacking.is_empty() {
        return unknown(lacking.join("; "), &needed);
    }
    if check.is_evidence {
        return evidence(check, facts, &needed, now);
    }
    let Some(combinations) = combinations(&needed) else {
        return unknown("too many sources speak of this at once".to_owned(), &needed);
    };
    let answers: Vec<Answer<'_>> =
        combinations.into_iter().map(|facts| answer(check, facts)).collect();
    let fresh_until = check.fresh_for.and_then(|fresh_for| {
        let confirmed = needed.iter().flatten().map(|fact| fact.confirmed_at).min();
        confirmed.map(|confirmed| confirmed + fresh_for)
    });
    let worst = answers.iter().min_by_key(|answer| answer.status);
    let Some(worst) = worst else {
        return unknown("no fact was found".to_owned(), &needed);
    };
    let mut because = worst.because.clone();
    if let Some(other) = answers.iter().find(|other| other.status != worst.status) {
        because = format!(
            "{because} (sources disagree: {} by {}, {} by {})",
            word(worst.status),
            worst.sources(),
            word(other.status),
            other.sources()
        );
    }
    Verdict { status: worst.status, because, facts: digests(&needed), fresh_until }
}

/// Not applicable, if a person confirmed what takes the subject out of the check's scope. Where
/// that cannot be decided, the check applies.
fn out_of_scope(check: &Check, facts: &SubjectFacts) -> Option<Verdict> {
    let applies = check.applies.as_ref()?;
    let confirmed = facts.of(Device::KIND).iter().max_by_key(|fact| fact.confirmed_at)?;
    let scope = Scope { facts: &[confirmed.body().fields()] };
    match applies.condition.evaluate(&scope) {
        Ok(false) => Some(Verdict {
            status: Status::NotApplicable,
            because: applies.otherwise.clone(),
            facts: vec![confirmed.digest],
            fresh_until: None,
        }),
        Ok(true) | Err(_) => None,
    }
}

/// The facts of `kind` that count now, or what is lacking.
fn current<'a>(
    check: &Check,
    kind: &str,
    facts: &'a SubjectFacts,
    now: Time,
) -> Result<Vec<&'a SourcedFact>, String> {
    let all = facts.of(kind);
    let is_technical = all.iter().any(|fact| !fact.is_attested);
    let counted: Vec<&SourcedFact> =
        all.iter().filter(|fact| !(is_technical && fact.is_attested)).collect();
    let title = title(kind);
    let Some(latest) = counted.iter().map(|fact| fact.confirmed_at).max() else {
        return Err(nothing_known(check, kind, title, facts));
    };
    let Some(fresh_for) = check.fresh_for else {
        return Ok(counted);
    };
    let fresh: Vec<&SourcedFact> = counted
        .into_iter()
        .filter(|fact| {
            fact.confirmed_at <= now + AHEAD_LIMIT && now < fact.confirmed_at + fresh_for
        })
        .collect();
    if !fresh.is_empty() {
        return Ok(fresh);
    }
    if latest > now + AHEAD_LIMIT {
        return Err(format!(
            "{title} is dated {} ahead of now: set the clock of the computer that reports it",
            latest.since(now).words()
        ));
    }
    Err(format!(
        "{title} was last reported {} ago and counts for {}: switch the computer on and let its \
         agent report",
        now.since(latest).words(),
        fresh_for.words()
    ))
}

fn nothing_known(check: &Check, kind: &str, title: &str, facts: &SubjectFacts) -> String {
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
        SubjectKind::Control => {
            format!("no evidence is given; upload or write: {}", check.wanted)
        }
        SubjectKind::Organisation | SubjectKind::Facility | SubjectKind::Person => {
            format!("{title}: nothing is recorded yet")
        }
    }
}

/// Evidence in force passes; none in force is unknown, also when it lapsed unnoticed.
fn evidence(
    check: &Check,
    facts: &SubjectFacts,
    needed: &[Vec<&SourcedFact>],
    now: Time,
) -> Verdict {
    let Some(record) = facts.latest::<Evidence>() else {
        return unknown("the record of evidence cannot be read".to_owned(), needed);
    };
    let in_force: Vec<_> =
        record.items.iter().filter(|item| item.valid_from <= now && now < item.valid_to).collect();
    let Some(until) = in_force.iter().map(|item| item.valid_to).max() else {
        let lapsed = record.lapsed > 0 || !record.items.is_empty();
        let because = if lapsed {
            format!("the evidence given has expired; renew it: {}", check.wanted)
        } else {
            format!("no evidence is given; upload or write: {}", check.wanted)
        };
        return unknown(because, needed);
    };
    let titles: Vec<&str> = in_force.iter().map(|item| item.title.as_str()).collect();
    Verdict {
        status: Status::Pass,
        because: titles.join("; "),
        facts: digests(needed),
        fresh_until: Some(until),
    }
}

/// What one combination of sources says.
struct Answer<'a> {
    status: Status,
    because: String,
    facts: Vec<&'a SourcedFact>,
}

impl Answer<'_> {
    fn sources(&self) -> String {
        let mut sources: Vec<&str> = self.facts.iter().map(|fact| fact.source.as_str()).collect();
        sources.dedup();
        sources.join(" and ")
    }
}

fn answer<'a>(check: &Check, facts: Vec<&'a SourcedFact>) -> Answer<'a> {
    let fields: Vec<_> = facts.iter().map(|fact| fact.body().fields()).collect();
    let scope = Scope { facts: &fields };
    let (status, because) = match check.pass.evaluate(&scope) {
        Ok(false) => (Status::Fail, said(check, &scope, Status::Fail)),
        Ok(true) => match unread_among(&check.pass, &facts) {
            Some((path, unread)) => (Status::Unknown, unread_words(path, unread)),
            None => (Status::Pass, said(check, &scope, Status::Pass)),
        },
        Err(gap) => (Status::Unknown, gap_words(&gap, &check.pass, &facts)),
    };
    Answer { status, because, facts }
}

fn said(check: &Check, scope: &Scope<'_>, status: Status) -> String {
    check.because.say(scope).unwrap_or_else(|| match status {
        Status::Pass => check.wanted.clone(),
        _ => format!("not as wanted: {}", check.wanted),
    })
}

/// Something unread that a path of the condition touches: itself, what it lies in, or a part.
fn unread_among<'a>(
    condition: &'a Condition,
    facts: &[&'a SourcedFact],
) -> Option<(&'a Path, &'a Unread)> {
    condition.paths().iter().find_map(|path| {
        let fact = path.fact(facts)?;
        let unread = fact.unread().iter().find(|unread| {
            is_within(path.below(), &unread.path) || is_within(&unread.path, path.below())
        })?;
        Some((path, unread))
    })
}

fn unread_words(path: &Path, unread: &Unread) -> String {
    let kind = path.text.split('.').next().unwrap_or_default();
    let what = if unread.path.is_empty() {
        title(kind).to_owned()
    } else {
        format!("{kind}.{}", unread.path)
    };
    format!("{what} could not be read: {}", unread.why)
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

fn gap_words(gap: &Gap, condition: &Condition, facts: &[&SourcedFact]) -> String {
    if let Some((path, unread)) = unread_among(condition, facts) {
        return unread_words(path, unread);
    }
    if let Some(reason) = &gap.accounted {
        return reason.clone();
    }
    match gap.kind {
        GapKind::Missing => format!("{} was not reported ({})", gap.path, gap.meaning),
        GapKind::Empty => format!("{} is empty, so nothing is proven ({})", gap.path, gap.meaning),
        GapKind::Mismatch => format!("{} was reported in a form that is not known", gap.path),
        GapKind::Arithmetic => "the numbers reported cannot be reckoned with".to_owned(),
        GapKind::Internal => "the condition could not be evaluated".to_owned(),
    }
}

/// One fact of each kind, in every combination of sources; none if there are too many.
fn combinations<'a>(needed: &[Vec<&'a SourcedFact>]) -> Option<Vec<Vec<&'a SourcedFact>>> {
    let mut combinations: Vec<Vec<&SourcedFact>> = vec![Vec::with_capacity(needed.len())];
    for facts in needed {
        if combinations.len() * facts.len() > COMBINATION_LIMIT {
            return None;
        }
        combinations = combinations
            .iter()
            .flat_map(|before| {
                facts.iter().map(move |fact| {
                    let mut combination = before.clone();
                    combination.push(*fact);
                    combination
                })
            })
            .collect();
    }
    Some(combinations)
}

fn unknown(because: String, needed: &[Vec<&SourcedFact>]) -> Verdict {
    Verdict { status: Status::Unknown, because, facts: digests(needed), fresh_until: None }
}

fn digests(needed: &[Vec<&SourcedFact>]) -> Vec<closedset_core::Digest> {
    needed.iter().flatten().map(|fact| fact.digest).collect()
}

fn title(kind: &str) -> &str {
    TITLES.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, title)| title)
}

const fn word(status: Status) -> &'static str {
    status.as_str()
}
