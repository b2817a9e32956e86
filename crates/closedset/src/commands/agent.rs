//! `closedset agent`: enrols this computer with a server and reports to it.

use super::UserError;
use crate::{
    collector::ThisComputer,
    kinds, machine,
    printer::Printer,
    signals::Signals,
    system::{SystemClock, SystemRandomness},
    this_computer,
};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use closedset_agent::{
    Agent, AgentError, Applicant, Existing, RunOptions, Stop, Surroundings, enrol,
    run as run_agent, run_once, status,
};
use closedset_core::link::EnrolLink;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub(super) const EXAMPLES: &str = "\
Examples, as root:
  closedset agent enrol 'https://closedset.example.com/enrol#...'
                              once, with a link from the devices page
  closedset agent run         report until stopped; what the service does
  closedset agent once        look and report once
  closedset agent status      who it reports to, and when it was last heard

It changes nothing on this computer but its own folder.";

/// Where the agent keeps its things if nobody says otherwise.
const STATE: &str = "/var/lib/closedset-agent";

#[derive(Debug, Args)]
pub(crate) struct StateArgument {
    /// The folder in which the agent keeps its key and its queue
    #[arg(
        long,
        env = "CLOSEDSET_AGENT_STATE",
        default_value = STATE,
        value_name = "DIR"
    )]
    state: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Enrol this computer with the one-time link from the devices page
    ///
    /// Example: sudo closedset agent enrol 'https://closedset.example.com/enrol#...' --name edit-07
    Enrol {
        /// The link, whole: https://HOST:PORT/enrol#...
        link: String,
        /// What the computer is called [default: its host name]
        #[arg(long)]
        name: Option<String>,
        /// Give up an earlier enrolment
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        state: StateArgument,
    },
    /// Report until stopped; what the service does
    ///
    /// Example: sudo closedset agent run --skip-facts internet_access
    Run {
        #[command(flatten)]
        state: StateArgument,
        /// Facts that are left out, by kind, separated by commas
        #[arg(long, env = "CLOSEDSET_SKIP_FACTS", value_delimiter = ',')]
        skip_facts: Vec<String>,
    },
    /// Look and report once
    ///
    /// Example: sudo closedset agent once
    Once {
        #[command(flatten)]
        state: StateArgument,
        /// Facts that are left out, by kind, separated by commas
        #[arg(long, env = "CLOSEDSET_SKIP_FACTS", value_delimiter = ',')]
        skip_facts: Vec<String>,
    },
    /// Say how things stand
    ///
    /// Example: sudo closedset --json agent status
    Status {
        #[command(flatten)]
        state: StateArgument,
    },
}

/// What names the folder to a shell, if it is not the usual one.
fn state_flag(state: &Path) -> String {
    let text = state.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:@".contains(letter);
    match text.as_str() {
        STATE => String::new(),
        plain if plain.chars().all(is_plain) => format!(" --state {plain}"),
        other => format!(" --state '{}'", other.replace('\'', r"'\''")),
    }
}

fn surroundings() -> Surroundings {
    Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandomness)).on(machine::digest())
}

fn told(error: AgentError) -> anyhow::Error {
    let remedy = error.remedy();
    let may_pass = error.may_pass();
    let error = anyhow::Error::new(error);
    let text = format!("{error:#}; {remedy}");
    if may_pass { anyhow::anyhow!(text) } else { UserError(text).into() }
}

/// Runs the agent's command.
pub(crate) fn run(command: AgentCommand, printer: &Printer) -> Result<bool> {
    match command {
        AgentCommand::Enrol { link, name, replace, state } => {
            let link: EnrolLink = link.parse().map_err(|error| UserError(format!("{error}")))?;
            let applicant = Applicant {
                name: name.unwrap_or_else(this_computer::name),
                existing: if replace { Existing::Replace } else { Existing::Keep },
            };
            let identity = enrol(&link, &state.state, &applicant, &surroundings()).map_err(told)?;
            if printer.is_json() {
                printer.json(&identity)?;
            } else {
                printer.line(format!(
                    "Enrolled as {}. Now run: closedset agent run{}",
                    applicant.name,
                    state_flag(&state.state)
                ));
            }
            Ok(true)
        }
        AgentCommand::Run { state, skip_facts } => {
            let skip_facts = kinds::skipped(&skip_facts)?;
            let mut agent = Agent::open(&state.state, &surroundings()).map_err(told)?;
            let computer = ThisComputer::new(&agent.identity().server, skip_facts);
            let stop = Arc::new(Stop::default());
            stop_on_signals(&stop)?;
            printer.message("Reporting; stop with Ctrl-C.");
            run_agent(
                &mut agent,
                &move |look| computer.look(look),
                RunOptions::default(),
                &*stop,
                &stop,
            )
            .map_err(told)?;
            Ok(true)
        }
        AgentCommand::Once { state, skip_facts } => {
            let skip_facts = kinds::skipped(&skip_facts)?;
            let mut agent = Agent::open(&state.state, &surroundings()).map_err(told)?;
            let computer = ThisComputer::new(&agent.identity().server, skip_facts);
            let report = run_once(&mut agent, &move |look| computer.look(look)).map_err(told)?;
            let is_delivered = report.delivery.problem.is_none();
            match report.delivery.problem {
                None => printer.line(format!(
                    "Reported; the server took {} statement(s).",
                    report.delivery.delivered
                )),
                Some(problem) => {
                    let remedy = problem.remedy();
                    let problem = anyhow::Error::new(problem);
                    printer.message(format!(
                        "Not delivered yet, kept for later: {problem:#}; {remedy}"
                    ));
                }
            }
            Ok(is_delivered)
        }
        AgentCommand::Status { state } => {
            let status = status(&state.state).map_err(told)?;
            if printer.is_json() {
                printer.json(&status)?;
                return Ok(status.revoked.is_none() && status.trouble.is_none());
            }
            printer.line(format!("{} reports to {}", status.name, status.server));
            printer.line(format!("  device         {}", status.device));
            printer.line(format!("  key            {}", status.key_fingerprint));
            match status.last_accepted_at {
                Some(at) => printer.line(format!("  last accepted  {at}")),
                None => printer.line("  last accepted  never"),
            }
            printer.line(format!("  waiting        {} statement(s)", status.queue_length));
            if let Some(refusal) = &status.revoked {
                printer.line(format!("  revoked        {refusal}"));
                printer.line(format!("  what to do     {}", refusal.remedy()));
            }
            if let Some(trouble) = &status.trouble {
                printer.line(format!("  trouble        {}", trouble.what));
            }
            Ok(status.revoked.is_none() && status.trouble.is_none())
        }
    }
}

fn stop_on_signals(stop: &Arc<Stop>) -> Result<()> {
    let stop = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::watched()?
    };
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(signals.told_to_stop());
            stop.ask();
        })
        .context("a thread could not be started")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_command_names_the_folder_where_it_is_not_the_usual_one() {
        let flag = |path: &str| state_flag(Path::new(path));
        assert_eq!(flag(STATE), "");
        assert_eq!(flag("/srv/agent-1"), " --state /srv/agent-1");
        assert_eq!(flag("/srv/Ann's agent"), r" --state '/srv/Ann'\''s agent'");
    }
}
