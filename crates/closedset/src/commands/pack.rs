//! `closedset pack`: makes audit packs, and verifies one with nothing but the pack.

use super::{UserError, ledger::InstallationArguments};
use crate::printer::{BOLD, DIM, GREEN, Printer, RED, YELLOW};
use anyhow::{Context, Result};
use clap::Subcommand;
use closedset_catalogue::{Catalogue, SourcedFact, SubjectFacts, Tally};
use closedset_core::{Clock, Duration, Status, Subject, Time, fact::Body};
use closedset_pack::{
    Recompute, Severity, VerifyOptions,
    rows::{Check, Control, VerdictRow},
    verify::KnownFact,
};
use std::{collections::BTreeMap, fs::File, io::Write, path::PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Make an audit pack of an installation
    ///
    /// Example: closedset pack create --data /srv/closedset --out halide-2026-03.zip
    Create {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The first day it covers, as 2026-03-12 [default: a year before today]
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day it covers [default: today]
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Verify a pack; needs nothing but the file
    ///
    /// Example: closedset pack verify halide-2026-03.zip --key 'closedset/org_...+0a1b2c3d+AZ...'
    Verify {
        /// The pack
        file: PathBuf,
        /// The log's verifier key as you know it from elsewhere
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

/// Runs the pack's command.
pub(crate) fn run(command: PackCommand, printer: &Printer) -> Result<bool> {
    match command {
        PackCommand::Create { out, from, to, installation } => {
            super::runtime()?.block_on(create(out, from, to, installation, printer))
        }
        PackCommand::Verify { file, key } => verify(&file, key, printer),
    }
}

fn day(text: &str) -> Result<Time> {
    let wrong = || UserError(format!("a day is written as 2026-03-12, not {text}"));
    Ok(format!("{text}T00:00:00Z").parse::<Time>().map_err(|_| wrong())?)
}

async fn create(
    out: PathBuf,
    from: Option<String>,
    to: Option<String>,
    installation: InstallationArguments,
    printer: &Printer,
) -> Result<bool> {
    let now = crate::system::SystemClock.now();
    let from = from.map_or(Ok(now - Duration::from_days(365)), |text| day(&text))?;
    let to = to.map_or(Ok(now), |text| day(&text).map(|day| day + Duration::from_days(1)))?;
    let client = installation.reach().await?;
    printer.message("Gathering evidence and proofs…");
    let body = serde_json::json!({"from": from, "to": to});
    let pack = client.json("POST", "/api/v1/packs", Some(body)).await?;
    let id = pack["id"].as_str().context("the server's answer names no pack")?;
    let unfinished = out.with_extension("unfinished");
    let mut file = File::create(&unfinished)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    client.send("GET", &format!("/api/v1/packs/{id}/file"), Vec::new(), &mut file).await?;
    file.flush()?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &out)
        .with_context(|| format!("cannot write {}", out.display()))?;
    let size = std::fs::metadata(&out)?.len();
    if printer.is_json() {
        printer.json(&serde_json::json!({"pack": pack, "file": out, "size": size}))?;
    } else {
        printer.line(format!("{} ({size} bytes)", out.display()));
        printer
            .message(format!("Verify it anywhere with: closedset pack verify {}", out.display()));
    }
    Ok(true)
}

fn verify(path: &PathBuf, key: Option<String>, printer: &Printer) -> Result<bool> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let catalogue = Catalogue::embedded().context("the catalogue cannot be used")?;
    let again = Again(&catalogue);
    let options =
        VerifyOptions { expected_key: key, recompute: Some(&again), ..VerifyOptions::default() };
    let report = closedset_pack::verify(std::io::BufReader::new(file), &options)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if printer.is_json() {
        printer.json(&report)?;
        return Ok(report.is_valid());
    }
    for finding in &report.findings {
        let (style, mark) = match finding.kind.severity() {
            Severity::Error => (RED, "✗"),
            Severity::Warning => (YELLOW, "!"),
            Severity::Notice => (DIM, "·"),
        };
        let (what, place) = (&finding.what, &finding.place);
        printer.line(format!(
            "{style}{mark} {}{style:#} {BOLD}{place}{BOLD:#}: {what}",
            finding.kind.words()
        ));
    }
    let summary = report.summary();
    if report.is_valid() {
        printer.line(format!("{GREEN}✓ {summary}{GREEN:#}"));
    } else {
        printer.line(format!("{RED}✗ {summary}{RED:#}"));
    }
    Ok(report.is_valid())
}

/// Makes verdicts and statuses anew with this program's catalogue.
struct Again<'c>(&'c Catalogue);

impl Recompute for Again<'_> {
    fn status(
        &self,
        verdict: &VerdictRow,
        check: &Check,
        facts: &[KnownFact<'_>],
        at: Time,
    ) -> Option<Status> {
        let known =
            self.0.check(&check.id).filter(|known| known.version.to_string() == check.version)?;
        let mut subject_facts = SubjectFacts::new();
        for fact in facts {
            let body: Body = serde_json::from_value(fact.body.clone()).ok()?;
            let sourced = SourcedFact::new(
                fact.row.source.clone(),
                body,
                fact.row.digest,
                fact.row.collected_at,
            );
            // What Closedset keeps itself is true until it changes; what is derived is as fresh as
            // what it is derived from.
            let is_kept = !fact.row.source.starts_with("agent")
                && !fact.row.source.starts_with("closedset/release-line");
            let agents = facts.iter().filter_map(|fact| fact.row.confirmed_at).max();
            let confirmed_at = if is_kept { Some(at) } else { fact.row.confirmed_at.or(agents) };
            subject_facts.put(
                &fact.row.kind,
                match confirmed_at {
                    Some(confirmed_at) => sourced.confirmed(confirmed_at),
                    None => sourced,
                },
            );
        }
        debug_assert_eq!(verdict.check, check.id);
        Some(self.0.assess(known, &subject_facts, at).status)
    }

    fn concerns(&self, check: &Check, subject: &Subject) -> bool {
        self.0.checks_about(subject).any(|known| known.id == check.id)
    }

    fn differences(&self, framework: &str, controls: &[Control]) -> Vec<String> {
        let Some(framework) = self.0.frameworks().iter().find(|known| known.id == framework) else {
            return vec![format!("this program does not know the framework {framework}")];
        };
        let mut differences = Vec::new();
        for known in &framework.controls {
            let Some(control) = controls.iter().find(|control| control.id == known.id) else {
                differences.push(format!("{} is missing", known.id));
                continue;
            };
            for known in self.0.checks_of(&known.id) {
                let given = control.checks.iter().find(|check| check.id == known.id);
                let what = match given {
                    None => "is missing",
                    Some(check) if check.version != known.version.to_string() => {
                        "is another version, and its verdicts were not made anew"
                    }
                    Some(check) if check.condition != known.condition() => "asks something else",
                    Some(_) => continue,
                };
                differences.push(format!("{}: its check {} {what}", control.id, known.id));
            }
        }
        differences
    }

    fn control(&self, control: &Control, verdicts: &[&VerdictRow]) -> Option<Status> {
        let known = self.0.control(&control.id)?;
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for verdict in verdicts {
            let check = self.0.check(&verdict.check)?;
            tallies.entry(check.id.as_str()).or_default().add(verdict.status);
        }
        Some(self.0.control_status(known, &tallies, None).status)
    }
}
