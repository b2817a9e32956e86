//! Measures Closedset beside a peer or a limit of the machine, in one run.
//!
//! Each subcommand prints rows of a table in Markdown: what, the goal, what was measured, the peer
//! measured in the same run, the ratio, and how busy the machine was meanwhile. Nothing is asserted:
//! `docs/performance.md` says what the numbers mean.

mod assess;
mod backup;
mod check_ins;
mod clock;
mod disk;
mod fleet;
mod http;
mod ledger;
mod measure;
mod pack;
mod pages;
mod past;
mod peers;
mod people;
mod program;
mod store;
mod world;

use anyhow::Result;
use clap::{Parser, Subcommand};
use measure::Report;
use std::path::PathBuf;

/// Measures Closedset beside a peer or a limit of the machine.
#[derive(Debug, Parser)]
#[command(name = "closedset-bench")]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    what: What,
}

/// How much is measured, and where.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The folder in which databases and files are made, and removed afterwards
    #[arg(long, global = true, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// How often each thing is measured; the best counts
    #[arg(long, global = true, default_value_t = 3)]
    runs: u32,
    /// How long each thing under load is measured
    #[arg(long, global = true, default_value_t = 3.0)]
    seconds: f64,
    /// How many devices there are, where it matters
    #[arg(long, global = true, default_value_t = 2_000)]
    devices: usize,
    /// How many people there are, where it matters, each with ten engagements
    #[arg(long, global = true, default_value_t = 10_000)]
    people: usize,
    /// The program to start [default: beside this one]
    #[arg(long, global = true)]
    program: Option<PathBuf>,
    /// Leave PostgreSQL out
    #[arg(long, global = true)]
    without_postgres: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
enum What {
    /// Everything
    All,
    /// Units of work, and the disk and the engines beneath them
    Store,
    /// Check-ins over TLS
    CheckIns,
    /// Facts to verdicts
    Assess,
    /// Entries, tiles, proofs
    Ledger,
    /// Pages of an installation with many devices
    Pages,
    /// Pages of an installation with a year behind it, now and a year back
    Past,
    /// A register of many people: brought as a list, on pages, counted, and an agreement signed
    People,
    /// The binary: its start, its check of this computer, its agent at rest
    Program,
    /// An audit pack over a year
    Pack,
    /// A backup, and the way back
    Backup,
}

fn main() -> Result<()> {
    let Arguments { options, what } = Arguments::parse();
    let mut report = Report::begin(&options)?;
    let is_wanted = |one| what == What::All || what == one;
    if is_wanted(What::Store) {
        store::run(&options, &mut report)?;
    }
    if is_wanted(What::CheckIns) {
        check_ins::run(&options, &mut report)?;
    }
    if is_wanted(What::Assess) {
        assess::run(&options, &mut report)?;
    }
    if is_wanted(What::Ledger) {
        ledger::run(&options, &mut report)?;
    }
    if is_wanted(What::Pages) {
        pages::run(&options, &mut report)?;
    }
    if is_wanted(What::Past) {
        past::run(&options, &mut report)?;
    }
    if is_wanted(What::People) {
        people::run(&options, &mut report)?;
    }
    if is_wanted(What::Program) {
        program::run(&options, &mut report)?;
    }
    if is_wanted(What::Pack) {
        pack::run(&options, &mut report)?;
    }
    if is_wanted(What::Backup) {
        backup::run(&options, &mut report)?;
    }
    Ok(())
}
