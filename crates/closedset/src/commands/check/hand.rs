//! What was seen, signed for a server: into a file that a person carries (`--sign`), or sent once
//! (`--send`). Nobody stands behind either: what they say counts until it runs out.
//!
//! Key, counter and ids lie in a folder of the user's own, one for each organisation, in the form of
//! the agent's. [`place`] finds it.

mod out;
mod place;

use super::{
    UserError,
    look::{Sight, Wish},
    report::{Handed, Report},
};
use crate::{
    collector::LEFT_OUT,
    machine,
    printer::Printer,
    system::{SystemClock, SystemRandomness},
    this_computer,
};
use anyhow::{Context, Result};
use clap::Args;
use closedset_agent::{
    Agent, AgentError, Applicant, Existing, Identity, Seen, Surroundings, enrol, enrol_by_hand,
    refuse_other_machine, report_once,
};
use closedset_core::{Time, fact::Body, link::EnrolLink};
use closedset_probes::KINDS;
use out::Out;
use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// What else than a look is asked for.
#[derive(Debug, Args)]
pub(super) struct HandArguments {
    /// Sign the report into a file, for a person to hand in; the first time with the link from the
    /// devices page
    #[arg(
        long, value_name = "LINK", num_args = 0..=1, default_missing_value = "", requires = "out",
        conflicts_with_all = ["replay", "record", "controls", "send"]
    )]
    sign: Option<String>,
    /// The new file for the signed report
    #[arg(long, value_name = "FILE", requires = "sign")]
    out: Option<PathBuf>,
    /// Show what was found, ask, and report it once; the first time with the link from the facility
    #[arg(
        long, value_name = "LINK", num_args = 0..=1, default_missing_value = "",
        conflicts_with_all = ["replay", "record", "controls"]
    )]
    send: Option<String>,
    /// Send without asking
    #[arg(long, requires = "send")]
    yes: bool,
    /// The folder for the key and the counter [default: one for each organisation, in a folder of
    /// the user's own]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// What this computer is called, where it is new [default: its host name]
    #[arg(long)]
    name: Option<String>,
    /// Give up an earlier enrolment in the same folder
    #[arg(long)]
    replace: bool,
}

/// What is done with the report.
pub(super) struct Errand {
    folder: PathBuf,
    link: Option<EnrolLink>,
    applicant: Applicant,
    way: Way,
}

enum Way {
    /// Into a file, by an agent that is open already.
    Sign { out: Out, agent: Box<Agent> },
    /// To the server.
    Send { is_agreed: bool },
}

impl Errand {
    /// Sees to whatever can go wrong before anything is looked at; none if nothing is to be signed.
    pub(super) fn begin(arguments: &HandArguments, printer: &Printer) -> Result<Option<Self>> {
        let Some(text) = arguments.sign.as_ref().or(arguments.send.as_ref()) else {
            return Ok(None);
        };
        let link = match text.as_str() {
            "" => None,
            text => Some(text.parse::<EnrolLink>().map_err(|error| UserError(error.to_string()))?),
        };
        let folder = match &arguments.state {
            Some(folder) => folder.clone(),
            None => place::find(link.as_ref())?,
        };
        let applicant = Applicant {
            name: arguments.name.clone().unwrap_or_else(this_computer::name),
            existing: if arguments.replace { Existing::Replace } else { Existing::Keep },
        };
        let way = match &arguments.out {
            Some(out) => {
                // First, so that a place that cannot be written to uses no link and no number.
                let out = Out::begin(out)?;
                let agent = signer(&folder, link.as_ref(), &applicant)?;
                Way::Sign { out, agent: Box::new(agent) }
            }
            None => {
                let may_ask = !printer.is_json() && io::stdin().is_terminal();
                if !arguments.yes && !may_ask {
                    let what =
                        "nobody can be asked here whether to send it; add --yes if it is to be";
                    return Err(UserError(what.into()).into());
                }
                Way::Send { is_agreed: arguments.yes }
            }
        };
        if matches!(way, Way::Send { .. }) {
            check_link(&folder, link.as_ref(), &applicant)?;
        }
        if link.is_some() && machine::digest().is_none() {
            printer.message(format!(
                "This system has no id of its own (on Linux /etc/machine-id), so the key is not bound to \
                 this machine: let no other use {}.",
                folder.display()
            ));
        }
        Ok(Some(Self { folder, link, applicant, way }))
    }

    /// A server is told everything that could be read, not only what the checks need, and answers
    /// for itself where the internet is asked about.
    pub(super) fn ask_for_everything(&self, wish: &mut Wish) {
        wish.needed = KINDS.map(str::to_owned).into();
        if matches!(self.way, Way::Send { .. }) && wish.server.is_none() {
            let server = match &self.link {
                Some(link) => Some(link.server.clone()),
                None => closedset_agent::status(&self.folder).ok().map(|status| status.server),
            };
            let host = server.as_deref().and_then(|server| server.strip_prefix("https://"));
            let is_here = |host: &&str| {
                ["localhost", "127.", "[::1]"].iter().any(|here| host.starts_with(here))
            };
            wish.server = host.filter(|host| !is_here(host)).map(str::to_owned);
        }
    }

    /// Signs and sends; none if the person said no.
    pub(super) fn carry_out(
        self,
        sight: &Sight,
        report: &Report,
        printer: &Printer,
    ) -> Result<Option<Handed>> {
        let seen = seen(sight);
        let until = CountsUntil::of(report);
        let (identity, file) = match self.way {
            Way::Sign { out, mut agent } => {
                let path = out.path().display().to_string();
                sign(&mut agent, seen, out)?;
                let identity = agent.identity().clone();
                printer.message(format!(
                    "\nSigned into {}. Hand it in at {}/devices: sign in there, and give the file to \
                     \u{201c}Hand in a report\u{201d}.{}\n{}",
                    path,
                    identity.server,
                    if self.link.is_some() {
                        " The link ends a day after it was made, so do it before."
                    } else {
                        ""
                    },
                    until.sentence(),
                ));
                (identity, Some(path))
            }
            Way::Send { is_agreed } => {
                let to = Recipient::of(&self.folder, self.link.as_ref())?;
                printer.message(format!("\n{}", to.announced(&seen)));
                if !is_agreed && !is_yes()? {
                    printer.message("Nothing was sent.");
                    return Ok(None);
                }
                let identity = send(&self.folder, self.link.as_ref(), &self.applicant, seen)?;
                printer.message(format!(
                    "Sent. There it is called {} ({}). {}\nNobody looks again by itself: run \
                     closedset check --send another time, without the link.",
                    identity.name,
                    identity.device,
                    until.sentence(),
                ));
                (identity, None)
            }
        };
        Ok(Some(Handed {
            server: identity.server,
            organisation: identity.organisation.to_string(),
            device: identity.device.to_string(),
            file,
            counts_until: until.first,
        }))
    }
}

fn surroundings() -> Surroundings {
    Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandomness)).on(machine::digest())
}

/// The error with what a person can do about it.
fn told(error: AgentError) -> anyhow::Error {
    let (remedy, may_pass) = (error.remedy(), error.may_pass());
    let text = format!("{:#}; {remedy}", anyhow::Error::new(error));
    if may_pass { anyhow::anyhow!(text) } else { UserError(text).into() }
}

/// The agent that signs, enrolled by the link if there is one.
fn signer(folder: &Path, link: Option<&EnrolLink>, applicant: &Applicant) -> Result<Agent> {
    if let Some(link) = link {
        enrol_by_hand(link, folder, applicant, &surroundings()).map_err(told)?;
    }
    open(folder)
}

fn open(folder: &Path) -> Result<Agent> {
    Agent::open(folder, &surroundings()).map_err(|error| match error {
        AgentError::NotEnrolled { .. } => place::without_link(folder).into(),
        other => told(other),
    })
}

/// Refuses a link where the folder belongs to another enrolment, before anybody looks.
fn check_link(folder: &Path, link: Option<&EnrolLink>, applicant: &Applicant) -> Result<()> {
    if applicant.existing == Existing::Keep {
        refuse_other_machine(folder, &surroundings()).map_err(told)?;
    }
    match (closedset_agent::status(folder), link) {
        (Err(AgentError::NotEnrolled { .. }), None) => Err(place::without_link(folder).into()),
        (Err(AgentError::NotEnrolled { .. }), Some(_)) | (Ok(_), None) => Ok(()),
        (Err(_), Some(_)) if applicant.existing == Existing::Replace => Ok(()),
        (Err(error), _) => Err(told(error)),
        (Ok(status), Some(link)) => {
            let is_same = link.home.is_some_and(|home| home.enrolment == status.enrolment);
            let may_go = applicant.existing == Existing::Replace || status.revoked.is_some();
            if is_same && link.server != status.server {
                return Err(UserError(format!(
                    "this link names {}, and this computer is enrolled by it at {}; leave the link out to \
                     report there, or enrol anew with another link and --replace",
                    link.server, status.server
                ))
                .into());
            }
            if is_same || may_go {
                return Ok(());
            }
            Err(told(AgentError::AlreadyEnrolled {
                device: status.device.to_string(),
                server: status.server,
            }))
        }
    }
}

/// What was seen, as a server is told it: what was left out is said to be.
fn seen(sight: &Sight) -> Seen {
    let mut bodies = sight.bodies.clone();
    for kind in &sight.skipped {
        bodies.insert(kind.clone(), Body::unreadable(LEFT_OUT));
    }
    Seen { at: sight.at, bodies }
}

fn sign(agent: &mut Agent, seen: Seen, out: Out) -> Result<()> {
    let report = agent.sign_by_hand(seen).map_err(told)?;
    out.write(&report.write().context("the report cannot be written as JSON")?)
}

fn send(
    folder: &Path,
    link: Option<&EnrolLink>,
    applicant: &Applicant,
    seen: Seen,
) -> Result<Identity> {
    let is_known = |link: &EnrolLink| {
        let known = closedset_agent::status(folder).ok().map(|status| status.enrolment);
        link.home.is_some_and(|home| known == Some(home.enrolment))
    };
    if let Some(link) = link.filter(|link| !is_known(link)) {
        enrol(link, folder, applicant, &surroundings()).map_err(told)?;
    }
    let mut agent = open(folder)?;
    let told_it = report_once(&mut agent, seen).map_err(told)?;
    if let Some(problem) = told_it.delivery.problem {
        let remedy = problem.remedy();
        return Err(anyhow::Error::new(problem).context(format!(
            "it was not taken, and is kept for the next closedset check --send; {remedy}"
        )));
    }
    Ok(agent.identity().clone())
}

/// Who would get it. A link that was used from this folder names the server that is reported to:
/// [`check_link`] has held one against the other.
struct Recipient {
    server: String,
    organisation: Option<String>,
}

impl Recipient {
    fn of(folder: &Path, link: Option<&EnrolLink>) -> Result<Self> {
        if let Some(link) = link {
            let organisation = link.home.map(|home| home.organisation.to_string());
            return Ok(Self { server: link.server.clone(), organisation });
        }
        let status = closedset_agent::status(folder).map_err(told)?;
        Ok(Self { server: status.server, organisation: Some(status.organisation.to_string()) })
    }

    fn announced(&self, seen: &Seen) -> String {
        let organisation = self.organisation.as_ref();
        let organisation =
            organisation.map_or_else(String::new, |id| format!(" (organisation {id})"));
        let kinds: Vec<&str> = seen.bodies.keys().map(String::as_str).collect();
        format!(
            "To {}{organisation} would go, signed with a key of this computer and kept there for \
             good: this computer's name, and what was read of {}. That names accounts, programs, \
             drives and networks; no documents, passwords or keys.",
            self.server,
            kinds.join(", ").replace('_', " "),
        )
    }
}

/// Asks on the terminal.
fn is_yes() -> Result<bool> {
    let mut terminal = io::stderr();
    write!(terminal, "Send it? [y/N] ").and_then(|()| terminal.flush())?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// When what was found runs out.
struct CountsUntil {
    first: Option<Time>,
    last: Option<Time>,
}

impl CountsUntil {
    fn of(report: &Report) -> Self {
        let until = || report.findings.iter().filter_map(|finding| finding.fresh_until);
        Self { first: until().min(), last: until().max() }
    }

    fn sentence(&self) -> String {
        match (self.first, self.last) {
            (Some(first), Some(last)) if first < last => format!(
                "It counts from when it was made: the first verdict runs out on {}, the last on {}; \
                 then each is unknown.",
                minute(first),
                minute(last)
            ),
            (Some(first), _) => format!(
                "It counts from when it was made until {}; then every verdict is unknown.",
                minute(first)
            ),
            (None, _) => "Nothing in it would ever run out.".into(),
        }
    }
}

/// `2026-03-12 09:30 UTC`.
fn minute(time: Time) -> String {
    let text = time.to_string();
    format!("{} UTC", text.get(..16).unwrap_or(&text).replace('T', " "))
}
