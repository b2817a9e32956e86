//! The programs that run.

use crate::{
    look::{Look, Why},
    parse::process::{self, Process},
};

/// The running processes. Where the system hides those of others, that is no list.
pub(crate) fn processes(look: &Look<'_>) -> Result<Vec<Process>, Why> {
    let processes = process::ps(&look.output("ps -ww -eo pid=,ppid=,uid=,comm=")?);
    if processes.iter().any(|process| process.pid == 1) {
        Ok(processes)
    } else {
        Err(Why::new("the system hides the programs of other people; run as root"))
    }
}

/// The accounts and whole command lines of these programs alone: those of others may hold secrets.
pub(crate) fn command_lines(look: &Look<'_>, programs: &[&str]) -> Result<Vec<(u32, String)>, Why> {
    let words = format!("ps -ww -C {} -o uid=,args=", programs.join(","));
    match look.run(&words) {
        Ok(output) if output.status == 0 => Ok(process::command_lines(&output.text())),
        // None of them runs.
        Ok(output) if output.status == 1 && output.stderr.is_empty() => Ok(Vec::new()),
        Ok(output) => Err(look.refused("ps", &output)),
        Err(error) => Err(Why::of("ps", &error)),
    }
}

/// Whether a program called `name` runs. The kernel cuts names at 15 characters.
pub(crate) fn runs(processes: &[Process], name: &str) -> bool {
    let cut: String = name.chars().take(15).collect();
    processes.iter().any(|process| process.name == cut)
}
