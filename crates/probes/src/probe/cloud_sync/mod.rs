//! Programs that copy files to somebody's cloud: running, installed as a package, snap, Flatpak or
//! in a home, and clouds that are mounted or joined to the desktop.

pub(crate) mod known;

#[cfg(test)]
mod tests;

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::{ini::Ini, mount::mountinfo},
    sight::{
        accounts::people,
        packages,
        processes::{processes, runs},
    },
};
use closedset_core::fact::{
    Body, Unread,
    device::{CloudSync, FoundProgram},
};
use known::{MOUNTS, PROGRAMS};

/// What was found so far, where, and where it could not be looked.
#[derive(Default)]
pub(crate) struct Search {
    found: Vec<FoundProgram>,
    looked_at: Vec<String>,
    unread: Vec<Unread>,
}

impl Search {
    pub(crate) fn found(&mut self, name: &str, state: &str, seen: impl Into<String>) {
        self.found.push(FoundProgram { name: name.into(), state: state.into(), seen: seen.into() });
    }

    /// Notes that `place` was looked at, or why it could not be.
    pub(crate) fn looked<T>(&mut self, place: &str, result: Result<T, Why>) -> Option<T> {
        match result {
            Ok(value) => {
                self.looked_at.push(place.into());
                Some(value)
            }
            Err(Why(why)) => {
                self.unread.push(Why::new(format!("{place}: {why}")).at("found"));
                None
            }
        }
    }

    /// Notes that all of `place` was looked at.
    pub(crate) fn looked_at(&mut self, place: &str) {
        self.looked_at.push(place.into());
    }

    /// Notes that something could not be looked at.
    pub(crate) fn doubt(&mut self, why: Why) {
        self.unread.push(why.at("found"));
    }

    /// What the search came to.
    pub(crate) fn finished(mut self) -> Found<CloudSync> {
        if self.looked_at.is_empty() {
            return Err(Why::new(
                self.unread
                    .first()
                    .map_or_else(|| "nothing could be looked at".into(), |one| one.why.clone()),
            ));
        }
        self.found.sort_by(|a, b| (&a.name, &a.state, &a.seen).cmp(&(&b.name, &b.state, &b.seen)));
        self.found.dedup();
        Ok(Reading {
            record: CloudSync { found: self.found, looked_at: self.looked_at },
            unread: self.unread,
        })
    }
}

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<CloudSync> {
    let mut search = Search::default();
    running(look, &mut search);
    installed(look, &mut search);
    mounted(look, &mut search);
    in_homes(look, &mut search);
    search.finished()
}

fn running(look: &Look<'_>, search: &mut Search) {
    let Some(running) = search.looked("processes", processes(look)) else {
        return;
    };
    for program in &PROGRAMS {
        for process in program.processes {
            if runs(&running, process) {
                search.found(program.name, "running", format!("process {process}"));
            }
        }
    }
}

fn installed(look: &Look<'_>, search: &mut Search) {
    if let Some(installed) = search.looked("packages", packages::installed(look)) {
        for program in &PROGRAMS {
            for package in &installed.packages {
                if program.packages.contains(&package.name.as_str()) {
                    search.found(program.name, "installed", format!("package {}", package.name));
                }
            }
        }
    }
    if let Some(snaps) = search.looked("snaps", look.names("/snap")) {
        for program in &PROGRAMS {
            for snap in program.snaps {
                if snaps.iter().any(|name| name == snap) {
                    search.found(program.name, "installed", format!("snap {snap}"));
                }
            }
        }
    }
    let flatpaks = look.names("/var/lib/flatpak/app");
    if let Some(flatpaks) = search.looked("flatpaks", flatpaks) {
        flatpaks_among(&flatpaks, search);
    }
}

fn flatpaks_among(names: &[String], search: &mut Search) {
    for program in &PROGRAMS {
        for flatpak in program.flatpaks {
            if names.iter().any(|name| name == flatpak) {
                search.found(program.name, "installed", format!("flatpak {flatpak}"));
            }
        }
    }
}

fn mounted(look: &Look<'_>, search: &mut Search) {
    let text =
        look.text("/proc/self/mountinfo").map_err(|error| Why::of("/proc/self/mountinfo", &error));
    let Some(text) = search.looked("mounts", text) else {
        return;
    };
    for mount in mountinfo(&text) {
        let known = MOUNTS
            .iter()
            .find(|(kind, _)| mount.kind == *kind || mount.kind == format!("fuse.{kind}"));
        if let Some((_, name)) = known {
            search.found(name, "mounted", format!("{} at {}", mount.kind, mount.point));
        }
    }
}

/// Programs that install themselves into a home, and accounts joined to the desktop.
fn in_homes(look: &Look<'_>, search: &mut Search) {
    let Some(people) = search.looked("accounts", people(look)) else {
        return;
    };
    for person in people {
        let home = person.home.trim_end_matches('/').to_owned();
        let entries = match look.names(&home) {
            Ok(entries) => entries,
            Err(Why(why)) => {
                search.unread.push(Why::new(why).at("found"));
                continue;
            }
        };
        for program in &PROGRAMS {
            for entry in program.home_entries {
                // The first part tells most homes apart without a further look.
                let first = entry.split('/').next().unwrap_or_default();
                if entries.iter().any(|name| name == first)
                    && look.exists(&format!("{home}/{entry}")).unwrap_or(false)
                {
                    search.found(program.name, "installed", format!("{home}/{entry}"));
                }
            }
        }
        if let Ok(flatpaks) = look.names(&format!("{home}/.local/share/flatpak/app")) {
            flatpaks_among(&flatpaks, search);
        }
        // Only root and the person may read this; it is parsed for two keys alone.
        if let Ok(accounts) = look.text(&format!("{home}/.config/goa-1.0/accounts.conf")) {
            online_accounts(&accounts, &person.name, search);
        }
        search.looked_at.push(home);
    }
}

/// GNOME's online accounts, of which those with files are mounted on demand.
fn online_accounts(text: &str, person: &str, search: &mut Search) {
    for (_, keys) in Ini::parse(text).sections() {
        let is_on = keys.get("FilesEnabled").is_some_and(|value| value == "true");
        let name = match keys.get("Provider").map(String::as_str) {
            Some("google") => "Google Drive",
            Some("ms_graph" | "windows_live" | "msgraph") => "OneDrive",
            Some("owncloud") => "Nextcloud",
            _ => continue,
        };
        if is_on {
            search.found(name, "mounted", format!("online account of {person}"));
        }
    }
}
