//! Assessment: from a check and a subject's facts to a verdict that says why.
//!
//! Pure. A verdict is pass only if the condition is true over every fresh source of every fact it
//! needs; false is fail; all else is unknown and says what is missing and how to give it.

use crate::check::Check;
use crate::facts::{SourcedFact, SubjectFacts};
use crate::lack;
use crate::language::Scope;
use closedset_core::fact::FactRecord;
use closedset_core::fact::device::Device;
use closedset_core::fact::evidence::{Evidence, EvidenceItem};
use closedset_core::{Duration, Status, SubjectKind, Time, Verdict};

/// How far a source's clock may be ahead of ours.
const AHEAD_LIMIT: Duration = Duration::from_minutes(10);
/// The most combinations of sources that are evaluated.
const COMBINATION_LIMIT: usize = 64;

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
    Verdict { status: worst.status, because, facts: digests(&needed), fresh_until, excepted: None }
}

/// Not applicable, if a person confirmed what takes the subject out of the check's scope. Where
/// that cannot be decided, the check applies.
fn out_of_scope(check: &Check, facts: &SubjectFacts) -> Option<Verdict> {
    let applies = check.applies.as_ref()?;
    let kind = match check.over {
        SubjectKind::Control => check.needs.first()?.as_str(),
        _ => Device::KIND,
    };
    let confirmed = facts.of(kind).iter().max_by_key(|fact| fact.confirmed_at)?;
    let scope = Scope { facts: &[confirmed.body().fields()] };
    match applies.condition.evaluate(&scope) {
        Ok(false) => Some(Verdict {
            status: Status::NotApplicable,
            because: applies.otherwise.clone(),
            facts: vec![confirmed.digest],
            fresh_until: None,
            excepted: None,
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
    let Some(latest) = counted.iter().map(|fact| fact.confirmed_at).max() else {
        return Err(lack::nothing_known(check, kind, facts));
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
        Err(lack::ahead(kind, latest))
    } else {
        Err(lack::stale(kind, latest, fresh_for))
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
        let wanted = &check.wanted;
        let because = if let Some(begins_at) = record.begins_at.filter(|at| *at > now) {
            let from = lack::minute(begins_at);
            format!("what is given counts only from {from} on; until then give: {wanted}")
        } else if record.lapsed > 0 || !record.items.is_empty() {
            format!("the evidence given has expired; renew it: {wanted}")
        } else if record.taken_back > 0 {
            format!("the evidence given was withdrawn; upload or write: {wanted}")
        } else {
            format!("no evidence is given; upload or write: {wanted}")
        };
        return unknown(because, needed);
    };
    Verdict {
        status: Status::Pass,
        because: named(&in_force),
        facts: digests(needed),
        fresh_until: Some(until),
        excepted: None,
    }
}

/// The first of the evidence by name, and how much more there is: all of it stands in the fact.
fn named(items: &[&EvidenceItem]) -> String {
    const NAMED: usize = 3;
    const STATEMENT_LIMIT: usize = 80;
    // The fact holds the first letters of a statement that is longer.
    let title = |item: &&EvidenceItem| {
        let is_cut = item.form == "attestation" && item.title.chars().count() == STATEMENT_LIMIT;
        format!("{}{}", item.title.trim_end(), if is_cut { "…" } else { "" })
    };
    let titles: Vec<String> = items.iter().take(NAMED).map(title).collect();
    let named = titles.join("; ");
    match items.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}; and {more} more"),
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
        Ok(true) => match lack::unread(&check.pass, &facts) {
            Some(because) => (Status::Unknown, because),
            None => (Status::Pass, said(check, &scope, Status::Pass)),
        },
        Err(gap) => (Status::Unknown, lack::gap(&gap, &check.pass, &facts)),
    };
    Answer { status, because, facts }
}

fn said(check: &Check, scope: &Scope<'_>, status: Status) -> String {
    check.because.say(scope).unwrap_or_else(|| match status {
        Status::Pass => check.wanted.clone(),
        _ => format!("not as wanted: {}", check.wanted),
    })
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
    Verdict {
        status: Status::Unknown,
        because,
        facts: digests(needed),
        fresh_until: None,
        excepted: None,
    }
}

fn digests(needed: &[Vec<&SourcedFact>]) -> Vec<closedset_core::Digest> {
    needed.iter().flatten().map(|fact| fact.digest).collect()
}

const fn word(status: Status) -> &'static str {
    status.as_str()
}
