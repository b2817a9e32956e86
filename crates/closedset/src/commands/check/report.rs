//! From facts to findings: what every check says of this computer, why, and what comes next.
//!
//! What is here is also the JSON that `--json` writes, documented in docs/cli.md; fields are added
//! to it, never taken away or given another meaning within one `version`.

use super::look::Sight;
use crate::collector::LEFT_OUT;
use anyhow::{Context, Result};
use closedset_catalogue::{Catalogue, Check, Fitting, SourcedFact, SubjectFacts};
use closedset_core::{
    Digest, Status, Time,
    fact::{
        Body, FactRecord, Unread,
        device::{Device, Hardware, InternetAccess, OperatingSystem, ScreenLock},
    },
};
use closedset_probes::Platform;
use serde::Serialize;
use std::{collections::BTreeMap, time::Instant};

/// The source of what probes say.
const PROBES: &str = "closedset check";
/// The source of what is assumed.
const ASSUMED: &str = "assumed";

/// Everything that is needed for a report.
pub(super) struct Asked<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) checks: &'a [&'a Check],
    pub(super) sight: &'a Sight,
    pub(super) assumed: Device,
    pub(super) is_explained: bool,
    pub(super) began: Instant,
}

/// What was found about one computer.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) format: &'static str,
    pub(super) version: u32,
    pub(super) computer: Computer,
    pub(super) checked_at: Time,
    pub(super) is_replayed: bool,
    pub(super) is_root: bool,
    pub(super) assumed: Device,
    pub(super) counts: Counts,
    pub(super) findings: Vec<Finding>,
    /// What became of it, if a server was to have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) handed: Option<Handed>,
    pub(super) took_ms: u64,
}

/// What was signed, and for whom.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Handed {
    pub(super) server: String,
    pub(super) organisation: String,
    pub(super) device: String,
    /// The file with the signed report; absent where it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// From when on the first of the verdicts no longer counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counts_until: Option<Time>,
}

/// Which computer it is.
#[derive(Debug, Serialize)]
pub(super) struct Computer {
    pub(super) name: String,
    pub(super) platform: Platform,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) looks_portable: Option<bool>,
}

/// How many checks ended how.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) fail: usize,
    pub(super) unknown: usize,
    pub(super) pass: usize,
    pub(super) not_applicable: usize,
}

/// What one check says.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) check: String,
    pub(super) check_version: i64,
    pub(super) control: String,
    pub(super) title: String,
    pub(super) status: Status,
    pub(super) found: String,
    pub(super) wanted: String,
    /// It asks more than the source does.
    pub(super) is_beyond: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<Next>,
    pub(super) facts: Vec<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fresh_until: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<Explanation>,
}

/// What to do about a check that does not pass.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Next {
    pub(super) step: Step,
    pub(super) commands: String,
}

/// What kind of step comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Change the computer.
    Mend,
    /// Change the computer, which mends it if it is as feared.
    Try,
    /// Look again as root.
    LookAsRoot,
    /// Look again, differently.
    LookAgain,
}

/// How a verdict came about.
#[derive(Debug, Serialize)]
pub(super) struct Explanation {
    pub(super) requirement: String,
    pub(super) condition: String,
    pub(super) condition_in_words: String,
    pub(super) limits: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) applies: Option<String>,
    pub(super) read: BTreeMap<String, serde_json::Value>,
    pub(super) unread: Vec<Unread>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fresh_for_s: Option<i64>,
}

/// Assesses what was seen.
pub(super) fn report(asked: &Asked<'_>) -> Result<Report> {
    let sight = asked.sight;
    let facts = facts(asked)?;
    let fitting = Fitting::of(&facts);
    let mut findings: Vec<Finding> =
        asked.checks.iter().map(|check| finding(asked, check, &facts, &fitting)).collect();
    let controls: Vec<&str> = asked
        .catalogue
        .chosen()
        .flat_map(|f| &f.controls)
        .map(|control| control.id.as_str())
        .collect();
    findings.sort_by_key(|finding| {
        (finding.status, finding.is_beyond, controls.iter().position(|id| *id == finding.control))
    });
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    Ok(Report {
        format: "closedset-check",
        version: 1,
        computer: Computer {
            name: sight.computer.clone(),
            platform: sight.platform,
            system: facts.latest::<OperatingSystem>().map(|system| system.name),
            looks_portable: facts.latest::<Hardware>().and_then(|hardware| hardware.looks_portable),
        },
        checked_at: sight.at,
        is_replayed: sight.is_replayed,
        is_root: sight.is_root,
        assumed: asked.assumed.clone(),
        counts: Counts {
            fail: count(Status::Fail),
            unknown: count(Status::Unknown),
            pass: count(Status::Pass) + count(Status::Excepted),
            not_applicable: count(Status::NotApplicable),
        },
        findings,
        handed: None,
        took_ms: u64::try_from(asked.began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// The facts that were seen, what is assumed, and what follows from them.
fn facts(asked: &Asked<'_>) -> Result<SubjectFacts> {
    let sight = asked.sight;
    let mut facts = SubjectFacts::new();
    let mut put = |kind: &str, source: &str, body: Body| -> Result<()> {
        let digest = body.digest().with_context(|| format!("the fact {kind} has no digest"))?;
        facts.put(kind, SourcedFact::new(source, body, digest, sight.at));
        Ok(())
    };
    for (kind, body) in &sight.bodies {
        put(kind, PROBES, body.clone())?;
    }
    for kind in &sight.skipped {
        put(kind, PROBES, Body::unreadable(LEFT_OUT))?;
    }
    let assumed =
        Body::read(&asked.assumed, Vec::new()).context("what is assumed cannot be stated")?;
    put(Device::KIND, ASSUMED, assumed)?;
    let derived = asked
        .catalogue
        .derive(&facts, sight.at)
        .context("nothing can be derived from the facts")?;
    for fact in derived {
        let digest =
            fact.body.digest().with_context(|| format!("the fact {} has no digest", fact.kind))?;
        let sourced = SourcedFact::new(fact.source, fact.body, digest, fact.collected_at);
        facts.put(fact.kind, sourced.confirmed(fact.confirmed_at));
    }
    Ok(facts)
}

fn finding(asked: &Asked<'_>, check: &Check, facts: &SubjectFacts, fitting: &Fitting) -> Finding {
    let explained = asked.catalogue.explain(check, facts, asked.sight.at);
    let verdict = explained.verdict;
    let fix = fitting.fix(check);
    let found = match verdict.status {
        Status::NotApplicable => {
            format!("you said {}", said(check, &asked.assumed).join(" and "))
        }
        Status::Fail | Status::Unknown | Status::Excepted | Status::Pass => verdict.because.clone(),
    };
    let next = match verdict.status {
        Status::Fail => fix.map(|commands| Next { step: Step::Mend, commands }),
        Status::Unknown => find_out(asked, check, facts, &verdict.because)
            .or_else(|| fix.map(|commands| Next { step: Step::Try, commands })),
        Status::Excepted | Status::Pass | Status::NotApplicable => None,
    };
    Finding {
        check: check.id.clone(),
        check_version: check.version,
        control: asked.catalogue.control_shown(check).to_owned(),
        title: check.title.clone(),
        status: verdict.status,
        found,
        wanted: check.wanted.clone(),
        is_beyond: asked.catalogue.is_beyond(check),
        next,
        facts: verdict.facts,
        fresh_until: verdict.fresh_until,
        explanation: asked.is_explained.then(|| explanation(asked, check, facts, explained.limits)),
    }
}

/// The flags that take `check` out of scope.
fn said(check: &Check, assumed: &Device) -> Vec<&'static str> {
    let condition = check.applies().unwrap_or_default();
    [
        (assumed.has_screen, "device.has_screen", "--no-screen"),
        (assumed.is_portable, "device.is_portable", "--not-portable"),
        (assumed.handles_content, "device.handles_content", "--no-content"),
    ]
    .into_iter()
    .filter(|(is_assumed, field, _)| !is_assumed && condition.contains(field))
    .map(|(_, _, flag)| flag)
    .collect()
}

/// How to look so that the answer is known, if looking differently is what it takes.
fn find_out(asked: &Asked<'_>, check: &Check, facts: &SubjectFacts, because: &str) -> Option<Next> {
    let control = asked.catalogue.control_shown(check);
    let sight = asked.sight;
    let step = |step, commands: String| Some(Next { step, commands });
    if let Some(kind) = check.needs.iter().find(|kind| sight.skipped.contains(kind)) {
        let command =
            format!("closedset check --control {control}   # without --skip-facts {kind}");
        return step(Step::LookAgain, command);
    }
    if !sight.is_root && because.contains(sight.platform.with_all_rights()) {
        let command = match sight.platform {
            Platform::Linux | Platform::Macos => {
                format!("sudo closedset check --control {control}")
            }
            Platform::Windows => format!(
                "closedset check --control {control}   # in a terminal opened as administrator"
            ),
        };
        return step(Step::LookAsRoot, command);
    }
    if sight.server.is_none() && check.needs.iter().any(|kind| kind == InternetAccess::KIND) {
        let command =
            format!("closedset check --server closedset.example.com:443 --control {control}");
        return step(Step::LookAgain, command);
    }
    let locks = check.needs.iter().any(|kind| kind == ScreenLock::KIND);
    if locks && facts.latest::<ScreenLock>().is_none_or(|lock| lock.users.is_empty()) {
        return step(
            Step::LookAgain,
            "closedset check --no-screen   # if nobody works at its screen".to_owned(),
        );
    }
    None
}

fn explanation(
    asked: &Asked<'_>,
    check: &Check,
    facts: &SubjectFacts,
    limits: Vec<(String, String)>,
) -> Explanation {
    let mut read = BTreeMap::new();
    let mut unread = Vec::new();
    for kind in &check.needs {
        for fact in facts.of(kind) {
            for field in fields(check.condition(), kind) {
                if let Some(value) = fact.body().fields().get(field) {
                    read.insert(format!("{kind}.{field}"), value.clone());
                }
            }
            unread.extend(fact.unread().iter().map(|one| Unread {
                path: if one.path.is_empty() {
                    kind.clone()
                } else {
                    format!("{kind}.{}", one.path)
                },
                why: one.why.clone(),
            }));
        }
    }
    Explanation {
        requirement: asked
            .catalogue
            .control(asked.catalogue.control_shown(check))
            .map(|c| c.requirement.clone())
            .unwrap_or_default(),
        condition: check.condition().to_owned(),
        condition_in_words: check.condition_words(),
        limits: limits.into_iter().collect(),
        applies: check.applies().map(str::to_owned),
        read,
        unread,
        fresh_for_s: check.fresh_for.map(closedset_core::Duration::seconds),
    }
}

/// The fields of the fact `kind` that a condition names.
fn fields<'c>(condition: &'c str, kind: &str) -> Vec<&'c str> {
    let is_in_name =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    condition
        .split(|letter| !is_in_name(letter))
        .filter_map(|path| path.strip_prefix(kind)?.strip_prefix('.')?.split('.').next())
        .collect()
}
