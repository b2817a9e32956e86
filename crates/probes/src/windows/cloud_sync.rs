//! Programs that copy files to somebody's cloud: running, installed, and OneDrive of every person.
//! OneDrive comes with Windows; it counts unless a policy keeps it from copying anything.

use super::{
    answers::{Script, ask, is, text},
    software::PROGRAMS,
};
use crate::{
    look::{Found, Look, Why, body},
    probe::cloud_sync::{Search, known::DESKTOP_PROGRAMS},
};
use closedset_core::fact::{Body, device::CloudSync};

const SCRIPT: Script = Script::new(
    "powershell cloud_sync",
    "processes=S{Get-CimInstance Win32_Process|%{@{number=[int]$_.ProcessId;name=[string]$_.Name}}};\
     onedrive=S{@{refused=R 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\OneDrive' \
     DisableFileSyncNGSC}}",
)
.slow();
const ONE_DRIVE: &str = "OneDrive";

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<CloudSync> {
    let answers = ask(look, SCRIPT)?;
    let programs = ask(look, Script::new("powershell software", PROGRAMS).slow());
    let mut search = Search::default();
    let processes = answers.list("processes").and_then(|all| {
        let names: Vec<String> =
            all.iter().filter_map(|one| text(one, "name")).map(plain).collect();
        if names.iter().any(|name| name == "System") {
            Ok(names)
        } else {
            Err(Why::new("the list is not whole"))
        }
    });
    if let Some(running) = search.looked("processes", processes) {
        for program in &DESKTOP_PROGRAMS {
            for process in program.windows_processes {
                if running.iter().any(|name| name.eq_ignore_ascii_case(process)) {
                    search.found(program.name, "running", format!("process {process}"));
                }
            }
        }
    }
    let policy = answers.record("onedrive", &["refused"]);
    let counts_one_drive =
        search.looked("OneDrive's policy", policy).is_some_and(|policy| !is(&policy, "refused"));
    let installed = programs.and_then(|answers| answers.list("programs")).and_then(|all| {
        if all.is_empty() || all.iter().any(|one| text(one, "name").is_none()) {
            Err(Why::new("Windows does not show them whole"))
        } else {
            Ok(all)
        }
    });
    if let Some(installed) = search.looked("installed programs", installed) {
        for program in &DESKTOP_PROGRAMS {
            if program.name == ONE_DRIVE && !counts_one_drive {
                continue;
            }
            let begins =
                |name: &str| program.windows_programs.iter().any(|one| name.starts_with(one));
            for name in installed.iter().filter_map(|one| text(one, "name")).filter(|n| begins(n)) {
                search.found(program.name, "installed", format!("program {name}"));
            }
        }
    }
    search.finished()
}

/// A program's name without its ending.
fn plain(name: &str) -> String {
    name.strip_suffix(".exe").or_else(|| name.strip_suffix(".EXE")).unwrap_or(name).to_owned()
}
