//! What runs on a Mac, and what listens on it.

use crate::{
    look::{Look, Why},
    parse::{macos, process, socket::Listener},
};

/// The processes that run, by the names of their programs without the folders before them.
pub(super) struct Running(Vec<process::Process>);

impl Running {
    pub(super) fn read(look: &Look<'_>) -> Result<Self, Why> {
        let mut processes = process::ps(&look.output("ps -axww -o pid=,ppid=,uid=,comm=")?);
        if !processes.iter().any(|process| process.pid == 1) {
            return Err(Why::new("the list of processes is not whole"));
        }
        for process in &mut processes {
            if let Some((_, name)) = process.name.rsplit_once('/') {
                process.name = name.to_owned();
            }
        }
        Ok(Self(processes))
    }

    /// Whether a program called `name` runs.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|process| process.name.eq_ignore_ascii_case(name))
    }
}

/// The sockets that listen, with their programs for root alone.
pub(super) fn listeners(look: &Look<'_>) -> Result<Vec<Listener>, Why> {
    if look.is_root() == Some(true)
        // It ends with 1 also where some file could not be looked at, having written the rest.
        && let Ok(output) = look.run("lsof -nP +c0 -iTCP -sTCP:LISTEN -iUDP -FcPtn")
    {
        let listeners = macos::lsof(&output.text());
        if !listeners.is_empty() {
            return Ok(listeners);
        }
    }
    // macOS itself always listens somewhere.
    match macos::netstat(&look.output("netstat -anW")?) {
        listeners if listeners.is_empty() => {
            Err(Why::new("neither lsof nor netstat shows what listens"))
        }
        listeners => Ok(listeners),
    }
}
