//! The ssh server of macOS, which launchd listens for while Remote Login is on.

use super::system::{Running, listeners};
use crate::{
    look::{Found, Look, Why, body},
    probe::ssh_server::{of_sshd, settings_of_sshd},
};
use closedset_core::fact::{Body, device::SshServer};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<SshServer> {
    let listeners = listeners(look)?;
    let is_named = |program: &String| program.starts_with("sshd");
    let mut ssh = listeners.iter().filter(|one| {
        one.protocol == "tcp" && (one.port == Some(22) || one.programs.iter().any(is_named))
    });
    let Some(first) = ssh.next() else {
        // Whose socket is whose is told to root alone; one of another name is not macOS's own.
        if !Running::read(look)?.has("sshd") {
            return Ok(of_sshd(false, Ok(None)));
        }
        let why = "an sshd runs and not on the ssh port, so it is not clear which settings it has";
        return Ok(of_sshd(true, Err(Why::new(why))));
    };
    let other = ssh
        .chain([first])
        .flat_map(|one| &one.programs)
        .find(|program| !is_named(program) && *program != "launchd");
    let settings = match other {
        Some(program) => Err(Why::new(format!(
            "{program} answers on the ssh port, and of macOS's own sshd alone the settings are read"
        ))),
        None => settings_of_sshd(look).map(Some),
    };
    Ok(of_sshd(true, settings))
}
