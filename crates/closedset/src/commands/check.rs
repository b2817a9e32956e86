//! `closedset check`: holds this computer against the device checks, here and now. It needs no
//! server and no installation, and changes nothing. Asked to, it signs what it found for a server
//! ([`hand`]); otherwise it keeps nothing and tells nobody.
//!
//! [`look`] gives the facts, from this computer or from a recording; [`report`] turns them into
//! findings by the catalogue; [`table`] shows those to people, and [`mend`] keeps the commands that
//! fit this computer. What the server would have a person confirm is assumed, and said to be.

mod hand;
mod look;
mod report;
mod selection;
mod table;
#[cfg(test)]
mod tests;
mod text;

use super::UserError;
use crate::{kinds, printer::Printer, system::SystemClock};
use anyhow::{Context, Result};
use clap::Args;
use closedset_catalogue::Catalogue;
use closedset_core::{Clock, Status, fact::device::Device};
use hand::{Errand, HandArguments};
use look::Wish;
use report::Asked;
use std::{path::PathBuf, time::Instant};

const EXAMPLES: &str = "\
Examples:
  closedset check                            what this person may read
  sudo closedset check                       everything
  closedset check --control IS-7 --explain   one control, and how it was judged
  closedset check --framework mpa-best-practices
                                             another framework's checks
  closedset check --no-screen --not-portable a machine in the rack
  closedset check --json                     for programs
  closedset check --record edit-07.json      keep what was seen
  closedset check --replay edit-07.json      look at that again, anywhere
  closedset check --sign 'LINK' --out FILE   a computer without network: FILE is
                                             handed in on the devices page
  closedset check --send 'LINK'              report once, by a facility's link;
                                             asks first

It changes nothing on this computer, and without --sign or --send it reports to
nobody. Those keep a key in a folder of their own (--state), for the next time:
then they need no link. To see whether the open internet can
be reached it tries a few public hosts and sends them nothing of this computer;
--skip-facts internet_access leaves that out.

Exit codes: 0 nothing fails (unknown is named and is never a pass), 1 something
fails or was asked wrongly, 2 it could not be done.";

/// What is asked about this computer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArguments {
    /// Only the checks of these controls, for instance IS-7 or IS-6,IS-7
    #[arg(long = "control", value_name = "ID", value_delimiter = ',')]
    controls: Vec<String>,
    /// The framework whose checks are asked [default: netflix-minimum]
    #[arg(long = "framework", value_name = "ID", value_delimiter = ',')]
    frameworks: Vec<String>,
    /// What was written without an option.
    #[arg(hide = true)]
    stray: Vec<String>,
    /// Say how each verdict came about: the condition, the limits, what was read and what was not
    #[arg(long)]
    explain: bool,
    /// Also write what was seen to a new file, without passwords and keys
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// Check the computer that was recorded, as of then, instead of this one
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Nobody works at this computer's screen
    #[arg(long)]
    no_screen: bool,
    /// This computer never leaves the building
    #[arg(long)]
    not_portable: bool,
    /// No content is handled on this computer
    #[arg(long)]
    no_content: bool,
    /// A host that must answer (your Closedset server), so that silence of others means something
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "replay")]
    server: Option<String>,
    /// Facts that are not looked for, by kind, separated by commas
    #[arg(long, env = "CLOSEDSET_SKIP_FACTS", value_name = "KINDS", value_delimiter = ',')]
    skip_facts: Vec<String>,
    #[command(flatten)]
    hand: HandArguments,
}

impl CheckArguments {
    /// What a person would confirm at the server: true unless the flags say otherwise.
    fn assumed(&self) -> Device {
        Device {
            has_screen: !self.no_screen,
            is_portable: !self.not_portable,
            handles_content: !self.no_content,
        }
    }
}

/// Checks this computer; whether nothing fails.
pub(crate) fn run(arguments: CheckArguments, printer: &Printer) -> Result<bool> {
    let began = Instant::now();
    if let Some(stray) = arguments.stray.first() {
        return Err(UserError(format!(
            "{stray} stands without an option; to check one control, write closedset check --control {stray}"
        ))
        .into());
    }
    let catalogue = Catalogue::embedded().context("the catalogue cannot be used")?;
    let catalogue = selection::choosing(&catalogue, &arguments.frameworks)?;
    let checks = selection::checks(&catalogue, &arguments.controls)?;
    let mut wish = Wish {
        needed: selection::kinds(&checks),
        skipped: kinds::skipped(&arguments.skip_facts)?,
        server: arguments.server.as_deref().map(selection::server).transpose()?,
    };
    let errand = Errand::begin(&arguments.hand, printer)?;
    if let Some(errand) = &errand {
        errand.ask_for_everything(&mut wish);
    }
    let mut recorded = None;
    let sight = match (&arguments.replay, &arguments.record) {
        (Some(file), _) => look::replay(file, wish)?,
        (None, Some(file)) => {
            let (sight, inventory) = look::record(file, wish, SystemClock.now())?;
            recorded = Some((file, inventory));
            sight
        }
        (None, None) => look::live(wish, SystemClock.now()),
    };
    let mut report = report::report(&Asked {
        catalogue: &catalogue,
        checks: &checks,
        sight: &sight,
        assumed: arguments.assumed(),
        is_explained: arguments.explain,
        began,
    })?;
    let mut is_done = true;
    if printer.is_json() {
        if let Some(errand) = errand {
            report.handed = errand.carry_out(&sight, &report, printer)?;
        }
        printer.json(&report)?;
    } else {
        printer.line(table::table(&report, printer.width(), printer.marks()));
        if let Some(errand) = errand {
            is_done = errand.carry_out(&sight, &report, printer)?.is_some();
        }
    }
    if let Some((file, inventory)) = recorded {
        printer.message(format!(
            "Recorded in {}: {} outputs of programs, {} files and {} folders' lists, without passwords, \
             keys and serial numbers. It names accounts, programs and networks: look through it before \
             you pass it on.",
            file.display(),
            inventory.outputs,
            inventory.files,
            inventory.directories
        ));
    }
    // What asks more than the source is shown, and is nobody's failure.
    let is_failing =
        |finding: &report::Finding| finding.status == Status::Fail && !finding.is_beyond;
    Ok(is_done && !report.findings.iter().any(is_failing))
}
